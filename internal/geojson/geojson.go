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
