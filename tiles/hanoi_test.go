package tiles_test

import (
	"cmp"
	"maps"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
	"github.com/tidwall/rtree"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/internal/rounds"
	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
)

// hanoiLayer is a real layer, loaded as a server would hold it.
type hanoiLayer struct {
	name     string
	table    *table
	features []hanoiFeature
	tags     []tiles.Tag    // of all features, in order
	sources  []orb.Geometry // for the oracle and the naive twin
	names    []map[string]any
	index    rtree.RTreeGN[float32, int32]
	vertices int
	bytes    int // of prepared geometry
}

type hanoiFeature struct {
	id       uint64
	prepared tiles.Geometry
	point    orb.Point
	isPoint  bool
	tags     []tiles.Tag
}

func loadHanoi(tb testing.TB, names ...string) []*hanoiLayer {
	tb.Helper()
	layers := make([]*hanoiLayer, 0, len(names))
	for _, name := range names {
		layers = append(layers, loadLayer(tb, name))
	}
	return layers
}

func loadLayer(tb testing.TB, name string) *hanoiLayer {
	tb.Helper()
	type record struct {
		geometry   orb.Geometry
		properties map[string]any
	}
	var records []record
	realdata.Features(tb, "layers/hanoi_"+name+".geojsonl", func(g orb.Geometry, properties map[string]any) {
		records = append(records, record{g, properties})
	})
	// Neighbours on the ground become neighbours in memory, as in a server that
	// loads in the order of a space-filling curve. It is worth a quarter of the
	// time of a tile: what remains there is mostly waiting for memory.
	slices.SortStableFunc(records, func(a, b record) int {
		return cmp.Compare(curve(a.geometry), curve(b.geometry))
	})
	layer := &hanoiLayer{name: name, table: newTable()}
	var p tiles.Preparer
	for _, r := range records {
		layer.add(tb, &p, r.geometry, r.properties)
	}
	return layer
}

// curve is the place of a geometry's centre on a Z-order curve.
func curve(g orb.Geometry) uint64 {
	at := tiles.At(g.Bound().Center(), tiles.MaxZoom)
	place := uint64(0)
	for i := range tiles.MaxZoom {
		place |= uint64(at.X>>i&1)<<(2*i) | uint64(at.Y>>i&1)<<(2*i+1)
	}
	return place
}

func (l *hanoiLayer) add(tb testing.TB, p *tiles.Preparer, g orb.Geometry, properties map[string]any) {
	tb.Helper()
	feature := hanoiFeature{id: uint64(len(l.features) + 1)}
	names := map[string]any{}
	from := len(l.tags)
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		if value := properties[key]; value != nil {
			l.tags = append(l.tags, l.table.tag(key, value))
			names[key] = l.table.values[l.tags[len(l.tags)-1].Value]
		}
	}
	feature.tags = l.tags[from:len(l.tags):len(l.tags)]
	slices.SortFunc(feature.tags, func(a, b tiles.Tag) int { return int(a.Key) - int(b.Key) })
	if feature.point, feature.isPoint = g.(orb.Point); !feature.isPoint {
		var err error
		if feature.prepared, err = p.Prepare(g); err != nil {
			tb.Fatal(err)
		}
		l.bytes += feature.prepared.Size()
	}
	b := g.Bound()
	l.index.Insert(low32(b), high32(b), int32(len(l.features)))
	l.features = append(l.features, feature)
	l.sources = append(l.sources, g)
	l.names = append(l.names, names)
	l.vertices += countVertices(g)
}

// low32 and high32 widen to float32 so that nothing is lost.
func low32(b orb.Bound) [2]float32 {
	return [2]float32{float32(b.Min[0]) - 1e-5, float32(b.Min[1]) - 1e-5}
}

func high32(b orb.Bound) [2]float32 {
	return [2]float32{float32(b.Max[0]) + 1e-5, float32(b.Max[1]) + 1e-5}
}

func countVertices(g orb.Geometry) int {
	n := 0
	switch g := g.(type) {
	case orb.Point:
		n = 1
	case orb.LineString:
		n = len(g)
	case orb.MultiLineString:
		for _, line := range g {
			n += len(line)
		}
	case orb.Polygon:
		for _, ring := range g {
			n += len(ring)
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			n += countVertices(polygon)
		}
	}
	return n
}

// build makes a tile as a server would.
func build(e *tiles.Encoder, at tiles.Tile, layers []*hanoiLayer, opt tiles.LayerOptions) []byte {
	e.Begin(at)
	b := at.SearchBound()
	for _, l := range layers {
		e.BeginLayer(l.name, l.table, opt)
		l.index.Search(low32(b), high32(b), func(_, _ [2]float32, i int32) bool {
			f := &l.features[i]
			if f.isPoint {
				e.AddPoint(f.id, f.point, f.tags)
			} else {
				e.Add(f.id, f.prepared, f.tags)
			}
			return true
		})
		e.EndLayer()
	}
	return e.Bytes()
}

// toGeom converts a decoded feature for simplefeatures, members of polygons
// one by one.
func toGeom(polygon [][]mvttest.XY) geom.Polygon {
	rings := make([]geom.LineString, 0, len(polygon))
	for _, ring := range polygon {
		var xy []float64
		for _, p := range append(slices.Clone(ring), ring[0]) {
			xy = append(xy, float64(p.X), float64(p.Y))
		}
		rings = append(rings, geom.NewLineString(geom.NewSequence(xy, geom.DimXY)))
	}
	return geom.NewPolygon(rings)
}

// TestHanoiTiles builds real tiles and reads them back strictly. Polygons are
// held against simplefeatures, an implementation of OGC validity that is not
// ours, and attributes against what was loaded.
func TestHanoiTiles(t *testing.T) {
	layers := loadHanoi(t, "wards", "buildings", "roads", "intersections", "water", "landuse")
	bound := orb.Bound{Min: orb.Point{105.28, 20.56}, Max: orb.Point{106.02, 21.39}}
	limit := uint64(rounds.Of(16)) // tiles of a zoom
	var e tiles.Encoder
	for _, opt := range []tiles.LayerOptions{{}, {Simplify: 1, MinSize: 1}, {Simplify: 6}} {
		next := uint8(1)
		if opt != (tiles.LayerOptions{}) {
			next = 2
		}
		for z := uint8(6); z <= 16; z += next {
			cover := tiles.Cover(bound, z)
			step := max(1, cover.Count()/limit)
			n := uint64(0)
			for at := range cover.All() {
				if n++; n%step != 0 {
					continue
				}
				checkHanoiTile(t, at, build(&e, at, layers, opt), layers, opt)
				if e.Dropped() != 0 {
					t.Errorf("%v: %d polygons dropped", at, e.Dropped())
				}
			}
		}
	}
}

func checkHanoiTile(t *testing.T, at tiles.Tile, data []byte, layers []*hanoiLayer, opt tiles.LayerOptions) {
	t.Helper()
	tile, err := mvttest.Decode(data)
	if err != nil {
		t.Fatalf("%v %+v: %v", at, opt, err)
	}
	for _, l := range layers {
		decoded := tile.Layer(l.name)
		if decoded == nil {
			continue
		}
		for i := range decoded.Features {
			f := &decoded.Features[i]
			if want := l.names[f.ID-1]; len(f.Tags) != len(want) {
				t.Fatalf("%v %s %d: tags %v, want %v", at, l.name, f.ID, f.Tags, want)
			}
			var members []geom.Polygon
			for _, polygon := range f.Polygons {
				members = append(members, toGeom(polygon))
			}
			if len(members) == 0 {
				continue
			}
			multi := geom.NewMultiPolygon(members)
			if err := multi.Validate(); err != nil {
				t.Errorf("%v %+v %s %d: %v\n%s", at, opt, l.name, f.ID, err, multi.AsText())
			}
		}
	}
}
