package geojson

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
)

// Decimals says how the numbers of positions are written.
type Decimals int8

// Exact writes as many decimals as it takes to read back the same number.
const Exact Decimals = -1

// AppendGeometry appends g, coordinates Exact. A nil or unknown geometry becomes
// null, which RFC 7946 allows for a feature without a place.
func AppendGeometry(dst []byte, g orb.Geometry) []byte {
	w := Writer{Decimals: Exact}
	dst, _ = w.AppendGeometry(dst, g) // nothing is converted, so that nothing fails
	return dst
}

// Writer writes geometries as text. It serves one goroutine.
type Writer struct {
	// Decimals are those to which each coordinate is rounded.
	Decimals Decimals
	// Convert brings the positions of a point, a line or a ring into the system in
	// which they are written; they hold until its next call. nil: they are written as
	// they are. So no other geometry is made than the one that is stored.
	Convert func(positions []orb.Point) ([]orb.Point, error)

	point []orb.Point // one, to be converted
}

// AppendGeometry appends g. A nil or unknown geometry becomes null. The error is that of
// Convert, with the part in which it came.
func (w *Writer) AppendGeometry(dst []byte, g orb.Geometry) ([]byte, error) {
	var err error
	switch g := g.(type) {
	case orb.Point:
		dst, err = w.appendPoint(append(dst, `{"type":"Point","coordinates":`...), g)
	case orb.MultiPoint:
		dst, err = w.appendPositions(append(dst, `{"type":"MultiPoint","coordinates":`...), g)
	case orb.LineString:
		dst, err = w.appendPositions(append(dst, `{"type":"LineString","coordinates":`...), g)
	case orb.MultiLineString:
		dst, err = appendParts(append(dst, `{"type":"MultiLineString","coordinates":[`...), g, w.appendLine)
	case orb.Ring:
		dst, err = w.appendPositions(append(dst, `{"type":"Polygon","coordinates":[`...), g)
		dst = append(dst, ']')
	case orb.Polygon:
		dst, err = w.appendPolygon(append(dst, `{"type":"Polygon","coordinates":`...), g)
	case orb.MultiPolygon:
		dst, err = appendParts(append(dst, `{"type":"MultiPolygon","coordinates":[`...), g, w.appendPolygon)
	case orb.Collection:
		dst, err = appendParts(append(dst, `{"type":"GeometryCollection","geometries":[`...), g, w.AppendGeometry)
	default:
		return append(dst, "null"...), nil
	}
	return append(dst, '}'), err
}

// appendParts appends what each part is written as, and the bracket behind the last.
func appendParts[E any](dst []byte, parts []E, part func([]byte, E) ([]byte, error)) ([]byte, error) {
	for i, p := range parts {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = part(dst, p); err != nil {
			return dst, fmt.Errorf("part %d: %w", i, err)
		}
	}
	return append(dst, ']'), nil
}

func (w *Writer) appendPolygon(dst []byte, p orb.Polygon) ([]byte, error) {
	return appendParts(append(dst, '['), p, w.appendRing)
}

func (w *Writer) appendRing(dst []byte, r orb.Ring) ([]byte, error) { return w.appendPositions(dst, r) }

func (w *Writer) appendLine(dst []byte, l orb.LineString) ([]byte, error) {
	return w.appendPositions(dst, l)
}

func (w *Writer) appendPoint(dst []byte, p orb.Point) ([]byte, error) {
	if w.Convert != nil {
		w.point = append(w.point[:0], p)
		converted, err := w.Convert(w.point)
		if err != nil {
			return dst, err
		}
		p = converted[0]
	}
	return w.Decimals.AppendPosition(dst, p), nil
}

// appendPositions writes a comma before each, and the bracket over the first.
func (w *Writer) appendPositions(dst []byte, line []orb.Point) ([]byte, error) {
	if len(line) == 0 {
		return append(dst, "[]"...), nil
	}
	if w.Convert != nil {
		var err error
		if line, err = w.Convert(line); err != nil {
			return dst, err
		}
	}
	start := len(dst)
	switch w.Decimals {
	case Exact:
		dst = appendExact(dst, line)
	case millimetres:
		dst = appendMetres(dst, line)
	default:
		for _, p := range line {
			dst = w.Decimals.AppendPosition(append(dst, ','), p)
		}
	}
	dst[start] = '['
	return append(dst, ']'), nil
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
		x, y := leadingOf(lon, ",["), leadingOf(lat, ",")
		dst = slices.Grow(dst, room*min(len(line), 100))
		length, n := putPositions(dst[len(dst):cap(dst)], line, x, y)
		dst, line = dst[:len(dst)+length], line[n:]
	}
	return dst
}

// putPositions writes positions as long as their numbers begin with x and y and
// there is room. It returns how long they are and how many.
func putPositions(text []byte, line []orb.Point, x, y leading) (at, n int) {
	for n < len(line) && at+room <= len(text) {
		lon, ok := tenMillionths(line[n][0])
		lat, also := tenMillionths(line[n][1])
		if !ok || !also || lon-x.n >= scale || lat-y.n >= scale {
			break
		}
		digits := eight((lon - x.n) * 10)
		binary.LittleEndian.PutUint64(text[at:], x.text)
		binary.LittleEndian.PutUint64(text[at+x.length+1:], digits|zeros)
		at += x.length + behindPoint(digits)
		digits = eight((lat - y.n) * 10)
		binary.LittleEndian.PutUint64(text[at:], y.text)
		binary.LittleEndian.PutUint64(text[at+y.length+1:], digits|zeros)
		at += y.length + behindPoint(digits)
		text[at] = ']'
		at++
		n++
	}
	return at, n
}

// appendMetres is appendExact for positions in metres, to the millimetre. Most lie
// within the ten kilometres of the one before.
func appendMetres(dst []byte, line []orb.Point) []byte {
	for len(line) > 0 {
		east, ok := millimetresOf(line[0][0])
		north, also := millimetresOf(line[0][1])
		if !ok || !also || east < scale || north < scale { // their last seven digits may begin with zeros
			dst = millimetres.AppendPosition(append(dst, ','), line[0])
			line = line[1:]
			continue
		}
		x, y := leadingOf(east, ",["), leadingOf(north, ",")
		dst = slices.Grow(dst, room*min(len(line), 100))
		length, n := putMetrePositions(dst[len(dst):cap(dst)], line, x, y)
		dst, line = dst[:len(dst)+length], line[n:]
	}
	return dst
}

// putMetrePositions is putPositions for positions in metres.
func putMetrePositions(text []byte, line []orb.Point, x, y leading) (at, n int) {
	for n < len(line) && at+room <= len(text) {
		east, ok := millimetresOf(line[n][0])
		north, also := millimetresOf(line[n][1])
		if !ok || !also || east-x.n >= scale || north-y.n >= scale {
			break
		}
		at += x.putMetres(text[at:], east)
		at += y.putMetres(text[at:], north)
		text[at] = ']'
		at++
		n++
	}
	return at, n
}

// putMetres writes a number of millimetres that begins with l, and returns its length.
func (l leading) putMetres(text []byte, n uint32) int {
	digits := eight(n-l.n) >> 8 // seven: four before the point, three behind
	behind := uint32(digits >> 32)
	_ = text[20]
	binary.LittleEndian.PutUint64(text, l.text)
	binary.LittleEndian.PutUint64(text[l.length:], digits&0xffff_ffff|0x2e_30_30_30_30)
	binary.LittleEndian.PutUint32(text[l.length+5:], behind|0x30_30_30)
	return l.length + 4 + behindPoint(uint64(behind))
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
