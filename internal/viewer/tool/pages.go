package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// metafile is what esbuild tells of its output.
type metafile struct {
	Outputs map[string]struct {
		Bytes   int `json:"bytes"`
		Imports []struct {
			Path string `json:"path"`
			Kind string `json:"kind"`
		} `json:"imports"`
	} `json:"outputs"`
}

// preloads stands in a page for links to the chunks that its script begins with.
const preloads = "<!-- preloads -->"

// writePages writes the pages, each with links to what its script will ask for, so
// that the browser asks for all of it at once.
func writePages(root, out, meta string) error {
	var m metafile
	if err := json.Unmarshal([]byte(meta), &m); err != nil {
		return err
	}
	for name, script := range map[string]string{"index.html": "app.js", "example.html": "hanoi-map.js"} {
		text, err := os.ReadFile(filepath.Join(root, "src", name))
		if err != nil {
			return err
		}
		var links []string
		for _, chunk := range m.begins(script) {
			links = append(links, fmt.Sprintf(`<link rel="modulepreload" href="/viewer/%s">`, chunk))
		}
		page := strings.Replace(string(text), preloads, strings.Join(links, "\n"), 1)
		if err := os.WriteFile(filepath.Join(out, name), []byte(page), 0o644); err != nil {
			return err
		}
		if name != "index.html" {
			continue
		}
		// The same map for frames in pages of others; the server lets only this one
		// be framed.
		frame := strings.Replace(page, "<body ", "<body data-embed ", 1)
		if err := os.WriteFile(filepath.Join(out, "embed.html"), []byte(frame), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// begins lists the chunks that a script imports at once, directly or not, the
// largest first: a browser asks for six at a time, and those take longest.
func (m *metafile) begins(script string) []string {
	var names []string
	size := map[string]int{}
	var follow func(name string)
	follow = func(name string) {
		for output, o := range m.Outputs {
			if path.Base(output) != name {
				continue
			}
			size[name] = o.Bytes
			for _, i := range o.Imports {
				if chunk := path.Base(i.Path); i.Kind == "import-statement" && !slices.Contains(names, chunk) {
					names = append(names, chunk)
					follow(chunk)
				}
			}
		}
	}
	follow(script)
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(size[b]-size[a], cmp.Compare(a, b))
	})
	return names
}
