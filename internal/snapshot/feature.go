package snapshot

import (
	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Feature is one feature of one Layer, 64 bytes beside its geometry and its tags.
// It is immutable. Its properties are read through its Layer.
type Feature struct {
	id       int64
	geometry orb.Geometry   // WGS 84 lon/lat; *indexed when it is big
	shape    tiles.Geometry // prepared for tiles; zero for an orb.Point
	row
}

// row is the attributes of a feature as indices into the layer's Table. Features
// with equal attributes share the tags.
type row struct {
	tags    []tiles.Tag // first those that tiles carry; each part by property; nulls are left out
	drawn   uint16      // how many tiles carry
	minZoom uint8
	packed  bool   // laid out by repack
	place   uint32 // of the feature, not of the row: here it fills a gap
}

// indexed is a geometry with so many edges that a distance should not scan them.
type indexed struct {
	orb.Geometry
	index *geodesy.SegmentIndex
}

// newFeature joins the parts; n is the number of vertices of g.
func newFeature(id int64, g orb.Geometry, shape tiles.Geometry, r row, n int, place uint64) *Feature {
	r.place = uint32(place >> (2*curveBits - 32))
	if n >= indexedFrom {
		g = &indexed{g, geodesy.NewSegmentIndex(g)}
	}
	return &Feature{id: id, geometry: g, shape: shape, row: r}
}

// indexedFrom is the number of vertices from which a geometry carries a
// SegmentIndex: below it a plain scan is as fast.
const indexedFrom = 64

// ID returns the id, unique in the layer and stable for ever.
func (f *Feature) ID() int64 { return f.id }

// Geometry returns the geometry in WGS 84 lon/lat. It must not be changed.
func (f *Feature) Geometry() orb.Geometry {
	if g, ok := f.geometry.(*indexed); ok {
		return g.Geometry
	}
	return f.geometry
}

// Index returns the edge index of a big geometry, and nil for small ones.
func (f *Feature) Index() *geodesy.SegmentIndex {
	if g, ok := f.geometry.(*indexed); ok {
		return g.index
	}
	return nil
}

// Draw adds f to the current layer of e, with the properties that tiles carry,
// and reports whether anything of it shows in the tile.
func (f *Feature) Draw(e *tiles.Encoder) bool { return f.DrawTagged(e, f.TileTags()) }

// DrawTagged is Draw with other properties.
func (f *Feature) DrawTagged(e *tiles.Encoder, tags []tiles.Tag) bool {
	if p, ok := f.geometry.(orb.Point); ok {
		return e.AddPoint(uint64(f.id), p, tags)
	}
	return e.Add(uint64(f.id), f.shape, tags)
}

// Shape returns the geometry prepared for tiles; it is zero for an orb.Point.
func (f *Feature) Shape() tiles.Geometry { return f.shape }

// Place returns where on a space-filling curve over the globe the middle of f's
// bounds lies, to about 600 m. A layer lies in memory in the order of the curve:
// whoever visits many features does so fastest in that order. It depends on the
// geometry alone, so that ordering by place, then id, is the same everywhere.
func (f *Feature) Place() uint32 { return f.place }

// MinZoom returns the first zoom at which the layer's rules show f.
func (f *Feature) MinZoom() uint8 { return f.minZoom }

// Tags returns the properties as indices into the layer's Table: first those
// that tiles carry, then the others, each part in the order of the schema.
func (f *Feature) Tags() []tiles.Tag { return f.tags }

// TileTags returns the properties that the layer's rules put into tiles.
func (f *Feature) TileTags() []tiles.Tag { return f.tags[:f.drawn] }

// box is a lon/lat rectangle rounded outward to float32: at 105° E a float32
// is 0.8 m wide, so that a box is at most that much too large and never too
// small. Half the size of float64 boxes, which are most of an R-tree.
type box struct{ min, max [2]float32 }

func boxOf(b orb.Bound) box {
	return box{
		min: [2]float32{geodesy.Float32Below(b.Min[0]), geodesy.Float32Below(b.Min[1])},
		max: [2]float32{geodesy.Float32Above(b.Max[0]), geodesy.Float32Above(b.Max[1])},
	}
}

// finite reports whether every coordinate of g lies on the globe.
func finite(b orb.Bound) bool {
	return b.Min[0] >= -180 && b.Max[0] <= 180 && b.Min[1] >= -90 && b.Max[1] <= 90 &&
		b.Min[0] <= b.Max[0] && b.Min[1] <= b.Max[1]
}
