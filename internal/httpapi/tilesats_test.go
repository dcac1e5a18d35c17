package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
	"github.com/hanoitwin/hanoitwin/tiles/tms"
)

// The documents of OGC API Tiles and of 17-083r4 as their schemas have them, and
// nothing besides: decoding refuses what the schemas do not name.
type (
	atsLink struct {
		Href, Rel, Type, Title, Hreflang string
		Templated                        bool
		Length                           int
	}
	atsBox struct {
		LowerLeft, UpperRight []float64
		CRS                   string
		OrderedAxes           []string
	}
	atsProperty struct {
		Title, Description, Type, Format, ContentMediaType, UOM string
	}
	atsLayer struct {
		ID, Title, Description, Attribution, DataType string
		GeometryDimension                             *int
		MinTileMatrix, MaxTileMatrix                  string
		MinCellSize, MaxCellSize                      float64
		BoundingBox                                   *atsBox
		PropertiesSchema                              struct {
			Type       string
			Properties map[string]atsProperty
		}
		Links []atsLink
	}
	atsLimits struct {
		TileMatrix                                     string
		MinTileRow, MaxTileRow, MinTileCol, MaxTileCol uint32
	}
	atsTileset struct {
		Title, Description, Attribution, Version, DataType, CRS, TileMatrixSetURI string
		Updated                                                                   time.Time
		MediaTypes                                                                []string
		TileMatrixSetLimits                                                       []atsLimits
		BoundingBox                                                               *atsBox
		CenterPoint                                                               *struct {
			Coordinates                []float64
			CRS, TileMatrix            string
			ScaleDenominator, CellSize float64
		}
		Layers []atsLayer
		Links  []atsLink
	}
	atsSet struct {
		ID, Title, Description, URI, CRS, WellKnownScaleSet string
		OrderedAxes                                         []string
		BoundingBox                                         *atsBox
		TileMatrices                                        []struct {
			ID, CornerOfOrigin                               string
			ScaleDenominator, CellSize                       float64
			PointOfOrigin                                    []float64
			TileWidth, TileHeight, MatrixWidth, MatrixHeight int
		}
	}
)

// ats asks a real server as the executable test suite does.
type ats struct {
	*testing.T
	root string
}

func (a *ats) get(address, accept string) (*http.Response, []byte) {
	a.Helper()
	if !strings.HasPrefix(address, "http") {
		address = a.root + address
	}
	req, err := http.NewRequestWithContext(a.Context(), http.MethodGet, address, nil)
	if err != nil {
		a.Fatal(err)
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		a.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		a.Fatal(err)
	}
	return res, text
}

// json asks for a document and decodes it, every field of it.
func (a *ats) json(address string, into any) {
	a.Helper()
	res, text := a.get(address, media.TypeJSON)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != media.TypeJSON {
		a.Fatalf("%s: %d %s %s", address, res.StatusCode, res.Header.Get("Content-Type"), text)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		a.Fatalf("%s: %v", address, err)
	}
}

func (a *ats) link(links []atsLink, rel string) atsLink {
	a.Helper()
	i := slices.IndexFunc(links, func(l atsLink) bool { return l.Rel == rel })
	if i < 0 {
		a.Fatalf("no link %s among %+v", rel, links)
	}
	if links[i].Href == "" || links[i].Type == "" {
		a.Errorf("link %+v", links[i])
	}
	return links[i]
}

func (a *ats) tilesets(address string) []atsTileset {
	a.Helper()
	var list struct {
		Title    string
		Tilesets []atsTileset
		Links    []atsLink
	}
	a.json(address, &list)
	if len(list.Tilesets) != len(tms.Sets()) {
		a.Fatalf("%s lists %d tilesets", address, len(list.Tilesets))
	}
	a.link(list.Links, "self")
	return list.Tilesets
}

// all calls check with every tileset of the dataset and of each layer.
func (a *ats) all(check func(root string, listed, full atsTileset)) {
	for _, root := range []string{"", "/collections/places", "/collections/roads", "/collections/zones", "/collections/empty"} {
		for _, listed := range a.tilesets(root + "/tiles") {
			var full atsTileset
			a.json(a.link(listed.Links, "self").Href, &full)
			check(root, listed, full)
		}
	}
}

// tile asks for a tile of a templated link.
func (a *ats) tile(template, matrix string, row, col uint32) (int, *mvttest.Tile) {
	a.Helper()
	address := strings.NewReplacer("{tileMatrix}", matrix, "{tileRow}", fmt.Sprint(row), "{tileCol}", fmt.Sprint(col)).Replace(template)
	res, body := a.get(address, media.TypeMVT)
	if res.StatusCode != http.StatusOK {
		return res.StatusCode, nil
	}
	if got := res.Header.Get("Content-Type"); got != media.TypeMVT {
		a.Errorf("%s: %s", address, got)
	}
	tile, err := mvttest.Decode(body)
	if err != nil {
		a.Fatalf("%s: %v", address, err)
	}
	return res.StatusCode, tile
}

// TestTilesAbstractTests is the abstract test suite of OGC API Tiles, part 1
// (20-057, annex A) and of Two Dimensional Tile Matrix Set (17-083r4, annex A),
// for the classes that /conformance claims, over HTTP.
func TestTilesAbstractTests(t *testing.T) {
	server := httptest.NewServer(newTested(t, Config{}).Server)
	defer server.Close()
	for id, test := range map[string]func(*ats){
		"core/conformance-success":           atsConformance,
		"core/tc-op":                         atsOperation,
		"core/tc-success":                    atsSuccess,
		"core/tc-error":                      atsError,
		"tileset/description":                atsDescription,
		"tilesets-list/tileset-links":        atsList,
		"dataset-tilesets/landingpage":       atsLanding,
		"dataset-tilesets/operation":         func(a *ats) { a.tilesets("/tiles") },
		"geodata-tilesets/desc-links":        atsCollections,
		"geodata-tilesets/operation":         func(a *ats) { a.tilesets("/collections/roads/tiles") },
		"collections-selection/query":        atsSelection,
		"collections-selection/response":     atsSelectionOrder,
		"datetime/axis":                      atsDatetime,
		"mvt/content":                        atsContent,
		"tilejson":                           atsTileJSON,
		"tms: tilematrixset/model":           atsMatrixSets,
		"tms: tilematrixsetlimits/model":     atsLimitsModel,
		"tms: tilesetmetadata/identifier":    atsIdentifiers,
		"tms: json-tilesetmetadata/model":    func(a *ats) { a.all(func(string, atsTileset, atsTileset) {}) },
		"suite: the tile matrix sets listed": atsSuiteSets,
	} {
		t.Run(id, func(t *testing.T) { test(&ats{t, server.URL}) })
	}
}

func atsConformance(a *ats) {
	var got struct {
		ConformsTo []string
		Links      []any
	}
	a.json("/conformance", &got)
	for _, class := range testedClasses() {
		if !slices.Contains(got.ConformsTo, class) {
			a.Errorf("%s is not claimed", class)
		}
	}
	for _, class := range got.ConformsTo {
		// What there is no test for must not be claimed.
		if strings.Contains(class, "ogcapi-tiles") && !slices.Contains(testedClasses(), class) {
			a.Errorf("%s is claimed", class)
		}
	}
}

// testedClasses are those that these tests are of.
func testedClasses() []string {
	const tiles, sets = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/", "http://www.opengis.net/spec/tms/2.0/conf/"
	return []string{
		tiles + "core", tiles + "tileset", tiles + "tilesets-list", tiles + "dataset-tilesets", tiles + "geodata-tilesets",
		tiles + "collections-selection", tiles + "datetime", tiles + "mvt",
		sets + "tilematrixset", sets + "tilematrixsetlimits", sets + "tilesetmetadata",
		sets + "json-tilematrixset", sets + "json-tilematrixsetlimits", sets + "json-tilesetmetadata",
	}
}

// atsOperation takes the template of each tileset, puts in what the limits allow,
// and expects tiles of all that have data.
func atsOperation(a *ats) {
	a.all(func(root string, _, full atsTileset) {
		item := a.link(full.Links, "item")
		shown := 0
		for _, l := range full.TileMatrixSetLimits[:12] {
			for row := l.MinTileRow; row <= min(l.MaxTileRow, l.MinTileRow+3); row++ {
				for col := l.MinTileCol; col <= min(l.MaxTileCol, l.MinTileCol+3); col++ {
					switch status, _ := a.tile(item.Href, l.TileMatrix, row, col); status {
					case http.StatusOK:
						shown++
					case http.StatusNoContent:
					default:
						a.Errorf("%s %s/%d/%d: %d", item.Href, l.TileMatrix, row, col, status)
					}
				}
			}
		}
		if (shown == 0) != (root == "/collections/empty") {
			a.Errorf("%s shows %d tiles", item.Href, shown)
		}
	})
}

// atsSuccess asks for the tile of each matrix that Hoàn Kiếm lake is in and
// expects the lake, at its place to one unit.
func atsSuccess(a *ats) {
	lake := orb.Point{105.8524, 21.0288}
	for _, set := range tms.Sets() {
		for m := range set.Served() {
			at, ok := set.At(lake, m)
			if !ok {
				a.Fatal(set.ID(), m)
			}
			status, tile := a.tile(a.root+"/collections/places/tiles/"+set.ID()+"/{tileMatrix}/{tileRow}/{tileCol}", fmt.Sprint(m), at.Row, at.Col)
			if status != http.StatusOK {
				a.Fatalf("%s %v: %d", set.ID(), at, status)
			}
			found := false
			for _, f := range tile.Layer("places").Features {
				if f.ID != 1 {
					continue
				}
				found = true
				bound := set.Bound(at)
				unit := (bound.Max[0] - bound.Min[0]) / 4096
				xy := atsProject(a.T, set, lake)
				slack := max(1, 0.02/unit*perMetre(set)) // where world units are coarser than tile units
				if dx, dy := (xy[0]-bound.Min[0])/unit-float64(f.Points[0].X), (bound.Max[1]-xy[1])/unit-float64(f.Points[0].Y); dx*dx > slack*slack || dy*dy > slack*slack {
					a.Errorf("%s %v: %v is %v, %v beside its place", set.ID(), at, f.Points[0], dx, dy)
				}
			}
			if !found {
				a.Errorf("%s %v does not show the lake", set.ID(), at)
			}
		}
	}
}

func atsError(a *ats) {
	for _, set := range tms.Sets() {
		columns, rows := set.Size(3)
		for _, c := range []struct {
			tile string
			want int
		}{
			{fmt.Sprintf("3/%d/0", rows), 404},
			{fmt.Sprintf("3/0/%d", columns), 404},
			{fmt.Sprintf("%d/0/0", set.Served()), 404},
			{"3/2147483647/2147483647", 404}, // what the executable suite asks for
			{"3/-1/0", 404},
			{"3/0/x", 404},
			{"three/0/0", 404},
			{"10/0/0", 404}, // in the set, outside of the limits
		} {
			for _, root := range []string{"", "/collections/places"} {
				if res, _ := a.get(root+"/tiles/"+set.ID()+"/"+c.tile, ""); res.StatusCode != c.want {
					a.Errorf("%s/tiles/%s/%s: %d", root, set.ID(), c.tile, res.StatusCode)
				}
			}
		}
	}
	// Within the limits, between the places: 204.
	at, _ := tms.Find(tms.Sets(), tms.WebMercatorQuad).At(orb.Point{105.858, 20.97}, 16)
	if res, _ := a.get("/collections/places/tiles/WebMercatorQuad/"+at.String(), ""); res.StatusCode != http.StatusNoContent {
		a.Errorf("an empty tile: %d", res.StatusCode)
	}
	if res, _ := a.get("/collections/empty/tiles/WebMercatorQuad/16/1/1", ""); res.StatusCode != http.StatusNoContent {
		a.Errorf("a tile of an empty layer: %d", res.StatusCode)
	}
	for _, none := range []string{"/tiles/Nothing", "/tiles/Nothing/0/0/0", "/tileMatrixSets/Nothing", "/collections/nothing/tiles", "/collections/nothing/tiles/WebMercatorQuad/0/0/0", "/collections/places,roads/tiles/WebMercatorQuad"} {
		if res, _ := a.get(none, ""); res.StatusCode != http.StatusNotFound {
			a.Errorf("%s: %d", none, res.StatusCode)
		}
	}
}

func atsDescription(a *ats) {
	a.all(func(root string, listed, full atsTileset) {
		if full.DataType != "vector" || full.CRS == "" || full.CRS != listed.CRS || full.TileMatrixSetURI != listed.TileMatrixSetURI {
			a.Errorf("%s: %+v", root, full)
		}
		registered := strings.HasPrefix(full.TileMatrixSetURI, "http://www.opengis.net/def/tilematrixset/OGC/1.0/")
		if full.CRS != "http://www.opengis.net/def/crs/EPSG/0/5897" && !registered {
			a.Errorf("%s: %q", root, full.TileMatrixSetURI)
		}
		var set atsSet
		a.json(a.link(full.Links, edge.RelTilingScheme).Href, &set)
		if set.CRS != full.CRS || set.URI != full.TileMatrixSetURI || len(set.TileMatrices) == 0 {
			a.Errorf("%s: %+v", root, set)
		}
		item := a.link(full.Links, "item")
		if !item.Templated || item.Type != media.TypeMVT || strings.Count(item.Href, "{") != 3 || !strings.Contains(item.Href, "/{tileMatrix}/{tileRow}/{tileCol}") {
			a.Errorf("%+v", item)
		}
		if root == "" {
			a.link(full.Links, edge.RelDataset)
		} else {
			a.link(full.Links, edge.RelGeodata)
		}
		if (full.BoundingBox == nil) != (root == "/collections/empty") || (full.CenterPoint == nil) != (root == "/collections/empty") {
			a.Errorf("%s: box %v, centre %v", root, full.BoundingBox, full.CenterPoint)
		}
		for _, l := range full.Layers {
			if l.ID == "" || l.DataType != "vector" || len(l.Links) == 0 || l.PropertiesSchema.Type != "object" || l.MinTileMatrix == "" || l.MaxTileMatrix == "" {
				a.Errorf("%+v", l)
			}
			if l.ID == "roads" && (*l.GeometryDimension != 1 || l.PropertiesSchema.Properties["class"].Type != "string") {
				a.Errorf("%+v", l)
			}
		}
	})
}

func atsList(a *ats) {
	for _, root := range []string{"", "/collections/roads"} {
		for i, listed := range a.tilesets(root + "/tiles") {
			set := tms.Sets()[i]
			self := a.link(listed.Links, "self")
			if want := a.root + root + "/tiles/" + set.ID(); self.Href != want || self.Type != media.TypeJSON {
				a.Errorf("%+v, want %s", self, want)
			}
			a.link(listed.Links, edge.RelTilingScheme)
			if listed.DataType != "vector" || listed.CRS != set.CRS() || listed.TileMatrixSetURI != set.URI() {
				a.Errorf("%+v", listed)
			}
		}
	}
}

func atsLanding(a *ats) {
	var landing struct{ Links []atsLink }
	_, text := a.get("/", media.TypeJSON)
	if err := json.Unmarshal(text, &landing); err != nil {
		a.Fatal(err)
	}
	if l := a.link(landing.Links, edge.RelTilesets); l.Href != a.root+"/tiles" {
		a.Errorf("%+v", l)
	}
	a.tilesets(a.link(landing.Links, edge.RelTilesets).Href)
	if l := a.link(landing.Links, edge.RelTilingSchemes); l.Href != a.root+"/tileMatrixSets" {
		a.Errorf("%+v", l)
	}
}

func atsCollections(a *ats) {
	var list struct {
		Collections []struct {
			ID    string
			Links []atsLink
		}
	}
	_, text := a.get("/collections", media.TypeJSON)
	if err := json.Unmarshal(text, &list); err != nil {
		a.Fatal(err)
	}
	for _, c := range list.Collections {
		if l := a.link(c.Links, edge.RelTilesets); l.Href != a.root+"/collections/"+c.ID+"/tiles" {
			a.Errorf("%+v", l)
		}
		a.tilesets(a.link(c.Links, edge.RelTilesets).Href)
	}
	if len(list.Collections) != 4 {
		a.Errorf("%d collections", len(list.Collections))
	}
}

// atsSelection selects layers by name and by address, in tilesets and in tiles.
func atsSelection(a *ats) {
	at, _ := tms.Find(tms.Sets(), tms.VN2000).At(orb.Point{105.8524, 21.0288}, 4)
	for list, want := range map[string][]string{
		"roads": {"roads"}, "places,roads": {"places", "roads"}, a.root + "/collections/places": {"places"},
		"zones,empty," + a.root + "/collections/roads": {"zones", "empty", "roads"}, "roads,roads": {"roads"},
	} {
		var full atsTileset
		a.json("/tiles/VN2000TM3-105?collections="+list, &full)
		var got []string
		for _, l := range full.Layers {
			got = append(got, l.ID)
		}
		if !slices.Equal(got, want) {
			a.Errorf("%s: %v", list, got)
		}
		item := a.link(full.Links, "item")
		_, tile := a.tile(item.Href, "4", at.Row, at.Col)
		got = nil
		for _, l := range tile.Layers {
			got = append(got, l.Name)
		}
		want = slices.DeleteFunc(want, func(s string) bool { return s == "empty" })
		if !slices.Equal(got, want) {
			a.Errorf("%s: tile of %v", item.Href, got)
		}
	}
	for _, bad := range []string{"rivers", "roads,", "http://other.vn/collections/roads", "roads&collections=places"} {
		if res, _ := a.get("/tiles/WebMercatorQuad?collections="+bad, ""); res.StatusCode != http.StatusBadRequest {
			a.Errorf("%s: %d", bad, res.StatusCode)
		}
		if res, _ := a.get("/tiles/WebMercatorQuad/0/0/0?collections="+bad, ""); res.StatusCode != http.StatusBadRequest {
			a.Errorf("tile, %s: %d", bad, res.StatusCode)
		}
	}
}

// atsSelectionOrder expects layers in the order in which they are named, whoever
// asked before in another.
func atsSelectionOrder(a *ats) {
	for _, address := range []string{"/tiles/WebMercatorQuad/6/28/50", "/tiles/WorldCRS84Quad/5/12/50"} {
		for range 2 {
			for _, list := range []string{"zones,places", "places,zones", "roads,zones,places"} {
				_, tile := a.tile(a.root+address+"?collections="+list, "", 0, 0)
				if tile == nil {
					a.Fatalf("%s: nothing", address)
				}
				var got []string
				for _, l := range tile.Layers {
					got = append(got, l.Name)
				}
				if strings.Join(got, ",") != list {
					a.Errorf("%s %s: %v", address, list, got)
				}
			}
		}
	}
}

// atsDatetime: the axis datetime of subset is the parameter datetime.
func atsDatetime(a *ats) {
	const at = "/tiles/WebMercatorQuad/11/901/1626"
	for subset, datetime := range map[string]string{
		`datetime("2018-02-12T23:20:52Z")`:                        "2018-02-12T23:20:52Z",
		`datetime("2018-02-12T00:00:00Z":"2018-03-18T12:31:12Z")`: "2018-02-12T00:00:00Z/2018-03-18T12:31:12Z",
		`datetime("2018-02-12":*)`:                                "2018-02-12/..",
		`datetime(*:"2018-03-18T12:31:12Z")`:                      "../2018-03-18T12:31:12Z",
		`datetime(2027-06-30)`:                                    "2027-06-30",
	} {
		axis, _ := a.get(at+"?subset="+url.QueryEscape(subset), "")
		same, _ := a.get(at+"?datetime="+url.QueryEscape(datetime), "")
		if axis.StatusCode != http.StatusOK || axis.Header.Get("Etag") != same.Header.Get("Etag") {
			a.Errorf("%s: %d, %s; datetime: %s", subset, axis.StatusCode, axis.Header.Get("Etag"), same.Header.Get("Etag"))
		}
		var full atsTileset
		a.json("/tiles/VN2000TM3-105?subset="+url.QueryEscape(subset), &full)
		if item := a.link(full.Links, "item"); !strings.Contains(item.Href, "?datetime=") {
			a.Errorf("%s leads to %s", subset, item.Href)
		}
	}
	for _, bad := range []string{"datetime", "datetime(", "datetime()", "time(2027-01-01)", "datetime(2027-01-01)x", `datetime("2027-01-01)`, `datetime("2027-01-01":"2028-01-01":*)`, "datetime(*:*)x", "datetime(yesterday)"} {
		if res, text := a.get(at+"?subset="+url.QueryEscape(bad), ""); res.StatusCode != http.StatusBadRequest || !bytes.Contains(text, []byte("subset")) {
			a.Errorf("%s: %d", bad, res.StatusCode)
		}
	}
	if res, _ := a.get(at+"?subset=datetime(2027-01-01)&datetime=2027-01-01", ""); res.StatusCode != http.StatusBadRequest {
		a.Errorf("both: %d", res.StatusCode)
	}
}

// atsContent: every answer is one tile, every feature has a geometry and a type.
func atsContent(a *ats) {
	for _, set := range tms.Sets() {
		at, _ := set.At(orb.Point{105.8524, 21.0288}, 3)
		_, tile := a.tile(a.root+"/tiles/"+set.ID()+"/"+at.String(), "", 0, 0)
		if tile == nil || tile.Layer("places") == nil {
			a.Fatalf("%s: %+v", set.ID(), tile)
		}
		for _, l := range tile.Layers {
			for _, f := range l.Features {
				if f.Type == mvttest.Unknown || len(f.Points)+len(f.Lines)+len(f.Polygons) == 0 {
					a.Errorf("%s: %+v", set.ID(), f)
				}
				if err := f.Check(); err != nil {
					a.Errorf("%s: %v", set.ID(), err)
				}
			}
		}
	}
}

func atsTileJSON(a *ats) {
	for _, root := range []string{"", "/collections/roads"} {
		here := root + "/tiles/WebMercatorQuad"
		var full atsTileset
		a.json(here, &full)
		for _, address := range []string{a.link(full.Links, "alternate").Href, here} {
			res, text := a.get(address, media.TypeTileJSON)
			var got struct {
				TileJSON     string
				Tiles        []string
				VectorLayers []struct{ ID string } `json:"vector_layers"`
			}
			if err := json.Unmarshal(text, &got); err != nil || res.Header.Get("Content-Type") != media.TypeTileJSON || got.TileJSON != "3.0.0" || len(got.Tiles) != 1 || len(got.VectorLayers) == 0 {
				a.Fatalf("%s: %v %s %s", address, err, res.Header.Get("Content-Type"), text)
			}
			if status, _ := a.tile(strings.NewReplacer("{z}", "11", "{y}", "901", "{x}", "1626").Replace(got.Tiles[0]), "", 0, 0); status != http.StatusOK {
				a.Errorf("%s: %d", got.Tiles[0], status)
			}
		}
		if res, _ := a.get(root+"/tiles/VN2000TM3-105?f=tilejson", ""); res.StatusCode != http.StatusNotAcceptable {
			a.Errorf("TileJSON of VN-2000: %d", res.StatusCode)
		}
	}
}

func atsMatrixSets(a *ats) {
	for _, set := range tms.Sets() {
		var got atsSet
		a.json("/tileMatrixSets/"+set.ID(), &got)
		if got.ID != set.ID() || got.CRS == "" || len(got.OrderedAxes) != 2 || got.BoundingBox == nil {
			a.Errorf("%+v", got)
		}
		for i, m := range got.TileMatrices {
			if m.ID != fmt.Sprint(i) || m.CornerOfOrigin != "topLeft" || len(m.PointOfOrigin) != 2 || m.TileWidth != 256 || m.TileHeight != 256 || m.MatrixWidth < 1 || m.MatrixHeight < 1 {
				a.Errorf("%s: %+v", set.ID(), m)
			}
			// The matrix ends where the bounding box of the set does.
			if right := m.PointOfOrigin[0] + float64(m.MatrixWidth*256)*m.CellSize; right-got.BoundingBox.UpperRight[0] > 1e-6*right {
				a.Errorf("%s %s: ends at %v", set.ID(), m.ID, right)
			}
		}
	}
}

func atsLimitsModel(a *ats) {
	a.all(func(root string, _, full atsTileset) {
		if len(full.TileMatrixSetLimits) == 0 {
			a.Errorf("%s: no limits", root)
		}
		for _, l := range full.TileMatrixSetLimits {
			if l.MinTileRow > l.MaxTileRow || l.MinTileCol > l.MaxTileCol {
				a.Errorf("%s: %+v", root, l)
			}
		}
	})
}

func atsIdentifiers(a *ats) {
	seen := map[string]bool{}
	a.all(func(_ string, _, full atsTileset) {
		self := a.link(full.Links, "self").Href
		if seen[self] {
			a.Errorf("%s twice", self)
		}
		seen[self] = true
	})
}

// atsSuiteSets is what the executable suite asks of /tileMatrixSets.
func atsSuiteSets(a *ats) {
	var list struct {
		TileMatrixSets []struct {
			ID, Title, URI, CRS string
			Links               []atsLink
		}
		Links []atsLink
	}
	a.json("/tileMatrixSets", &list)
	for i, s := range list.TileMatrixSets {
		if s.ID != tms.Sets()[i].ID() || s.Title == "" || s.CRS == "" {
			a.Errorf("%+v", s)
		}
		for _, rel := range []string{"self", "item"} {
			var set atsSet
			a.json(a.link(s.Links, rel).Href, &set)
			if set.ID != s.ID {
				a.Errorf("%s leads to %s", s.ID, set.ID)
			}
		}
	}
	if len(list.TileMatrixSets) != 3 {
		a.Errorf("%d sets", len(list.TileMatrixSets))
	}
}
