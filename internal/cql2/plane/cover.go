package plane

import (
	"math"

	"github.com/paulmach/orb"
)

const (
	// coverBands is how many boxes a cover has at most.
	coverBands = 8
	// coverWorth is the part of its bounds that a cover must leave out at least: each
	// box is another search.
	coverWorth = 0.25
	// coverMargin, in degrees, is far more than the rounding of a coordinate.
	coverMargin = 1e-9
)

// Cover returns boxes that together hold the shape, more closely than its bounds where
// that leaves much out: of a triangle nearly half.
//
//	┌───────┐ bounds      ┌──┐
//	│   △   │            ┌┴──┴┐   bands of latitude, each from the
//	│  ╱ ╲  │      ►    ┌┴────┴┐  leftmost to the rightmost edge in it
//	│ ╱   ╲ │          ┌┴──────┴┐
//	└───────┘          └────────┘
//
// What lies inside of a polygon lies between its edges. They are made when they are
// first asked for, and must not be changed.
func (s *Shape) Cover() []orb.Bound {
	if s.cover == nil {
		s.cover = s.closer()
	}
	return s.cover
}

func (s *Shape) closer() []orb.Bound {
	low, high := s.bound.Min[1], s.bound.Max[1]
	width, height := s.bound.Max[0]-s.bound.Min[0], high-low
	if s.boxes != nil || width <= 0 || height <= 0 {
		return s.Bounds()
	}
	var bands [coverBands]orb.Bound
	edge := func(i int) float64 { return low + height*float64(i)/coverBands }
	for i := range bands {
		bands[i] = orb.Bound{Min: orb.Point{math.Inf(1), edge(i) - coverMargin}, Max: orb.Point{math.Inf(-1), edge(i+1) + coverMargin}}
	}
	of := func(y float64) int { return min(max(int((y-low)/height*coverBands), 0), coverBands-1) }
	for _, e := range s.lines.segments {
		a, b := e[0], e[1]
		if a[1] > b[1] {
			a, b = b, a
		}
		// One more on each side, for what lies on a border.
		for i := max(of(a[1])-1, 0); i <= min(of(b[1])+1, coverBands-1); i++ {
			if a[1] <= bands[i].Max[1] && b[1] >= bands[i].Min[1] {
				bands[i] = widened(bands[i], a, b)
			}
		}
	}
	covered := 0.0
	var cover []orb.Bound
	for _, b := range bands {
		if b.Min[0] <= b.Max[0] { // parts of a shape may leave bands without any
			cover = append(cover, b)
			covered += (b.Max[0] - b.Min[0]) * (b.Max[1] - b.Min[1])
		}
	}
	if covered > (1-coverWorth)*width*height {
		return s.Bounds()
	}
	return cover
}

// widened returns a band that reaches to what is in it of the edge from a to b, which
// lies no lower.
func widened(band orb.Bound, a, b orb.Point) orb.Bound {
	from, to := a[0], b[0]
	if rise := b[1] - a[1]; rise > 0 {
		at := func(y float64) float64 {
			return a[0] + (b[0]-a[0])*min(max((y-a[1])/rise, 0), 1)
		}
		from, to = at(band.Min[1]), at(band.Max[1])
	}
	band.Min[0] = min(band.Min[0], min(from, to)-coverMargin)
	band.Max[0] = max(band.Max[0], max(from, to)+coverMargin)
	return band
}
