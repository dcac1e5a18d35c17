package integration

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// TestGDALReadsOAPIF has GDAL's driver of OGC API Features read layers from the
// address of the server alone: page by page, all of them, by a condition and in a box.
// The driver of 3.6 asks in no other system and does not write.
func TestGDALReadsOAPIF(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		realdata.Missing(t, "GDAL (Debian: apt-get install gdal-bin): %v", err)
	}
	o := startOGC(t)
	for name, c := range map[string]struct {
		layer string
		args  []string
		query []string
	}{
		"all":       {"wards", nil, nil},
		"pages":     {"intersections", []string{"-oo", "PAGE_SIZE=7"}, nil},
		"condition": {"bridges", []string{"-where", "status = 'in_operation'"}, []string{"status", "in_operation"}},
		"box":       {"wards", []string{"-spat", "105.8", "21", "105.9", "21.1"}, []string{"bbox", "105.8,21,105.9,21.1"}},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out.geojsonl")
			args := append([]string{"-f", "GeoJSONSeq", out, "OAPIF:" + o.base, c.layer, "-lco", "COORDINATE_PRECISION=9"}, c.args...)
			if text, err := exec.CommandContext(t.Context(), "ogr2ogr", args...).CombinedOutput(); err != nil {
				t.Fatalf("%v: %v\n%s", args, err, text)
			}
			want := o.items(t, c.layer, append(c.query, "limit", "1000")...).Features
			got := readLines(t, out)
			if len(got) != len(want) || len(want) == 0 {
				t.Fatalf("GDAL reads %d features, want %d", len(got), len(want))
			}
			for i, f := range want {
				if got[i].Properties["name"] != f.Properties["name"] {
					t.Errorf("%d: %v, want %v", i, got[i].Properties["name"], f.Properties["name"])
				}
				a, b := positions(t, got[i].Geometry.Coordinates), positions(t, f.Geometry.Coordinates)
				if len(a) != len(b) {
					t.Fatalf("%d: %d positions, want %d", i, len(a), len(b))
				}
				for j := range b {
					if math.Abs(a[j][0]-b[j][0]) > 1e-8 || math.Abs(a[j][1]-b[j][1]) > 1e-8 {
						t.Fatalf("%d: %v, want %v", i, a[j], b[j])
					}
				}
			}
		})
	}
}

// readLines reads newline-delimited features.
func readLines(t *testing.T, path string) (all []ogcFeature) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(strings.NewReader(string(text))); d.More(); {
		var f ogcFeature
		if err := d.Decode(&f); err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	return all
}
