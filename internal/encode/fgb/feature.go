package fgb

import (
	"encoding/binary"
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// AppendProperty appends a value of column i to the properties of a feature. Null
// has no form: it is left out.
func AppendProperty(dst []byte, i uint16, v city.Value) []byte {
	if v.IsNull() {
		return dst
	}
	dst = binary.LittleEndian.AppendUint16(dst, i)
	switch v.Kind() {
	case city.KindBoolean:
		return append(dst, byte(v.Int()))
	case city.KindInteger:
		return binary.LittleEndian.AppendUint64(dst, uint64(v.Int()))
	case city.KindNumber:
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v.Float()))
	default:
		start := len(dst)
		dst = v.AppendText(append(dst, 0, 0, 0, 0))
		binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
		return dst
	}
}

// AppendFeature appends a feature of a geometry, nil for none, and what
// AppendProperty has made of its values.
func AppendFeature(dst []byte, g orb.Geometry, properties []byte) []byte {
	const geometry, values = 0, 1
	w := begin(dst)
	fields := [...]field{{values, 4}, {geometry, 4}}
	n := len(fields)
	if g == nil {
		n--
	}
	at := w.table(w.root(), fields[:n]...)
	if g != nil {
		w.geometry(at[geometry], g)
	}
	w.vector(at[values], len(properties), 1)
	w.b = append(w.b, properties...)
	return w.finish()
}

// Fields of the table Geometry.
const (
	geometryEnds  = 0
	geometryXY    = 1
	geometryType  = 6
	geometryParts = 7
)

// geometry appends a table of g. What a line, a polygon and their kin have lies in
// one run of coordinates, with the number of the first one after each part; the
// others are parts, tables of their own.
func (w *buffer) geometry(from int, g orb.Geometry) {
	switch g := g.(type) {
	case orb.Point:
		w.run(from, Point, g)
	case orb.MultiPoint:
		w.run(from, MultiPoint, g...)
	case orb.LineString:
		w.run(from, LineString, g...)
	case orb.Ring:
		w.run(from, Polygon, g...)
	case orb.MultiLineString:
		appendRuns(w, from, MultiLineString, g)
	case orb.Polygon:
		appendRuns(w, from, Polygon, g)
	case orb.MultiPolygon:
		first := w.parts(from, MultiPolygon, len(g))
		for i, p := range g {
			appendRuns(w, first+4*i, Polygon, p)
		}
	case orb.Collection:
		first := w.parts(from, GeometryCollection, len(g))
		for i, m := range g {
			w.geometry(first+4*i, m)
		}
	default:
		w.parts(from, GeometryCollection, 0)
	}
}

func (w *buffer) run(from int, t GeometryType, points ...orb.Point) {
	at := w.table(from, field{geometryXY, 4}, field{geometryType, 1})
	w.b[at[geometryType]] = byte(t)
	w.vector(at[geometryXY], 2*len(points), 8)
	w.coordinates(points)
}

func (w *buffer) coordinates(points []orb.Point) {
	for _, p := range points {
		w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(p[0]))
		w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(p[1]))
	}
}

func appendRuns[L ~[]orb.Point](w *buffer, from int, t GeometryType, runs []L) {
	if len(runs) == 1 {
		w.run(from, t, runs[0]...)
		return
	}
	at := w.table(from, field{geometryEnds, 4}, field{geometryXY, 4}, field{geometryType, 1})
	w.b[at[geometryType]] = byte(t)
	w.vector(at[geometryEnds], len(runs), 4)
	n := 0
	for _, r := range runs {
		n += len(r)
		w.b = binary.LittleEndian.AppendUint32(w.b, uint32(n))
	}
	w.vector(at[geometryXY], 2*n, 8)
	for _, r := range runs {
		w.coordinates(r)
	}
}

func (w *buffer) parts(from int, t GeometryType, n int) (first int) {
	at := w.table(from, field{geometryType, 1}, field{geometryParts, 4})
	w.b[at[geometryType]] = byte(t)
	return w.offsets(at[geometryParts], n)
}
