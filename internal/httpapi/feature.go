package httpapi

import (
	"strconv"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geojson"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// appendFeature appends a feature of layer l with the properties that tags are.
// members is JSON text that stands between the id and the geometry, such as
// `"distance_m":12.5,`; it is empty or ends in a comma. Properties that are null
// are left out.
func appendFeature(dst []byte, l *snapshot.Layer, f *snapshot.Feature, tags []tiles.Tag, members []byte) []byte {
	dst = append(dst, `{"type":"Feature","id":`...)
	dst = strconv.AppendInt(dst, f.ID(), 10)
	dst = append(dst, ',')
	dst = append(dst, members...)
	dst = append(dst, `"geometry":`...)
	dst = geojson.AppendGeometry(dst, f.Geometry())
	dst = append(dst, `,"properties":`...)
	dst = appendProperties(dst, l, tags)
	return append(dst, '}')
}

// appendProperties appends the properties that are not null as an object, those
// that tiles carry first.
func appendProperties(dst []byte, l *snapshot.Layer, tags []tiles.Tag) []byte {
	table := l.Table()
	dst = append(dst, '{')
	for i, tag := range tags {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = city.AppendJSONString(dst, table.Key(tag.Key))
		dst = append(dst, ':')
		dst = table.Value(tag.Value).AppendJSON(dst)
	}
	return append(dst, '}')
}
