package integration

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/refsys"
)

// crsTests are of OGC API Features, part 2.
func crsTests() []ogcTest {
	return []ogcTest{
		{"conf_crs_crs-uri", func(t *testing.T, o *ogc) {
			global := as[struct{ CRS []string }](t, o.get(t, "/collections")).CRS
			for _, c := range o.collections(t) {
				if c.CRS[0] != "http://www.opengis.net/def/crs/OGC/1.3/CRS84" || !slices.Contains(c.CRS, c.StorageCRS) || !slices.Equal(c.CRS, global) {
					t.Errorf("%s: %v, stored in %s", c.ID, c.CRS, c.StorageCRS)
				}
				for _, code := range []string{"4326", "3857", "32648", "3405", "5896", "5897", "5898", "5899"} {
					if !slices.Contains(c.CRS, "http://www.opengis.net/def/crs/EPSG/0/"+code) {
						t.Errorf("%s lacks EPSG:%s", c.ID, code)
					}
				}
			}
		}},
		{"conf_crs_crs-parameter", func(t *testing.T, o *ogc) {
			for _, c := range o.collections(t) {
				plain := o.items(t, c.ID, "limit", "5")
				for _, uri := range c.CRS {
					for _, path := range featurePaths(c.ID, plain) {
						a := o.get(t, path+"?limit=5&crs="+uri)
						if path != "/collections/"+c.ID+"/items" {
							a = o.get(t, path+"?crs="+uri)
						}
						a.want(t, 200)
						if got := a.header.Get("Content-Crs"); got != "<"+uri+">" {
							t.Errorf("%s: Content-Crs %q", a.asked, got)
						}
					}
				}
			}
		}},
		{"conf_crs_crs-parameter-default", func(t *testing.T, o *ogc) {
			for _, path := range featurePaths("wards", o.items(t, "wards", "limit", "1")) {
				plain, named := o.get(t, path), o.get(t, path+"?crs=http://www.opengis.net/def/crs/OGC/1.3/CRS84")
				if plain.header.Get("Content-Crs") != "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>" {
					t.Errorf("%s: Content-Crs %q", path, plain.header.Get("Content-Crs"))
				}
				if geometryOf(t, plain) != geometryOf(t, named) {
					t.Errorf("%s: CRS84 is not the default", path)
				}
			}
		}},
		{"conf_crs_crs-parameter-invalid", func(t *testing.T, o *ogc) {
			for _, uri := range []string{"http://www.opengis.net/def/crs/0/unknown", "http://www.opengis.net/def/crs/EPSG/0/2154", "EPSG:0", "WGS84", "", "http://www.opengis.net/def/crs/OGC/1.3/CRS27"} {
				for _, path := range featurePaths("wards", o.items(t, "wards", "limit", "1")) {
					o.get(t, path+"?crs="+uri).want(t, 400)
				}
				o.get(t, "/collections/wards/items?bbox=105,20,106,21&bbox-crs="+uri).want(t, 400)
				o.get(t, "/nearby?lon=105.85&lat=21.03&k=1&crs="+uri).want(t, 400)
			}
		}},
		{"conf_crs_crs-parameter-transform", coordinatesInEverySystem},
		{"conf_crs_bbox-crs-parameter", boxesInEverySystem},
		{"conf_crs_same-as-PROJ", sameAsPROJ},
		{"conf_crs_nearby", func(t *testing.T, o *ogc) {
			type hit struct {
				Distance float64    `json:"distance_m"`
				Nearest  [2]float64 `json:"nearest_point"`
			}
			const target = "/nearby?lon=105.8525&lat=21.0288&k=3&layers=intersections"
			plain := as[struct{ Features []hit }](t, o.get(t, target).want(t, 200)).Features
			a := o.get(t, target+"&crs=EPSG:5897").want(t, 200)
			there := as[struct{ Features []hit }](t, a).Features
			system, err := refsys.Parse("EPSG:5897")
			if err != nil || a.header.Get("Content-Crs") != "<"+system.URI()+">" {
				t.Fatal(err, a.header)
			}
			for i := range plain {
				want, err := system.Converter().OutPoint(plain[i].Nearest)
				if err != nil || plain[i].Distance != there[i].Distance || math.Hypot(want[0]-there[i].Nearest[0], want[1]-there[i].Nearest[1]) > 0.02 {
					t.Errorf("%+v is %+v in EPSG:5897, want %v; %v", plain[i], there[i], want, err)
				}
			}
		}},
	}
}

func featurePaths(layer string, p ogcPage) []string {
	paths := []string{"/collections/" + layer + "/items"}
	if len(p.Features) > 0 {
		paths = append(paths, paths[0]+"/"+itoa(p.Features[0].ID))
	}
	return paths
}

// geometryOf returns the geometry of a feature, or of the first of a page, as text.
func geometryOf(t *testing.T, a reply) string {
	t.Helper()
	v := as[struct {
		Geometry json.RawMessage
		Features []struct{ Geometry json.RawMessage }
	}](t, a)
	if len(v.Features) > 0 {
		return string(v.Features[0].Geometry)
	}
	return string(v.Geometry)
}

// positions returns all positions in coordinates of any depth.
func positions(t *testing.T, text []byte) (all []orb.Point) {
	t.Helper()
	var p orb.Point
	if json.Unmarshal(text, &p) == nil {
		return []orb.Point{p}
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
	for _, part := range parts {
		all = append(all, positions(t, part)...)
	}
	return all
}

// coordinatesInEverySystem converts back what each system says, and holds the
// order of its axes against the registry's.
func coordinatesInEverySystem(t *testing.T, o *ogc) {
	plain := o.items(t, "bridges", "limit", "20")
	for _, system := range refsys.All() {
		there := o.items(t, "bridges", "limit", "20", "crs", system.URI())
		for i, f := range plain.Features {
			want, got := positions(t, f.Geometry.Coordinates), positions(t, there.Features[i].Geometry.Coordinates)
			if len(want) != len(got) {
				t.Fatalf("%s: %d positions of %d", system.URI(), len(got), len(want))
			}
			for j := range want {
				back, err := system.Converter().InPoint(got[j])
				if err != nil || math.Abs(back[0]-want[j][0]) > 2e-8 || math.Abs(back[1]-want[j][1]) > 2e-8 {
					t.Fatalf("%s: %v is %v there and %v back, %v", system.URI(), want[j], got[j], back, err)
				}
			}
			first := got[0]
			switch {
			case system == refsys.CRS84() && !(first[0] > 100 && first[1] < 30),
				!system.Metres() && system != refsys.CRS84() && !(first[0] < 30 && first[1] > 100): // latitude first
				t.Errorf("%s: %v has its axes in the wrong order", system.URI(), first)
			case system.Metres() && system.URI() != "http://www.opengis.net/def/crs/EPSG/0/3857" && !(math.Abs(first[0]) < 1.2e6 && first[1] > 2.2e6 && first[1] < 2.5e6):
				t.Errorf("%s: %v is not easting, northing", system.URI(), first)
			}
		}
	}
}

// boxesInEverySystem asks for the same box in each system: the same features.
func boxesInEverySystem(t *testing.T, o *ogc) {
	middle := orb.Point{105.85, 21.02}
	for _, system := range refsys.All() {
		converter := system.Converter()
		center, err := converter.OutPoint(middle)
		if err != nil {
			t.Fatal(err)
		}
		by := 0.05
		if system.Metres() {
			by = 5_000
		}
		box := boxText([]float64{center[0] - by, center[1] - by, center[0] + by, center[1] + by})
		got := map[int64]bool{}
		for _, id := range o.items(t, "intersections", "limit", "10000", "bbox", box, "bbox-crs", system.URI()).ids() {
			got[id] = true
		}
		all := o.items(t, "intersections", "limit", "10000", "crs", system.URI())
		inside := 0
		for _, f := range all.Features {
			p := positions(t, f.Geometry.Coordinates)[0]
			in := math.Abs(p[0]-center[0]) <= by && math.Abs(p[1]-center[1]) <= by
			if in {
				inside++
			}
			if in != got[f.ID] {
				t.Errorf("%s: feature %d at %v, in the box: %v, in the reply: %v", system.URI(), f.ID, p, in, got[f.ID])
			}
		}
		if inside == 0 || inside == len(all.Features) {
			t.Errorf("%s: %d of %d in the box prove nothing", system.URI(), inside, len(all.Features))
		}
	}
	for _, bad := range []string{"bbox=1,2,0,3&bbox-crs=EPSG:5897", "bbox=105,20,106,21&bbox-crs=EPSG:4326", "bbox=1,2,3&bbox-crs=EPSG:5897", "bbox=1,2,3,1e999&bbox-crs=EPSG:5897"} {
		o.get(t, "/collections/wards/items?"+bad).want(t, 400)
	}
	o.get(t, "/collections/wards/items?bbox=-1e300,-1e300,1e300,1e300&bbox-crs=EPSG:5897").want(t, 200)
}
