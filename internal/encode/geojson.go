package encode

import (
	"strconv"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/geojson"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Features writes features as GeoJSON text, or JSON-FG. It serves one goroutine.
type Features struct {
	chosen     []bool // by property; nil: all
	noGeometry bool
	geometries geojson.Writer
	foreground *foreground     // of JSON-FG; nil: GeoJSON
	texts      *Texts          // nil: none is kept
	layer      *snapshot.Layer // the last one, with its hashOf
	hash       uint64
}

// NewFeatures returns what writes features one by one, as those of s: as members of
// a page, say. Which they are it does not ask; where s has Columns, they are of its
// layer.
func NewFeatures(s *Selection) *Features {
	t := &Features{
		noGeometry: s.NoGeometry,
		geometries: geojson.Writer{Decimals: s.Space.decimals(), Convert: s.Space.positions()},
	}
	if s.FG {
		t.foreground = &foreground{inPlace: s.Space.inPlace(), typed: true}
	}
	if s.Columns != nil {
		t.chosen = make([]bool, len(s.Layer.Definition().Properties))
		for _, i := range s.Columns {
			t.chosen[i] = true
		}
	}
	return t
}

// Keep lets t find texts that are kept, where it shows features as they are stored,
// and keep others.
func (t *Features) Keep(texts *Texts, s *Selection) {
	if t.foreground == nil && s.Columns == nil && !s.NoGeometry && s.Space.wgs84() && !s.Space.Swapped {
		t.texts = texts
	}
}

// Append appends a feature of layer l with the properties that tags are; those that are null
// are left out. members is JSON text that stands between the id and the geometry,
// such as `"distance_m":12.5,`; it is empty or ends in a comma. The error wraps
// crs.ErrOutside or crs.ErrUnknownCRS.
func (t *Features) Append(dst []byte, l *snapshot.Layer, f *snapshot.Feature, tags []tiles.Tag, members []byte) ([]byte, error) {
	dst = append(dst, `{"type":"Feature","id":`...)
	dst = strconv.AppendInt(dst, f.ID(), 10)
	dst = append(dst, ',')
	dst = append(dst, members...)
	if t.texts == nil || !own(tags, f) {
		return t.appendBody(dst, l, f, tags)
	}
	t.of(l)
	text, again := t.texts.find(t.hash, f)
	if text != "" {
		return append(dst, text...), nil
	}
	start := len(dst)
	dst, err := t.appendBody(dst, l, f, tags)
	if again && err == nil {
		t.texts.keep(t.hash, f, dst[start:])
	}
	return dst, err
}

// Room returns about how many bytes Append will append for features of layer l.
func (t *Features) Room(l *snapshot.Layer, features []*snapshot.Feature) int {
	const text, head = 512, 48 // of one that is made anew, and of what stands before each
	if t.texts == nil {
		return len(features) * (text + head)
	}
	t.of(l)
	bytes, others := t.texts.room(t.hash, features)
	return bytes + others*text + len(features)*head
}

// of prepares for features of a layer.
func (t *Features) of(l *snapshot.Layer) {
	if l != t.layer {
		t.layer, t.hash = l, hashOf(l)
	}
}

// own tells whether tags are those of f, as it is recorded.
func own(tags []tiles.Tag, f *snapshot.Feature) bool {
	all := f.Tags()
	return len(tags) == len(all) && (len(all) == 0 || &tags[0] == &all[0])
}

// appendBody appends what stands behind the id of a feature, and behind other members.
func (t *Features) appendBody(dst []byte, l *snapshot.Layer, f *snapshot.Feature, tags []tiles.Tag) ([]byte, error) {
	var err error
	if t.foreground != nil {
		dst, err = t.foreground.append(dst, t, l, f)
	} else {
		dst = append(dst, `"geometry":`...)
		dst, err = t.appendGeometry(dst, f.Geometry())
	}
	if err != nil {
		return dst, err
	}
	dst = append(dst, `,"properties":`...)
	return append(t.appendProperties(dst, l.Table(), tags), '}'), nil
}

func (t *Features) appendGeometry(dst []byte, g orb.Geometry) ([]byte, error) {
	if t.noGeometry {
		return append(dst, "null"...), nil
	}
	return t.geometries.AppendGeometry(dst, g)
}

// appendProperties appends an object, the properties that tiles carry first.
func (t *Features) appendProperties(dst []byte, table *snapshot.Table, tags []tiles.Tag) []byte {
	start := len(dst)
	for _, tag := range tags {
		if t.chosen != nil && !t.chosen[tag.Key] {
			continue
		}
		dst = table.AppendMember(dst, tag.Key)
		dst = table.AppendJSON(dst, tag.Value)
	}
	if len(dst) == start {
		return append(dst, "{}"...)
	}
	dst[start] = '{' // in the place of the first comma
	return append(dst, '}')
}

// collection writes a FeatureCollection. In another system than WGS 84 it names
// it in the member crs of GeoJSON 2008, which RFC 7946 dropped and GDAL and QGIS
// heed: a file that is opened next year must lie in the right place (OGC 21-045r1,
// clause 14.1, allows it). Where latitude comes first nobody would be helped.
type collection struct {
	s        *Selection
	features *Features
}

func (c *collection) begin(dst []byte) []byte {
	dst = append(dst, `{"type":"FeatureCollection",`...)
	if space := c.s.Space; !space.wgs84() && !space.Swapped {
		dst = append(dst, `"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::`...)
		dst = strconv.AppendInt(dst, int64(space.SRID), 10)
		dst = append(dst, `"}},`...)
	}
	return append(dst, `"features":[`...)
}

func (c *collection) feature(dst []byte, f *snapshot.Feature, tags []tiles.Tag, first bool) ([]byte, error) {
	return c.features.Append(separate(dst, first), c.s.Layer, f, tags, nil)
}

func separate(dst []byte, first bool) []byte {
	if first {
		return append(dst, '\n')
	}
	return append(dst, ",\n"...)
}

func (c *collection) end(dst []byte) []byte {
	dst = append(dst, "\n]"...)
	dst = append(dst, c.s.Tail...)
	return append(dst, "}\n"...)
}

// recordSeparator begins each text of a sequence (RFC 8142, section 2).
const recordSeparator = "\x1e"

// lines writes one Feature a line, each behind a mark.
type lines struct {
	layer    *snapshot.Layer
	features *Features
	mark     string
}

func (l *lines) begin(dst []byte) []byte { return dst }

func (l *lines) feature(dst []byte, f *snapshot.Feature, tags []tiles.Tag, _ bool) ([]byte, error) {
	dst = append(dst, l.mark...)
	dst, err := l.features.Append(dst, l.layer, f, tags, nil)
	return append(dst, '\n'), err
}

func (l *lines) end(dst []byte) []byte { return dst }
