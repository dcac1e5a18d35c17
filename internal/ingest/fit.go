package ingest

import (
	"fmt"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// shapes counts the geometry types of a layer.
type shapes map[string]int64

// typeOf returns the narrowest type for a layer of such geometries: singles
// and multis of one kind make a multi, anything else mixed makes Geometry.
func (s shapes) typeOf() city.GeometryType {
	singles := map[string]city.GeometryType{
		"Point": city.GeometryMultiPoint, "LineString": city.GeometryMultiLineString, "Polygon": city.GeometryMultiPolygon,
	}
	var only []string
	for t := range s {
		only = append(only, t)
	}
	switch len(only) {
	case 1:
		return city.GeometryType(only[0])
	case 2:
		for single, multi := range singles {
			if s[single] > 0 && s[string(multi)] > 0 {
				return multi
			}
		}
	}
	return city.GeometryAny
}

// fit reports whether a layer of type g can hold all of the shapes.
func (s shapes) fit(g city.GeometryType) bool {
	for t := range s {
		if g != city.GeometryAny && t != string(g) && "Multi"+t != string(g) {
			return false
		}
	}
	return true
}

// fit returns g as the layer's type, wrapping a single in a multi or taking the
// only part of a multi.
func fit(g orb.Geometry, want city.GeometryType) (orb.Geometry, *skip) {
	is := city.GeometryType(g.GeoJSONType())
	if want == city.GeometryAny || is == want {
		return g, nil
	}
	switch want {
	case city.GeometryMultiPoint:
		if p, ok := g.(orb.Point); ok {
			return orb.MultiPoint{p}, nil
		}
	case city.GeometryMultiLineString:
		if l, ok := g.(orb.LineString); ok {
			return orb.MultiLineString{l}, nil
		}
	case city.GeometryMultiPolygon:
		if p, ok := g.(orb.Polygon); ok {
			return orb.MultiPolygon{p}, nil
		}
	case city.GeometryPoint:
		if m, ok := g.(orb.MultiPoint); ok && len(m) == 1 {
			return m[0], nil
		}
	case city.GeometryLineString:
		if m, ok := g.(orb.MultiLineString); ok && len(m) == 1 {
			return m[0], nil
		}
	case city.GeometryPolygon:
		if m, ok := g.(orb.MultiPolygon); ok && len(m) == 1 {
			return m[0], nil
		}
	case city.GeometryCollection:
		return orb.Collection{g}, nil
	}
	return nil, &skip{reasonType, fmt.Sprintf("%s in a layer of %s", is, want)}
}
