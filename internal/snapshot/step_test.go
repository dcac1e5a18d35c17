package snapshot

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// TestTake walks random steps through two layers, each held against a naive
// state and against what the step says of itself, and then all the way back.
func TestTake(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	naive := map[city.LayerID]oracle{"a": {}, "b": {}}
	s := load(t, 0, map[city.LayerID][]*city.Feature{"a": nil, "b": nil})
	states := []*Snapshot{s}
	var undo [][]city.Change
	for v := city.Version(1); v <= 60; v++ {
		step, back := Step{Version: v}, map[city.Change]city.Change{}
		for range r.IntN(12) {
			c := city.Change{Layer: []city.LayerID{"a", "b"}[r.IntN(2)], ID: int64(1 + r.IntN(30))}
			o := naive[c.Layer]
			key := c
			if _, told := back[key]; !told {
				back[key] = city.Change{Layer: c.Layer, ID: c.ID, Feature: o[c.ID]}
			}
			if r.IntN(3) > 0 {
				c.Feature = randomFeature(r, c.ID)
				o[c.ID] = c.Feature
			} else {
				delete(o, c.ID)
			}
			step.Changes = append(step.Changes, c)
		}
		next, edits, rejected := s.Take(step)
		if len(rejected) > 0 {
			t.Fatal(rejected)
		}
		if err := next.Check(); err != nil {
			t.Fatalf("version %d: %v", v, err)
		}
		for i, ed := range edits {
			if ed.Was.Feature(ed.ID()) != ed.Before || ed.Is.Feature(ed.ID()) != ed.After || ed.Before == nil && ed.After == nil {
				t.Fatalf("version %d: edit of %s/%d does not say what happened", v, ed.Layer(), ed.ID())
			}
			if i > 0 && (edits[i-1].Layer() > ed.Layer() || edits[i-1].Layer() == ed.Layer() && edits[i-1].ID() >= ed.ID()) {
				t.Fatalf("version %d: edits out of order", v)
			}
		}
		for id, o := range naive {
			o.compare(t, next.Layer(id), r)
		}
		var steps []city.Change
		for _, c := range back {
			steps = append(steps, c)
		}
		s, states, undo = next, append(states, next), append(undo, steps)
	}
	for v := len(undo) - 1; v >= 0; v-- {
		s, _, _ = s.Take(Step{Version: city.Version(v), Changes: undo[v]})
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		for _, l := range s.Layers() {
			want := oracle{}
			then := states[v].Layer(l.ID())
			then.All(func(f *Feature) bool { e := then.Exchange(f); want[f.ID()] = &e; return true })
			want.compare(t, l, r)
		}
	}
}

// TestTakeSwapsCodes exchanges the codes of two features in one step, and
// tolerates two features with one code, which then leads to the lower id.
func TestTakeSwapsCodes(t *testing.T) {
	named := func(id int64, code string) *city.Feature {
		return &city.Feature{ID: id, Geometry: orb.Point{105, 21}, Values: []city.Value{city.String(code)}}
	}
	change := func(id int64, code string) city.Change {
		return city.Change{Layer: "a", ID: id, Feature: named(id, code)}
	}
	s := load(t, 1, map[city.LayerID][]*city.Feature{"a": {named(1, "X"), named(2, "Y"), named(3, "Z")}})
	for i, c := range []struct {
		changes []city.Change
		want    map[string]int64
	}{
		{[]city.Change{change(1, "Y"), change(2, "X")}, map[string]int64{"Y": 1, "X": 2, "Z": 3}},
		{[]city.Change{change(3, "Y")}, map[string]int64{"Y": 1, "X": 2, "Z": 0}},
		{[]city.Change{{Layer: "a", ID: 1}}, map[string]int64{"Y": 3, "X": 2}},
		{[]city.Change{change(1, "Y"), change(2, "Y")}, map[string]int64{"Y": 1, "X": 0}},
		{[]city.Change{{Layer: "a", ID: 3}}, map[string]int64{"Y": 1}},
		{[]city.Change{{Layer: "a", ID: 1}}, map[string]int64{"Y": 2}},
	} {
		s, _, _ = s.Take(Step{Version: s.Version() + 1, Changes: c.changes})
		if err := s.Check(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		for code, id := range c.want {
			f := s.Layer("a").ByCode(code)
			if (f == nil) != (id == 0) || f != nil && f.ID() != id {
				t.Errorf("step %d: code %s leads to %v, want %d", i, code, f, id)
			}
		}
	}
}

// TestTakeWhatCannotBeServed leaves out what has no place on the globe and goes
// on with the rest.
func TestTakeWhatCannotBeServed(t *testing.T) {
	s := load(t, 1, map[city.LayerID][]*city.Feature{"a": {{ID: 1, Geometry: orb.Point{105, 21}}, {ID: 2, Geometry: orb.Point{105, 22}}}})
	next, edits, rejected := s.Take(Step{Version: 2, Changes: []city.Change{
		{Layer: "a", ID: 1, Feature: &city.Feature{ID: 1, Geometry: orb.Point{2326366, 588394}}},
		{Layer: "a", ID: 2, Feature: &city.Feature{ID: 2}},
		{Layer: "a", ID: 3, Feature: &city.Feature{ID: 3, Geometry: orb.Point{105.5, 21}}},
		{Layer: "none", ID: 9, Feature: &city.Feature{ID: 9, Geometry: orb.Point{105, 21}}},
	}})
	if err := next.Check(); err != nil {
		t.Fatal(err)
	}
	if next.Len() != 1 || next.Layer("a").Feature(3) == nil || len(edits) != 3 || edits[0].After != nil || edits[1].After != nil {
		t.Errorf("%d features, edits %v", next.Len(), edits)
	}
	want := []error{city.ErrNotFound, ErrOffGlobe, ErrNoGeometry}
	for _, w := range want {
		found := false
		for _, r := range rejected {
			found = found || errors.Is(r.Err, w)
		}
		if !found {
			t.Errorf("nothing rejected for %v among %v", w, rejected)
		}
	}
	if s.Len() != 2 || s.Check() != nil {
		t.Error("the state before changed")
	}
}

// TestTakeLayers adds, replaces and drops layers.
func TestTakeLayers(t *testing.T) {
	point := func(id int64) []*city.Feature { return []*city.Feature{{ID: id, Geometry: orb.Point{105, 21}}} }
	s := load(t, 1, map[city.LayerID][]*city.Feature{"a": point(1), "b": point(2), "d": point(4)})
	next, _, _ := s.Take(Step{
		Version: 2,
		Loaded:  load(t, 2, map[city.LayerID][]*city.Feature{"b": point(7), "c": point(3)}),
		Dropped: []city.LayerID{"d", "nowhere"},
	})
	if err := next.Check(); err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, l := range next.Layers() {
		l.All(func(f *Feature) bool { got += fmt.Sprintf("%s%d ", l.ID(), f.ID()); return true })
	}
	if got != "a1 b7 c3 " || next.Version() != 2 {
		t.Errorf("version %d: %s", next.Version(), got)
	}
	if next.Layer("a") != s.Layer("a") {
		t.Error("a layer that did not change is another")
	}
	if only := next.Without(func(l *Layer) bool { return l.ID() == "b" }); len(only.Layers()) != 2 || only.Layer("b") != nil || only.Version() != 2 {
		t.Errorf("without b: %v", only.Layers())
	}
	if next.Without(func(*Layer) bool { return false }) != next {
		t.Error("hiding nothing made another snapshot")
	}
}

// TestRowsAreForgotten moves what never is again as it was: what the builder keeps
// to find equal rows by must not grow for ever, and features keep what they say.
func TestRowsAreForgotten(t *testing.T) {
	s := load(t, 0, map[city.LayerID][]*city.Feature{"a": nil})
	shared := city.Change{Layer: "a", ID: 1, Feature: &city.Feature{ID: 1, Geometry: orb.Point{105, 21}, Values: []city.Value{city.String("first")}}}
	s, _, _ = s.Take(Step{Version: 1, Changes: []city.Change{shared}})
	const each = 1000
	for v := range 3 * maxRows / each {
		step := Step{Version: city.Version(v + 2)}
		for i := range each {
			f := &city.Feature{ID: int64(2 + i), Geometry: orb.Point{105, 21}, Values: []city.Value{city.String(fmt.Sprint(v, "/", i))}}
			step.Changes = append(step.Changes, city.Change{Layer: "a", ID: f.ID, Feature: f})
		}
		s, _, _ = s.Take(step)
		if n := len(s.Layer("a").workshop.rows); n > maxRows {
			t.Fatalf("%d rows are kept after %d steps, want %d at most", n, v+1, maxRows)
		}
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	if l := s.Layer("a"); l.Value(l.Feature(1), 0) != city.String("first") || l.Value(l.Feature(2), 0) != city.String(fmt.Sprint(3*maxRows/each-1, "/", 0)) {
		t.Errorf("features say %v and %v", l.Value(l.Feature(1), 0), l.Value(l.Feature(2), 0))
	}
}
