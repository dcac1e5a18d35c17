package refsys

import (
	"errors"
	"math"
	"math/rand/v2"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"http://www.opengis.net/def/crs/OGC/1.3/CRS84": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
		"https://www.opengis.net/def/crs/OGC/0/CRS84":  "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
		"OGC:CRS84": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
		"CRS84":     "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
		"http://www.opengis.net/def/crs/EPSG/0/4326": "http://www.opengis.net/def/crs/EPSG/0/4326",
		"http://www.opengis.net/def/crs/EPSG/0/5897": "http://www.opengis.net/def/crs/EPSG/0/5897",
		"EPSG:4326":                     "http://www.opengis.net/def/crs/EPSG/0/4326",
		"[EPSG:5897]":                   "http://www.opengis.net/def/crs/EPSG/0/5897",
		"5897":                          "http://www.opengis.net/def/crs/EPSG/0/5897",
		"urn:ogc:def:crs:EPSG::3405":    "http://www.opengis.net/def/crs/EPSG/0/3405",
		"urn:ogc:def:crs:OGC:1.3:CRS84": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
	} {
		if got, err := Parse(text); err != nil || got.URI() != want {
			t.Errorf("Parse(%q) = %s, %v, want %s", text, got.URI(), err, want)
		}
	}
	for _, text := range []string{"", "EPSG:2154", "EPSG:CRS84x", "OGC:CRS83", "http://www.opengis.net/def/crs/0/unknown", "EPSG:-1"} {
		if got, err := Parse(text); !errors.Is(err, crs.ErrUnknownCRS) {
			t.Errorf("Parse(%q) = %v, %v", text, got, err)
		}
	}
	for _, s := range All() {
		if again, err := Parse(s.URI()); err != nil || again != s || s.Name() == "" {
			t.Errorf("%s reads as %v, %v", s.URI(), again, err)
		}
	}
}

// TestAxesAreTheRegistrys reads the order of axes from PROJ's copy of the EPSG
// registry.
func TestAxesAreTheRegistrys(t *testing.T) {
	if _, err := exec.LookPath("gdalsrsinfo"); err != nil {
		realdata.Missing(t, "gdalsrsinfo: %v", err)
	}
	for _, s := range All()[1:] {
		out, err := exec.CommandContext(t.Context(), "gdalsrsinfo", "-o", "wkt2_2018", s.SRID().String()).Output()
		if err != nil {
			t.Fatal(err)
		}
		text := string(out)
		first := strings.Index(text, "AXIS[")
		line, _, _ := strings.Cut(text[first:], "\n")
		if north := strings.Contains(line, ",north"); north != s.LatitudeFirst() {
			t.Errorf("%s: the registry's first axis is %s, ours points north: %v", s.URI(), line, s.LatitudeFirst())
		}
		if metres := strings.Contains(text[first:], `LENGTHUNIT["metre"`); metres != s.Metres() {
			t.Errorf("%s is in metres: %v, the registry says %v", s.URI(), s.Metres(), metres)
		}
	}
}

func TestConvert(t *testing.T) {
	const seed = 3
	r := rand.New(rand.NewPCG(seed, seed))
	ring := orb.Ring{{105.8, 21}, {105.9, 21}, {105.9, 21.1}, {105.8, 21}}
	geometries := []orb.Geometry{
		orb.Point{105.85, 21.03}, orb.MultiPoint{{105.8, 21}, {105.81, 21.02}}, orb.LineString{{105.8, 21}, {106, 20.9}},
		orb.MultiLineString{{{105.8, 21}, {106, 20.9}}}, ring, orb.Polygon{ring}, orb.MultiPolygon{{ring}, {ring}},
		orb.Collection{orb.Point{105.85, 21.03}, orb.Polygon{ring}},
	}
	for _, s := range All() {
		c := s.Converter()
		for _, g := range geometries {
			before := orb.Clone(g)
			out, err := c.Out(g)
			if err != nil || out.GeoJSONType() != g.GeoJSONType() {
				t.Fatalf("%s: %v, %v", s.URI(), out, err)
			}
			back, err := c.In(out)
			if err != nil || !near(back.Bound(), g.Bound()) {
				t.Errorf("%s: %v is %v there and %v back, %v", s.URI(), g, out, back, err)
			}
			if !reflect.DeepEqual(before, orb.Clone(g)) {
				t.Fatalf("%s: the geometry was changed", s.URI())
			}
		}
		for range 1000 {
			p := orb.Point{102 + 8*r.Float64(), 8 + 16*r.Float64()}
			q, err := c.OutPoint(p)
			if err != nil {
				t.Fatal(err)
			}
			back, err := c.InPoint(q)
			if err != nil || math.Abs(back[0]-p[0]) > 2e-8 || math.Abs(back[1]-p[1]) > 2e-8 { // 2 mm: rounding, and heights of 0 on both ellipsoids
				t.Fatalf("seed %d, %s: %v is %v there and %v back, %v", seed, s.URI(), p, q, back, err)
			}
			if text := strconv.FormatFloat(q[0], 'f', -1, 64); s.Metres() && len(text)-strings.IndexByte(text+".", '.') > 4 {
				t.Fatalf("%s: %s has more than millimetres", s.URI(), text)
			}
		}
	}
	for _, bad := range []orb.Geometry{nil, orb.Bound{}} {
		if _, err := All()[3].Converter().Out(bad); !errors.Is(err, crs.ErrGeometry) {
			t.Errorf("%T: %v", bad, err)
		}
	}
	if _, err := All()[3].Converter().Out(orb.LineString{{0, 0}, {-75, 89}}); !errors.Is(err, crs.ErrOutside) {
		t.Errorf("the other side of the globe: %v", err)
	}
}

func near(a, b orb.Bound) bool {
	const most = 2e-8
	return math.Abs(a.Min[0]-b.Min[0]) < most && math.Abs(a.Min[1]-b.Min[1]) < most && math.Abs(a.Max[0]-b.Max[0]) < most && math.Abs(a.Max[1]-b.Max[1]) < most
}
