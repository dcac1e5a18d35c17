package cql2

import (
	"math"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
	"github.com/hanoitwin/hanoitwin/internal/cql2/plane"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/proximity"
)

// DWithin is the name of our own function: S_DWITHIN(geometry, literal, metres)
// is true where the geodesic distance on WGS 84 is at most so many metres.
const DWithin = "S_DWITHIN"

// within measures as package proximity does.
type within struct {
	frame  geodesy.Frame         // about the point, where index is nil
	index  *geodesy.SegmentIndex // of the literal
	bound  orb.Bound             // of the literal
	metres float64
}

func newWithin(g orb.Geometry, metres float64) *within {
	w := &within{bound: g.Bound(), metres: metres}
	if p, ok := g.(orb.Point); ok {
		w.frame = geodesy.NewFrame(p)
	} else {
		w.index = geodesy.NewSegmentIndex(g)
	}
	return w
}

func (w *within) test(e *env) truth {
	index := e.feature.Index()
	if w.index != nil && e.stopped() {
		return unknown
	}
	if w.index == nil {
		if index != nil {
			_, ok := w.frame.NearestIndexed(index, w.metres)
			return truthOf(ok)
		}
		_, ok := w.frame.Nearest(e.feature.Geometry(), w.metres)
		return truthOf(ok)
	}
	if p, ok := e.feature.Geometry().(orb.Point); ok {
		frame := geodesy.NewFrame(p)
		_, ok := frame.NearestIndexed(w.index, w.metres)
		return truthOf(ok)
	}
	if index == nil {
		e.index.Reset(e.feature.Geometry())
		index = &e.index
	}
	_, ok := geodesy.Between(w.index, index, w.metres)
	return truthOf(ok)
}

// margin, relative and in metres, is more than distances are off.
const margin, marginMetres = 1e-6, 0.01

// box returns a lon/lat rectangle that meets the bounds of every feature, none
// of them wider than widest degrees of longitude, that is within the distance.
// ok is false where there is none but the globe: edges are geodesics, and those
// of more than 60° may go anywhere.
//
// A place on the rim is due north, south, east or west of a corner, where the
// distances in degrees are largest: at a corner farthest from the equator.
func (w *within) box(widest float64) (b orb.Bound, ok bool) {
	own := bulgeDegrees(w.bound.Max[0] - w.bound.Min[0])
	theirs := bulgeDegrees(widest)
	if own > 90 || theirs > 90 {
		return orb.Bound{}, false
	}
	low, high := w.bound.Min, w.bound.Max
	low[1], high[1] = math.Max(-90, low[1]-own), math.Min(90, high[1]+own)
	radius := w.metres*(1+margin) + marginMetres
	b = geodesy.Bound(low, radius)
	for _, corner := range [...]orb.Point{{low[0], high[1]}, {high[0], low[1]}, high} {
		b = b.Union(geodesy.Bound(corner, radius))
	}
	b.Min[1], b.Max[1] = b.Min[1]-theirs, b.Max[1]+theirs
	return b, true
}

// bulgeDegrees bounds how far an edge of so many degrees of longitude goes beyond
// the latitudes of its ends: Δλ²/16 and a fifth more (geodesy.LowerBound).
func bulgeDegrees(width float64) float64 {
	if width > 60 {
		return 180
	}
	return width * width * (1.2 / 16 * math.Pi / 180)
}

// function compiles a function that the standard does not define.
func (c *compiler) function(e *expr.Function) condition {
	if !strings.EqualFold(e.Name, DWithin) {
		c.unknownFunction(e)
		return condition{p: constant(unknown)}
	}
	if len(e.Args) != 3 {
		c.wrong(e, "%s has %d arguments; it takes %s, a geometry and metres", DWithin, len(e.Args), Geometry)
		return condition{p: constant(unknown)}
	}
	a, b := c.place(e.Args[0], DWithin), c.place(e.Args[1], DWithin)
	metres, ok := c.metres(e.Args[2])
	if a.wrong || b.wrong || !ok {
		return condition{p: constant(unknown)}
	}
	var shape *plane.Shape
	switch {
	case a.shape == nil && b.shape == nil: // of the feature to itself
		return condition{p: constant(yes)}
	case a.shape == nil:
		shape = b.shape
	case b.shape == nil:
		shape = a.shape
	default:
		link, _ := geodesy.Between(geodesy.NewSegmentIndex(a.shape.Geometry()), geodesy.NewSegmentIndex(b.shape.Geometry()), metres)
		return condition{p: constant(truthOf(link.Metres <= metres))}
	}
	return condition{p: newWithin(shape.Geometry(), metres), uses: uses{geometry: true}, cost: costIntersects}
}

// metres reads the distance, which must be known.
func (c *compiler) metres(e expr.Expr) (float64, bool) {
	s := c.scalar(e)
	c.takeUsed()
	l, known := s.v.(literal)
	switch {
	case s.kind == city.KindNull:
		return 0, false
	case !known || !isNumber(s.kind):
		c.wrong(e, "the distance is a number of metres")
		return 0, false
	}
	metres := l.v.Float()
	if !(metres >= 0 && metres <= proximity.MaxRadiusMetres) {
		c.limited(e, proximity.MaxRadiusMetres, "the distance is from 0 to %d metres", proximity.MaxRadiusMetres)
		return 0, false
	}
	return metres, true
}
