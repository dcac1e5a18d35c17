package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// options are common to the bundle and to the tests.
func options(root string) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir: root,
		Bundle:        true,
		Format:        api.FormatESModule,
		Target:        api.ES2022,
		Charset:       api.CharsetUTF8,
		Write:         true,
		LegalComments: api.LegalCommentsNone, // LICENSES.txt has the texts whole
	}
}

// bundle makes the scripts and the style sheet. MapLibre is bundled from the
// sources in its package, so that the page and its worker share what both need:
// its own bundles have that twice.
func bundle(root, out string) error {
	o := options(root)
	o.EntryPointsAdvanced = []api.EntryPoint{
		{InputPath: "src/begin.ts", OutputPath: "begin"},
		{InputPath: "src/app.ts", OutputPath: "app"},
		{InputPath: "src/worker.ts", OutputPath: "worker"},
		{InputPath: "src/component.ts", OutputPath: "hanoi-map"},
		{InputPath: "src/app.css", OutputPath: "app"},
		{InputPath: "src/example.css", OutputPath: "example"},
	}
	o.Outdir = out
	o.Splitting = true
	// Whatever is imported with import() is a chunk of its own, loaded when it is
	// used; what several share is one too. The page names those that it begins with.
	o.ChunkNames = "[name]-[hash]"
	o.Metafile = true
	o.MinifySyntax, o.MinifyWhitespace, o.MinifyIdentifiers = true, true, true
	o.External = []string{"/viewer/*"}
	// MapLibre declares fields that its base classes have set already.
	o.TsconfigRaw = `{"compilerOptions":{"useDefineForClassFields":false}}`
	o.Plugins = []api.Plugin{mapLibre(root)}
	built := api.Build(o)
	if err := result(built); err != nil {
		return err
	}
	return writePages(root, out, built.Metafile)
}

// bundleTests makes each *.test.ts a program of its own for node's test runner.
func bundleTests(root, out string) error {
	tests, err := filepath.Glob(filepath.Join(root, "src", "*", "*.test.ts"))
	if err != nil {
		return err
	}
	if len(tests) == 0 {
		return errors.New("there are no unit tests")
	}
	o := options(root)
	o.EntryPoints = tests
	o.Outdir = out
	o.Platform = api.PlatformNode
	o.OutExtension = map[string]string{".js": ".mjs"}
	o.Sourcemap = api.SourceMapInline
	return result(api.Build(o))
}

func result(r api.BuildResult) error {
	if len(r.Errors) == 0 {
		return nil
	}
	all := api.FormatMessages(r.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage})
	return fmt.Errorf("%d errors: %s", len(r.Errors), all)
}

// mapLibre resolves the library to its sources, without two things that the map
// never needs: the decoder of another tile format, and its package.json beside
// the version. Style sheets that a script imports are their text.
func mapLibre(root string) api.Plugin {
	home := filepath.Join(root, "node_modules", "maplibre-gl")
	to := func(path string) func(api.OnResolveArgs) (api.OnResolveResult, error) {
		return func(api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: path}, nil
		}
	}
	return api.Plugin{Name: "maplibre", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `^maplibre-gl$`}, to(filepath.Join(home, "src", "index.ts")))
		b.OnResolve(api.OnResolveOptions{Filter: `^maplibre-gl/worker$`}, to(filepath.Join(home, "src", "source", "worker.ts")))
		b.OnResolve(api.OnResolveOptions{Filter: `/vector_tile_mlt\.ts$`}, to(filepath.Join(root, "src", "map", "nomlt.ts")))
		b.OnResolve(api.OnResolveOptions{Filter: `\.css$`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			if args.Kind != api.ResolveJSImportStatement {
				return api.OnResolveResult{}, nil
			}
			return api.OnResolveResult{Path: filepath.Join(args.ResolveDir, args.Path), Namespace: "text"}, nil
		})
		b.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: "text"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			text, err := os.ReadFile(args.Path)
			contents := string(text)
			return api.OnLoadResult{Contents: &contents, Loader: api.LoaderText}, err
		})
		b.OnLoad(api.OnLoadOptions{Filter: `[/\\]maplibre-gl[/\\]package\.json$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			version, err := versionOf(args.Path)
			contents := fmt.Sprintf(`{"version":%q}`, version)
			return api.OnLoadResult{Contents: &contents, Loader: api.LoaderJSON}, err
		})
	}}
}

func versionOf(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var p struct{ Version string }
	err = json.Unmarshal(text, &p)
	return p.Version, err
}
