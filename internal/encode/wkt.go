package encode

import (
	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/geojson"
)

// appendWKT appends g as well-known text (OGC 06-103r4, clause 7), x before y.
func appendWKT(dst []byte, d geojson.Decimals, g orb.Geometry) []byte {
	switch g := g.(type) {
	case orb.Point:
		return append(appendPair(append(dst, "POINT ("...), d, g), ')')
	case orb.MultiPoint:
		dst = append(dst, "MULTIPOINT "...)
		return appendList(dst, g, func(dst []byte, p orb.Point) []byte {
			return append(appendPair(append(dst, '('), d, p), ')')
		})
	case orb.LineString:
		return appendRun(append(dst, "LINESTRING "...), d, g)
	case orb.MultiLineString:
		return appendRuns(append(dst, "MULTILINESTRING "...), d, g)
	case orb.Ring:
		return appendRuns(append(dst, "POLYGON "...), d, orb.Polygon{g})
	case orb.Polygon:
		return appendRuns(append(dst, "POLYGON "...), d, g)
	case orb.MultiPolygon:
		dst = append(dst, "MULTIPOLYGON "...)
		return appendList(dst, g, func(dst []byte, p orb.Polygon) []byte { return appendRuns(dst, d, p) })
	case orb.Collection:
		dst = append(dst, "GEOMETRYCOLLECTION "...)
		return appendList(dst, g, func(dst []byte, m orb.Geometry) []byte { return appendWKT(dst, d, m) })
	default:
		return append(dst, "GEOMETRYCOLLECTION EMPTY"...)
	}
}

func appendPair(dst []byte, d geojson.Decimals, p orb.Point) []byte {
	dst = append(d.AppendNumber(dst, p[0]), ' ')
	return d.AppendNumber(dst, p[1])
}

func appendRun[L ~[]orb.Point](dst []byte, d geojson.Decimals, line L) []byte {
	return appendList(dst, line, func(dst []byte, p orb.Point) []byte { return appendPair(dst, d, p) })
}

func appendRuns[L ~[]orb.Point](dst []byte, d geojson.Decimals, lines []L) []byte {
	return appendList(dst, lines, func(dst []byte, l L) []byte { return appendRun(dst, d, l) })
}

// appendList appends parts in parentheses, or EMPTY.
func appendList[S ~[]E, E any](dst []byte, parts S, one func([]byte, E) []byte) []byte {
	if len(parts) == 0 {
		return append(dst, "EMPTY"...)
	}
	for i, part := range parts {
		if i == 0 {
			dst = append(dst, '(')
		} else {
			dst = append(dst, ", "...)
		}
		dst = one(dst, part)
	}
	return append(dst, ')')
}
