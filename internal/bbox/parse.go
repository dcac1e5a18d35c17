package bbox

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/refsys"
)

// Box is a box of longitude and latitude, or one in another reference system. Of
// the former, one that crosses the antimeridian has two halves. The zero Box has
// no bounds and stands for no box at all.
type Box struct {
	halves [2]orb.Bound
	n      int
	// plane is the box in the coordinates of its system, x before y unless that
	// system has latitude first; nil for longitude and latitude.
	plane *plane
}

type plane struct {
	bound     orb.Bound
	converter *refsys.Converter
}

// Bounds returns one or two rectangles of longitude and latitude: those that the
// box is made of, or one that holds it, with some room.
func (b *Box) Bounds() []orb.Bound { return b.halves[:b.n] }

// Syntax says what Parse reads in longitude and latitude.
const Syntax = "west,south,east,north or west,south,bottom,east,north,top in degrees (and metres), such as 105.7,20.9,106,21.1"

// SyntaxIn says what ParseIn reads in other systems.
const SyntaxIn = "the first and second coordinate of one corner and of the opposite one, as the axes of bbox-crs are ordered, lowest first"

// Errors of Parse and ParseIn.
var (
	ErrCount   = errors.New("has neither four numbers nor six")
	ErrNumber  = errors.New("is not a number")
	ErrRange   = errors.New("is outside -180 to 180 (longitude) or -90 to 90 (latitude)")
	ErrUpsides = errors.New("has its south above its north, or its bottom above its top")
	ErrOrder   = errors.New("has a second corner that is below its first")
)

// Parse reads the bbox parameter of OGC API Features, part 1, 7.15.3: four
// numbers, or six with heights, which are checked and not used. West greater than
// east means a box across the antimeridian.
func Parse(text string) (Box, error) {
	low, high, err := corners(text)
	if err != nil {
		return Box{}, err
	}
	return lonLat(low, high)
}

// ParseIn is Parse for corners in a reference system (part 2, 6.3).
func ParseIn(text string, system refsys.System) (Box, error) {
	low, high, err := corners(text)
	switch {
	case err != nil:
		return Box{}, err
	case system == refsys.CRS84():
		return lonLat(low, high)
	}
	converter := system.Converter()
	if system.SRID() == refsys.CRS84().SRID() { // the same with its axes swapped
		low, _ = converter.InPoint(low)
		high, _ = converter.InPoint(high)
		return lonLat(low, high)
	}
	if low[0] > high[0] || low[1] > high[1] {
		return Box{}, ErrOrder
	}
	p := &plane{bound: orb.Bound{Min: low, Max: high}, converter: converter}
	return Box{halves: [2]orb.Bound{p.around()}, n: 1, plane: p}, nil
}

// corners reads four numbers, or six with heights.
func corners(text string) (low, high orb.Point, err error) {
	var v [6]float64
	n := 0
	for rest, more := text, true; more; n++ {
		var part string
		part, rest, more = strings.Cut(rest, ",")
		if n == len(v) {
			return low, high, ErrCount
		}
		number, ok := ParseNumber(strings.TrimSpace(part))
		if !ok {
			return low, high, fmt.Errorf("part %d, %.100q, %w", n+1, part, ErrNumber)
		}
		v[n] = number
	}
	switch n {
	case 4:
		return orb.Point{v[0], v[1]}, orb.Point{v[2], v[3]}, nil
	case 6:
		if v[2] > v[5] {
			return low, high, ErrUpsides
		}
		return orb.Point{v[0], v[1]}, orb.Point{v[3], v[4]}, nil
	default:
		return low, high, ErrCount
	}
}

func lonLat(low, high orb.Point) (Box, error) {
	west, south, east, north := low[0], low[1], high[0], high[1]
	for _, lon := range [...]float64{west, east} {
		if lon < -180 || lon > 180 {
			return Box{}, fmt.Errorf("longitude %v %w", lon, ErrRange)
		}
	}
	for _, lat := range [...]float64{south, north} {
		if lat < -90 || lat > 90 {
			return Box{}, fmt.Errorf("latitude %v %w", lat, ErrRange)
		}
	}
	if south > north {
		return Box{}, ErrUpsides
	}
	box := func(west, east float64) orb.Bound {
		return orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{east, north}}
	}
	if west <= east {
		return Box{halves: [2]orb.Bound{box(west, east)}, n: 1}, nil
	}
	return Box{halves: [2]orb.Bound{box(west, 180), box(-180, east)}, n: 2}, nil
}

// around returns a rectangle of longitude and latitude that holds the box: around
// 33 points of each side, with an eighth of its size to spare for what bulges
// between them; the whole globe where a point is outside the system's domain.
func (p *plane) around() orb.Bound {
	globe := orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}
	const steps = 32
	b := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	low, high := p.bound.Min, p.bound.Max
	for i := range steps + 1 {
		t := float64(i) / steps
		x, y := low[0]*(1-t)+high[0]*t, low[1]*(1-t)+high[1]*t
		for _, corner := range [...]orb.Point{{x, low[1]}, {x, high[1]}, {low[0], y}, {high[0], y}} {
			q, err := p.converter.InPoint(corner)
			if err != nil {
				return globe
			}
			b = b.Extend(q)
		}
	}
	const least = 1e-6 // degrees: more than the rounding of the conversion
	w, h := max((b.Max[0]-b.Min[0])/8, least), max((b.Max[1]-b.Min[1])/8, least)
	return orb.Bound{
		Min: orb.Point{max(b.Min[0]-w, -180), max(b.Min[1]-h, -90)},
		Max: orb.Point{min(b.Max[0]+w, 180), min(b.Max[1]+h, 90)},
	}
}
