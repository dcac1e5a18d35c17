package integration

import (
	"encoding/json"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
)

var (
	shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")
	curlLine   = regexp.MustCompile(`(?m)^(?:Try)? *(curl .*)$`)
	toolLine   = regexp.MustCompile(`(?m)^(hanoitwin .*?) +#`)
	tablePath  = regexp.MustCompile("`(/[^`]*)`")
)

// TestReadme runs what README.md tells its reader to run, as it stands there
// but for the port, against a server started as it says.
func TestReadme(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		realdata.Missing(t, "curl: %v", err)
	}
	readme := readFile(t, filepath.Join("..", "..", "README.md"))
	var shell strings.Builder
	for _, block := range shellBlock.FindAllStringSubmatch(readme, -1) {
		shell.WriteString(block[1])
	}
	dir := t.TempDir()
	p := startServer(t, dir)
	t.Run("curl", func(t *testing.T) {
		runCurls(t, dir, p.base, curlLine.FindAllStringSubmatch(shell.String(), -1))
	})
	t.Run("banner", func(t *testing.T) {
		runCurls(t, dir, p.base, curlLine.FindAllStringSubmatch(p.banner, -1))
	})
	t.Run("paths", func(t *testing.T) {
		_, table, found := strings.Cut(readme, "| path | answer |")
		table, _, more := strings.Cut(table, "\n\n")
		paths := tablePath.FindAllStringSubmatch(table, -1)
		if !found || !more || len(paths) < 10 {
			t.Fatalf("%d paths in the table of README.md", len(paths))
		}
		for _, m := range paths {
			path := filledIn(m[1])
			if code, _, body := p.get(t, path); code != 200 {
				t.Errorf("%s, asked as %s: status %d\n%.500s", m[1], path, code, body)
			}
		}
	})
	t.Run("documentation", func(t *testing.T) {
		_, _, page := p.get(t, "/api?f=html")
		links := regexp.MustCompile(`<a href="([^"]*)">Thử`).FindAllStringSubmatch(string(page), -1)
		if len(links) < 20 {
			t.Fatalf("%d links to try", len(links))
		}
		for _, m := range links {
			path, ok := strings.CutPrefix(html.UnescapeString(m[1]), p.base)
			if !ok {
				t.Errorf("%s leads elsewhere", m[1])
			}
			if strings.HasPrefix(path, "/events") {
				continue // has no end
			}
			if code, _, body := p.get(t, path); code != 200 && code != 204 {
				t.Errorf("%s: status %d\n%.500s", path, code, body)
			}
		}
	})
	p.stop(t)
	t.Run("commands", func(t *testing.T) { runCommands(t, dir, toolLine.FindAllStringSubmatch(shell.String(), -1)) })
}

// filledIn puts values into the places of a path.
func filledIn(path string) string {
	return strings.NewReplacer(
		"{layers}/", "all/", "{layers}", "ring_roads,wards", "{z}/{x}/{y}", "11/1626/901",
		"{layer}", "intersections", "{id or code}", "NG01",
		"?…", "?radius=5000", "lon=&lat=&radius=&k=&layers=&status=", "lon=105.85&lat=21.03&radius=20000&k=3&layers=intersections&status=in_operation",
		"q=&limit=&near=lon,lat&layers=", "q=ha&limit=3&near=105.85,21.03&layers=wards",
		"from=&to=&layers=", "from=2000-01-01&to=2030-01-01&layers=ring_roads,bridges", "from=&to=", "from=2000-01-01&to=2030-01-01",
		"f=&crs=", "f=flatgeobuf&crs=EPSG:5897", "bbox=&limit=&offset=", "bbox=105.7,20.9,106,21.1&limit=2&offset=1",
		"filter=&sortby=&crs=&properties=", "filter=name+IS+NOT+NULL&sortby=-name&crs=EPSG:5897&properties=name",
	).Replace(path)
}

// runCurls gives the lines to a shell. Each must succeed, and answer something.
func runCurls(t *testing.T, dir, base string, lines [][]string) {
	t.Helper()
	if len(lines) != 3 {
		t.Fatalf("%d lines with curl, want 3: %q", len(lines), lines)
	}
	for _, m := range lines {
		line := strings.ReplaceAll(m[1], "http://localhost:8080", base)
		cmd := exec.CommandContext(t.Context(), "sh", "-c", strings.Replace(line, "curl ", "curl --fail --silent --show-error ", 1))
		cmd.Dir = dir
		r := execute(t, cmd)
		if r.code != 0 {
			t.Errorf("%s: %d %s", line, r.code, r.err)
			continue
		}
		if strings.Contains(line, "-o hanoi.mvt") {
			wantTile(t, filepath.Join(dir, "hanoi.mvt"))
			continue
		}
		wantNearby(t, line, r.out)
	}
}

func wantTile(t *testing.T, path string) {
	t.Helper()
	tile, err := mvttest.Decode([]byte(readFile(t, path)))
	if err != nil || tile.Layer("ring_roads") == nil || tile.Layer("intersections") == nil {
		t.Errorf("%s is not a tile with the ring roads and intersections: %v", path, err)
	}
	if err := os.Remove(path); err != nil {
		t.Error(err)
	}
}

func wantNearby(t *testing.T, line, answer string) {
	t.Helper()
	var collection struct {
		Type     string
		Features []struct {
			Layer    string
			Distance *float64 `json:"distance_m"`
			Code     string
			Geometry json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(answer), &collection); err != nil || collection.Type != "FeatureCollection" || len(collection.Features) == 0 {
		t.Errorf("%s: %v\n%.1000s", line, err, answer)
		return
	}
	last := 0.0
	for _, f := range collection.Features {
		if f.Distance == nil || *f.Distance < last || len(f.Geometry) == 0 {
			t.Errorf("%s: %+v after %v m\n%.1000s", line, f, last, answer)
			return
		}
		last = *f.Distance
	}
	if strings.Contains(line, "k=5") && len(collection.Features) != 5 {
		t.Errorf("%s: %d features", line, len(collection.Features))
	}
	if strings.Contains(line, "NG01") && (last > 3000 || collection.Features[0].Layer != "intersections" || collection.Features[0].Code == "NG01") {
		t.Errorf("%s: %+v", line, collection.Features)
	}
}

// runCommands gives the lines that begin with hanoitwin to a shell, in the
// directory that the server was started in. `hanoi.osm.pbf` stands for any
// extract.
func runCommands(t *testing.T, dir string, lines [][]string) {
	t.Helper()
	extract := readFile(t, filepath.Join(realdata.Hanoi(t), "osm", "hanoi_admin_boundaries_2025-11-29.osm.pbf"))
	writeFile(t, extract, dir, "hanoi.osm.pbf")
	ran := 0
	for _, m := range lines {
		if strings.HasPrefix(m[1], "hanoitwin serve") {
			continue // ran above
		}
		cmd := exec.CommandContext(t.Context(), "sh", "-c", m[1])
		cmd.Dir = dir
		cmd.Env = append(cleanEnvironment(), "PATH="+filepath.Dir(program(t))+string(os.PathListSeparator)+os.Getenv("PATH"))
		if r := execute(t, cmd); r.code != 0 {
			t.Errorf("%s: %d\n%s\n%s", m[1], r.code, r.out, r.err)
		}
		ran++
	}
	if ran < 4 {
		t.Errorf("%d commands in README.md: %q", ran, lines)
	}
	if n := strings.Count(readFile(t, filepath.Join(dir, "nodes.geojson")), `"type":"Feature",`); n != 82 {
		t.Errorf("nodes.geojson has %d features, want 82", n)
	}
}
