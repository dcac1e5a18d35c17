package edit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/check"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geojson"
	in "github.com/hanoitwin/hanoitwin/internal/ingest/geojson"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// maxVertices bounds the geometry of one feature without polygons; for those see
// Limits.
const maxVertices = 100_000

// outlineLayer is the layer whose bounds say where the city lies.
const outlineLayer city.LayerID = "city_outline"

// around is how far beyond the city's bounds something may be written where the
// layer does not say: about 100 km, so that roads to the neighbours fit and
// swapped axes, other systems and (0, 0) do not.
const around = 1 // degree

// DefaultExtent returns where features of layers may lie that declare no extent:
// the bounds of the layer city_outline and one degree around them, or the globe
// when there is no such layer or nothing in it.
func DefaultExtent(s *snapshot.Snapshot) orb.Bound {
	globe := orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}
	l := s.Layer(outlineLayer)
	if l == nil {
		return globe
	}
	b, ok := l.Bound()
	if !ok {
		return globe
	}
	b = b.Pad(around)
	for i := range 2 {
		b.Min[i], b.Max[i] = max(b.Min[i], globe.Min[i]), min(b.Max[i], globe.Max[i])
	}
	return b
}

// extentOf returns where features of a layer may lie.
func extentOf(l *city.Layer, otherwise orb.Bound) orb.Bound {
	if e := l.Extent; len(e) == 4 {
		return orb.Bound{Min: orb.Point{e[0], e[1]}, Max: orb.Point{e[2], e[3]}}
	}
	return otherwise
}

// geometry reads the geometry of a feature; was is the one before, nil for none,
// and told the same in the coordinates of the text. What is wrong is noted; nothing
// is when it is the one before.
func (d *draft) geometry(text []byte, was, told orb.Geometry) orb.Geometry {
	at := d.at + "/geometry"
	bad := func(m Mistake) {
		m.Pointer = at
		d.mistakes.add(m)
	}
	g, flat, err := in.Geometry(text)
	if err != nil {
		detail := strings.TrimSuffix(err.Error(), ": "+in.ErrSyntax.Error())
		bad(Mistake{Value: string(text[:min(len(text), 200)]), Expected: "a GeoJSON geometry", Detail: "cannot be read: " + detail})
		return nil
	}
	if g == nil {
		bad(Mistake{Expected: "a GeoJSON geometry", Detail: "is missing"})
		return nil
	}
	if flat {
		bad(Mistake{Expected: "positions of longitude and latitude", Detail: "has positions of more than two numbers; heights are not kept"})
	}
	if city.SameGeometry(g, told) {
		return was
	}
	if want := d.layer.Geometry; want != city.GeometryAny && string(want) != g.GeoJSONType() {
		bad(Mistake{Value: g.GeoJSONType(), Expected: string(want), Detail: fmt.Sprintf("is a %s in a layer of %s", g.GeoJSONType(), want)})
	}
	most := maxVertices
	if hasArea(g) {
		most = d.limits.PolygonPositions
	}
	if n := city.Vertices(g); n > most {
		bad(Mistake{Expected: fmt.Sprintf("at most %d positions", most), Limit: most, Detail: fmt.Sprintf("has %d positions; the limit is %d", n, most)})
		return nil
	}
	if d.space != nil {
		if g, err = d.space.In(g); err != nil {
			bad(Mistake{Expected: "coordinates of the system that Content-Crs names, its axes in their order", Detail: "cannot be converted: " + err.Error()})
			return nil
		}
	}
	if err := check.Geometry(g); err != nil {
		bad(Mistake{Expected: "a valid geometry in degrees of longitude and latitude (WGS 84)", Detail: "is not valid: " + err.Error()})
		return nil
	}
	if b, e := g.Bound(), extentOf(d.layer, d.extent); !e.Contains(b.Min) || !e.Contains(b.Max) {
		bad(Mistake{
			Value: boundText(b), Expected: "within " + boundText(e), Limit: []float64{e.Min[0], e.Min[1], e.Max[0], e.Max[1]},
			Detail: "lies outside the extent of the layer",
		})
	}
	wind(g)
	return g
}

func boundText(b orb.Bound) string {
	text := geojson.AppendPosition(nil, b.Min)
	text = append(text[1:len(text)-1], ',')
	text = geojson.AppendPosition(text, b.Max)
	return strings.Map(func(r rune) rune {
		if r == '[' || r == ']' {
			return -1
		}
		return r
	}, string(text))
}

// wind turns rings in place so that the area lies left of each: outer rings
// counterclockwise, holes clockwise (RFC 7946, section 3.1.6).
func wind(g orb.Geometry) {
	switch g := g.(type) {
	case orb.Polygon:
		for i, ring := range g {
			want := orb.CCW
			if i > 0 {
				want = orb.CW
			}
			if o := ring.Orientation(); o != want && o != 0 {
				ring.Reverse()
			}
		}
	case orb.MultiPolygon:
		for _, p := range g {
			wind(p)
		}
	case orb.Collection:
		for _, member := range g {
			wind(member)
		}
	}
}

// hasArea reports whether there is a polygon in g.
func hasArea(g orb.Geometry) bool {
	if c, ok := g.(orb.Collection); ok {
		return slices.ContainsFunc(c, hasArea)
	}
	return g.Dimensions() == 2
}

var errNoObject = errors.New("is no JSON object")

// mergedGeometry applies a merge patch to a geometry as GeoJSON tells it.
func mergedGeometry(was orb.Geometry, patch []byte) ([]byte, error) {
	return mergePatch(geojson.AppendGeometry(nil, was), patch)
}
