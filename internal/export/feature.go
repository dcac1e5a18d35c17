package export

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// ErrGeometry means that a geometry cannot be written as GeoJSON.
var ErrGeometry = errors.New("geometry has no GeoJSON form")

// AppendFeature appends one GeoJSON Feature without a line break. A feature
// with ID 0 gets no id; a nil geometry is null.
func AppendFeature(dst []byte, layer *city.Layer, f *city.Feature) ([]byte, error) {
	dst = append(dst, `{"type":"Feature"`...)
	if f.ID != 0 {
		dst = append(dst, `,"id":`...)
		dst = strconv.AppendInt(dst, f.ID, 10)
	}
	dst = append(dst, `,"geometry":`...)
	dst, err := AppendGeometry(dst, f.Geometry)
	if err != nil {
		return dst, fmt.Errorf("feature %d of %q: %w", f.ID, layer.ID, err)
	}
	dst = append(dst, `,"properties":{`...)
	for i := range layer.Properties {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = city.AppendJSONString(dst, layer.Properties[i].Name)
		dst = append(dst, ':')
		dst = f.Value(i).AppendJSON(dst)
	}
	return append(dst, `}}`...), nil
}

// AppendGeometry appends a GeoJSON geometry, coordinates x, y in the shortest
// form that reads back the same. Rings and bounds become polygons.
func AppendGeometry(dst []byte, g orb.Geometry) ([]byte, error) {
	if g == nil {
		return append(dst, "null"...), nil
	}
	switch g := g.(type) {
	case orb.Collection:
		dst = append(dst, `{"type":"GeometryCollection","geometries":[`...)
		for i, part := range g {
			if i > 0 {
				dst = append(dst, ',')
			}
			var err error
			if dst, err = AppendGeometry(dst, part); err != nil {
				return dst, err
			}
		}
		return append(dst, `]}`...), nil
	case orb.Ring:
		return AppendGeometry(dst, orb.Polygon{g})
	case orb.Bound:
		return AppendGeometry(dst, g.ToPolygon())
	}
	dst = append(dst, `{"type":"`...)
	dst = append(dst, g.GeoJSONType()...)
	dst = append(dst, `","coordinates":`...)
	var err error
	switch g := g.(type) {
	case orb.Point:
		dst, err = appendPoint(dst, g)
	case orb.MultiPoint:
		dst, err = appendLine(dst, g)
	case orb.LineString:
		dst, err = appendLine(dst, g)
	case orb.MultiLineString:
		dst, err = appendEach(dst, g, func(dst []byte, l orb.LineString) ([]byte, error) { return appendLine(dst, l) })
	case orb.Polygon:
		dst, err = appendPolygon(dst, g)
	case orb.MultiPolygon:
		dst, err = appendEach(dst, g, appendPolygon)
	default:
		err = fmt.Errorf("%T: %w", g, ErrGeometry)
	}
	return append(dst, '}'), err
}

func appendPolygon(dst []byte, p orb.Polygon) ([]byte, error) {
	return appendEach(dst, p, func(dst []byte, r orb.Ring) ([]byte, error) { return appendLine(dst, r) })
}

func appendLine(dst []byte, points []orb.Point) ([]byte, error) {
	return appendEach(dst, points, appendPoint)
}

// appendEach appends a JSON array.
func appendEach[E any](dst []byte, elements []E, one func([]byte, E) ([]byte, error)) ([]byte, error) {
	dst = append(dst, '[')
	for i, e := range elements {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = one(dst, e); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func appendPoint(dst []byte, p orb.Point) ([]byte, error) {
	for i, c := range []byte{'[', ','} {
		if math.IsNaN(p[i]) || math.IsInf(p[i], 0) {
			return dst, fmt.Errorf("coordinate %v: %w", p[i], ErrGeometry)
		}
		dst = append(dst, c)
		dst = strconv.AppendFloat(dst, p[i], 'f', -1, 64)
	}
	return append(dst, ']'), nil
}
