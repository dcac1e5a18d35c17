package encode

import (
	"strconv"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// jsonFG writes a FeatureCollection of OGC Features and Geometries JSON 1.0
// (OGC 21-045r1), requirements classes Core and Feature Types and Schemas.
type jsonFG struct {
	features *Features
	s        *Selection
}

func newJSONFG(s *Selection) encoder {
	t := NewFeatures(s)
	t.foreground = &foreground{inPlace: s.Space.inPlace()}
	return &jsonFG{features: t, s: s}
}

// specJSONFG begins the URIs of the conformance classes.
const specJSONFG = "http://www.opengis.net/spec/json-fg-1/1.0/conf/"

// AppendRoot appends the members that the object at the root of a JSON-FG document
// has, be it a feature or a collection, each with a comma behind it: what it conforms
// to, and in which system the coordinates in "place" are.
func (s Space) AppendRoot(dst []byte) []byte {
	dst = append(dst, `"conformsTo":["`+specJSONFG+`core","`+specJSONFG+`types-schemas"],`...)
	if s.inPlace() {
		dst = append(dst, `"coordRefSys":`...)
		dst = append(city.AppendJSONString(dst, s.uri()), ',')
	}
	return dst
}

// inPlace tells that JSON-FG has the coordinates in "place", and null in "geometry":
// so it is in any system but WGS 84, longitude first, where it is the other way round
// (clauses 8.5.2 to 8.5.5).
func (s Space) inPlace() bool { return !s.wgs84() || s.Swapped }

func (s Space) uri() string {
	if s.URI != "" {
		return s.URI
	}
	return "http://www.opengis.net/def/crs/EPSG/0/" + strconv.Itoa(int(s.srid()))
}

func (j *jsonFG) begin(dst []byte) []byte {
	dst = append(dst, `{"type":"FeatureCollection",`...)
	dst = j.s.Space.AppendRoot(dst)
	dst = append(dst, `"featureType":`...)
	dst = city.AppendJSONString(dst, string(j.s.Layer.ID()))
	if n, known := dimension(j.s.Layer.Definition().Geometry); known && !j.s.NoGeometry {
		dst = append(dst, `,"geometryDimension":`...)
		dst = strconv.AppendInt(dst, int64(n), 10)
	}
	return append(dst, `,"features":[`...)
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

func (j *jsonFG) feature(dst []byte, f *snapshot.Feature, tags []tiles.Tag, first bool) ([]byte, error) {
	return j.features.Append(separate(dst, first), j.s.Layer, f, tags, nil)
}

func (j *jsonFG) end(dst []byte) []byte {
	dst = append(dst, "\n]"...)
	dst = append(dst, j.s.Tail...)
	return append(dst, "}\n"...)
}

// foreground is what a feature of JSON-FG has beside one of GeoJSON.
type foreground struct {
	inPlace bool
	typed   bool // each feature tells its type; else the collection does
}

// append appends the members of a feature that stand before its properties.
func (g *foreground) append(dst []byte, t *Features, l *snapshot.Layer, f *snapshot.Feature) ([]byte, error) {
	if g.typed {
		dst = append(dst, `"featureType":`...)
		dst = append(city.AppendJSONString(dst, string(l.ID())), ',')
	}
	dst = append(dst, `"time":`...)
	dst = appendTime(dst, l, f)
	if g.inPlace {
		dst = append(dst, `,"geometry":null,"place":`...)
	} else {
		dst = append(dst, `,"place":null,"geometry":`...)
	}
	return t.appendGeometry(dst, f.Geometry())
}

// appendTime appends the interval from valid_from to valid_to. That of JSON-FG
// is closed (clause 7.2.4), and valid_to is the first day after.
func appendTime(dst []byte, l *snapshot.Layer, f *snapshot.Feature) []byte {
	def := l.Definition()
	from, hasFrom := l.Value(f, def.PropertyIndex(city.PropValidFrom)).Day()
	to, hasTo := l.Value(f, def.PropertyIndex(city.PropValidTo)).Day()
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
