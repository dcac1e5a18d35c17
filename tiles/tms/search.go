package tms

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/tiles"
)

// shortDegree is less than any degree of latitude, in metres.
const shortDegree = 110500.0

// padDegrees grows a lon/lat box by a distance given in degrees of latitude.
// Towards the poles that is more and more longitude.
func padDegrees(b orb.Bound, degrees float64) orb.Bound {
	b.Min[1], b.Max[1] = b.Min[1]-degrees, b.Max[1]+degrees
	lat := max(math.Abs(b.Min[1]), math.Abs(b.Max[1]))
	wide := 360.0
	if lat < 89 {
		wide = degrees / math.Cos(lat*radian)
	}
	b.Min[0], b.Max[0] = b.Min[0]-wide, b.Max[0]+wide
	return b
}

// Search finds by their lon/lat bounds the features that may show in a tile: a
// few too many, never one too few.
//
// An edge is straight in the CRS of the set, and so, in lon/lat, it leaves the
// bounds of its own ends, by more the longer it is:
//
//	      ___•      the edge on the plane of the CRS, straight there
//	   __/ __/
//	 _/ __/         the straight line between the ends in lon/lat
//	•__/
type Search struct {
	bound    orb.Bound
	bend     float64
	perPoint float64 // degrees of longitude for one of latitude, at the tile
}

// Search returns what finds the features of a tile.
func (s *Set) Search(t Tile) Search {
	bound := s.plane.lonLat(s.grown(t, tiles.Buffer+1))
	lat := max(math.Abs(bound.Min[1]), math.Abs(bound.Max[1]))
	return Search{bound: bound, bend: s.plane.bend(), perPoint: 1 / math.Cos(min(lat+5, 80)*radian)}
}

// Bound returns the lon/lat box of all features that may show, when none is
// larger than width by height degrees.
func (s *Search) Bound(width, height float64) orb.Bound {
	if s.bend == 0 {
		return s.bound
	}
	lon, lat := s.reach(width, height)
	b := s.bound
	return orb.Bound{Min: orb.Point{b.Min[0] - lon, b.Min[1] - lat}, Max: orb.Point{b.Max[0] + lon, b.Max[1] + lat}}
}

// reach is by how many degrees of longitude and latitude the edges of a feature
// of a size can leave its bounds. More than 5° of latitude, which edges of more
// than 20° have, count as everywhere.
func (s *Search) reach(width, height float64) (lon, lat float64) {
	lat = s.bend * (width*width + height*height)
	if lat > 5 {
		return 360, 180
	}
	return lat * s.perPoint, lat
}

// Misses tells that a feature with these lon/lat bounds does not show in the tile.
func (s *Search) Misses(low, high [2]float32) bool {
	if s.bend == 0 {
		return false // the index has compared the same boxes
	}
	west, south, east, north := float64(low[0]), float64(low[1]), float64(high[0]), float64(high[1])
	lon, lat := s.reach(east-west, north-south)
	return west-lon > s.bound.Max[0] || east+lon < s.bound.Min[0] || south-lat > s.bound.Max[1] || north+lat < s.bound.Min[1]
}

// Meets tells whether a feature with these lon/lat bounds may show in the tile.
func (s *Search) Meets(b orb.Bound) bool {
	return s.Bound(b.Max[0]-b.Min[0], b.Max[1]-b.Min[1]).Intersects(b)
}
