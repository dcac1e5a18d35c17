//go:build qgis

package integration

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// TestQGIS lets QGIS connect with nothing but addresses: to OGC API Features, and
// to the vector tiles by the address of the style. It has the same features in the
// same box as the server, and draws a map of the tiles. The picture is kept where
// QGIS_PICTURE names a file.
func TestQGIS(t *testing.T) {
	store := seeded(t, filepath.Join(t.TempDir(), "qgis.gpkg"))
	server := startServer(t, t.TempDir(), "--store", store)
	picture := os.Getenv("QGIS_PICTURE")
	if picture == "" {
		picture = filepath.Join(t.TempDir(), "map.png")
	}
	var out, talk bytes.Buffer
	cmd := exec.Command("/usr/bin/python3", filepath.Join("testdata", "qgis_look.py"), server.base, picture)
	cmd.Env = append(os.Environ(), "QT_QPA_PLATFORM=offscreen", "HOME="+t.TempDir())
	cmd.Stdout, cmd.Stderr = &out, &talk
	if err := cmd.Run(); err != nil {
		t.Fatalf("QGIS: %v\n%s", err, &talk)
	}
	var seen struct {
		Layers map[string]struct {
			Count  int
			Names  []string
			Extent [4]float64
			InBox  int `json:"in_box"`
		}
		Styled  bool
		Colours map[string]int
		Errors  []string
	}
	if err := json.Unmarshal(out.Bytes(), &seen); err != nil {
		t.Fatalf("%v in %s", err, &out)
	}
	if len(seen.Layers) != 3 {
		t.Errorf("%d layers", len(seen.Layers))
	}
	for name, l := range seen.Layers {
		var all struct {
			NumberMatched int
			Features      []struct{ Properties struct{ Name string } }
		}
		server.decode(t, "/collections/"+name+"/items?limit=10000", &all)
		var names []string
		for _, f := range all.Features {
			names = append(names, f.Properties.Name)
		}
		slices.Sort(names)
		if l.Count != all.NumberMatched || !slices.Equal(names, l.Names) {
			t.Errorf("%s: QGIS has %d features %q, the server %d", name, l.Count, l.Names, all.NumberMatched)
		}
		var boxed struct{ NumberMatched int }
		server.decode(t, "/collections/"+name+"/items?limit=1&bbox=105.8,20.95,105.9,21.05", &boxed)
		if l.InBox == 0 || l.InBox != boxed.NumberMatched {
			t.Errorf("%s: QGIS has %d features in a box, the server %d", name, l.InBox, boxed.NumberMatched)
		}
		if e := l.Extent; !(e[0] > 105 && e[1] > 20 && e[2] < 107 && e[3] < 22) {
			t.Errorf("%s lies at %v", name, e)
		}
	}
	total := 0
	for _, n := range seen.Colours {
		total += n
	}
	const background = "#ff00ff" // where no tile was drawn
	if !seen.Styled || len(seen.Errors) > 0 || len(seen.Colours) < 100 || seen.Colours[background]*50 > total {
		t.Errorf("styled %v, %d colours, %d of %d pixels without a map, errors %q", seen.Styled, len(seen.Colours), seen.Colours[background], total, seen.Errors)
	}
	t.Logf("picture: %d colours, %d of %d pixels without a map", len(seen.Colours), seen.Colours[background], total)
}

// decode reads a JSON answer.
func (p *process) decode(t *testing.T, path string, into any) {
	t.Helper()
	status, _, body := p.get(t, path)
	if err := json.Unmarshal([]byte(body), into); err != nil || status != 200 {
		t.Fatalf("%s: %d, %v in %s", path, status, err, body)
	}
}
