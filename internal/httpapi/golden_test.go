package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/goldentest"
)

// TestGolden asks a table of requests and compares status, headers and body
// with files; run with -update after a wanted change and review the diff.
func TestGolden(t *testing.T) {
	for _, c := range []struct {
		name, method, target string
		headers              []string
	}{
		{"landing", "GET", "/", nil},
		{"landing_html", "GET", "/?f=html", nil},
		{"landing_public", "GET", "/", []string{"Host", "twin.example.vn:8443"}},
		{"landing_parameter", "GET", "/?f=xml&x=1", nil},
		{"search", "GET", "/search?q=ho+hoan&limit=2", nil},
		{"search_near", "GET", "/search?q=p&near=105.85,21.02&layers=places", nil},
		{"search_pinned", "GET", "/search?q=h%E1%BB%93+%22%26&version=42&f=json", nil},
		{"search_mistakes", "GET", "/search?limit=0&near=200,1&lang=vi", nil},
		{"search_layer_unknown", "GET", "/search?q=a&layers=rivers", nil},
		{"style_unknown", "GET", "/styles/paris.json", nil},
		{"style_mistakes", "GET", "/styles/hanoi.json?lang=fr&x=1", nil},
		{"conformance", "GET", "/conformance", nil},
		{"tile_matrix_sets", "GET", "/tileMatrixSets", nil},
		{"tile_matrix_set_unknown", "GET", "/tileMatrixSets/WorldMercatorWGS84Quad", nil},
		{"tilesets", "GET", "/tiles", nil},
		{"tilesets_collection", "GET", "/collections/roads/tiles?datetime=2027-01-01", nil},
		{"tileset", "GET", "/collections/zones/tiles/VN2000TM3-105", nil},
		{"tileset_tilejson", "GET", "/tiles/WebMercatorQuad?f=tilejson&collections=roads,places", nil},
		{"tileset_filter", "GET", "/collections/places/tiles/WebMercatorQuad?f=tilejson&filter=%7B%22op%22:%22=%22,%22args%22:[%7B%22property%22:%22status%22%7D,%22planned%22]%7D&filter-lang=cql2-json&properties=lanes,code", nil},
		{"tile_filter_mistakes", "GET", "/tiles/all/11/1626/901.mvt?filter=status%20=%20planned%20AND%20(&properties=code,colour&datetime=x", nil},
		{"tile_filter_unknown", "GET", "/tiles/places,roads/11/1626/901.mvt?filter=lanes%20%3E%202%20OR%20height%20%3E%2010", nil},
		{"tileset_mistakes", "GET", "/tiles/WebMercatorQuad?collections=rivers,places,seas&datetime=never&x=1", nil},
		{"tileset_tile_nowhere", "GET", "/tiles/WorldCRS84Quad/24/-1/x", nil},
		{"tileset_tile_outside", "GET", "/collections/roads/tiles/WebMercatorQuad/10/0/0", nil},
		{"collections", "GET", "/collections", nil},
		{"collection", "GET", "/collections/places", nil},
		{"collection_empty", "GET", "/collections/empty", nil},
		{"collection_unknown", "GET", "/collections/rivers", nil},
		{"items", "GET", "/collections/places/items", nil},
		{"items_first", "GET", "/collections/places/items?limit=2", nil},
		{"items_middle", "GET", "/collections/places/items?limit=2&offset=1", nil},
		{"items_beyond", "GET", "/collections/places/items?offset=100", nil},
		{"items_empty", "GET", "/collections/empty/items", nil},
		{"items_bbox", "GET", "/collections/roads/items?bbox=105.85,21.028,105.86,21.029", nil},
		{"items_bbox_page", "GET", "/collections/places/items?bbox=105.8,20.9,106,21.1&limit=1&offset=2", nil},
		{"items_bbox_heights", "GET", "/collections/places/items?bbox=105.85,21.02,-5,105.855,21.03,100", nil},
		{"items_bbox_antimeridian", "GET", "/collections/places/items?bbox=105.85,20,-170,22", nil},
		{"items_bbox_hole", "GET", "/collections/zones/items?bbox=105.524,21.024,105.526,21.026", nil},
		{"items_mistakes", "GET", "/collections/places/items?bbox=1,2,3&limit=0&offset=-1&status=planned&limit=5&sort=", nil},
		{"items_sorted", "GET", "/collections/places/items?sortby=-status,+name&limit=2", nil},
		{"items_where", "GET", "/collections/places/items?status=in_operation&lanes=6", nil},
		{"items_filter", "GET", "/collections/places/items?filter=lanes%20IS%20NULL%20AND%20S_INTERSECTS(geometry,BBOX(105.85,21,105.855,21.1))", nil},
		{"items_filter_mistakes", "GET", "/collections/places/items?filter=length%20%3E%20%27a%27%20OR%20lanes%20%3D%20%27x%27&filter-lang=cql", nil},
		{"items_crs", "GET", "/collections/roads/items?crs=EPSG:5897&bbox=584000,2317000,590000,2325000&bbox-crs=5897", nil},
		{"items_crs_axes", "GET", "/collections/places/items?crs=EPSG:4326&properties=name&limit=1", nil},
		{"items_bare", "GET", "/collections/places/items?skipGeometry=true&properties=code,status&limit=1", nil},
		{"items_values", "GET", "/collections/places/items?lanes=many&open=yes&status=open&id=x&sortby=tags,name,name&properties=a,b", nil},
		{"item_crs", "GET", "/collections/places/items/1?crs=http://www.opengis.net/def/crs/EPSG/0/3405", nil},
		{"nearby_crs", "GET", "/nearby?lon=105.8524&lat=21.0288&k=1&crs=EPSG:5897&skipGeometry=true", nil},
		{"nearby_filter", "GET", "/nearby?lon=105.8524&lat=21.0288&k=3&layers=places,roads&filter=status%3D%27in_operation%27&skipGeometry=true", nil},
		{"nearby_filter_mistakes", "GET", "/nearby?lon=105.8524&lat=21.0288&k=3&filter=status%3D%27planned%27", nil},
		{"schema", "GET", "/collections/places/schema", nil},
		{"queryables", "GET", "/collections/places/queryables", nil},
		{"sortables", "GET", "/collections/empty/sortables", nil},
		{"functions", "GET", "/functions", nil},
		{"items_limit", "GET", "/collections/places/items?limit=10001", nil},
		{"item", "GET", "/collections/places/items/1", nil},
		{"item_code", "GET", "/collections/places/items/PV", nil},
		{"item_code_number", "GET", "/collections/places/items/17", nil},
		{"item_code_escaped", "GET", "/collections/places/items/NT%2F1", nil},
		{"item_unknown", "GET", "/collections/places/items/XX", nil},
		{"nearby", "GET", "/nearby?lon=105.8524&lat=21.0288&k=3", nil},
		{"nearby_radius", "GET", "/nearby?lon=105.8524&lat=21.0288&radius=800", nil},
		{"nearby_layers", "GET", "/nearby?lon=105.8524&lat=21.0288&k=5&layers=places,zones&status=planned,retired", nil},
		{"nearby_nothing", "GET", "/nearby?lon=0&lat=0&radius=5", nil},
		{"nearby_mistakes", "GET", "/nearby?lon=181&lat=abc&radius=0&k=5000&layers=&status=open&x=1", nil},
		{"nearby_neither", "GET", "/nearby?lon=105&lat=21", nil},
		{"nearby_missing", "GET", "/nearby", nil},
		{"nearby_layer_unknown", "GET", "/nearby?lon=105&lat=21&k=1&layers=rivers,places", nil},
		{"nearby_item", "GET", "/collections/roads/items/10/nearby?k=3", nil},
		{"nearby_item_code", "GET", "/collections/places/items/PV/nearby?radius=5000&layers=places", nil},
		{"nearby_item_unknown", "GET", "/collections/places/items/ZZ/nearby?k=3", nil},
		{"tilejson", "GET", "/tiles/roads.json", nil},
		{"tilejson_all", "GET", "/tiles/all.json", nil},
		{"tilejson_list", "GET", "/tiles/zones,places.json", nil},
		{"tilejson_unknown", "GET", "/tiles/zones,rivers.json", nil},
		{"tile_unknown", "GET", "/tiles/rivers,roads/1/1/0.mvt", nil},
		{"tile_range", "GET", "/tiles/roads/3/8/8.mvt", nil},
		{"tile_mistakes", "GET", "/tiles/roads/23/x/-1.mvt?v=1", nil},
		{"tile_empty", "GET", "/tiles/roads/14/0/0.mvt", nil},
		{"tile_suffix", "GET", "/tiles/roads/3/6/3.png", nil},
		{"healthz", "GET", "/healthz", nil},
		{"readyz", "GET", "/readyz", nil},
		{"no_route", "GET", "/wp-login.php", nil},
		{"method", "POST", "/collections", nil},
		{"method_no_route", "DELETE", "/nowhere", nil},
		{"method_strange", "BREW", "/collections", nil},
		{"options", "OPTIONS", "/nearby", []string{"Origin", "https://map.example", "Access-Control-Request-Method", "GET"}},
		{"options_no_route", "OPTIONS", "/nowhere", nil},
		{"head", "HEAD", "/collections/places/items/1", nil},
		{"head_unknown", "HEAD", "/collections/rivers", nil},
		{"refused_codings", "GET", "/conformance", []string{"Accept-Encoding", "identity;q=0, br"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := Config{}
			if c.name == "landing_public" {
				config.PublicURL = "https://twin.example.vn/api/"
			}
			holdGolden(t, newTested(t, config), c.name, c.method, c.target, c.headers)
		})
	}
}

// holdGolden compares an answer with the file of a name.
func holdGolden(t *testing.T, server *tested, name, method, target string, headers []string) {
	t.Helper()
	res := server.ask(method, target, append([]string{"X-Request-Id", "golden"}, headers...)...)
	golden(t, name, fmt.Appendf(nil, "%s %s %q\n\n%s", method, target, headers, rendered(t, res)))
}

// golden compares an answer with a file, or writes it there.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	goldentest.Compare(t, name+".golden", got)
}

// rendered writes an answer with sorted headers, Date aside, and indented JSON.
func rendered(t *testing.T, res *http.Response) []byte {
	t.Helper()
	content := body(t, res)
	var out bytes.Buffer
	fmt.Fprintf(&out, "%d\n", res.StatusCode)
	var names []string
	for name := range res.Header {
		if name != "Date" { // TestDate holds it
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&out, "%s: %s\n", name, strings.Join(res.Header[name], " | "))
	}
	out.WriteByte('\n')
	if strings.Contains(res.Header.Get("Content-Type"), "json") && len(content) > 0 {
		if err := json.Indent(&out, content, "", " "); err != nil {
			t.Fatalf("not JSON: %v\n%s", err, content)
		}
		return out.Bytes()
	}
	out.Write(content)
	return out.Bytes()
}
