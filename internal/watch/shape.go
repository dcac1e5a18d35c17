package watch

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// shape is a place made ready for measuring: everything within a distance of a
// point or of a geometry. It is immutable and measures as package proximity does.
type shape struct {
	frame  geodesy.Frame         // about the point, when index is nil
	index  *geodesy.SegmentIndex // of the geometry
	radius float64               // metres, inclusive
	bound  orb.Bound             // holds the bounds of all that is within; see around
}

// pointShape returns what is within radius metres of p.
func pointShape(p orb.Point, radius float64) *shape {
	return &shape{frame: geodesy.NewFrame(p), radius: radius, bound: around(orb.Bound{Min: p, Max: p}, radius)}
}

// geometryShape returns what is within radius metres of g, of which index may be
// the index already.
func geometryShape(g orb.Geometry, index *geodesy.SegmentIndex, radius float64) *shape {
	if p, ok := g.(orb.Point); ok {
		return pointShape(p, radius)
	}
	if index == nil {
		index = geodesy.NewSegmentIndex(g)
	}
	return &shape{index: index, radius: radius, bound: around(g.Bound(), radius)}
}

// within returns the distance of a feature, and whether it is in the shape.
func (s *shape) within(f *subject) (metres float64, ok bool) {
	if s.index == nil {
		if ix := f.feature.Index(); ix != nil {
			n, ok := s.frame.NearestIndexed(ix, s.radius)
			return n.Metres, ok
		}
		n, ok := s.frame.Nearest(f.feature.Geometry(), s.radius)
		return n.Metres, ok
	}
	if p, isPoint := f.feature.Geometry().(orb.Point); isPoint {
		frame := geodesy.NewFrame(p)
		n, ok := frame.NearestIndexed(s.index, s.radius)
		return n.Metres, ok
	}
	link, ok := geodesy.Between(s.index, f.segments(), s.radius)
	return link.Metres, ok
}

// subject is a feature that is looked at, with its layer at the time.
type subject struct {
	layer   *snapshot.Layer
	feature *snapshot.Feature
	index   *geodesy.SegmentIndex // made when first needed
}

// subjectOf returns nil where there is no feature.
func subjectOf(l *snapshot.Layer, f *snapshot.Feature) *subject {
	if f == nil {
		return nil
	}
	return &subject{layer: l, feature: f}
}

func (f *subject) segments() *geodesy.SegmentIndex {
	if f.index == nil {
		if f.index = f.feature.Index(); f.index == nil {
			f.index = geodesy.NewSegmentIndex(f.feature.Geometry())
		}
	}
	return f.index
}

// searchMargin, relative and in metres, is more than distances are off.
const searchMargin, searchMarginMetres = 1e-6, 0.01

// around returns a lon/lat rectangle that meets the reach (see there) of every
// geometry within radius metres of something in b.
//
// A place on the border of the result is due north, south, east or west of a
// corner, where the distances in degrees are largest: at the corner that is
// farthest from the equator.
func around(b orb.Bound, radius float64) orb.Bound {
	b = reach(b)
	radius = radius*(1+searchMargin) + searchMarginMetres
	out := geodesy.Bound(b.Min, radius)
	for _, corner := range []orb.Point{{b.Min[0], b.Max[1]}, {b.Max[0], b.Min[1]}, b.Max} {
		out = out.Union(geodesy.Bound(corner, radius))
	}
	return out
}

// reach widens the bounds of a geometry by how far its edges, being geodesics,
// can leave them. A geometry wider than half the globe may have edges that take
// the other way round: it is everywhere.
func reach(b orb.Bound) orb.Bound {
	width := b.Max[0] - b.Min[0]
	if width > 180 {
		b.Min[0], b.Max[0] = -180, 180
	}
	bulge := bulgeDegrees(width)
	b.Min[1], b.Max[1] = math.Max(-90, b.Min[1]-bulge), math.Min(90, b.Max[1]+bulge)
	return b
}

// bulgeDegrees bounds how far an edge of so many degrees of longitude goes beyond
// the latitudes of its ends: Δλ²/16 and a fifth more (geodesy.LowerBound).
func bulgeDegrees(width float64) float64 {
	if width > 60 {
		return 180
	}
	return width * width * (1.2 / 16 * math.Pi / 180)
}

// candidates calls fn with every feature of l that may be within s, and others.
func (s *shape) candidates(l *snapshot.Layer, fn func(*snapshot.Feature)) {
	all := func(f *snapshot.Feature) bool { fn(f); return true }
	bulge := bulgeDegrees(l.Widest())
	if bulge > 90 { // edges that may be anywhere
		l.All(all)
		return
	}
	b := s.bound
	b.Min[1], b.Max[1] = b.Min[1]-bulge, b.Max[1]+bulge
	l.Search(b, all)
}
