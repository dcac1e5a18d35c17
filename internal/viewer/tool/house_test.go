package main

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// imported matches what a module imports: whether for types only, and the path.
var imported = regexp.MustCompile(`(?m)^(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)';`)

// sources returns the text of each module, by path below src.
func sources(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(filepath.Join("..", "src"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".ts") {
			name, _ := filepath.Rel(filepath.Join("..", "src"), path)
			all[filepath.ToSlash(name)] = string(read(t, path))
		}
		return err
	})
	if err != nil || len(all) < 30 {
		t.Fatalf("%d modules found: %v", len(all), err)
	}
	return all
}

// TestModulesStaySmall holds the rule on the length of a module.
func TestModulesStaySmall(t *testing.T) {
	for name, text := range sources(t) {
		if lines := strings.Count(text, "\n"); lines > 300 {
			t.Errorf("%s has %d lines; split it before 300", name, lines)
		}
		for _, forbidden := range []string{": any", "<any>", "as any", "innerHTML", "eval(", "@ts-ignore"} {
			if strings.Contains(text, forbidden) {
				t.Errorf("%s has %q", name, forbidden)
			}
		}
	}
}

// TestPureModules holds that core, geo and edit know neither MapLibre nor the page,
// and that only map runs MapLibre's code.
func TestPureModules(t *testing.T) {
	for name, text := range sources(t) {
		dir, _, _ := strings.Cut(name, "/")
		for _, m := range imported.FindAllStringSubmatch(text, -1) {
			types, path := m[1] != "", m[2]
			if path == "maplibre-gl" && !types && dir != "map" {
				t.Errorf("%s imports the code of MapLibre", name)
			}
			if (dir == "core" || dir == "geo" || dir == "edit") && !types {
				for _, upper := range []string{"../ui/", "../map/", "../api/"} {
					if strings.HasPrefix(path, upper) {
						t.Errorf("%s, which is pure, imports %s", name, path)
					}
				}
			}
		}
	}
}

// TestNoCycles looks for modules that import each other in a circle. Imports of
// types alone are gone when the code runs and may.
func TestNoCycles(t *testing.T) {
	graph := map[string][]string{}
	for name, text := range sources(t) {
		for _, m := range imported.FindAllStringSubmatch(text, -1) {
			if m[1] == "" && strings.HasPrefix(m[2], ".") {
				graph[name] = append(graph[name], filepath.ToSlash(filepath.Join(filepath.Dir(name), m[2])))
			}
		}
	}
	const visiting, done = 1, 2
	state := map[string]int{}
	var visit func(name string, path []string)
	visit = func(name string, path []string) {
		switch state[name] {
		case visiting:
			t.Errorf("a circle of imports: %s", strings.Join(append(path, name), " → "))
			return
		case done:
			return
		}
		state[name] = visiting
		for _, next := range graph[name] {
			visit(next, append(path, name))
		}
		state[name] = done
	}
	for name := range graph {
		visit(name, nil)
	}
}
