package export

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geojson"
	"github.com/hanoitwin/hanoitwin/internal/wkb"
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
// form that reads back the same; nil becomes null.
func AppendGeometry(dst []byte, g orb.Geometry) ([]byte, error) {
	if _, box := g.(orb.Bound); box || g != nil && !wkb.Finite(g) {
		return dst, fmt.Errorf("%T %v: %w", g, g, ErrGeometry)
	}
	return geojson.AppendGeometry(dst, g), nil
}
