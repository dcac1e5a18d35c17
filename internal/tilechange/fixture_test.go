package tilechange_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/data"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// seedCity is the seed dataset.
func seedCity(tb testing.TB) *snapshot.Snapshot {
	tb.Helper()
	catalogue, err := data.Layers()
	if err != nil {
		tb.Fatal(err)
	}
	seeded := data.SeedLayers()
	catalogue = slices.DeleteFunc(catalogue, func(l city.Layer) bool { return !slices.Contains(seeded, l.ID) })
	return snapshottest.Load(tb, 1, catalogue, data.Features)
}

// place is a part of the globe that random cities are built in.
type place struct {
	name    string
	centre  orb.Point
	spread  float64 // degrees, to each side
	maxZoom uint8   // to which all tiles are encoded
}

var places = []place{
	{"ward", orb.Point{105.8524, 21.0288}, 0.01, 16},
	{"city", orb.Point{105.8524, 21.0288}, 0.2, 11},
	{"land", orb.Point{105.8, 16}, 9, 6},
	{"antimeridian", orb.Point{179.995, -17}, 0.02, 14},
	{"arctic", orb.Point{20, 85.045}, 0.03, 12},
}

var names = []string{"Giải Phóng", "Tràng Tiền", "Phố Huế", "Đê La Thành", "Kim Mã"}

func randomLayers() []city.Layer {
	properties := []city.Property{
		{Name: "name", Type: city.KindString}, {Name: "class", Type: city.KindString},
		{Name: "lanes", Type: city.KindInteger}, {Name: "note", Type: city.KindString},
	}
	classes := []city.ZoomClass{
		{Property: "class", Values: []string{"trunk"}, MinZoom: 0},
		{Property: "class", Values: []string{"street"}, MinZoom: 11},
	}
	carried := []string{"name", "class", "lanes"}
	return []city.Layer{
		{ID: "areas", Geometry: city.GeometryAny, Properties: properties,
			Tiles: city.TileRules{Simplify: 1, MinSize: 2, Attributes: carried}},
		{ID: "lines", Geometry: city.GeometryAny, Properties: properties,
			Tiles: city.TileRules{MinZoom: 3, Classes: classes, Simplify: 0.7, MinSize: 1, Attributes: carried}},
		{ID: "mixed", Geometry: city.GeometryAny, Properties: properties},
		{ID: "points", Geometry: city.GeometryAny, Properties: properties, Tiles: city.TileRules{Attributes: carried}},
	}
}

// randomCity has a few dozen features of every kind.
func randomCity(tb testing.TB, r *rand.Rand, p place) *snapshot.Snapshot {
	tb.Helper()
	return snapshottest.Load(tb, 1, randomLayers(), func(layer city.LayerID, add func(*city.Feature) error) error {
		for id := range int64(4 + r.IntN(25)) {
			if err := add(randomFeature(r, p, layer, id+1)); err != nil {
				return err
			}
		}
		return nil
	})
}

func randomFeature(r *rand.Rand, p place, layer city.LayerID, id int64) *city.Feature {
	f := &city.Feature{ID: id, Values: []city.Value{
		city.String(names[r.IntN(len(names))]), city.String([]string{"trunk", "street", "path"}[r.IntN(3)]),
		city.Integer(r.Int64N(4)), city.String(fmt.Sprint(r.IntN(1000))),
	}}
	if r.IntN(3) == 0 {
		f.Values[r.IntN(len(f.Values))] = city.Null
	}
	f.Geometry = randomGeometry(r, p, layer)
	return f
}

func randomGeometry(r *rand.Rand, p place, layer city.LayerID) orb.Geometry {
	at := p.somewhere(r)
	switch layer {
	case "points":
		return at
	case "lines":
		if r.IntN(4) == 0 {
			return orb.MultiLineString{p.line(r, at), p.line(r, p.somewhere(r))}
		}
		return p.line(r, at)
	case "areas":
		if r.IntN(4) == 0 {
			return orb.MultiPolygon{p.polygon(r, at), p.polygon(r, p.somewhere(r))}
		}
		return p.polygon(r, at)
	}
	switch r.IntN(3) {
	case 0:
		return orb.MultiPoint{at, p.somewhere(r), p.near(r, at, p.spread/50)}
	case 1:
		return orb.Collection{p.polygon(r, at), p.line(r, at), at, p.somewhere(r)}
	}
	return orb.Collection{orb.MultiLineString{p.line(r, at)}, p.polygon(r, p.somewhere(r))}
}

func (p place) somewhere(r *rand.Rand) orb.Point { return p.near(r, p.centre, p.spread) }

func (p place) near(r *rand.Rand, at orb.Point, d float64) orb.Point {
	return keep(orb.Point{at[0] + (2*r.Float64()-1)*d, at[1] + (2*r.Float64()-1)*d})
}

// keep moves a position onto the globe.
func keep(at orb.Point) orb.Point {
	return orb.Point{min(max(at[0], -180), 180), min(max(at[1], -90), 90)}
}

// size is from a thousandth of the place to larger than it.
func (p place) size(r *rand.Rand) float64 { return p.spread * math.Exp2(11*r.Float64()-10) }

func (p place) line(r *rand.Rand, at orb.Point) orb.LineString {
	size := p.size(r)
	line := orb.LineString{at}
	n := 2 + r.IntN(8)
	if r.IntN(6) == 0 {
		n = 150 // more than two chunks
	}
	for len(line) < n {
		line = append(line, p.near(r, line[len(line)-1], size/float64(n)))
	}
	return line
}

func (p place) polygon(r *rand.Rand, at orb.Point) orb.Polygon {
	size := p.size(r)
	n := 3 + r.IntN(12)
	if r.IntN(6) == 0 {
		n = 150
	}
	polygon := orb.Polygon{p.ring(r, at, size, n)}
	for range r.IntN(3) {
		polygon = append(polygon, p.ring(r, p.near(r, at, size/2), size/5, 3+r.IntN(5)))
	}
	return polygon
}

// ring is simple but for one in five of the small ones.
func (p place) ring(r *rand.Rand, at orb.Point, size float64, n int) orb.Ring {
	var ring orb.Ring
	messy := n < 20 && r.IntN(5) == 0
	for i := range n {
		a := 2 * math.Pi * (float64(i) + 0.8*r.Float64()) / float64(n)
		if messy {
			a = 2 * math.Pi * r.Float64()
		}
		d := size / 2 * (0.3 + 0.7*r.Float64())
		ring = append(ring, keep(orb.Point{at[0] + d*math.Cos(a), at[1] + d*math.Sin(a)}))
	}
	return append(ring, ring[0])
}

// drawing encodes tiles of a state by the obvious means: no index, all features
// of a layer in the order of place and id.
type drawing struct {
	layers []*snapshot.Layer
	sorted [][]*snapshot.Feature
	shows  func(*snapshot.Layer, *snapshot.Feature) bool
}

func drawingOf(s *snapshot.Snapshot) *drawing {
	d := &drawing{layers: s.Layers()}
	for _, l := range d.layers {
		var all []*snapshot.Feature
		l.All(func(f *snapshot.Feature) bool { all = append(all, f); return true })
		slices.SortFunc(all, func(a, b *snapshot.Feature) int {
			return cmp.Or(cmp.Compare(a.Place(), b.Place()), cmp.Compare(a.ID(), b.ID()))
		})
		d.sorted = append(d.sorted, all)
	}
	return d
}

func (d *drawing) tile(e *tiles.Encoder, t tiles.Tile) []byte {
	e.Begin(t)
	for i, l := range d.layers {
		rules := l.Definition().Tiles
		e.BeginLayer(string(l.ID()), l.Table(), tiles.LayerOptions{Simplify: rules.Simplify, MinSize: rules.MinSize})
		for _, f := range d.sorted[i] {
			if f.MinZoom() > t.Z || d.shows != nil && !d.shows(l, f) {
				continue
			}
			if p, ok := f.Geometry().(orb.Point); ok {
				e.AddPoint(uint64(f.ID()), p, f.TileTags())
			} else {
				e.Add(uint64(f.ID()), f.Shape(), f.TileTags())
			}
		}
		e.EndLayer()
	}
	return slices.Clone(e.Bytes())
}
