package architecture

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The house limits, in lines as they stand in the file, of Go that is no test.
const (
	maxPackageLines  = 2500
	maxFileLines     = 500
	maxFunctionLines = 80
)

// tooLarge are packages that may be larger until somebody has split them. Whoever
// does takes the row out: the test fails as long as it stands here.
var tooLarge = map[string]bool{}

// TestSizes holds the house limits on the length of packages, files and functions.
func TestSizes(t *testing.T) {
	excused := 0
	for _, p := range list(t) {
		total := 0
		for _, name := range p.GoFiles {
			source, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			lines, mistakes, err := measure(name, source)
			if err != nil {
				t.Fatal(err)
			}
			total += lines
			for _, m := range mistakes {
				t.Errorf("%s/%s", p.ImportPath, m)
			}
		}
		m := packageMistake(total)
		switch {
		case tooLarge[p.ImportPath] && m == "":
			t.Errorf("%s has %d lines and needs no exception any more: take it out of tooLarge", p.ImportPath, total)
		case tooLarge[p.ImportPath]:
			excused++
		case m != "":
			t.Errorf("%s %s", p.ImportPath, m)
		}
	}
	if excused != len(tooLarge) && !t.Failed() {
		t.Errorf("tooLarge names %d packages, of which %d are there", len(tooLarge), excused)
	}
}

func packageMistake(lines int) string {
	if lines <= maxPackageLines {
		return ""
	}
	return fmt.Sprintf("has %d lines; split it before %d", lines, maxPackageLines)
}

// measure counts the lines of a file and says what is too long in it.
func measure(name string, source []byte) (lines int, mistakes []string, err error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.SkipObjectResolution)
	if err != nil {
		return 0, nil, err
	}
	lines = bytes.Count(source, []byte("\n"))
	if lines > maxFileLines {
		mistakes = append(mistakes, fmt.Sprintf("%s has %d lines; split it before %d", name, lines, maxFileLines))
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		from, to := files.Position(f.Pos()).Line, files.Position(f.End()).Line
		if n := to - from + 1; n > maxFunctionLines {
			mistakes = append(mistakes, fmt.Sprintf("%s:%d: %s has %d lines; split it before %d", name, from, f.Name.Name, n, maxFunctionLines))
		}
	}
	return lines, mistakes, nil
}

// TestMeasure shows that the limits hold to the line.
func TestMeasure(t *testing.T) {
	function := func(lines int) string { return "func f() {\n" + strings.Repeat("\t_ = 0\n", lines-2) + "}\n" }
	const head = "package p\n\n// f has a comment, which does not count.\n"
	for _, c := range []struct {
		source string
		want   int
	}{
		{head + function(maxFunctionLines), 0},
		{head + function(maxFunctionLines+1), 1},
		{"package p\n" + strings.Repeat("\n", maxFileLines-1), 0},
		{"package p\n" + strings.Repeat("\n", maxFileLines), 1},
		{head + function(maxFileLines), 2},
	} {
		lines, mistakes, err := measure("p.go", []byte(c.source))
		if err != nil || len(mistakes) != c.want || lines != strings.Count(c.source, "\n") {
			t.Errorf("%d lines, mistakes %q, %v; want %d", lines, mistakes, err, c.want)
		}
	}
	if packageMistake(maxPackageLines) != "" || packageMistake(maxPackageLines+1) == "" {
		t.Error("the limit of a package is not where it should be")
	}
}
