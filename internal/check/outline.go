package check

import (
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// outline is the city's border, its edges sorted into bands of latitude so that
// "inside?" looks at few of them.
//
//	lat ┌────────────╱╲───┐ band 2: edges that reach into it
//	    ├───────────╱──╲──┤
//	    │ ·────────╳────╳─┼─► odd crossings to the east of a point: inside
//	    └──────────────────┘
type outline struct {
	rings    []orb.Ring
	edges    []edge
	bands    [][]int32 // indexes into edges
	bound    orb.Bound
	accuracy float64 // metres
}

type edge struct{ a, b orb.Point }

const outlineBands = 256

func newOutline() *outline { return &outline{} }

// add takes the polygons of one feature; other shapes are ignored.
func (o *outline) add(g orb.Geometry, accuracy float64) {
	switch g := g.(type) {
	case orb.Polygon:
		o.rings = append(o.rings, g...)
	case orb.MultiPolygon:
		for _, polygon := range g {
			o.rings = append(o.rings, polygon...)
		}
	}
	o.accuracy = max(o.accuracy, accuracy)
}

func (o *outline) build() {
	for _, ring := range o.rings {
		for i := 1; i < len(ring); i++ {
			o.edges = append(o.edges, edge{ring[i-1], ring[i]})
		}
	}
	if len(o.edges) == 0 {
		return
	}
	o.bound = orb.MultiPolygon{orb.Polygon(o.rings)}.Bound()
	for _, r := range o.rings {
		o.bound = o.bound.Union(r.Bound())
	}
	o.bands = make([][]int32, outlineBands)
	for i, e := range o.edges {
		for band := o.band(min(e.a[1], e.b[1])); band <= o.band(max(e.a[1], e.b[1])); band++ {
			o.bands[band] = append(o.bands[band], int32(i))
		}
	}
}

// band returns the band of a latitude within the bound.
func (o *outline) band(lat float64) int {
	height := o.bound.Max[1] - o.bound.Min[1]
	return max(0, min(outlineBands-1, int(float64(outlineBands)*(lat-o.bound.Min[1])/height)))
}

// contains reports whether p lies inside, counting crossings of the half-line
// to the east; holes count out by themselves.
func (o *outline) contains(p orb.Point) bool {
	if !o.bound.Contains(p) {
		return false
	}
	in := false
	for _, i := range o.bands[o.band(p[1])] {
		e := o.edges[i]
		if (e.a[1] > p[1]) == (e.b[1] > p[1]) {
			continue
		}
		if p[0] < e.a[0]+(p[1]-e.a[1])/(e.b[1]-e.a[1])*(e.b[0]-e.a[0]) {
			in = !in
		}
	}
	return in
}

// touches reports whether any of g lies inside: a vertex, or an edge that
// crosses the border.
func (o *outline) touches(g orb.Geometry) bool {
	outside := paths(g, func(run []orb.Point) bool { return !slices.ContainsFunc(run, o.contains) })
	if !outside {
		return true
	}
	if !g.Bound().Intersects(o.bound) {
		return false
	}
	return !paths(g, func(run []orb.Point) bool {
		for i := 1; i < len(run); i++ {
			if o.crossed(run[i-1], run[i]) {
				return false
			}
		}
		return true
	})
}

func (o *outline) crossed(a, b orb.Point) bool {
	low, high := min(a[1], b[1]), max(a[1], b[1])
	if high < o.bound.Min[1] || low > o.bound.Max[1] {
		return false
	}
	for band := o.band(low); band <= o.band(high); band++ {
		for _, i := range o.bands[band] {
			e := o.edges[i]
			if side(a, b, e.a) != side(a, b, e.b) && side(e.a, e.b, a) != side(e.a, e.b, b) {
				return true
			}
		}
	}
	return false
}

// side tells on which side of the line a–b a point lies.
func side(a, b, p orb.Point) bool {
	return (b[0]-a[0])*(p[1]-a[1]) > (b[1]-a[1])*(p[0]-a[0])
}

// distance returns the metres from g's vertices to the border.
func (o *outline) distance(g orb.Geometry) float64 {
	best := math.Inf(1)
	paths(g, func(run []orb.Point) bool {
		for _, p := range run {
			for _, r := range o.rings {
				best = min(best, distanceToLine(p, r))
			}
		}
		return true
	})
	return best
}

// inside lists features that lie wholly outside the city by more than the
// accuracies allow. One whose provinces are all others says so itself.
func (in *inspector) inside(f *city.Feature) {
	o := in.outline
	if len(o.edges) == 0 || in.layer.ID == outlineLayer || o.touches(f.Geometry) {
		return
	}
	metres := o.distance(f.Geometry)
	if metres <= o.accuracy+in.cols.number(f, city.PropAccuracy) {
		return
	}
	provinces := in.cols.text(f, propProvinces)
	if provinces != "" && !strings.Contains(provinces, cityName) {
		in.report(InsideCity, Info, f, "outside the city by %.1f km, and says so: %s", metres/1000, provinces)
		return
	}
	in.report(InsideCity, Warning, f, "outside the city by %.1f km", metres/1000)
}
