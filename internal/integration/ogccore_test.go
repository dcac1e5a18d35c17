package integration

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// coreTests are of OGC API Features, part 1, conformance classes core and geojson.
func coreTests() []ogcTest {
	return []ogcTest{
		{"conf_core_root-op", func(t *testing.T, o *ogc) {
			links := as[ogcLinks](t, o.get(t, "/", "Accept", "application/json").want(t, 200).wantType(t, "application/json"))
			for _, rel := range []string{"self", "alternate", "service-desc", "service-doc", "conformance", "data", "license"} {
				if l := links.one(t, rel); l.Type == "" || l.Title == "" {
					t.Errorf("rel %s: %+v", rel, l)
				}
			}
			// /req/core/api-definition-success
			for _, rel := range []string{"service-desc", "service-doc"} {
				o.get(t, links.one(t, rel).Href).want(t, 200)
			}
		}},
		{"conf_core_conformance", func(t *testing.T, o *ogc) {
			classes := as[struct{ ConformsTo []string }](t, o.get(t, "/conformance", "Accept", "application/json").want(t, 200)).ConformsTo
			for _, class := range []string{
				"ogcapi-features-1/1.0/conf/core", "ogcapi-features-1/1.0/conf/geojson", "ogcapi-features-2/1.0/conf/crs",
				"ogcapi-features-3/1.0/conf/filter", "ogcapi-features-3/1.0/conf/features-filter", "ogcapi-features-4/1.0/conf/create-replace-delete",
				"ogcapi-common-3/1.0/conf/schemas", "cql2/1.0/conf/basic-cql2",
			} {
				if !slices.Contains(classes, "http://www.opengis.net/spec/"+class) {
					t.Errorf("%s is not in %v", class, classes)
				}
			}
			if sorted := slices.Clone(classes); len(slices.Compact(sorted)) != len(classes) {
				t.Errorf("twice in %v", classes)
			}
		}},
		{"conf_core_http-methods", everyResourceByEveryMethod},
		{"conf_core_fc-md-op", collectionsDescribed},
		{"conf_core_sfc-md-op", func(t *testing.T, o *ogc) {
			for _, c := range o.collections(t) {
				one := as[json.RawMessage](t, o.get(t, "/collections/"+c.ID, "Accept", "application/json").want(t, 200))
				list := as[struct{ Collections []json.RawMessage }](t, o.get(t, "/collections"))
				if !slices.ContainsFunc(list.Collections, func(other json.RawMessage) bool { return string(other) == strings.TrimSpace(string(one)) }) {
					t.Errorf("/collections/%s says otherwise than /collections", c.ID)
				}
			}
			o.get(t, "/collections/rivers-of-mars").want(t, 404)
		}},
		{"conf_core_fc-op", pagesOfFeatures},
		{"conf_core_fc-limit", func(t *testing.T, o *ogc) {
			for _, limit := range []string{"1", "7", "100", "10000"} {
				if p := o.items(t, "wards", "limit", limit); len(p.Features) != min(p.NumberMatched, map[string]int{"1": 1, "7": 7, "100": 100, "10000": 10000}[limit]) {
					t.Errorf("limit=%s gives %d of %d", limit, len(p.Features), p.NumberMatched)
				}
			}
			// Beyond the maximum is the maximum, and no error (fc-limit-response-1).
			if p := o.items(t, "wards", "limit", "10001"); len(p.Features) != p.NumberMatched {
				t.Errorf("limit=10001 gives %d of %d", len(p.Features), p.NumberMatched)
			}
			for _, limit := range []string{"0", "-1", "1.5", "x", ""} {
				o.get(t, "/collections/wards/items?limit="+limit).want(t, 400)
			}
		}},
		{"conf_core_fc-bbox", boxesOfFeatures},
		{"conf_core_fc-time", timesOfFeatures},
		{"conf_core_query-param-unknown", func(t *testing.T, o *ogc) {
			for _, path := range []string{"/", "/conformance", "/collections", "/collections/wards", "/collections/wards/items", "/collections/wards/items/1", "/collections/wards/schema", "/functions"} {
				a := o.get(t, path+"?unknownQueryParameter=1").want(t, 400).wantType(t, "application/problem+json")
				if !strings.Contains(string(a.body), "unknownQueryParameter") {
					t.Errorf("%s: %s", path, a.body)
				}
			}
		}},
		{"conf_core_query-param-invalid", func(t *testing.T, o *ogc) {
			a := o.get(t, "/collections/wards/items?limit=0&bbox=1,2&datetime=tomorrow&crs=EPSG:1&sortby=nothing&properties=nothing&offset=-1&skipGeometry=maybe&cursor=x&filter=%29").want(t, 400)
			for _, name := range []string{"limit", "bbox", "datetime", "crs", "sortby", "properties", "offset", "skipGeometry", "cursor", "filter"} {
				if !strings.Contains(string(a.body), `"parameter":"`+name+`"`) {
					t.Errorf("nothing about %s in %s", name, a.body)
				}
			}
		}},
		{"conf_core_f-op", oneFeature},
		{"rec_core_fc-filters", featuresByProperty},
		{"conf_core_not-acceptable", func(t *testing.T, o *ogc) {
			for _, path := range []string{"/conformance", "/collections", "/collections/wards/items", "/collections/wards/items/1", "/collections/wards/schema"} {
				if a := o.get(t, path, "Accept", "image/png").want(t, 406); !strings.Contains(string(a.body), `"formats":["application/`) {
					t.Errorf("%s does not say what there is: %s", path, a.body)
				}
			}
		}},
	}
}

func everyResourceByEveryMethod(t *testing.T, o *ogc) {
	for _, path := range []string{
		"/", "/conformance", "/collections", "/collections/wards", "/collections/wards/items", "/collections/wards/items/1",
		"/collections/wards/schema", "/collections/wards/queryables", "/collections/wards/sortables", "/functions",
	} {
		get := o.get(t, path, "Accept-Encoding", "identity").want(t, 200)
		head := o.ask(t, http.MethodHead, path, "", "Accept-Encoding", "identity").want(t, 200)
		if len(head.body) > 0 || head.header.Get("Content-Type") != get.header.Get("Content-Type") || head.header.Get("Etag") != get.header.Get("Etag") {
			t.Errorf("HEAD %s: %v, GET: %v", path, head.header, get.header)
		}
		if a := o.ask(t, http.MethodOptions, path, "").want(t, 200); !strings.Contains(a.header.Get("Allow"), "GET, HEAD") {
			t.Errorf("OPTIONS %s: Allow %q", path, a.header.Get("Allow"))
		}
		if a := o.ask(t, "BREW", path, "").want(t, 405); a.header.Get("Allow") == "" {
			t.Errorf("BREW %s: no Allow", path)
		}
	}
}

func collectionsDescribed(t *testing.T, o *ogc) {
	document := as[ogcLinks](t, o.get(t, "/collections").want(t, 200))
	document.one(t, "self")
	dated := 0
	for _, c := range o.collections(t) {
		if c.ID == "" || c.Title == "" || c.ItemType != "feature" {
			t.Errorf("%+v", c)
		}
		for _, l := range c.Links {
			if l.Rel == "" || l.Type == "" || l.Title == "" || !strings.HasPrefix(l.Href, "http") {
				t.Errorf("%s: link %+v", c.ID, l)
			}
		}
		for _, rel := range []string{"self", "items", "license", "describedby"} {
			c.one(t, rel)
		}
		if l := c.of("items"); l[0].Type != "application/geo+json" || !strings.HasSuffix(l[0].Href, "/collections/"+c.ID+"/items") {
			t.Errorf("%s: items %+v", c.ID, l)
		}
		if c.Features == 0 {
			continue
		}
		b := c.Extent.Spatial.BBox[0]
		if len(b) != 4 || b[0] > b[2] || b[1] > b[3] || b[0] < 104 || b[2] > 108 || c.Extent.Spatial.CRS != "http://www.opengis.net/def/crs/OGC/1.3/CRS84" {
			t.Errorf("%s: extent %v", c.ID, c.Extent)
		}
		if c.Extent.Temporal == nil {
			continue
		}
		dated++
		for _, end := range c.Extent.Temporal.Interval[0] {
			if end != nil {
				if _, err := time.Parse(time.RFC3339, *end); err != nil {
					t.Errorf("%s: %v", c.ID, err)
				}
			}
		}
	}
	if dated == 0 {
		t.Error("no layer has an extent in time")
	}
}

func pagesOfFeatures(t *testing.T, o *ogc) {
	for _, c := range o.collections(t) {
		p := o.items(t, c.ID, "limit", "10")
		if p.Type != "FeatureCollection" || p.NumberMatched != c.Features || p.NumberReturned != len(p.Features) || len(p.Features) != min(10, c.Features) {
			t.Errorf("%s: %s of %d, %d returned, %d there; the layer has %d", c.ID, p.Type, p.NumberMatched, p.NumberReturned, len(p.Features), c.Features)
		}
		if _, err := time.Parse(time.RFC3339, p.TimeStamp); err != nil {
			t.Errorf("%s: timeStamp: %v", c.ID, err)
		}
		for _, l := range p.Links {
			if l.Rel == "" || l.Type == "" {
				t.Errorf("%s: link %+v", c.ID, l)
			}
		}
		// The link self leads to the same page.
		self := as[ogcPage](t, o.get(t, p.one(t, "self").Href).want(t, 200))
		if !slices.Equal(self.ids(), p.ids()) {
			t.Errorf("%s: self leads to %v, want %v", c.ID, self.ids(), p.ids())
		}
		if next := len(p.of("next")) > 0; next != (p.NumberMatched > p.NumberReturned) {
			t.Errorf("%s: %d of %d, next: %v", c.ID, p.NumberReturned, p.NumberMatched, next)
		}
		all := o.walk(t, o.items(t, c.ID, "limit", "37"))
		if whole := o.items(t, c.ID, "limit", "10000").ids(); !slices.Equal(all, whole) {
			t.Errorf("%s: the links next lead to %d features, want %d", c.ID, len(all), len(whole))
		}
		for _, f := range p.Features {
			if f.Type != "Feature" || f.Geometry == nil || f.Properties == nil || f.ID == 0 {
				t.Errorf("%s: %+v", c.ID, f)
			}
		}
	}
}

func boxesOfFeatures(t *testing.T, o *ogc) {
	for _, c := range o.collections(t) {
		if c.Features == 0 {
			continue
		}
		b := c.Extent.Spatial.BBox[0]
		if p := o.items(t, c.ID, "bbox", boxText(b)); p.NumberMatched != c.Features {
			t.Errorf("%s: %d of %d in its extent", c.ID, p.NumberMatched, c.Features)
		}
		if p := o.items(t, c.ID, "bbox", "-10,-10,-9,-9"); p.NumberMatched != 0 || len(p.Features) != 0 {
			t.Errorf("%s: %d features in the Atlantic", c.ID, p.NumberMatched)
		}
		// The middle cut in four: each feature is in at least one part.
		x, y := (b[0]+b[2])/2, (b[1]+b[3])/2
		found := map[int64]bool{}
		for _, part := range [][]float64{{b[0], b[1], x, y}, {x, b[1], b[2], y}, {b[0], y, x, b[3]}, {x, y, b[2], b[3]}} {
			for _, id := range o.walk(t, o.items(t, c.ID, "limit", "500", "bbox", boxText(part))) {
				found[id] = true
			}
		}
		if len(found) != c.Features {
			t.Errorf("%s: %d of %d in its quarters", c.ID, len(found), c.Features)
		}
	}
	for _, bad := range []string{"1,2,3", "1,2,3,4,5", "a,b,c,d", "1,2,3,NaN", "0,0,0,91", "0,2,1,1", ""} {
		o.get(t, "/collections/wards/items?bbox="+bad).want(t, 400)
	}
}

func timesOfFeatures(t *testing.T, o *ogc) {
	for _, c := range o.collections(t) {
		if c.Extent == nil || c.Extent.Temporal == nil {
			if p := o.items(t, c.ID, "datetime", "2020-01-01T00:00:00Z"); p.NumberMatched != c.Features {
				t.Errorf("%s has no dates, and %d of %d on a day", c.ID, p.NumberMatched, c.Features)
			}
			continue
		}
		ends := []string{"..", ".."}
		for i, end := range c.Extent.Temporal.Interval[0] {
			if end != nil {
				ends[i] = *end
			}
		}
		for _, when := range []string{"2020-01-01T00:00:00Z", "2020-01-01", "../2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z/..", "2019-01-01/2020-01-01"} {
			p := o.items(t, c.ID, "datetime", when, "limit", "10")
			if p.NumberMatched > c.Features {
				t.Errorf("%s, datetime=%s: %d of %d", c.ID, when, p.NumberMatched, c.Features)
			}
			o.walk(t, p)
		}
		if ends[0] != ".." || ends[1] != ".." {
			if p := o.items(t, c.ID, "datetime", strings.Join(ends, "/")); p.NumberMatched == 0 {
				t.Errorf("%s: nothing within its own extent in time", c.ID)
			}
		}
	}
	for _, bad := range []string{"yesterday", "2020", "2020-13-01", "../..", "2021-01-01/2020-01-01", "2020-01-01T00:00:00", ""} {
		o.get(t, "/collections/bridges/items?datetime="+url.QueryEscape(bad)).want(t, 400)
	}
}

func oneFeature(t *testing.T, o *ogc) {
	for _, c := range o.collections(t) {
		for _, f := range o.items(t, c.ID, "limit", "3").Features {
			a := o.get(t, "/collections/"+c.ID+"/items/"+itoa(f.ID), "Accept", "application/geo+json").want(t, 200).wantType(t, "application/geo+json")
			one := as[ogcFeature](t, a)
			if one.ID != f.ID || one.Type != "Feature" || string(one.Geometry.Coordinates) != string(f.Geometry.Coordinates) {
				t.Errorf("%s/%d is another feature alone", c.ID, f.ID)
			}
			for _, rel := range []string{"self", "collection"} {
				if l := one.one(t, rel); l.Type == "" {
					t.Errorf("%s/%d: %+v", c.ID, f.ID, l)
				}
			}
		}
	}
	o.get(t, "/collections/wards/items/no-such-ward").want(t, 404).wantType(t, "application/problem+json")
}

func featuresByProperty(t *testing.T, o *ogc) {
	whole := o.items(t, "bridges", "limit", "1000")
	count := map[string]int{}
	for _, f := range whole.Features {
		if s, ok := f.Properties["status"].(string); ok {
			count[s]++
		}
	}
	if len(count) < 2 {
		t.Fatalf("bridges are %v", count)
	}
	for status, want := range count {
		p := o.items(t, "bridges", "status", status)
		if p.NumberMatched != want {
			t.Errorf("status=%s: %d, want %d", status, p.NumberMatched, want)
		}
		for _, f := range p.Features {
			if f.Properties["status"] != status {
				t.Errorf("status=%s gives %v", status, f.Properties["status"])
			}
		}
	}
	name := whole.Features[0].Properties["name"].(string)
	if p := o.items(t, "bridges", "name", name, "status", whole.Features[0].Properties["status"].(string)); p.NumberMatched != 1 || p.Features[0].ID != whole.Features[0].ID {
		t.Errorf("name=%s gives %v", name, p.ids())
	}
	o.get(t, "/collections/bridges/items?status=open").want(t, 400)
	o.get(t, "/collections/bridges/items?lanes=many").want(t, 400)
}
