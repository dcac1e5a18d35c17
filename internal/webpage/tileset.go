package webpage

import (
	"html/template"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// use is how a program takes in what a page is about: something to copy.
type use struct{ Title, Code string }

// tileset shows a tileset (OGC 17-083r4): a map of its layers, what its layers carry,
// and addresses that programs take.
func (v *view) tileset(document *Value, where *box) {
	v.shownLayers(document)
	lower, upper := corner(document, "lowerLeft"), corner(document, "upperRight")
	if lower != nil && upper != nil {
		where.include(lower[0], lower[1])
		where.include(upper[0], upper[1])
		document.replace("boundingBox", Value{Kind: Array, Items: []Value{numberOf(lower[0]), numberOf(lower[1]), numberOf(upper[0]), numberOf(upper[1])}})
	}
	v.tileAddresses(document)
	if m := document.member("centerPoint"); m != nil {
		document.replace("centerPoint", Value{Kind: Array, Items: m.member("coordinates").items()})
	}
	layers := document.member("layers").items()
	least, most := math.Inf(1), math.Inf(-1)
	for i := range layers {
		if first, err := strconv.ParseFloat(layers[i].text("minTileMatrix"), 64); err == nil {
			least = min(least, first)
		}
		if last, err := strconv.ParseFloat(layers[i].text("maxTileMatrix"), 64); err == nil {
			most = max(most, last)
		}
		fields(&layers[i])
	}
	if least <= most {
		document.Members = append(document.Members, Member{Name: "minzoom", Value: numberOf(least)}, Member{Name: "maxzoom", Value: numberOf(most)})
	}
}

// shownLayers lets the map show the layers of the tileset and no others, in the
// language of the page.
func (v *view) shownLayers(document *Value) {
	var on, off []string
	for _, layer := range document.member("layers").items() {
		on = append(on, url.QueryEscape(layer.text("id")))
	}
	for _, layer := range v.Layers {
		if id := url.QueryEscape(layer); !slices.Contains(on, id) {
			off = append(off, id)
		}
	}
	v.mapState = "&on=" + strings.Join(on, ",")
	if len(off) > 0 {
		v.mapState += "&off=" + strings.Join(off, ",")
	}
}

// fields puts the names of what a layer carries in the place of their schema.
func fields(layer *Value) {
	var names []Value
	if schema := layer.member("propertiesSchema"); schema != nil && schema.member("properties") != nil {
		for _, m := range schema.member("properties").Members {
			names = append(names, Value{Kind: Scalar, Text: m.Name})
		}
	}
	layer.drop("propertiesSchema", "boundingBox", "minCellSize", "maxCellSize", "dataType", "attribution", "geometryDimension")
	layer.Members = append(layer.Members, Member{Name: "fields", Value: Value{Kind: Array, Items: names}})
}

// tileAddresses says how programs take the tiles in. Those of Web Mercator go by zoom,
// column and row; of other sets the address of the tileset is what a client needs.
func (v *view) tileAddresses(document *Value) {
	address := ""
	for _, l := range v.Links {
		if l.Rel == "item" && strings.Contains(l.Href, "{tileMatrix}") {
			address = l.Href
		}
	}
	v.Links = slices.DeleteFunc(v.Links, func(l Link) bool { return strings.ContainsAny(l.Href, "{}") })
	if address == "" {
		return
	}
	v.Uses = append(v.Uses, use{"OGC API Tiles", address})
	at := strings.Index(address, "/{tileMatrix}")
	query := ""
	if i := strings.IndexByte(address, '?'); i >= 0 {
		query = address[i:]
	}
	if _, day, found := strings.Cut(query, "datetime="); found {
		if day, _, _ = strings.Cut(day, "&"); !strings.ContainsAny(day, "/%") {
			v.mapState += "&date=" + url.QueryEscape(day)
		}
	}
	tileset := address[:at] + query
	if !strings.HasSuffix(document.text("crs"), "/3857") {
		v.MapNote = v.Say("Bản đồ vẽ cùng các lớp này bằng Web Mercator.", "The map shows the same layers in Web Mercator.")
		v.Uses = append(v.Uses, use{"OpenLayers", "new OGCVectorTile({url: '" + quoted(tileset) + "', format: new MVT()})"})
		return
	}
	xyz := strings.NewReplacer("{tileMatrix}", "{z}", "{tileRow}", "{y}", "{tileCol}", "{x}").Replace(address)
	sep := "?"
	if query != "" {
		sep = "&"
	}
	v.Uses = append(v.Uses,
		use{"QGIS (" + v.Say("Lớp ô véc-tơ, URL", "Vector Tiles, URL") + ")", xyz},
		use{"MapLibre", `{"type": "vector", "url": "` + tileset + sep + `f=tilejson"}`},
		use{"OpenLayers", "new VectorTileSource({format: new MVT(), url: '" + quoted(xyz) + "'})"},
	)
}

// quoted is a text that stands between single quotes in a script.
func quoted(text string) string { return strings.ReplaceAll(text, "'", "%27") }

// corner reads one of a bounding box, nil when there is none in degrees.
func corner(document *Value, name string) []float64 {
	bounds := document.member("boundingBox")
	if bounds == nil {
		return nil
	}
	return bounds.member(name).numbers()
}

// mapAddresses returns the web map, and the map for frames, of a view.
func (v *view) mapAddresses(hash string) {
	if v.Lang == english {
		hash += "&lang=" + english
	}
	v.FrameHref = template.URL(v.Base + "/viewer/embed.html#" + hash) //nolint:gosec // as below
	v.MapHref = template.URL(v.Base + "/?f=map#" + hash)              //nolint:gosec // checked: the server's own address, numbers, and names that are escaped
}
