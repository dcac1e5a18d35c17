// Command tool builds what the web map is made of: it bundles the TypeScript
// sources with MapLibre, draws the sprite from the SVG sources, and copies fonts
// and licences. Before that it writes the types of what the server answers, which
// are a source. The output depends on nothing but the sources and what
// package-lock.json pins.
//
//	internal/openapi ─► src/api/types.ts
//	src/*.ts, *.css  ─► app.js, worker.js, chunks, app.css, *.html
//	icons/*.svg      ─► sprite.json, sprite.png, sprite@2x.*
//	node_modules     ─► fonts/*.woff2, LICENSES.txt
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root := flag.String("root", "..", "the directory with package.json, src and icons")
	out := flag.String("out", "../dist", "where the output goes; what is there is removed")
	tests := flag.String("tests", "", "bundle the unit tests into this directory instead")
	flag.Parse()
	err := writeAPITypes(*root)
	if err == nil {
		err = run(*root, *out, *tests)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "viewer:", err)
		os.Exit(1)
	}
}

func run(root, out, tests string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	if tests != "" {
		return bundleTests(root, tests)
	}
	if out, err = filepath.Abs(out); err != nil {
		return err
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	for _, step := range []func(root, out string) error{bundle, copyFiles, drawSprites} {
		if err := step(root, out); err != nil {
			return err
		}
	}
	return nil
}
