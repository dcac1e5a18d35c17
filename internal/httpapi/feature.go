package httpapi

import (
	"github.com/hanoitwin/hanoitwin/internal/encode"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// appendFeature appends a feature of layer l with the properties that tags are.
// members is JSON text that stands between the id and the geometry, such as
// `"distance_m":12.5,`; it is empty or ends in a comma. Properties that are null
// are left out.
func appendFeature(dst []byte, l *snapshot.Layer, f *snapshot.Feature, tags []tiles.Tag, members []byte) []byte {
	return encode.AppendFeature(dst, l, f, tags, members)
}
