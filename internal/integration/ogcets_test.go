package integration

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// executableTests are what the executable test suites of the OGC assert beyond the
// abstract ones: ets-ogcapi-features10 and ets-ogcapi-tiles10, by the names of their
// classes.
func executableTests() []ogcTest {
	return []ogcTest{
		{"FeaturesBBox_boundingBoxParameterDefinition", func(t *testing.T, o *ogc) {
			p := itemsParameter(t, o, "bbox")
			if string(p.Schema.Type) != `"array"` || string(p.Schema.Items.Type) != `"number"` || len(p.Schema.OneOf) != 2 {
				t.Fatalf("bbox is %+v", p)
			}
			for i, n := range []int{4, 6} {
				if p.Schema.OneOf[i].MinItems != n || p.Schema.OneOf[i].MaxItems != n {
					t.Errorf("bbox has %+v", p.Schema.OneOf[i])
				}
			}
		}},
		{"FeaturesLimit_limitParameterDefinition", func(t *testing.T, o *ogc) {
			p := itemsParameter(t, o, "limit")
			if string(p.Schema.Type) != `"integer"` || p.Schema.Minimum == nil || *p.Schema.Minimum != 1 || p.Schema.Maximum == nil || *p.Schema.Maximum != 10000 || string(p.Schema.Default) != "100" {
				t.Errorf("limit is %+v", p)
			}
		}},
		{"FeaturesTime_timeParameterDefinition", func(t *testing.T, o *ogc) {
			if p := itemsParameter(t, o, "datetime"); string(p.Schema.Type) != `"string"` {
				t.Errorf("datetime is %+v", p)
			}
		}},
		{"ProfileParameter_definition", func(t *testing.T, o *ogc) { // 23-058r2, /req/profile-parameter/profile-param
			p := itemsParameter(t, o, "profile")
			if string(p.Schema.Type) != `"array"` || string(p.Schema.Items.Type) != `"string"` || !slices.Contains(p.Schema.Items.Enum, "jsonfg") || !slices.Contains(p.Schema.Items.Enum, "rfc7946") {
				t.Errorf("profile is %+v", p)
			}
		}},
		{"FeaturesBBox_validateFeaturesWithBoundingBoxOperation", func(t *testing.T, o *ogc) {
			// The meridian, the equator, 180°, and the poles.
			for _, box := range []string{"-1.5,50.0,1.5,53.0", "-80.0,-5.0,-70.0,5.0", "177.0,65.0,-177.0,70.0", "-180.0,85.0,180.0,90.0", "-180.0,-90.0,180.0,-85.0"} {
				if p := o.items(t, "wards", "bbox", box); len(p.Features) != 0 {
					t.Errorf("bbox=%s: %d features", box, len(p.Features))
				}
			}
		}},
		{"FeaturesBBox_validateFeaturesWithBoundingBoxResponse", extentAsBBox},
		{"BBoxCrsParameter_verifyBboxCrsParameter", extentAsBBoxInEverySystem},
		{"FeaturesTime_collectionItemUrisWithDateTimes", extentAsDatetime},
		{"FeaturesTime_validateFeaturesWithDateTimeOperation", func(t *testing.T, o *ogc) {
			for _, when := range []string{"2020-01-01T00:00:00Z", "2019-03-05T06:00:00Z/2020-01-01T00:00:00Z", "2019-03-05/P2D"} {
				o.items(t, "bridges", "datetime", when)
			}
		}},
		{"FeatureCollections_crs", func(t *testing.T, o *ogc) {
			document := as[struct{ CRS []string }](t, o.get(t, "/collections").want(t, 200))
			for _, list := range append([][]string{document.CRS}, o.collections(t)[0].CRS) {
				if len(list) == 0 || list[0] != "http://www.opengis.net/def/crs/OGC/1.3/CRS84" {
					t.Errorf("crs is %v", list)
				}
			}
		}},
		{"linksOfMediaTypes", linksOfMediaTypes},
		{"FeaturesErrorConditions", func(t *testing.T, o *ogc) {
			for _, query := range []string{"limit=unlimited", "unknownQueryParameter12345=1"} {
				o.get(t, "/collections/wards/items?"+query, "Accept", "application/geo+json").want(t, 400)
			}
		}},
		{"crs_Invalid", func(t *testing.T, o *ogc) {
			const unsupported = "http://www.opengis.net/def/crs/0/unsupported"
			for _, target := range []string{"/collections/wards/items?crs=", "/collections/wards/items/1?crs=", "/collections/wards/items?bbox=5,49,6,50&bbox-crs="} {
				o.get(t, target+url.QueryEscape(unsupported), "Accept", "application/geo+json").want(t, 400)
			}
		}},
		{"tiles", tilesOfTheSuite},
	}
}

// suiteParameter is a parameter of the OpenAPI document as the suites read it.
type suiteParameter struct {
	Name, In, Style string
	Required        bool
	Explode         *bool
	Schema          suiteSchema
}

type suiteSchema struct {
	Type, Default      json.RawMessage
	Minimum, Maximum   *float64
	MinItems, MaxItems int
	Enum               []string
	Items              *suiteSchema
	OneOf              []suiteSchema
}

// itemsParameter returns a parameter of items, as OpenAPI 3.0 describes it.
func itemsParameter(t *testing.T, o *ogc, name string) suiteParameter {
	t.Helper()
	const described = "application/vnd.oai.openapi+json;version=3.0"
	document := as[struct {
		Paths map[string]struct {
			Get struct{ Parameters []suiteParameter }
		}
	}](t, o.get(t, "/api?f=oas30", "Accept", described).want(t, 200))
	for _, p := range document.Paths["/collections/{layer}/items"].Get.Parameters {
		if p.Name == name {
			if p.In != "query" || p.Required || p.Style != "form" || p.Explode == nil || *p.Explode {
				t.Errorf("%s: in %s, style %q, explode %v, required %v", name, p.In, p.Style, p.Explode, p.Required)
			}
			return p
		}
	}
	t.Fatalf("no parameter %s", name)
	return suiteParameter{}
}

// linksOfMediaTypes: what the suites gather by createListOfMediaTypesToSupport, the
// encodings of the classes that are claimed, are all linked to from each document.
func linksOfMediaTypes(t *testing.T, o *ogc) {
	for target, types := range map[string][]string{
		"/collections": {"text/html"}, "/collections/wards": {"text/html"}, "/conformance": {"text/html"}, "/": {"text/html"},
		"/collections/wards/items": {"text/html"}, "/collections/wards/items/1": {"text/html"}, "/nearby?lon=105.85&lat=21.03&k=2": {"text/html"},
		"/collections/wards/schema": nil, "/tiles": {"text/html"}, "/tiles/WebMercatorQuad": {"text/html"}, "/collections/wards/tiles": {"text/html"},
		"/collections/wards/tiles/WebMercatorQuad": {"text/html"}, "/tileMatrixSets": {"text/html"}, "/functions": {"text/html"},
	} {
		links := as[ogcLinks](t, o.get(t, target, "Accept", "application/geo+json, application/json;q=0.9").want(t, 200))
		for _, l := range links.Links {
			if l.Rel == "" || l.Type == "" || l.Href == "" || l.Title == "" {
				t.Errorf("%s: link %+v", target, l)
			}
		}
		if types == nil {
			continue
		}
		if self := links.one(t, "self"); self.Type == "" {
			t.Errorf("%s: self %+v", target, self)
		}
		for _, mediaType := range types {
			if !slices.ContainsFunc(links.of("alternate"), func(l ogcLink) bool { return l.Type == mediaType }) {
				t.Errorf("%s: no alternate of %s in %+v", target, mediaType, links.Links)
			}
		}
		for _, l := range links.of("alternate") {
			if a := o.get(t, l.Href); a.status != 200 || !strings.HasPrefix(a.header.Get("Content-Type"), strings.SplitN(l.Type, ";", 2)[0]) && l.Type != "application/vnd.mapbox.tile+json" {
				t.Errorf("%s: alternate %+v answers %d %s", target, l, a.status, a.header.Get("Content-Type"))
			}
		}
	}
}

// tilesOfTheSuite are the assertions of ets-ogcapi-tiles10. It asks for tiles with the
// Accept header that Java sends by itself.
func tilesOfTheSuite(t *testing.T, o *ogc) {
	landing := as[ogcLinks](t, o.get(t, "/", "Accept", "application/json").want(t, 200))
	const relation = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
	if l := landing.one(t, relation); !strings.Contains(l.Href, "/tiles") {
		t.Errorf("tilesets at %+v", l)
	}
	landing.one(t, "data")
	for _, c := range o.collections(t) {
		l := c.one(t, relation)
		list := as[struct {
			Tilesets []struct{ TileMatrixSetURI, TileMatrixSetDefinition string }
		}](t, o.get(t, l.Href, "Accept", "application/json").want(t, 200))
		if !strings.HasSuffix(l.Href, "/tiles") || len(list.Tilesets) == 0 {
			t.Errorf("%s: %+v", c.ID, l)
		}
	}
	sets := as[struct{ TileMatrixSets []ogcLinks }](t, o.get(t, "/tileMatrixSets", "Accept", "application/json").want(t, 200))
	for _, set := range sets.TileMatrixSets {
		if l := set.one(t, "item"); l.Type != "application/json" {
			t.Errorf("%+v", l)
		}
	}
	tileset := as[struct {
		Limits []struct {
			TileMatrix             string
			MinTileRow, MaxTileRow int
			MinTileCol, MaxTileCol int
		} `json:"tileMatrixSetLimits"`
	}](t, o.get(t, "/tiles/WebMercatorQuad", "Accept", "application/json").want(t, 200))
	const java = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
	asked := 0
	for _, l := range tileset.Limits {
		if l.TileMatrix != "9" {
			continue
		}
		for row := l.MinTileRow; row <= l.MaxTileRow; row++ {
			for col := l.MinTileCol; col <= l.MaxTileCol; col++ {
				asked++
				o.get(t, "/tiles/WebMercatorQuad/9/"+itoa(int64(row))+"/"+itoa(int64(col)), "Accept", java).want(t, 200, 204)
			}
		}
	}
	if asked == 0 {
		t.Error("no tiles at 9")
	}
	o.get(t, "/tiles/WebMercatorQuad/9/2147483647/2147483647", "Accept", java).want(t, 400, 404)
}
