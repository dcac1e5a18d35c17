package encode

import (
	"strconv"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// jsonFG writes a FeatureCollection of OGC Features and Geometries JSON 1.0
// (OGC 21-045r1), requirements classes Core and Feature Types and Schemas.
//
// In WGS 84, longitude first, the geometry stands in "geometry" and "place" is
// null; in any other system it is the other way round (clauses 8.5.2 to 8.5.5).
type jsonFG struct {
	features *Features
	s        *Selection
	inPlace  bool
	from, to int // properties that say when a feature is there, -1: none
}

func newJSONFG(s *Selection) encoder {
	def := s.Layer.Definition()
	return &jsonFG{
		features: NewFeatures(s), s: s, inPlace: !s.Space.wgs84() || s.Space.Swapped,
		from: def.PropertyIndex(city.PropValidFrom), to: def.PropertyIndex(city.PropValidTo),
	}
}

// specJSONFG begins the URIs of the conformance classes.
const specJSONFG = "http://www.opengis.net/spec/json-fg-1/1.0/conf/"

func (j *jsonFG) begin(dst []byte) []byte {
	dst = append(dst, `{"type":"FeatureCollection","conformsTo":["`+specJSONFG+`core","`+specJSONFG+`types-schemas"],"featureType":`...)
	dst = city.AppendJSONString(dst, string(j.s.Layer.ID()))
	if n, known := dimension(j.s.Layer.Definition().Geometry); known && !j.s.NoGeometry {
		dst = append(dst, `,"geometryDimension":`...)
		dst = strconv.AppendInt(dst, int64(n), 10)
	}
	if j.inPlace {
		dst = append(dst, `,"coordRefSys":`...)
		dst = city.AppendJSONString(dst, j.uri())
	}
	return append(dst, `,"features":[`...)
}

func (j *jsonFG) uri() string {
	if j.s.Space.URI != "" {
		return j.s.Space.URI
	}
	return "http://www.opengis.net/def/crs/EPSG/0/" + strconv.Itoa(int(j.s.Space.srid()))
}

// dimension tells how many a declared geometry has, if it is always the same.
func dimension(t city.GeometryType) (n int, known bool) {
	switch t {
	case city.GeometryPoint, city.GeometryMultiPoint:
		return 0, true
	case city.GeometryLineString, city.GeometryMultiLineString:
		return 1, true
	case city.GeometryPolygon, city.GeometryMultiPolygon:
		return 2, true
	default:
		return 0, false
	}
}

func (j *jsonFG) feature(dst []byte, f *snapshot.Feature, tags []tiles.Tag, first bool) (_ []byte, err error) {
	dst = append(separate(dst, first), `{"type":"Feature","id":`...)
	dst = strconv.AppendInt(dst, f.ID(), 10)
	dst = append(dst, `,"time":`...)
	dst = j.appendTime(dst, f)
	if j.inPlace {
		dst = append(dst, `,"geometry":null,"place":`...)
		dst, err = j.features.appendGeometry(dst, f.Geometry())
	} else {
		dst = append(dst, `,"place":null,"geometry":`...)
		dst, err = j.features.appendGeometry(dst, f.Geometry())
	}
	if err != nil {
		return dst, err
	}
	dst = append(dst, `,"properties":`...)
	return append(j.features.appendProperties(dst, j.s.Layer.Table(), tags), '}'), nil
}

// appendTime appends the interval from valid_from to valid_to. That of JSON-FG
// is closed (clause 7.2.4), and valid_to is the first day after.
func (j *jsonFG) appendTime(dst []byte, f *snapshot.Feature) []byte {
	from, hasFrom := j.s.Layer.Value(f, j.from).Day()
	to, hasTo := j.s.Layer.Value(f, j.to).Day()
	if !hasFrom && !hasTo || hasFrom && hasTo && to <= from {
		return append(dst, "null"...)
	}
	start, end := "..", ".."
	if hasFrom {
		start = from.String()
	}
	if hasTo {
		end = (to - 1).String()
	}
	dst = append(dst, `{"interval":["`...)
	dst = append(dst, start...)
	dst = append(dst, `","`...)
	dst = append(dst, end...)
	return append(dst, `"]}`...)
}

func (j *jsonFG) end(dst []byte) []byte {
	dst = append(dst, "\n]"...)
	dst = append(dst, j.s.Tail...)
	return append(dst, "}\n"...)
}
