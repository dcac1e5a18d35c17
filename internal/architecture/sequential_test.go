package architecture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var sequentialLine = regexp.MustCompile(`(?m)^SEQUENTIAL := (.+)$`)

// helpers are what tests of sequential packages use that does start goroutines, each
// of which ends before what was asked of it is there.
var helpers = []string{"internal/postgis/pgtest", "internal/realdata"}

// TestSequential: what make tests without the race detector starts no goroutine and
// waits for none, nor does anything of ours that it calls: there the detector has
// nothing to see.
func TestSequential(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join("..", "..", "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	m := sequentialLine.FindSubmatch(makefile)
	if m == nil {
		t.Fatal("the Makefile has no list of sequential packages")
	}
	all := map[string]listed{}
	for _, p := range list(t) {
		all[p.ImportPath] = p
	}
	for _, name := range strings.Fields(string(m[1])) {
		p, there := all[name]
		if !there {
			t.Errorf("the Makefile names %s, which is no package", name)
			continue
		}
		seen := map[string]bool{}
		within(all, seen, append(slices.Concat(p.TestImports, p.XTestImports), module+"/"+name))
		for path := range seen {
			files := all[path].GoFiles
			if path == name {
				files = slices.Concat(files, p.TestGoFiles, p.XTestGoFiles)
			}
			for _, file := range files {
				if what := concurrent(t, filepath.Join(all[path].Dir, file)); what != "" {
					t.Errorf("%s is not sequential: %s/%s has %s", name, path, file, what)
				}
			}
		}
	}
}

// within adds those of the imports that are ours, and what they import, to seen.
func within(all map[string]listed, seen map[string]bool, imports []string) {
	for _, imported := range imports {
		ours, found := strings.CutPrefix(imported, module+"/")
		if !found || seen[ours] || slices.Contains(helpers, ours) {
			continue
		}
		seen[ours] = true
		within(all, seen, all[ours].Imports)
	}
}

// concurrent says what in a file has to do with goroutines, nothing if nothing has.
func concurrent(t *testing.T, path string) (what string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range file.Imports {
		switch spec.Path.Value {
		case `"sync"`, `"sync/atomic"`, `"net/http"`, `"net/http/httptest"`, `"golang.org/x/sync/errgroup"`:
			what = spec.Path.Value
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			what = "a go statement"
		case *ast.ChanType:
			what = "a channel"
		case *ast.SelectorExpr:
			if n.Sel.Name == "Parallel" {
				what = "parallel tests"
			}
		}
		return true
	})
	return what
}
