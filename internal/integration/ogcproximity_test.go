package integration

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/geodesy"
)

// nearHit is a feature of an answer of what is near.
type nearHit struct {
	ogcFeature
	Layer    string
	Distance float64   `json:"distance_m"`
	Bearing  *float64  `json:"bearing_deg"`
	At       []float64 `json:"nearest_point"`
}

type nearAnswer struct {
	ogcLinks
	Type           string
	NumberReturned int
	Features       []nearHit
}

func (o *ogc) near(t *testing.T, query string) nearAnswer {
	t.Helper()
	if !strings.HasPrefix(query, "/") {
		query = "/nearby?lon=105.8525&lat=21.0288&" + query
	}
	return as[nearAnswer](t, o.get(t, query, "Accept", "application/geo+json").want(t, 200).wantType(t, "application/geo+json"))
}

// proximityTests are of docs/proximity.md: each is named after a requirement.
func proximityTests() []ogcTest {
	lake := orb.Point{105.8525, 21.0288}
	return []ogcTest{
		{"conformance", func(t *testing.T, o *ogc) {
			classes := as[struct{ ConformsTo []string }](t, o.get(t, "/conformance").want(t, 200)).ConformsTo
			for _, name := range []string{"nearby", "nearby-feature", "cql2-distance"} {
				if !slices.Contains(classes, "https://github.com/hanoitwin/hanoitwin/spec/proximity/1.0/conf/"+name) {
					t.Errorf("%s is not in %v", name, classes)
				}
			}
		}},
		{"nearby_op", func(t *testing.T, o *ogc) {
			if l := as[ogcLinks](t, o.get(t, "/", "Accept", "application/json")).one(t, "search"); !strings.HasSuffix(l.Href, "/nearby{?lon,lat,radius,k,layers}") || !l.Templated {
				t.Errorf("%+v", l)
			}
		}},
		{"nearby_point", func(t *testing.T, o *ogc) {
			for _, query := range []string{"lat=21&k=1", "lon=105&k=1", "lon=181&lat=21&k=1", "lon=105&lat=91&k=1", "lon=x&lat=NaN&k=1"} {
				o.get(t, "/nearby?"+query).want(t, 400)
			}
		}},
		{"nearby_radius-k", func(t *testing.T, o *ogc) {
			for _, query := range []string{"", "radius=0", "radius=-1", "k=0", "k=1.5", "radius=1e9", "k=1000000000"} {
				o.get(t, "/nearby?lon=105.8525&lat=21.0288&"+query).want(t, 400)
			}
			all := o.near(t, "radius=3000")
			for i, f := range all.Features {
				if f.Distance > 3000 {
					t.Errorf("%d: %v m", i, f.Distance)
				}
			}
			if few := o.near(t, "radius=3000&k=3"); len(few.Features) != 3 || few.Features[2].ID != all.Features[2].ID {
				t.Errorf("of %d the first three are %+v", len(all.Features), few.Features)
			}
		}},
		{"nearby_layers", func(t *testing.T, o *ogc) {
			for _, f := range o.near(t, "k=9&layers=bridges,metro_stations").Features {
				if f.Layer != "bridges" && f.Layer != "metro_stations" {
					t.Errorf("%s", f.Layer)
				}
			}
			o.get(t, "/nearby?lon=105.8525&lat=21.0288&k=1&layers=moons").want(t, 404)
		}},
		{"nearby_distance", func(t *testing.T, o *ogc) {
			for _, f := range o.near(t, "k=20&layers=intersections").Features {
				p := positions(t, f.Geometry.Coordinates)[0]
				if d := geodesy.Distance(lake, p); math.Abs(d-f.Distance) > 0.0006 {
					t.Errorf("%d is %v m away, and %v m are said", f.ID, d, f.Distance)
				}
			}
			if f := o.near(t, "k=1&layers=city_outline").Features[0]; f.Distance != 0 || f.Bearing != nil {
				t.Errorf("within the city: %v m, bearing %v", f.Distance, f.Bearing)
			}
		}},
		{"nearby_bearing", func(t *testing.T, o *ogc) {
			for _, f := range o.near(t, "k=20&layers=intersections").Features {
				p := positions(t, f.Geometry.Coordinates)[0]
				flat := math.Atan2((p[0]-lake[0])*math.Cos(lake[1]*math.Pi/180), p[1]-lake[1]) * 180 / math.Pi
				if turn := math.Mod(*f.Bearing-flat+540, 360) - 180; math.Abs(turn) > 0.5 || f.At[0] != p[0] || f.At[1] != p[1] {
					t.Errorf("%d at %v: %v degrees, about %v; ends at %v", f.ID, p, *f.Bearing, flat, f.At)
				}
			}
		}},
		{"nearby_order", func(t *testing.T, o *ogc) {
			all := o.near(t, "radius=20000&k=1000").Features
			for i := 1; i < len(all); i++ {
				a, b := all[i-1], all[i]
				if a.Distance > b.Distance || a.Distance == 0 && b.Distance == 0 && (a.Layer > b.Layer || a.Layer == b.Layer && a.ID >= b.ID) {
					t.Errorf("%s/%d (%v m) before %s/%d (%v m)", a.Layer, a.ID, a.Distance, b.Layer, b.ID, b.Distance)
				}
			}
		}},
		{"nearby_response", func(t *testing.T, o *ogc) {
			a := o.near(t, "k=7")
			if a.Type != "FeatureCollection" || a.NumberReturned != 7 || len(a.Features) != 7 {
				t.Errorf("%s, %d of %d", a.Type, a.NumberReturned, len(a.Features))
			}
			a.one(t, "self")
			for _, f := range a.Features {
				if f.Type != "Feature" || f.Layer == "" || f.ID == 0 || f.Geometry == nil || f.Properties == nil || len(f.At) != 2 {
					t.Errorf("%+v", f)
				}
			}
			if got := o.get(t, "/nearby?lon=105.85&lat=21&k=1&crs=EPSG:5897").header.Get("Content-Crs"); got != "<http://www.opengis.net/def/crs/EPSG/0/5897>" {
				t.Errorf("Content-Crs %s", got)
			}
		}},
		{"nearby_conditions", func(t *testing.T, o *ogc) {
			for query, status := range map[string]string{"status=planned": "planned", "layers=bridges&filter=status%3D%27in_operation%27": "in_operation"} {
				all := o.near(t, "k=5&"+query).Features
				if len(all) != 5 {
					t.Errorf("%s: %d", query, len(all))
				}
				for _, f := range all {
					if f.Properties["status"] != status {
						t.Errorf("%s finds %v", query, f.Properties["status"])
					}
				}
			}
			if now, then := o.near(t, "radius=50000&layers=bridges"), o.near(t, "radius=50000&layers=bridges&datetime=1900-01-01"); len(then.Features) >= len(now.Features) {
				t.Errorf("%d bridges in 1900, %d now", len(then.Features), len(now.Features))
			}
		}},
		{"nearby-feature_op-and-itself", func(t *testing.T, o *ogc) {
			one := o.items(t, "bridges", "limit", "1").Features[0]
			self := as[ogcFeature](t, o.get(t, fmt.Sprintf("/collections/bridges/items/%d", one.ID), "Accept", "application/geo+json").want(t, 200))
			a := o.near(t, strings.TrimPrefix(self.one(t, "related").Href, o.base))
			for _, f := range a.Features {
				if f.Layer == "bridges" && f.ID == one.ID {
					t.Error("a bridge is near itself")
				}
			}
			if len(a.Features) == 0 {
				t.Error("nothing is near a bridge")
			}
		}},
		{"nearby-feature_response", func(t *testing.T, o *ogc) {
			there := o.near(t, "/collections/intersections/items/NG01/nearby?k=200&layers=intersections").Features
			place := positions(t, as[ogcFeature](t, o.get(t, "/collections/intersections/items/NG01")).Geometry.Coordinates)[0]
			for _, f := range there {
				if d := geodesy.Distance(place, positions(t, f.Geometry.Coordinates)[0]); math.Abs(d-f.Distance) > 0.0006 {
					t.Errorf("%d is %v m away, and %v m are said", f.ID, d, f.Distance)
				}
			}
		}},
		{"cql2-distance_function-and-same", func(t *testing.T, o *ogc) {
			for _, layer := range []string{"bridges", "wards", "ring_roads"} {
				near := o.near(t, "radius=4000&layers="+layer)
				found := o.items(t, layer, "filter", "S_DWITHIN(geometry, POINT(105.8525 21.0288), 4000)", "limit", "1000").ids()
				var ids []int64
				for _, f := range near.Features {
					ids = append(ids, f.ID)
				}
				if slices.Sort(ids); !slices.Equal(ids, found) || len(found) == 0 {
					t.Errorf("%s: S_DWITHIN finds %v, /nearby %v", layer, found, ids)
				}
			}
			o.get(t, "/collections/wards/items?filter=S_DWITHIN(geometry,POINT(105%2021),100001)").want(t, 400)
		}},
	}
}
