package snapshot

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Feature is one feature of one Layer. It is immutable and small: 32 bytes
// beside its geometry. Its properties are read through its Layer.
type Feature struct {
	id       int64
	geometry orb.Geometry // WGS 84 lon/lat: an orb.Point, a *shaped or an *indexed
	row      *row
}

// shaped is a geometry that is no point, with its form prepared for tiles. It
// stands behind Feature.geometry, so that points, which need none, do not pay
// for the pointer to one.
type shaped struct {
	orb.Geometry
	shape tiles.Geometry
}

// indexed is a shaped geometry with so many edges that a distance should not
// scan them all.
type indexed struct {
	shaped
	index *geodesy.SegmentIndex
}

// newFeature joins the parts; n is the number of vertices of g.
func newFeature(id int64, g orb.Geometry, shape tiles.Geometry, r *row, n int) *Feature {
	f := &Feature{id: id, geometry: g, row: r}
	switch _, point := g.(orb.Point); {
	case point:
	case n < indexedFrom:
		f.geometry = &shaped{g, shape}
	default:
		f.geometry = &indexed{shaped{g, shape}, geodesy.NewSegmentIndex(g)}
	}
	return f
}

// row is the interned attributes of a feature: features with equal attributes
// share it.
type row struct {
	tags     []tiles.Tag // by property index; nulls are left out
	tileTags []tiles.Tag // those that tiles carry
	minZoom  uint8
}

// indexedFrom is the number of vertices from which a geometry carries a
// SegmentIndex: below it a plain scan is as fast.
const indexedFrom = 64

// ID returns the id, unique in the layer and stable for ever.
func (f *Feature) ID() int64 { return f.id }

// Geometry returns the geometry in WGS 84 lon/lat. It must not be changed.
func (f *Feature) Geometry() orb.Geometry {
	switch g := f.geometry.(type) {
	case *shaped:
		return g.Geometry
	case *indexed:
		return g.Geometry
	default:
		return g
	}
}

// Shape returns the geometry prepared for tiles; it is zero for an orb.Point.
func (f *Feature) Shape() tiles.Geometry {
	switch g := f.geometry.(type) {
	case *shaped:
		return g.shape
	case *indexed:
		return g.shape
	default:
		return tiles.Geometry{}
	}
}

// Draw adds f to the current layer of e, with the properties that tiles carry,
// and reports whether anything of it shows in the tile.
func (f *Feature) Draw(e *tiles.Encoder) bool {
	switch g := f.geometry.(type) {
	case *shaped:
		return e.Add(uint64(f.id), g.shape, f.row.tileTags)
	case *indexed:
		return e.Add(uint64(f.id), g.shape, f.row.tileTags)
	case orb.Point:
		return e.AddPoint(uint64(f.id), g, f.row.tileTags)
	default:
		return false
	}
}

// Index returns the edge index of a big geometry, and nil for small ones.
func (f *Feature) Index() *geodesy.SegmentIndex {
	if g, ok := f.geometry.(*indexed); ok {
		return g.index
	}
	return nil
}

// MinZoom returns the first zoom at which the layer's rules show f.
func (f *Feature) MinZoom() uint8 { return f.row.minZoom }

// Tags returns the properties as indices into the layer's Table.
func (f *Feature) Tags() []tiles.Tag { return f.row.tags }

// TileTags returns the properties that the layer's rules put into tiles.
func (f *Feature) TileTags() []tiles.Tag { return f.row.tileTags }

// box is a lon/lat rectangle rounded outward to float32: at 105° E a float32
// is 0.8 m wide, so that a box is at most that much too large and never too
// small. Half the size of float64 boxes, which are most of an R-tree.
type box struct{ min, max [2]float32 }

func boxOf(b orb.Bound) box {
	return box{
		min: [2]float32{roundDown(b.Min[0]), roundDown(b.Min[1])},
		max: [2]float32{roundUp(b.Max[0]), roundUp(b.Max[1])},
	}
}

func roundDown(v float64) float32 {
	f := float32(v)
	if float64(f) > v {
		f = math.Nextafter32(f, float32(math.Inf(-1)))
	}
	return f
}

func roundUp(v float64) float32 {
	f := float32(v)
	if float64(f) < v {
		f = math.Nextafter32(f, float32(math.Inf(1)))
	}
	return f
}

// vertices counts the vertices of g.
func vertices(g orb.Geometry) int {
	switch g := g.(type) {
	case orb.Point:
		return 1
	case orb.MultiPoint:
		return len(g)
	case orb.LineString:
		return len(g)
	case orb.Ring:
		return len(g)
	case orb.MultiLineString:
		n := 0
		for _, l := range g {
			n += len(l)
		}
		return n
	case orb.Polygon:
		n := 0
		for _, r := range g {
			n += len(r)
		}
		return n
	case orb.MultiPolygon:
		n := 0
		for _, p := range g {
			n += vertices(p)
		}
		return n
	case orb.Collection:
		n := 0
		for _, m := range g {
			n += vertices(m)
		}
		return n
	default:
		return 0
	}
}

// finite reports whether every coordinate of g lies on the globe.
func finite(b orb.Bound) bool {
	return b.Min[0] >= -180 && b.Max[0] <= 180 && b.Min[1] >= -90 && b.Max[1] <= 90 &&
		b.Min[0] <= b.Max[0] && b.Min[1] <= b.Max[1]
}
