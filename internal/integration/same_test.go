package integration

import (
	"bytes"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// seen is when a server first saw a state: the one thing that may differ.
var seen = regexp.MustCompile(`"timeStamp":"[^"]*"`)

// TestStoresAnswerAlike fills a GeoPackage and a PostGIS database by the same
// command lines and compares every answer byte by byte.
func TestStoresAnswerAlike(t *testing.T) {
	t.Parallel()
	extract := filepath.Join(realdata.Hanoi(t), "osm", "dongda_quoctugiam_2023-12.osm.pbf")
	servers := make([]*served, 2)
	for i, where := range []string{filepath.Join(t.TempDir(), "store.gpkg"), pgtest.DSN(t)} {
		run(t, "import", "--store", where, extract).want(t, 0)
		store := openStore(t, where)
		server, err := serve(t.Context(), store)
		if err != nil {
			t.Fatal(err)
		}
		defer server.server.Close()
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		servers[i] = server
	}
	file, database := servers[0], servers[1]
	if a, b := file.Snapshot().Version(), database.Snapshot().Version(); a != b || a != 2 {
		t.Errorf("versions %d and %d, want 2", a, b)
	}
	asked := map[string]int{}
	for kind, targets := range questions(file.Snapshot()) {
		for _, target := range targets {
			codeA, a := file.get(target)
			codeB, b := database.get(target)
			if codeA != codeB || !bytes.Equal(seen.ReplaceAll(a, nil), seen.ReplaceAll(b, nil)) {
				t.Errorf("%s: GeoPackage %d\n%.1000s\nPostGIS %d\n%.1000s", target, codeA, a, codeB, b)
			}
			if codeA == http.StatusOK {
				asked[kind]++
			} else if kind != "tiles" || codeA != http.StatusNoContent {
				t.Errorf("%s: status %d\n%.500s", target, codeA, a)
			}
		}
	}
	for _, kind := range []string{"pages", "items", "near places", "near items", "tiles"} {
		if asked[kind] < 20 {
			t.Errorf("only %d %s had an answer", asked[kind], kind)
		}
	}
	t.Log(asked)
}

// questions lists what is asked of both: everything there is, by each route,
// of what is too much a fixed part.
func questions(s *snapshot.Snapshot) map[string][]string {
	q := map[string][]string{"pages": {"/", "/conformance", "/collections", "/tiles/all.json"}}
	around := orb.Bound{Min: orb.Point{105.7, 20.9}, Max: orb.Point{105.9, 21.1}}
	for _, l := range s.Layers() {
		id := string(l.ID())
		q["pages"] = append(q["pages"], "/collections/"+id, "/collections/"+id+"/items?limit=10000",
			"/collections/"+id+"/items?bbox=105.8,21,105.9,21.1&limit=7&offset=2", "/tiles/"+id+".json")
		n := 0
		l.All(func(f *snapshot.Feature) bool {
			item := fmt.Sprintf("/collections/%s/items/%d", id, f.ID())
			if n++; n%7 == 1 {
				q["items"] = append(q["items"], item)
			}
			if n%53 == 1 {
				q["near items"] = append(q["near items"], item+"/nearby?radius=2000&k=20")
			}
			return true
		})
	}
	for i := range 10 {
		for j := range 10 {
			lon, lat := 105.6+0.05*float64(i), 20.8+0.05*float64(j)
			q["near places"] = append(q["near places"], fmt.Sprintf("/nearby?lon=%.3f&lat=%.3f&k=25", lon, lat),
				fmt.Sprintf("/nearby?lon=%.3f&lat=%.3f&radius=3000&status=in_operation", lon, lat))
		}
	}
	for z := range uint8(15) {
		for _, at := range slices.Collect(tiles.Cover(around, z).All()) {
			q["tiles"] = append(q["tiles"], fmt.Sprintf("/tiles/all/%s.mvt", at))
		}
	}
	return q
}
