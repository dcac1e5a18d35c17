package proximity

import (
	"cmp"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// brute measures every feature, sorts and cuts: the oracle.
func brute(s *snapshot.Snapshot, q Query) []Hit {
	radius, k, err := q.limits()
	if err != nil {
		panic(err)
	}
	from := q.Geometry
	if q.Feature != nil {
		from = q.Feature.Geometry()
	}
	if from == nil {
		from = q.Point
	}
	source := geodesy.NewSegmentIndex(from)
	var hits []Hit
	for _, l := range s.Layers() {
		if len(q.Layers) > 0 && !slices.Contains(q.Layers, l.ID()) {
			continue
		}
		l.All(func(f *snapshot.Feature) bool {
			status, there := l.Status(f), true
			if q.Lens != nil {
				status, there = q.Lens.Of(l).See(f)
			}
			if f == q.Feature || !there || (len(q.Statuses) > 0 && !slices.Contains(q.Statuses, status)) {
				return true
			}
			h := Hit{Layer: l, Feature: f}
			if p, ok := from.(orb.Point); ok {
				frame := geodesy.NewFrame(p)
				n, _ := frame.Nearest(f.Geometry(), math.Inf(1))
				h.DistanceMetres = n.Metres
			} else {
				link, _ := geodesy.Between(source, geodesy.NewSegmentIndex(f.Geometry()), math.Inf(1))
				h.DistanceMetres = link.Metres
			}
			if h.DistanceMetres <= radius {
				hits = append(hits, h)
			}
			return true
		})
	}
	slices.SortFunc(hits, order)
	return hits[:min(k, len(hits))]
}

// order is the order of an answer, written independently of the heap's.
func order(a, b Hit) int {
	return cmp.Or(
		cmp.Compare(a.DistanceMetres, b.DistanceMetres),
		cmp.Compare(a.Layer.ID(), b.Layer.ID()),
		cmp.Compare(a.Feature.ID(), b.Feature.ID()),
	)
}

// check compares an answer with the oracle's: the same distances, to tolerance,
// and the same features wherever the tolerance or the distance is 0.
func check(t *testing.T, s *snapshot.Snapshot, q Query, tolerance float64) []Hit {
	t.Helper()
	var searcher Searcher
	got, err := searcher.Nearby(t.Context(), s, q, nil)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	want := brute(s, q)
	if len(got) != len(want) {
		t.Fatalf("%+v: %d hits, want %d", q, len(got), len(want))
	}
	for i := range got {
		g, w := got[i], want[i]
		if math.Abs(g.DistanceMetres-w.DistanceMetres) > tolerance {
			t.Fatalf("%+v: hit %d at %v m, want %v", q, i, g.DistanceMetres, w.DistanceMetres)
		}
		exact := tolerance == 0 || (g.DistanceMetres == 0 && w.DistanceMetres == 0)
		if exact && (g.Layer != w.Layer || g.Feature != w.Feature) {
			t.Fatalf("%+v: hit %d is %s/%d, want %s/%d", q, i, g.Layer.ID(), g.Feature.ID(), w.Layer.ID(), w.Feature.ID())
		}
		// That costs more than the search: of a long answer not every place is measured.
		if i < 20 || i%9 == 0 {
			checkPlace(t, q, g)
		}
	}
	if !slices.IsSortedFunc(got, order) {
		t.Fatalf("%+v: not in order", q)
	}
	return got
}

// checkPlace holds NearestPoint and BearingDegrees against the distance.
func checkPlace(t *testing.T, q Query, h Hit) {
	t.Helper()
	f := geodesy.NewFrame(h.NearestPoint)
	if n, _ := f.Nearest(h.Feature.Geometry(), math.Inf(1)); n.Metres > 1e-3 {
		t.Fatalf("nearest point %v is %v m beside the feature", h.NearestPoint, n.Metres)
	}
	if q.Feature != nil || q.Geometry != nil {
		return
	}
	if d := geodesy.Distance(q.Point, h.NearestPoint); math.Abs(d-h.DistanceMetres) > 1e-3 {
		t.Fatalf("nearest point %v is %v m away, not %v", h.NearestPoint, d, h.DistanceMetres)
	}
	if h.BearingDegrees < 0 || h.BearingDegrees >= 360 {
		t.Fatalf("bearing %v", h.BearingDegrees)
	}
	if turn := math.Remainder(h.BearingDegrees-geodesy.Bearing(q.Point, h.NearestPoint), 360); h.DistanceMetres > 1 && math.Abs(turn) > 1e-4 {
		t.Fatalf("bearing is %v° off", turn)
	}
}

// scatter returns random geometries of all kinds around o, duplicates and
// zero-length ones among them.
func scatter(r *rand.Rand, o orb.Point, width float64, n int) []orb.Geometry {
	at := func(c orb.Point, w float64) orb.Point {
		return orb.Point{
			math.Max(-180, math.Min(180, c[0]+w*(r.Float64()-0.5))),
			math.Max(-90, math.Min(90, c[1]+w*(r.Float64()-0.5))),
		}
	}
	var all []orb.Geometry
	for len(all) < n {
		c := at(o, width)
		size := width / 30 * r.Float64()
		switch r.IntN(7) {
		case 0:
			all = append(all, c)
		case 1:
			all = append(all, c, c, orb.LineString{c, c})
		case 2:
			all = append(all, orb.LineString{c, at(c, size), at(c, size)})
		case 3:
			all = append(all, ring(r, c, size, 4+r.IntN(8)))
		case 4:
			all = append(all, ring(r, c, size*3, 70)) // big enough for an index
		case 5:
			all = append(all, orb.MultiPoint{c, at(c, size)}, orb.MultiLineString{{c, at(c, size)}, {at(c, size), at(c, size)}})
		default:
			all = append(all, orb.Collection{c, orb.LineString{at(c, size), at(c, size)}})
		}
	}
	return all[:n]
}

// ring returns a polygon of n corners with a hole.
func ring(r *rand.Rand, c orb.Point, size float64, n int) orb.Polygon {
	var outer, inner orb.Ring
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		reach := size * (0.6 + 0.4*r.Float64())
		p := func(reach float64) orb.Point {
			return orb.Point{math.Max(-180, math.Min(180, c[0]+reach*cos)), math.Max(-90, math.Min(90, c[1]+reach*sin))}
		}
		outer, inner = append(outer, p(reach)), append(inner, p(reach/2))
	}
	return orb.Polygon{append(outer, outer[0]), append(inner, inner[0])}
}

// halfLens hides every third feature of the layers of one name and shows the
// others in a status of its own.
type halfLens struct {
	layer city.LayerID
	other *halfLens // shows the other layers; nil: as recorded
	of    *snapshot.Layer
}

func (h *halfLens) Of(l *snapshot.Layer) LayerLens {
	if l.ID() == h.layer {
		return h
	}
	h.other.of = l
	return h.other
}

func (h *halfLens) See(f *snapshot.Feature) (city.Status, bool) {
	switch {
	case h.layer == "":
		return h.of.Status(f), true
	case f.ID()%2 == 0:
		return city.Planned, f.ID()%3 > 0
	default:
		return "", f.ID()%3 > 0
	}
}

func TestNearbyEqualsBruteForce(t *testing.T) {
	r := seeded(t)
	for _, c := range []struct {
		o     orb.Point
		width float64
	}{
		{orb.Point{105.85, 21.03}, 0.2}, {orb.Point{105.85, 21.03}, 1}, {orb.Point{0, 0}, 0.01},
		{orb.Point{179.95, -10}, 0.3}, {orb.Point{-180, 60}, 0.5}, {orb.Point{20, 89.8}, 0.4}, {orb.Point{20, -78}, 0.5},
	} {
		s := build(t, map[city.LayerID][]orb.Geometry{
			"a": scatter(r, c.o, c.width, 300), "b": scatter(r, c.o, c.width, 200), "empty": nil,
		})
		tolerance := 0.0
		if math.Abs(c.o[1]) > 75 {
			tolerance = 1e-4 // vertices beyond a frame's domain are measured otherwise in an index
		}
		for range 25 {
			p := orb.Point{c.o[0] + c.width*1.5*(r.Float64()-0.5), math.Max(-90, math.Min(90, c.o[1]+c.width*1.5*(r.Float64()-0.5)))}
			p[0] = math.Remainder(p[0], 360)
			q := Query{Point: p, K: 1 + r.IntN(30)}
			switch r.IntN(4) {
			case 0:
				q.RadiusMetres = 20e3 * r.Float64()
			case 1:
				q.K, q.RadiusMetres = 0, 20e3*r.Float64()
			case 2:
				q.Statuses = []city.Status{city.Planned}
			}
			if r.IntN(3) == 0 {
				q.Layers = []city.LayerID{"b", "b", "empty"}
			}
			if r.IntN(3) == 0 {
				q.Lens = &halfLens{layer: "b", other: &halfLens{}}
			}
			check(t, s, q, tolerance)
		}
	}
}

func TestNearbyOfFeatureEqualsBruteForce(t *testing.T) {
	r := seeded(t)
	for _, c := range []struct {
		o     orb.Point
		width float64
	}{{orb.Point{105.85, 21.03}, 0.1}, {orb.Point{105.85, 21.03}, 0.6}, {orb.Point{0, 0}, 0.01}, {orb.Point{-180, 60}, 0.3}} {
		s := build(t, map[city.LayerID][]orb.Geometry{
			"a": scatter(r, c.o, c.width, 150), "b": scatter(r, c.o, c.width, 100),
		})
		for range 25 {
			l := s.Layers()[r.IntN(2)]
			f := l.Feature(int64(1 + r.IntN(l.Len())))
			q := Query{Feature: f, K: 1 + r.IntN(30)}
			if r.IntN(2) == 0 {
				q.K, q.RadiusMetres = 0, 10e3*r.Float64()
			}
			for _, h := range check(t, s, q, 1e-6) {
				if h.Feature == f {
					t.Fatal("a feature is in its own answer")
				}
			}
			q.Geometry, q.Feature = f.Geometry(), nil
			if hits := check(t, s, q, 1e-6); len(hits) > 0 && hits[0].DistanceMetres != 0 {
				t.Fatalf("from the geometry of a feature the nearest is %v m away", hits[0].DistanceMetres)
			}
		}
	}
}

// TestTies puts features at equal distances into two layers.
func TestTies(t *testing.T) {
	o := orb.Point{105.85, 21.03}
	same := make([]orb.Geometry, 200)
	for i := range same {
		same[i] = o
	}
	s := build(t, map[city.LayerID][]orb.Geometry{"b": same, "a": same})
	var searcher Searcher
	for _, from := range []orb.Point{o, {105.86, 21.03}} {
		hits, err := searcher.Nearby(t.Context(), s, Query{Point: from, K: 205}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, h := range hits {
			layer, id := city.LayerID("a"), int64(i+1)
			if i >= 200 {
				layer, id = "b", int64(i-199)
			}
			if h.Layer.ID() != layer || h.Feature.ID() != id {
				t.Fatalf("hit %d is %s/%d, want %s/%d", i, h.Layer.ID(), h.Feature.ID(), layer, id)
			}
		}
	}
}

func TestRadiusIsInclusive(t *testing.T) {
	o, p := orb.Point{105.85, 21.03}, orb.Point{105.86, 21.04}
	s := build(t, map[city.LayerID][]orb.Geometry{"a": {p}})
	frame := geodesy.NewFrame(o)
	d := frame.Distance(p)
	var searcher Searcher
	for radius, want := range map[float64]int{d: 1, math.Nextafter(d, 0): 0, d + 1: 1} {
		hits, err := searcher.Nearby(t.Context(), s, Query{Point: o, RadiusMetres: radius}, nil)
		if err != nil || len(hits) != want {
			t.Errorf("radius %v of %v: %d hits, %v; want %d", radius, d, len(hits), err, want)
		}
	}
}

func TestErrors(t *testing.T) {
	s := build(t, map[city.LayerID][]orb.Geometry{"a": {orb.Point{105, 21}}})
	o := orb.Point{105, 21}
	for name, c := range map[string]struct {
		q    Query
		want []error
		text string
	}{
		"nothing given":      {Query{Point: o}, []error{ErrNoLimit}, ""},
		"radius too large":   {Query{Point: o, RadiusMetres: 100_001}, []error{ErrRadius}, "100000"},
		"radius negative":    {Query{Point: o, RadiusMetres: -1}, []error{ErrRadius}, ""},
		"radius not finite":  {Query{Point: o, RadiusMetres: math.Inf(1)}, []error{ErrRadius}, ""},
		"radius not numeric": {Query{Point: o, RadiusMetres: math.NaN()}, []error{ErrRadius}, ""},
		"all wrong": {Query{Point: o, RadiusMetres: -1, K: 1001, Statuses: []city.Status{"ruined"}},
			[]error{ErrRadius, ErrK, city.ErrBadStatus}, "1000"},
		"k negative":    {Query{Point: o, K: -1}, []error{ErrK}, ""},
		"layer unknown": {Query{Point: o, K: 1, Layers: []city.LayerID{"a", "z"}}, []error{city.ErrNotFound}, "there are a"},
		"off the globe": {Query{Point: orb.Point{181, 0}, K: 1}, []error{ErrPlace}, ""},
		"no number":     {Query{Point: orb.Point{math.NaN(), 0}, K: 1}, []error{ErrPlace}, ""},
		"empty":         {Query{Geometry: orb.LineString{}, K: 1}, []error{ErrPlace}, ""},
		"shape outside": {Query{Geometry: orb.LineString{o, {105, 91}}, K: 1}, []error{ErrPlace}, ""},
	} {
		var searcher Searcher
		before := []Hit{{}}
		hits, err := searcher.Nearby(t.Context(), s, c.q, before)
		for _, want := range c.want {
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
		}
		if err == nil || !strings.Contains(err.Error(), c.text) || len(hits) != 1 {
			t.Errorf("%s: %v, %d hits; want %q in the text and no new hits", name, err, len(hits), c.text)
		}
	}
}

func TestCancelled(t *testing.T) {
	s := build(t, map[city.LayerID][]orb.Geometry{"a": scatter(seeded(t), orb.Point{105.85, 21.03}, 0.2, 2000)})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var searcher Searcher
	hits, err := searcher.Nearby(ctx, s, Query{Point: orb.Point{105.85, 21.03}, K: 1000}, nil)
	if !errors.Is(err, context.Canceled) || len(hits) != 0 {
		t.Errorf("%d hits, %v; want context.Canceled", len(hits), err)
	}
}

// TestConcurrentUse shares one Searcher; -race watches.
func TestConcurrentUse(t *testing.T) {
	r := seeded(t)
	s := build(t, map[city.LayerID][]orb.Geometry{"a": scatter(r, orb.Point{105.85, 21.03}, 0.2, 500)})
	q := Query{Point: somewhere(r), K: 20}
	want := brute(s, q)
	from := Query{Feature: s.Layers()[0].Feature(7), K: 20}
	wantFrom := brute(s, from)
	var searcher Searcher
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			var hits []Hit
			for range 20 {
				for _, c := range []struct {
					q    Query
					want []Hit
				}{{q, want}, {from, wantFrom}} {
					var err error
					if hits, err = searcher.Nearby(t.Context(), s, c.q, hits[:0]); err != nil || len(hits) != len(c.want) {
						t.Errorf("%d hits, %v", len(hits), err)
						return
					}
					if i := len(hits) - 1; hits[i].Feature != c.want[i].Feature {
						t.Errorf("the last hit is %d, want %d", hits[i].Feature.ID(), c.want[i].Feature.ID())
					}
				}
			}
		})
	}
	group.Wait()
}

func TestNoAllocations(t *testing.T) {
	r := seeded(t)
	s := build(t, map[city.LayerID][]orb.Geometry{"a": scatter(r, orb.Point{105.85, 21.03}, 0.2, 2000)})
	var searcher Searcher
	hits := make([]Hit, 0, 16)
	for name, q := range map[string]Query{
		"point":   {Point: somewhere(r), K: 10},
		"lens":    {Point: somewhere(r), K: 10, Lens: &halfLens{layer: "a"}},
		"feature": {Feature: s.Layers()[0].Feature(7), K: 10, RadiusMetres: 3000},
	} {
		allocations := testing.AllocsPerRun(20, func() {
			if _, err := searcher.Nearby(t.Context(), s, q, hits[:0]); err != nil {
				t.Fatal(err)
			}
		})
		if allocations >= 1 && !raceEnabled { // the race detector empties pools
			t.Errorf("%s: %v allocations", name, allocations)
		}
	}
}
