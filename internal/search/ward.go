package search

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// wardLayers are the layers of wards and communes: with boundaries, or as points
// that stand for them.
var wardLayers = []city.LayerID{"osm_wards", "wards"}

// farthestWard is the distance in degrees of latitude, about 10 km, beyond which
// the point of a ward says nothing of a place.
const farthestWard = 0.09

// Ward is the ward of a place.
type Ward struct {
	Layer   *snapshot.Layer
	Feature *snapshot.Feature
	// Within tells that the place lies inside its boundary; otherwise its point is
	// the nearest, and the place may lie in a neighbour.
	Within bool
}

// WardOf returns the ward that a place, lon and lat, lies in or whose point is
// nearest; ok is false where the layers have none. It looks at every ward: about a
// hundred and thirty boxes and points.
func WardOf(layers []*snapshot.Layer, p orb.Point) (w Ward, ok bool) {
	shortest := farthestWard
	narrowing := math.Cos(p[1] * math.Pi / 180)
	for _, id := range wardLayers {
		for _, l := range layers {
			if l.ID() != id || w.Within {
				continue
			}
			l.All(func(f *snapshot.Feature) bool {
				g := f.Geometry()
				if at, is := g.(orb.Point); is {
					if d := math.Hypot((at[0]-p[0])*narrowing, at[1]-p[1]); d < shortest {
						w, ok, shortest = Ward{Layer: l, Feature: f}, true, d
					}
				} else if g.Bound().Contains(p) && contains(g, p) {
					w, ok = Ward{Layer: l, Feature: f, Within: true}, true
				}
				return !w.Within
			})
		}
	}
	return w, ok
}

func contains(g orb.Geometry, p orb.Point) bool {
	switch g := g.(type) {
	case orb.Polygon:
		return planar.PolygonContains(g, p)
	case orb.MultiPolygon:
		return planar.MultiPolygonContains(g, p)
	}
	return false
}
