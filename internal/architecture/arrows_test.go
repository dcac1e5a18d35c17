package architecture

import (
	"cmp"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/hanoitwin/hanoitwin"

// layers lists our packages from the top down. A package may import packages of
// lower rows only; those that share a row do not know each other.
var layers = [][]string{
	{"cmd/hanoitwin", "internal/benchcompare"},
	{"internal/httpapi"},
	{"internal/httpapi/features", "internal/httpapi/changes", "internal/httpapi/events", "internal/httpapi/past", "internal/httpapi/tilesets", "internal/httpapi/describe", "internal/httpapi/webmap"},
	{"internal/httpapi/edge", "internal/httpapi/tilecache"},
	{"internal/httpapi/view", "internal/httpapi/filters", "internal/httpapi/media"},
	{"internal/httpapi/params"},
	{"internal/httpapi/answers", "internal/httpapi/metrics"},
	{"internal/httpapi/problem", "internal/httpapi/coding", "internal/httpapi/forwarded", "internal/httpapi/joined"},
	{"internal/cql2"},
	{"internal/watch"},
	{"internal/twin"},
	{"internal/edit"},
	{"internal/page", "internal/proximity", "internal/search", "internal/check", "internal/diff", "internal/tilechange"},
	{"internal/lifetime", "internal/encode"},
	{"internal/snapshot", "internal/export"},
	{"internal/ingest"},
	{"internal/postgis", "internal/geopackage", "tiles/tms"},
	{"internal/store"},
	{"internal/bbox"},
	{"internal/pmtiles"},
	{"tiles", "internal/refsys", "internal/jsonschema", "internal/wkb", "internal/geojson", "internal/access", "internal/style", "internal/viewer", "internal/openapi", "internal/webpage", "internal/dcat", "data"},
	{"internal/crs"},
	{"internal/geodesy"},
	{"internal/city", "internal/simplegeom", "internal/hilbert"},
}

// confined names modules and packages that only some of ours may import.
var confined = map[string][]string{
	"github.com/jackc/pgx":      {"internal/postgis", "internal/benchcompare"},
	"modernc.org/sqlite":        {"internal/geopackage"},
	"github.com/go-chi/chi":     {"internal/httpapi"},
	"github.com/alecthomas":     {"cmd/hanoitwin"},
	"github.com/paulmach/osm":   {"internal/ingest"},
	"github.com/jonas-p":        {"internal/ingest"},
	"github.com/pressly/goose":  {"internal/postgis"},
	"github.com/coreos/go-oidc": {"internal/access"},
	"github.com/go-jose":        {"internal/access"},
	"golang.org/x/time":         {"internal/access"},
}

type listed struct {
	ImportPath                string
	Dir                       string
	GoFiles                   []string
	Imports                   []string
	TestGoFiles, XTestGoFiles []string
	TestImports, XTestImports []string
}

func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports,TestGoFiles,XTestGoFiles,TestImports,XTestImports", module+"/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module+"/")
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("only %d packages listed", len(all))
	}
	return all
}

// rank returns the row of a package, counting a package's subdirectories to it
// unless they are listed themselves, and -1 for packages that only tests import.
func rank(path string) int {
	name := family(path)
	return slices.IndexFunc(layers, func(row []string) bool { return slices.Contains(row, name) })
}

// onlyForTests are packages that production code never imports; they may
// import anything.
var onlyForTests = []string{"internal/architecture", "internal/geopackage/gpkgtest", "internal/realdata/tilelist", "internal/wiretest", "internal/ssetest", "internal/smalldisk", "internal/realdata", "internal/postgis/pgtest", "internal/twin/storetest", "internal/twin/storetest/model", "internal/twin/twintest", "internal/snapshot/snapshottest", "internal/gdaltest", "internal/goldentest", "internal/contracttest", "internal/logtest", "internal/ingest/feed/feedtest", "tiles/mvttest", "internal/rounds", "internal/integration", "internal/integration/living"}

func TestArrows(t *testing.T) {
	for _, p := range list(t) {
		if slices.Contains(onlyForTests, p.ImportPath) {
			continue
		}
		from := rank(p.ImportPath)
		if from < 0 {
			t.Errorf("%s has no place in the architecture", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			ours, found := strings.CutPrefix(imported, module+"/")
			if !found || family(ours) == family(p.ImportPath) {
				continue
			}
			if slices.Contains(onlyForTests, ours) {
				if !slices.Contains(layers[0], p.ImportPath) {
					t.Errorf("%s imports %s, which is for tests", p.ImportPath, ours)
				}
				continue
			}
			if to := rank(ours); to <= from {
				t.Errorf("%s imports %s, which is not below it", p.ImportPath, ours)
			}
		}
	}
}

// family returns the listed package that path is, or lies under: the nearest.
func family(path string) string {
	nearest := ""
	for _, row := range layers {
		for _, p := range row {
			if (path == p || strings.HasPrefix(path, p+"/")) && len(p) > len(nearest) {
				nearest = p
			}
		}
	}
	return cmp.Or(nearest, path)
}

func TestConfined(t *testing.T) {
	for _, p := range list(t) {
		for _, imported := range p.Imports {
			for prefix, allowed := range confined {
				if strings.HasPrefix(imported, prefix) && !slices.Contains(allowed, family(p.ImportPath)) {
					t.Errorf("%s imports %s, which belongs to %v", p.ImportPath, imported, allowed)
				}
			}
		}
	}
}

// TestOnlyMainExits looks for os.Exit, log.Fatal and http.Error in the sources.
func TestOnlyMainExits(t *testing.T) {
	for _, p := range list(t) {
		if strings.HasPrefix(p.ImportPath, "cmd/") || slices.Contains(onlyForTests, p.ImportPath) || slices.Contains(layers[0], p.ImportPath) {
			continue
		}
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				pkg, ok := sel.X.(*ast.Ident)
				if !ok {
					return true
				}
				switch call := pkg.Name + "." + sel.Sel.Name; call {
				case "os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln", "http.Error":
					t.Errorf("%s/%s calls %s", p.ImportPath, name, call)
				}
				return true
			})
		}
	}
}
