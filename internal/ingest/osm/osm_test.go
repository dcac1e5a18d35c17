package osm

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// found collects what a source visits.
type found struct {
	records  map[string][]feed.Record
	problems []feed.Problem
}

func (f *found) Record(r *feed.Record) error {
	c := *r
	c.Fields = slices.Clone(r.Fields)
	f.records[r.Layer] = append(f.records[r.Layer], c)
	return nil
}

func (f *found) Problem(p feed.Problem) error {
	f.problems = append(f.problems, p)
	return nil
}

func testProfile(tb testing.TB) *Profile {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "data", "osm.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	p, err := ParseProfile(text)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func read(tb testing.TB, path string) *found {
	tb.Helper()
	s, err := Open(feed.File{Path: path}, testProfile(tb), "")
	if err != nil {
		tb.Fatal(err)
	}
	f := &found{records: map[string][]feed.Record{}}
	if err := s.Read(context.Background(), f); err != nil {
		tb.Fatal(err)
	}
	return f
}

func field(r *feed.Record, name string) city.Value {
	for _, f := range r.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return city.Null
}

func TestRoadsOfHanoi(t *testing.T) {
	dir := realdata.Hanoi(t)
	f := read(t, filepath.Join(dir, "osm", "hanoi_roads_merged.osm.pbf"))
	if got := len(f.records["osm_roads"]); got != 42292 {
		t.Errorf("%d roads, want 42292", got)
	}
	for _, p := range f.problems {
		if p.Reason != ReasonValue {
			t.Errorf("problem %+v", p)
		}
	}
	compareJunctions(t, f.records["osm_intersections"], filepath.Join(dir, "layers", "hanoi_intersections.geojsonl"))
}

// compareJunctions holds our intersections against those that the collectors
// of the data made with another program.
func compareJunctions(t *testing.T, got []feed.Record, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	type reference struct {
		Properties struct {
			OSMID          int64 `json:"osm_id"`
			Degree         int64
			Roads, Classes []string
		}
		Geometry struct{ Coordinates orb.Point }
	}
	want := map[string]reference{}
	for d := json.NewDecoder(file); d.More(); {
		var r reference
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		want[elementID(KindNode, r.Properties.OSMID)] = r
	}
	if len(got) != 35621 || len(want) != 35621 {
		t.Fatalf("%d intersections, reference %d, want 35621", len(got), len(want))
	}
	bad := 0
	for i := range got {
		w, ok := want[got[i].Key]
		roads, _ := json.Marshal(append([]string{}, w.Properties.Roads...))
		classes, _ := json.Marshal(append([]string{}, w.Properties.Classes...))
		if !ok || got[i].Geometry != orb.Geometry(w.Geometry.Coordinates) ||
			field(&got[i], "degree").Int() != w.Properties.Degree ||
			field(&got[i], "roads").Text() != string(roads) || field(&got[i], "classes").Text() != string(classes) {
			if bad++; bad < 5 {
				t.Errorf("%s: got %v %v, want %v", got[i].Key, got[i].Geometry, got[i].Fields, w)
			}
		}
	}
	if bad > 0 {
		t.Errorf("%d intersections differ", bad)
	}
}
