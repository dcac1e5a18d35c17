package integration

import (
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/refsys"
)

// filterTests are of OGC API Features, part 3.
func filterTests() []ogcTest {
	return []ogcTest{
		{"conf_queryables_get-queryables", func(t *testing.T, o *ogc) {
			for _, c := range o.collections(t) {
				s := o.schema(t, c, "http://www.opengis.net/def/rel/ogc/1.0/queryables", "/queryables")
				for _, p := range c.Properties {
					if s.Properties[p.Name] == nil {
						t.Errorf("%s: %s cannot be asked for", c.ID, p.Name)
					}
				}
				if s.Properties["geometry"] == nil || s.AdditionalProperties == nil || *s.AdditionalProperties {
					t.Errorf("%s: %+v", c.ID, s)
				}
			}
		}},
		{"conf_queryables-query-parameters_parameters", func(t *testing.T, o *ogc) {
			for _, c := range o.collections(t) {
				first := o.items(t, c.ID, "limit", "1")
				if len(first.Features) == 0 {
					continue
				}
				if p := o.items(t, c.ID, "id", itoa(first.Features[0].ID)); p.NumberMatched != 1 || p.Features[0].ID != first.Features[0].ID {
					t.Errorf("%s: id gives %v", c.ID, p.ids())
				}
				for name, value := range first.Features[0].Properties {
					text, ok := value.(string)
					if !ok || len(text) > 1000 {
						continue
					}
					if !slices.Contains(o.items(t, c.ID, name, text, "limit", "10000").ids(), first.Features[0].ID) {
						t.Errorf("%s: %s=%s does not find the feature that has it", c.ID, name, text)
					}
				}
			}
		}},
		{"conf_filter_filter-param", func(t *testing.T, o *ogc) {
			for _, c := range o.collections(t) {
				if len(c.Properties) == 0 {
					continue
				}
				name := `"` + c.Properties[0].Name + `"`
				without := o.items(t, c.ID, "filter", name+" IS NULL", "filter-lang", "cql2-text", "limit", "10000")
				for _, f := range without.Features {
					if f.Properties[c.Properties[0].Name] != nil {
						t.Errorf("%s/%d: %s is not null", c.ID, f.ID, name)
					}
				}
				with := o.items(t, c.ID, "filter", name+" IS NOT NULL", "limit", "10000") // cql2-text is the default
				if with.NumberMatched+without.NumberMatched != c.Features {
					t.Errorf("%s: %d and %d of %d", c.ID, with.NumberMatched, without.NumberMatched, c.Features)
				}
				o.get(t, "/collections/"+c.ID+"/items?filter=THIS%20IS%20NOT%20A%20FILTER").want(t, 400)
				o.get(t, "/collections/"+c.ID+"/items?filter=this_is_not_a_queryable%20IS%20NULL").want(t, 400)
			}
		}},
		{"conf_filter_filter-lang", func(t *testing.T, o *ogc) {
			text := o.items(t, "bridges", "filter", "status = 'planned' OR status = 'under_construction'")
			asJSON := o.items(t, "bridges", "filter-lang", "cql2-json", "filter", `{"op":"in","args":[{"property":"status"},["planned","under_construction"]]}`)
			if !slices.Equal(text.ids(), asJSON.ids()) || len(text.Features) == 0 {
				t.Errorf("text gives %v, JSON %v", text.ids(), asJSON.ids())
			}
			o.get(t, "/collections/bridges/items?filter-lang=cql-text&filter=true").want(t, 400)
		}},
		{"conf_filter_filter-crs-wgs84", func(t *testing.T, o *ogc) {
			for _, c := range o.collections(t) {
				if c.Features == 0 {
					continue
				}
				if p := o.items(t, c.ID, "filter", intersects(c.Extent.Spatial.BBox[0])); p.NumberMatched != c.Features {
					t.Errorf("%s: %d of %d in the extent", c.ID, p.NumberMatched, c.Features)
				}
			}
			o.get(t, "/collections/wards/items?filter=S_INTERSECTS(geometry,BBOX(1000000,1000000,2000000,2000000))").want(t, 400)
		}},
		{"conf_filter_filter-crs-param", func(t *testing.T, o *ogc) {
			for _, c := range o.collections(t) {
				if c.Features == 0 {
					continue
				}
				for _, uri := range c.CRS {
					system, err := refsys.Parse(uri)
					if err != nil {
						t.Fatal(err)
					}
					b := around(t, system, c.Extent.Spatial.BBox[0])
					if p := o.items(t, c.ID, "filter", intersects(b), "filter-crs", uri); p.NumberMatched != c.Features {
						t.Errorf("%s in %s: %d of %d in the extent", c.ID, uri, p.NumberMatched, c.Features)
					}
				}
			}
			o.get(t, "/collections/wards/items?filter-crs=http://www.opengis.net/def/crs/OGC/0/does_not_exist&filter=S_INTERSECTS(geometry,BBOX(105,20,106,21))").want(t, 400)
		}},
		{"conf_filter_mixing-expression", func(t *testing.T, o *ogc) {
			for _, c := range o.collections(t) {
				if c.Features == 0 {
					continue
				}
				b := c.Extent.Spatial.BBox[0]
				if p := o.items(t, c.ID, "filter", intersects(b), "bbox", boxText(b)); p.NumberMatched != c.Features {
					t.Errorf("%s: %d of %d", c.ID, p.NumberMatched, c.Features)
				}
				if p := o.items(t, c.ID, "filter", intersects(b), "bbox", boxText([]float64{b[2] + 1, b[1], b[2] + 2, b[3]})); p.NumberMatched != 0 {
					t.Errorf("%s: %d features in a box far away", c.ID, p.NumberMatched)
				}
			}
			both := o.items(t, "bridges", "filter", "valid_from IS NOT NULL", "status", "in_operation")
			for _, f := range both.Features {
				if f.Properties["status"] != "in_operation" || f.Properties["valid_from"] == nil {
					t.Errorf("bridge %d: %v", f.ID, f.Properties)
				}
			}
		}},
		{"conf_filter_get-functions", func(t *testing.T, o *ogc) {
			functions := as[struct {
				Functions []struct {
					Name      string
					Arguments []struct{ Type []string }
					Returns   []string
				}
			}](t, o.get(t, "/functions", "Accept", "application/json").want(t, 200)).Functions
			if len(functions) != 1 || functions[0].Name != "S_DWITHIN" || len(functions[0].Arguments) != 3 || !slices.Equal(functions[0].Returns, []string{"boolean"}) {
				t.Errorf("%+v", functions)
			}
			near := as[ogcPage](t, o.get(t, "/nearby?lon=105.85&lat=21.03&radius=4000&layers=intersections").want(t, 200)).ids()
			found := o.items(t, "intersections", "filter", "S_DWITHIN(geometry, POINT(105.85 21.03), 4000)").ids()
			slices.Sort(near)
			if !slices.Equal(near, found) || len(found) == 0 {
				t.Errorf("S_DWITHIN finds %v, /nearby %v", found, near)
			}
		}},
		{"conf_features-filter_paging", func(t *testing.T, o *ogc) {
			whole := o.items(t, "bridges", "filter", "status <> 'retired'", "sortby", "-name", "limit", "1000")
			pages := o.walk(t, o.items(t, "bridges", "filter", "status <> 'retired'", "sortby", "-name", "limit", "3"))
			if !slices.Equal(whole.ids(), pages) {
				t.Errorf("pages give %v, want %v", pages, whole.ids())
			}
		}},
	}
}

func intersects(b []float64) string { return "S_INTERSECTS(geometry,BBOX(" + boxText(b) + "))" }

// around returns a box of a system that holds a box of longitude and latitude.
func around(t *testing.T, system refsys.System, b []float64) []float64 {
	t.Helper()
	if system == refsys.CRS84() {
		return b
	}
	out := []float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for i := range 33 {
		for j := range 33 {
			p, err := system.Converter().OutPoint(orb.Point{b[0] + (b[2]-b[0])*float64(i)/32, b[1] + (b[3]-b[1])*float64(j)/32})
			if err != nil {
				t.Fatal(err)
			}
			out[0], out[1], out[2], out[3] = min(out[0], p[0]), min(out[1], p[1]), max(out[2], p[0]), max(out[3], p[1])
		}
	}
	margin := 1e-6
	if system.Metres() {
		margin = 1
	}
	return []float64{out[0] - margin, out[1] - margin, out[2] + margin, out[3] + margin}
}
