package diff

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
)

// roads have lives; lamps have none. Turned is roads with other properties in
// another order.
func roads() city.Layer {
	return city.Layer{ID: "roads", Geometry: city.GeometryAny, Properties: []city.Property{
		{Name: "name", Type: city.KindString}, {Name: "status", Type: city.KindString}, {Name: "lanes", Type: city.KindInteger},
		{Name: "valid_from", Type: city.KindDate}, {Name: "valid_to", Type: city.KindDate}, {Name: "planned_completion", Type: city.KindDate},
	}, Tiles: city.TileRules{Attributes: []string{"name", "status"}}}
}

func turned() city.Layer {
	def := roads()
	def.Properties = append([]city.Property{{Name: "length", Type: city.KindNumber}}, def.Properties...)
	def.Properties = append(slices.Delete(def.Properties, 3, 4), city.Property{Name: "lanes_new", Type: city.KindInteger})
	def.Tiles = city.TileRules{}
	return def
}

func lamps() city.Layer {
	return city.Layer{ID: "lamps", Geometry: city.GeometryPoint, Properties: []city.Property{
		{Name: "name", Type: city.KindString}, {Name: "status", Type: city.KindString},
	}}
}

type content map[city.LayerID][]city.Feature

func seeded(tb testing.TB) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	tb.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 9))
}

// random makes a feature of a layer that differs from another in most things
// only now and then.
func random(r *rand.Rand, def *city.Layer, id int64) city.Feature {
	f := city.Feature{ID: id, Geometry: orb.Point{105.8 + float64(id%20)/100, 21 + float64(r.IntN(2))/1000}}
	if def.Geometry == city.GeometryAny {
		p := f.Geometry.(orb.Point)
		line := orb.LineString{p, {p[0] + 0.001, p[1]}, {p[0] + 0.002, p[1] + 0.001*float64(r.IntN(2))}}
		if f.Geometry = line; r.IntN(6) == 0 {
			f.Geometry = orb.Polygon{{line[0], line[1], {p[0], p[1] + 0.001}, line[0]}}
		}
	}
	for _, p := range def.Properties {
		v := city.Null
		switch {
		case r.IntN(4) == 0:
		case p.Name == "status":
			v = city.String(string(city.Statuses()[r.IntN(4)]))
		case p.Type == city.KindDate:
			v = city.Date(time.Unix(int64(r.IntN(6))*86400, 0))
		case p.Type == city.KindString:
			v = city.String("Phố")
		case p.Type == city.KindInteger:
			v = city.Integer(int64(r.IntN(2)))
		default:
			v = city.Number(0.5)
		}
		f.Values = append(f.Values, v)
	}
	return f
}

// seen is a feature as the oracle sees it.
type seen struct {
	values   map[string]city.Value
	geometry orb.Geometry
}

// look writes one side down, feature by feature, through the exchange form.
func look(s Side) map[Place]seen {
	all := map[Place]seen{}
	for _, l := range s.Snapshot.Layers() {
		def := l.Definition()
		l.All(func(f *snapshot.Feature) bool {
			x := l.Exchange(f)
			is := seen{values: map[string]city.Value{}, geometry: x.Geometry}
			for i, p := range def.Properties {
				if v := x.Value(i); !v.IsNull() {
					is.values[p.Name] = v
				}
			}
			if s.Days != nil && def.PropertyIndex("valid_from") >= 0 {
				day := func(name string) *city.Day {
					if d, ok := is.values[name].Day(); ok {
						return &d
					}
					return nil
				}
				status, there := lifetime.Status(city.Status(is.values["status"].Text()), lifetime.Dates{
					From: day("valid_from"), To: day("valid_to"), Completion: day("planned_completion"),
				}, *s.Days)
				if !there {
					return true
				}
				if !is.values["status"].IsNull() {
					is.values["status"] = city.String(string(status))
				}
			}
			all[Place{l.ID(), f.ID()}] = is
			return true
		})
	}
	return all
}

// told is a difference written down.
type told struct {
	Place
	Change
	Properties map[string][2]city.Value
	Moved      bool
}

// brute compares two maps: the oracle.
func brute(from, to Side, layers []city.LayerID) []told {
	before, after := look(from), look(to)
	var all []told
	for place, was := range before {
		is, there := after[place]
		if !there {
			all = append(all, told{Place: place, Change: Removed, Properties: map[string][2]city.Value{}})
			continue
		}
		t := told{Place: place, Change: Changed, Properties: map[string][2]city.Value{}, Moved: fmt.Sprintf("%T%v", was.geometry, was.geometry) != fmt.Sprintf("%T%v", is.geometry, is.geometry)}
		for _, side := range []seen{was, is} {
			for name := range side.values {
				if was.values[name] != is.values[name] {
					t.Properties[name] = [2]city.Value{was.values[name], is.values[name]}
				}
			}
		}
		if t.Moved || len(t.Properties) > 0 {
			all = append(all, t)
		}
	}
	for place := range after {
		if _, there := before[place]; !there {
			all = append(all, told{Place: place, Change: Added, Properties: map[string][2]city.Value{}})
		}
	}
	all = slices.DeleteFunc(all, func(t told) bool { return len(layers) > 0 && !slices.Contains(layers, t.Layer) })
	slices.SortFunc(all, func(a, b told) int { return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.ID, b.ID)) })
	return all
}

// read collects what a comparison tells behind a place, at most n.
func read(t *testing.T, c *Comparison, behind Place, n int) []told {
	t.Helper()
	var all []told
	err := c.Each(t.Context(), behind, func(d *Difference) bool {
		one := told{Place: d.Place(), Change: d.Change, Properties: map[string][2]city.Value{}, Moved: d.Moved}
		for _, p := range d.Properties(nil) {
			one.Properties[p.Name] = [2]city.Value{p.Before, p.After}
		}
		if l, f, _ := d.Shown(); l.ID() != one.Layer || f.ID() != one.ID {
			t.Fatalf("shows %s/%d at %v", l.ID(), f.ID(), one.Place)
		}
		all = append(all, one)
		return len(all) < n
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func hold(t *testing.T, what string, from, to Side, layers []city.LayerID, touched *Touched) {
	t.Helper()
	want := brute(from, to, layers)
	c := Compare(from, to, layers, touched)
	got := read(t, c, Place{}, math.MaxInt)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%s: %d differences, want %d\n%v\n%v", what, len(got), len(want), got, want)
	}
	counts, err := c.Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range counts {
		tally := map[Change]int{}
		for _, w := range want {
			if w.Layer == n.Layer {
				tally[w.Change]++
			}
		}
		if n.Added != tally[Added] || n.Removed != tally[Removed] || n.Changed != tally[Changed] {
			t.Fatalf("%s: counts %+v, want %v", what, n, tally)
		}
	}
	// Page by page, each behind the last of the one before.
	var pages []told
	for behind := (Place{}); ; {
		page := read(t, c, behind, 3)
		pages = append(pages, page...)
		if len(page) == 0 {
			break
		}
		behind = page[len(page)-1].Place
	}
	if fmt.Sprint(pages) != fmt.Sprint(want) {
		t.Fatalf("%s: pages tell %d differences, want %d", what, len(pages), len(want))
	}
}

// TestAgainstBruteForce compares versions that grew from each other, versions
// that were loaded apart, layers that came, went and were redefined, and days.
func TestAgainstBruteForce(t *testing.T) {
	r := seeded(t)
	for range 6 {
		road, lamp := roads(), lamps()
		features := content{}
		for id := int64(1); id <= 60; id++ {
			features["roads"] = append(features["roads"], random(r, &road, id*3-60))
			features["lamps"] = append(features["lamps"], random(r, &lamp, id))
		}
		base := snapshottest.Build(t, 1, []city.Layer{road, lamp}, features)
		grown, touched := grow(t, r, base, 5)
		other := turned()
		var differently []city.Feature
		for id := int64(1); id <= 60; id++ {
			differently = append(differently, random(r, &other, id*3-60))
		}
		apart := snapshottest.Build(t, 9, []city.Layer{road, lamp}, features) // the same, read anew
		redefined := snapshottest.Build(t, 9, []city.Layer{other}, content{"roads": differently})
		day := func(d city.Day) *lifetime.Window { w := lifetime.On(d); return &w }
		for what, c := range map[string]struct {
			from, to *snapshot.Snapshot
			touched  *Touched
		}{
			"grown": {base, grown, nil}, "back": {grown, base, nil}, "apart": {grown, apart, nil}, "same": {base, base, nil},
			"read anew": {base, apart, nil}, "redefined": {grown, redefined, nil}, "no more lamps": {redefined, base, nil},
			"empty": {snapshot.Empty(0), base, nil}, "touched": {base, grown, touched}, "touched back": {grown, base, touched},
		} {
			for _, days := range [][2]*lifetime.Window{
				{nil, nil}, {day(0), day(4)}, {day(5), day(2)}, {day(3), day(3)}, {nil, day(3)},
				{{First: lifetime.Beginning, Last: 2}, {First: 3, Last: lifetime.End}},
			} {
				from, to := Side{c.from, days[0]}, Side{c.to, days[1]}
				hold(t, what, from, to, nil, c.touched)
				hold(t, what+", roads", from, to, []city.LayerID{"roads", "rivers", "roads"}, c.touched)
			}
		}
	}
}

// grow makes a few versions, and what they touched.
func grow(t *testing.T, r *rand.Rand, s *snapshot.Snapshot, versions int) (*snapshot.Snapshot, *Touched) {
	t.Helper()
	touched := &Touched{}
	for range versions {
		var changes []city.Change
		for _, l := range s.Layers() {
			l.All(func(f *snapshot.Feature) bool {
				switch was := l.Exchange(f); r.IntN(12) {
				case 0:
					changes = append(changes, city.Change{Layer: l.ID(), ID: f.ID()})
				case 1: // the same again, in another place of the memory
					changes = append(changes, city.Change{Layer: l.ID(), ID: f.ID(), Feature: &was})
				case 2:
					is := random(r, l.Definition(), f.ID())
					changes = append(changes, city.Change{Layer: l.ID(), ID: f.ID(), Feature: &is})
				case 3:
					is := was.Clone()
					is.Values[1] = city.String("planned")
					changes = append(changes, city.Change{Layer: l.ID(), ID: f.ID(), Feature: is})
				}
				return true
			})
			if id := int64(200 + r.IntN(30)); l.Feature(id) == nil {
				is := random(r, l.Definition(), id)
				changes = append(changes, city.Change{Layer: l.ID(), ID: id, Feature: &is})
			}
		}
		for _, c := range changes {
			touched.Add(c.Layer, c.ID)
		}
		next, _, rejected := s.Take(snapshot.Step{Version: s.Version() + 1, Changes: changes})
		if len(rejected) > 0 {
			t.Fatal(rejected)
		}
		s = next
	}
	return s, touched
}

// TestTouchedLayer: a layer that is named whole is compared whole.
func TestTouchedLayer(t *testing.T) {
	r := seeded(t)
	road := roads()
	a := snapshottest.Build(t, 1, []city.Layer{road}, content{"roads": {random(r, &road, 1)}})
	b := snapshottest.Build(t, 2, []city.Layer{road}, content{"roads": {random(r, &road, 2)}})
	touched := &Touched{}
	touched.Add("roads", 7)
	touched.AddLayer("roads")
	hold(t, "whole", Side{a, nil}, Side{b, nil}, nil, touched)
}

func TestCancelled(t *testing.T) {
	r := seeded(t)
	road := roads()
	var features []city.Feature
	for id := int64(1); id <= 5000; id++ {
		features = append(features, random(r, &road, id))
	}
	s := snapshottest.Build(t, 1, []city.Layer{road}, content{"roads": features})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := Compare(Side{snapshot.Empty(0), nil}, Side{s, nil}, nil, nil)
	n := 0
	if err := c.Each(ctx, Place{}, func(*Difference) bool { n++; return true }); !errors.Is(err, context.Canceled) || n > checkEvery {
		t.Errorf("%d told, %v", n, err)
	}
	if _, err := c.Count(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("count: %v", err)
	}
	if _, err := Shift(ctx, zigzag(3000, 0), zigzag(3000, 0.1)); !errors.Is(err, context.Canceled) {
		t.Errorf("shift: %v", err)
	}
}

func zigzag(n int, up float64) orb.LineString {
	var line orb.LineString
	for i := range n {
		line = append(line, orb.Point{105 + float64(i)*1e-4, 21 + float64(i%2)*1e-4 + up})
	}
	return line
}

// TestShift: known moves.
func TestShift(t *testing.T) {
	metre := 1 / geodesy.Distance(orb.Point{105.8, 21}, orb.Point{105.8, 22}) // of latitude, degrees
	p := func(x, y float64) orb.Point { return orb.Point{105.8 + x*metre/math.Cos(21*math.Pi/180), 21 + y*metre} }
	square := func(x, y, side float64) orb.Ring {
		return orb.Ring{p(x, y), p(x+side, y), p(x+side, y+side), p(x, y+side), p(x, y)}
	}
	for _, c := range []struct {
		name          string
		before, after orb.Geometry
		want          float64
	}{
		{"a point", p(0, 0), p(3, 4), 5},
		{"not at all", p(0, 0), p(0, 0), 0},
		{"a line up", orb.LineString{p(0, 0), p(100, 0)}, orb.LineString{p(0, 7), p(100, 7)}, 7},
		{"a line turned round", orb.LineString{p(0, 0), p(100, 0)}, orb.LineString{p(100, 0), p(0, 0)}, 0},
		{"a shorter line", orb.LineString{p(0, 0), p(50, 0), p(100, 0)}, orb.LineString{p(0, 0), p(50, 0), p(60, 0)}, 40},
		{"a vertex more", orb.LineString{p(0, 0), p(100, 0)}, orb.LineString{p(0, 0), p(40, 0), p(100, 0)}, 0},
		{"a bend", orb.LineString{p(0, 0), p(100, 0)}, orb.LineString{p(0, 0), p(40, 30), p(100, 0)}, 30},
		{"a square moved inside itself", orb.Polygon{square(0, 0, 100)}, orb.Polygon{square(20, 20, 60)}, 20 * math.Sqrt2},
		{"a hole", orb.Polygon{square(0, 0, 100)}, orb.Polygon{square(0, 0, 100), square(40, 40, 20)}, 40},
		{"a member more", orb.MultiPoint{p(0, 0)}, orb.MultiPoint{p(0, 0), p(0, 9)}, 9},
		{"members in another order", orb.MultiLineString{{p(0, 0), p(1, 0)}, {p(50, 0), p(51, 0)}}, orb.MultiLineString{{p(50, 0), p(51, 0)}, {p(0, 0), p(1, 0)}}, 0},
		{"a line to a point", orb.LineString{p(0, 0), p(30, 0)}, p(0, 0), 30},
		{"a collection", orb.Collection{p(0, 0), orb.Polygon{square(0, 0, 10)}}, orb.Collection{p(0, 2), orb.Polygon{square(0, 0, 10)}}, 0},
	} {
		got, err := Shift(t.Context(), c.before, c.after)
		if err != nil || math.Abs(got-c.want) > 0.01*c.want+1e-3 {
			t.Errorf("%s: %v m, %v, want %v", c.name, got, err, c.want)
		}
	}
}

// TestShiftAgainstBruteForce: every vertex against every edge, nothing skipped
// and nothing indexed.
func TestShiftAgainstBruteForce(t *testing.T) {
	r := seeded(t)
	for range 200 {
		a := zigzag(2+r.IntN(40), 0)
		b := slices.Clone(a)
		for range r.IntN(4) {
			b[r.IntN(len(b))][1] += (r.Float64() - 0.5) / 100
		}
		if r.IntN(3) == 0 {
			b = b[:1+r.IntN(len(b))]
		}
		if r.IntN(3) == 0 {
			at := r.IntN(len(b))
			b = slices.Insert(b, at, orb.Point{105, 21})
		}
		want := 0.0
		for _, pair := range [][2]orb.LineString{{a, b}, {b, a}} {
			for _, v := range pair[0] {
				f := geodesy.NewFrame(v)
				n, _ := f.Nearest(pair[1], math.Inf(1))
				want = math.Max(want, n.Metres)
			}
		}
		if got, err := Shift(t.Context(), a, b); err != nil || math.Abs(got-want) > 1e-6 {
			t.Fatalf("%v to %v: %v m, %v, want %v", a, b, got, err, want)
		}
	}
}
