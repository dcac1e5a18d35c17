package wkb

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Append appends g as little-endian ISO WKB, without SRID: the body of a
// GeoPackage blob. A Ring or Bound is written as a Polygon. The error wraps
// ErrUnsupported for nil and for types that are not orb's; dst is then returned
// as it was.
func Append(dst []byte, g orb.Geometry) ([]byte, error) {
	return appendTop(dst, g, 0, false)
}

// AppendEWKB appends g as little-endian EWKB with the given SRID: what PostGIS
// takes and gives in its binary format. Errors are those of Append.
func AppendEWKB(dst []byte, g orb.Geometry, srid int32) ([]byte, error) {
	return appendTop(dst, g, srid, true)
}

func appendTop(dst []byte, g orb.Geometry, srid int32, withSRID bool) ([]byte, error) {
	start := len(dst)
	out, err := appendGeometry(dst, g)
	if err != nil {
		return dst[:start], err
	}
	if !withSRID {
		return out, nil
	}
	// Only the outermost header of EWKB carries the SRID: open a gap after it.
	out = append(out, 0, 0, 0, 0)
	copy(out[start+9:], out[start+5:])
	code := binary.LittleEndian.Uint32(out[start+1:])
	binary.LittleEndian.PutUint32(out[start+1:], code|flagSRID)
	binary.LittleEndian.PutUint32(out[start+5:], uint32(srid))
	return out, nil
}

func appendGeometry(dst []byte, g orb.Geometry) ([]byte, error) {
	switch g := g.(type) {
	case orb.Point:
		return appendPoint(appendHeader(dst, typePoint), g), nil
	case orb.LineString:
		return appendRun(appendHeader(dst, typeLineString), g), nil
	case orb.Ring:
		return appendPolygon(dst, orb.Polygon{g}), nil
	case orb.Bound:
		return appendPolygon(dst, g.ToPolygon()), nil
	case orb.Polygon:
		return appendPolygon(dst, g), nil
	case orb.MultiPoint:
		dst = appendCount(appendHeader(dst, typeMultiPoint), len(g))
		for _, p := range g {
			dst = appendPoint(appendHeader(dst, typePoint), p)
		}
		return dst, nil
	case orb.MultiLineString:
		dst = appendCount(appendHeader(dst, typeMultiLineString), len(g))
		for _, l := range g {
			dst = appendRun(appendHeader(dst, typeLineString), l)
		}
		return dst, nil
	case orb.MultiPolygon:
		dst = appendCount(appendHeader(dst, typeMultiPolygon), len(g))
		for _, p := range g {
			dst = appendPolygon(dst, p)
		}
		return dst, nil
	case orb.Collection:
		dst = appendCount(appendHeader(dst, typeGeometryCollection), len(g))
		for _, m := range g {
			var err error
			if dst, err = appendGeometry(dst, m); err != nil {
				return dst, err
			}
		}
		return dst, nil
	default:
		return dst, fmt.Errorf("geometry of Go type %T: %w", g, ErrUnsupported)
	}
}

func appendPolygon(dst []byte, p orb.Polygon) []byte {
	dst = appendCount(appendHeader(dst, typePolygon), len(p))
	for _, r := range p {
		dst = appendRun(dst, r)
	}
	return dst
}

func appendRun[S ~[]orb.Point](dst []byte, ps S) []byte {
	dst = appendCount(dst, len(ps))
	for _, p := range ps {
		dst = appendPoint(dst, p)
	}
	return dst
}

func appendPoint(dst []byte, p orb.Point) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(p[0]))
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(p[1]))
}

func appendHeader(dst []byte, kind uint32) []byte {
	return binary.LittleEndian.AppendUint32(append(dst, 1), kind)
}

func appendCount(dst []byte, n int) []byte {
	return binary.LittleEndian.AppendUint32(dst, uint32(n))
}
