package geojson

import (
	"encoding/binary"
	"slices"

	"github.com/paulmach/orb"
)

// Decimals says how the numbers of positions are written.
type Decimals int8

// Exact writes as many decimals as it takes to read back the same number.
const Exact Decimals = -1

// AppendGeometry appends g, coordinates Exact. A nil or unknown geometry becomes
// null, which RFC 7946 allows for a feature without a place.
func AppendGeometry(dst []byte, g orb.Geometry) []byte { return Exact.AppendGeometry(dst, g) }

// AppendGeometry appends g, each coordinate rounded to d decimals.
func (d Decimals) AppendGeometry(dst []byte, g orb.Geometry) []byte {
	switch g := g.(type) {
	case orb.Point:
		dst = append(dst, `{"type":"Point","coordinates":`...)
		dst = d.AppendPosition(dst, g)
	case orb.MultiPoint:
		dst = append(dst, `{"type":"MultiPoint","coordinates":`...)
		dst = appendPositions(dst, d, g)
	case orb.LineString:
		dst = append(dst, `{"type":"LineString","coordinates":`...)
		dst = appendPositions(dst, d, g)
	case orb.MultiLineString:
		dst = append(dst, `{"type":"MultiLineString","coordinates":`...)
		dst = appendLines(dst, d, g)
	case orb.Ring:
		dst = append(dst, `{"type":"Polygon","coordinates":[`...)
		dst = append(appendPositions(dst, d, g), ']')
	case orb.Polygon:
		dst = append(dst, `{"type":"Polygon","coordinates":`...)
		dst = appendLines(dst, d, g)
	case orb.MultiPolygon:
		dst = append(dst, `{"type":"MultiPolygon","coordinates":[`...)
		for i, p := range g {
			dst = appendLines(separate(dst, i), d, p)
		}
		dst = append(dst, ']')
	case orb.Collection:
		dst = append(dst, `{"type":"GeometryCollection","geometries":[`...)
		for i, member := range g {
			dst = d.AppendGeometry(separate(dst, i), member)
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

func appendLines[L ~[]orb.Point](dst []byte, d Decimals, lines []L) []byte {
	dst = append(dst, '[')
	for i, line := range lines {
		dst = appendPositions(separate(dst, i), d, line)
	}
	return append(dst, ']')
}

// appendPositions writes a comma before each, and the bracket over the first.
func appendPositions[L ~[]orb.Point](dst []byte, d Decimals, line L) []byte {
	if len(line) == 0 {
		return append(dst, "[]"...)
	}
	start := len(dst)
	switch d {
	case Exact:
		dst = appendExact(dst, line)
	case millimetres:
		dst = appendMetres(dst, line)
	default:
		for _, p := range line {
			dst = d.AppendPosition(append(dst, ','), p)
		}
	}
	dst[start] = '['
	return append(dst, ']')
}

// appendExact appends positions, a comma before each. Most lie within the degrees of
// the one before.
func appendExact(dst []byte, line []orb.Point) []byte {
	for len(line) > 0 {
		lon, ok := tenMillionths(line[0][0])
		lat, also := tenMillionths(line[0][1])
		if !ok || !also {
			dst = AppendPosition(append(dst, ','), line[0])
			line = line[1:]
			continue
		}
		x, y := degreesOf(lon, ",["), degreesOf(lat, ",")
		dst = slices.Grow(dst, room*min(len(line), 100))
		length, n := putPositions(dst[len(dst):cap(dst)], line, x, y)
		dst, line = dst[:len(dst)+length], line[n:]
	}
	return dst
}

// putPositions writes positions as long as they lie within the degrees x and y and
// there is room. It returns how long they are and how many.
func putPositions(text []byte, line []orb.Point, x, y degrees) (at, n int) {
	for n < len(line) && at+room <= len(text) {
		lon, ok := tenMillionths(line[n][0])
		lat, also := tenMillionths(line[n][1])
		if !ok || !also || lon-x.n >= scale || lat-y.n >= scale {
			break
		}
		digits := eight((lon - x.n) * 10)
		binary.LittleEndian.PutUint64(text[at:], x.text)
		binary.LittleEndian.PutUint64(text[at+x.point+1:], digits|zeros)
		at += x.point + behindPoint(digits)
		digits = eight((lat - y.n) * 10)
		binary.LittleEndian.PutUint64(text[at:], y.text)
		binary.LittleEndian.PutUint64(text[at+y.point+1:], digits|zeros)
		at += y.point + behindPoint(digits)
		text[at] = ']'
		at++
		n++
	}
	return at, n
}

// appendMetres is appendExact for positions in metres, to the millimetre.
func appendMetres(dst []byte, line []orb.Point) []byte {
	for i := range line {
		dst = withRoom(dst)
		text := dst[len(dst) : len(dst)+room]
		text[0], text[1] = ',', '['
		x := putMetres(text[2:], line[i][0])
		text[2+x] = ','
		y := putMetres(text[3+x:], line[i][1])
		text[3+x+y] = ']'
		if x == 0 || y == 0 {
			dst = millimetres.AppendPosition(append(dst, ','), line[i])
			continue
		}
		dst = dst[:len(dst)+4+x+y]
	}
	return dst
}

// AppendPosition appends [x,y] of p.
func AppendPosition(dst []byte, p orb.Point) []byte { return Exact.AppendPosition(dst, p) }

// AppendPosition appends [x,y] of p, rounded to d decimals.
func (d Decimals) AppendPosition(dst []byte, p orb.Point) []byte {
	dst = append(dst, '[')
	dst = d.AppendNumber(dst, p[0])
	dst = append(dst, ',')
	dst = d.AppendNumber(dst, p[1])
	return append(dst, ']')
}
