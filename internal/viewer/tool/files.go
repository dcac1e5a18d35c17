package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// fonts are the files that labels and text are drawn with.
var (
	subsets = []string{"vietnamese", "latin", "latin-ext"}
	weights = []string{"400", "600"}
)

// copyFiles copies the icon, the fonts and the licences.
func copyFiles(root, out string) error {
	if err := os.MkdirAll(filepath.Join(out, "fonts"), 0o755); err != nil {
		return err
	}
	for _, name := range []string{"icon.svg", "manifest.webmanifest"} {
		if err := copyFile(filepath.Join(root, "src", name), filepath.Join(out, name)); err != nil {
			return err
		}
	}
	home := filepath.Join(root, "node_modules", "@fontsource", "be-vietnam-pro")
	for _, subset := range subsets {
		for _, weight := range weights {
			from := filepath.Join(home, "files", "be-vietnam-pro-"+subset+"-"+weight+"-normal.woff2")
			to := filepath.Join(out, "fonts", "be-vietnam-pro-"+subset+"-"+weight+".woff2")
			if err := copyFile(from, to); err != nil {
				return err
			}
		}
	}
	if err := copyFile(filepath.Join(home, "LICENSE"), filepath.Join(out, "fonts", "OFL.txt")); err != nil {
		return err
	}
	return writeLicences(root, out)
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o644)
}

// bundled are the packages whose code is in the scripts.
var bundled = []string{
	"maplibre-gl", "@maplibre/maplibre-gl-style-spec", "@maplibre/geojson-vt", "@maplibre/vt-pbf",
	"@mapbox/point-geometry", "@mapbox/tiny-sdf", "@mapbox/unitbezier", "@mapbox/vector-tile",
	"bidi-js", "earcut", "gl-matrix", "kdbush", "murmurhash-js", "pbf", "potpack", "quickselect", "tinyqueue",
}

// writeLicences joins the licences of what the scripts contain, as they ask.
func writeLicences(root, out string) error {
	var all strings.Builder
	all.WriteString("The web map of Hanoi Twin contains the following packages.\n")
	for _, name := range bundled {
		home := filepath.Join(root, "node_modules", filepath.FromSlash(name))
		version, err := versionOf(filepath.Join(home, "package.json"))
		if err != nil {
			return err
		}
		files, err := filepath.Glob(filepath.Join(home, "LICEN*"))
		if err != nil {
			return err
		}
		slices.Sort(files)
		fmt.Fprintf(&all, "\n================ %s %s ================\n\n", name, version)
		if len(files) == 0 { // what its package.json names
			all.WriteString("See its package.json and repository: MIT or ISC licence.\n")
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				return err
			}
			all.WriteString(strings.ReplaceAll(strings.TrimSpace(string(text)), "\r\n", "\n") + "\n")
		}
	}
	return os.WriteFile(filepath.Join(out, "LICENSES.txt"), []byte(all.String()), 0o644)
}
