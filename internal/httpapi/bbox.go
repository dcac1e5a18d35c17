package httpapi

import (
	"errors"
	"fmt"
	"strings"

	"github.com/paulmach/orb"
)

// bbox is a box of longitude and latitude. One that crosses the antimeridian
// has two halves.
type bbox struct {
	halves [2]orb.Bound
	n      int
}

// bounds returns the one or two plain boxes that bb is made of.
func (bb *bbox) bounds() []orb.Bound { return bb.halves[:bb.n] }

const bboxSyntax = "west,south,east,north or west,south,bottom,east,north,top in degrees (and metres), such as 105.7,20.9,106,21.1"

var (
	errBoxCount   = errors.New("has neither four numbers nor six")
	errBoxNumber  = errors.New("is not a number")
	errBoxRange   = errors.New("is outside -180 to 180 (longitude) or -90 to 90 (latitude)")
	errBoxUpsides = errors.New("has its south above its north, or its bottom above its top")
)

// parseBBox reads the bbox parameter of OGC API Features, part 1, 7.15.3:
// four numbers, or six with heights, which are checked and not used. West
// greater than east means a box across the antimeridian.
func parseBBox(text string) (bbox, error) {
	var v [6]float64
	n := 0
	for rest, more := text, true; more; n++ {
		var part string
		part, rest, more = strings.Cut(rest, ",")
		if n == len(v) {
			return bbox{}, errBoxCount
		}
		number, ok := parseNumber(strings.TrimSpace(part))
		if !ok {
			return bbox{}, fmt.Errorf("part %d, %q, %w", n+1, clip(part), errBoxNumber)
		}
		v[n] = number
	}
	west, south, east, north := v[0], v[1], v[2], v[3]
	switch n {
	case 4:
	case 6:
		east, north = v[3], v[4]
		if v[2] > v[5] {
			return bbox{}, errBoxUpsides
		}
	default:
		return bbox{}, errBoxCount
	}
	for _, lon := range [...]float64{west, east} {
		if lon < -180 || lon > 180 {
			return bbox{}, fmt.Errorf("longitude %v %w", lon, errBoxRange)
		}
	}
	for _, lat := range [...]float64{south, north} {
		if lat < -90 || lat > 90 {
			return bbox{}, fmt.Errorf("latitude %v %w", lat, errBoxRange)
		}
	}
	if south > north {
		return bbox{}, errBoxUpsides
	}
	box := func(west, east float64) orb.Bound {
		return orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{east, north}}
	}
	if west <= east {
		return bbox{halves: [2]orb.Bound{box(west, east)}, n: 1}, nil
	}
	return bbox{halves: [2]orb.Bound{box(west, 180), box(-180, east)}, n: 2}, nil
}
