package httpapi

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geojson"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// appendFeature appends a feature of layer l with the properties that tags are.
// members is JSON text that stands between the id and the geometry, such as
// `"distance_m":12.5,`; it is empty or ends in a comma. Properties that are null
// are left out.
func appendFeature(dst []byte, l *snapshot.Layer, f *snapshot.Feature, tags []tiles.Tag, members []byte) []byte {
	dst, _ = shown{}.append(dst, l, f, tags, members) // nothing is converted: nothing fails
	return dst
}

// shown is how a client wants to see features. The zero value: all of them, as it
// is stored.
type shown struct {
	// converter brings geometries into the system asked for; nil: CRS84.
	converter *refsys.Converter
	// only has the properties that are shown, by index; nil: all.
	only []bool
	// bare leaves out the geometry.
	bare bool
}

// append is appendFeature for features as they are asked for. The error wraps
// geodesy.ErrOutside.
func (s shown) append(dst []byte, l *snapshot.Layer, f *snapshot.Feature, tags []tiles.Tag, members []byte) ([]byte, error) {
	dst = append(dst, `{"type":"Feature","id":`...)
	dst = strconv.AppendInt(dst, f.ID(), 10)
	dst = append(dst, ',')
	dst = append(dst, members...)
	dst = append(dst, `"geometry":`...)
	switch {
	case s.bare:
		dst = append(dst, "null"...)
	case s.converter == nil:
		dst = geojson.AppendGeometry(dst, f.Geometry())
	default:
		g, err := s.converter.Out(f.Geometry())
		if err != nil {
			return dst, outsideSystem(err, f.ID(), s.converter.System())
		}
		dst = geojson.AppendGeometry(dst, g)
	}
	dst = append(dst, `,"properties":`...)
	return append(s.appendProperties(dst, l, tags), '}'), nil
}

// appendProperties appends the properties that are not null as an object, those
// that tiles carry first.
func (s shown) appendProperties(dst []byte, l *snapshot.Layer, tags []tiles.Tag) []byte {
	table := l.Table()
	dst = append(dst, '{')
	first := true
	for _, tag := range tags {
		if s.only != nil && !s.only[tag.Key] {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = city.AppendJSONString(dst, table.Key(tag.Key))
		dst = append(dst, ':')
		dst = table.Value(tag.Value).AppendJSON(dst)
	}
	return append(dst, '}')
}

func propertiesParameter() parameter {
	return parameter{
		name: "properties", kind: listParameter, syntax: "names of properties of the layer, with commas between", example: "name,status",
		about: "Only these properties of the features; without, all.",
	}
}

func skipGeometryParameter() parameter {
	return parameter{name: "skipGeometry", kind: booleanParameter, about: "Leave out where the features are.", example: "true"}
}

// show reads how the client wants to see features of a layer, and says in the
// header in which system it will.
func (x *exchange) show(l *city.Layer) (s shown) {
	q := &x.query
	if system := q.system(paramCRS); system != refsys.CRS84() {
		s.converter = system.Converter()
	}
	s.bare = q.truth("skipGeometry")
	if text, ok := q.get("properties"); ok {
		s.only = make([]bool, len(l.Properties))
		var unknown []string
		splitList(text, func(name string) {
			if i := l.PropertyIndex(name); i >= 0 {
				s.only[i] = true
			} else {
				unknown = append(unknown, name)
			}
		})
		if len(unknown) > 0 {
			q.mistake(Mistake{
				Parameter: "properties", Value: clip(text), Expected: "some of " + strings.Join(propertyNames(l), ", "),
				Detail: fmt.Sprintf("names what layer %s does not have: %s", l.ID, quoteAll(unknown[:min(len(unknown), maxParameters)])),
			})
		}
	}
	x.setCRS(s.system())
	return s
}

func (s shown) system() refsys.System {
	if s.converter == nil {
		return refsys.CRS84()
	}
	return s.converter.System()
}

func propertyNames(l *city.Layer) []string {
	var names []string
	for i := range l.Properties {
		names = append(names, l.Properties[i].Name)
	}
	return names
}
