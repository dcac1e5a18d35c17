package geojson

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// AppendGeometry appends g. A nil or unknown geometry becomes null, which RFC
// 7946 allows for a feature without a place.
func AppendGeometry(dst []byte, g orb.Geometry) []byte {
	switch g := g.(type) {
	case orb.Point:
		dst = append(dst, `{"type":"Point","coordinates":`...)
		dst = AppendPosition(dst, g)
	case orb.MultiPoint:
		dst = append(dst, `{"type":"MultiPoint","coordinates":`...)
		dst = appendPositions(dst, g)
	case orb.LineString:
		dst = append(dst, `{"type":"LineString","coordinates":`...)
		dst = appendPositions(dst, g)
	case orb.MultiLineString:
		dst = append(dst, `{"type":"MultiLineString","coordinates":`...)
		dst = appendLines(dst, g)
	case orb.Ring:
		dst = append(dst, `{"type":"Polygon","coordinates":[`...)
		dst = append(appendPositions(dst, g), ']')
	case orb.Polygon:
		dst = append(dst, `{"type":"Polygon","coordinates":`...)
		dst = appendLines(dst, g)
	case orb.MultiPolygon:
		dst = append(dst, `{"type":"MultiPolygon","coordinates":[`...)
		for i, p := range g {
			dst = appendLines(separate(dst, i), p)
		}
		dst = append(dst, ']')
	case orb.Collection:
		dst = append(dst, `{"type":"GeometryCollection","geometries":[`...)
		for i, member := range g {
			dst = AppendGeometry(separate(dst, i), member)
		}
		dst = append(dst, ']')
	default:
		return append(dst, "null"...)
	}
	return append(dst, '}')
}

func separate(dst []byte, i int) []byte {
	if i == 0 {
		return dst
	}
	return append(dst, ',')
}

func appendLines[L ~[]orb.Point](dst []byte, lines []L) []byte {
	dst = append(dst, '[')
	for i, line := range lines {
		dst = appendPositions(separate(dst, i), line)
	}
	return append(dst, ']')
}

func appendPositions[L ~[]orb.Point](dst []byte, line L) []byte {
	dst = append(dst, '[')
	for i, p := range line {
		dst = AppendPosition(separate(dst, i), p)
	}
	return append(dst, ']')
}

// AppendPosition appends [lon,lat].
func AppendPosition(dst []byte, p orb.Point) []byte {
	dst = append(dst, '[')
	dst = AppendNumber(dst, p[0])
	dst = append(dst, ',')
	dst = AppendNumber(dst, p[1])
	return append(dst, ']')
}

// AppendNumber appends the shortest decimal that reads back as v. NaN and
// infinities become null.
//
// It writes a number of at most 7 decimals, as OSM and most surveys keep (1 cm
// on the ground), in a third of the time of strconv: two decimals of at most 15
// digits never share a float64, so that if the rounded one reads back as v it
// is the shortest. Half of the time of a proximity answer's text goes here.
func AppendNumber(dst []byte, v float64) []byte {
	const scale, most = 1e7, math.MaxUint32
	rounded := math.RoundToEven(v * scale)
	if !(math.Abs(rounded) <= most) || rounded/scale != v {
		return city.Number(v).AppendJSON(dst)
	}
	if rounded < 0 {
		dst = append(dst, '-')
		rounded = -rounded
	}
	n := uint32(rounded) // up to 429.4967295, in 32-bit arithmetic
	whole, fraction := n/scale, n%scale
	a, b, c := fraction/100_000*2, fraction/1_000%100*2, fraction/10%100*2
	text := [...]byte{
		byte('0' + whole/100), pairs[whole%100*2], pairs[whole%100*2+1], '.',
		pairs[a], pairs[a+1], pairs[b], pairs[b+1], pairs[c], pairs[c+1], byte('0' + fraction%10),
	}
	first, last := 0, len(text)
	for first < 2 && text[first] == '0' {
		first++
	}
	for text[last-1] == '0' {
		last--
	}
	if text[last-1] == '.' {
		last--
	}
	return append(dst, text[first:last]...)
}

// pairs are the numbers from 00 to 99.
const pairs = "00010203040506070809" +
	"10111213141516171819" +
	"20212223242526272829" +
	"30313233343536373839" +
	"40414243444546474849" +
	"50515253545556575859" +
	"60616263646566676869" +
	"70717273747576777879" +
	"80818283848586878889" +
	"90919293949596979899"
