package webpage

import (
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func source(document string) *Source {
	return &Source{
		Document: []byte(document), Title: "Tên · Title", Site: "Bản sao số", Base: "https://twin.example.vn", Self: "https://twin.example.vn/x",
		Crumbs: []Link{{Href: "https://twin.example.vn/collections", Text: "collections"}},
		Forms:  []Link{{Href: "https://twin.example.vn/x?f=json", Text: "JSON", Type: "application/json"}},
	}
}

func renderer(t testing.TB) *Renderer {
	t.Helper()
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func rendered(t testing.TB, s *Source) string {
	t.Helper()
	page, err := renderer(t).Render(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

const items = `{"type":"FeatureCollection","features":[
 {"type":"Feature","id":1,"geometry":{"type":"Point","coordinates":[105.85,21.03]},"properties":{"name":"Hồ","code":"HK"}},
 {"type":"Feature","id":2,"geometry":{"type":"LineString","coordinates":[[105.8,21],[105.9,21.1]]},"properties":{"name":"Đường","lanes":4}}],
 "numberMatched":7,"numberReturned":2,"links":[
 {"href":"https://twin.example.vn/x?offset=2","rel":"next","type":"application/geo+json"},
 {"href":"https://twin.example.vn/collections/roads?version=3","rel":"collection","type":"application/json"}]}`

func TestPageOfItems(t *testing.T) {
	s := source(items)
	s.Labels, s.Seen = map[string]string{"lanes": "Số làn"}, "?version=3"
	text := rendered(t, s)
	for _, want := range []string{
		`<a href="https://twin.example.vn/collections/roads/items/1?version=3">1</a>`, `<td class="text"><div>Hồ</div></td>`, `Số làn`, `LineString (2)`,
		`<a href="https://twin.example.vn/x?offset=2" rel="next">`, `<span>2 / 7</span>`,
		`/?f=map#map=12.04/21.05000/105.85000`, `<iframe src="https://twin.example.vn/viewer/embed.html#map=12.04/21.05000/105.85000"`, `<link rel="alternate" type="application/json" href="https://twin.example.vn/x?f=json"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// TestPageInOneLanguage: a page has the words of its language, and not of the other.
func TestPageInOneLanguage(t *testing.T) {
	for lang, words := range map[string][2]string{"vi": {"Liên kết", "Số đối tượng"}, "en": {"Links", "Features"}} {
		s := source(`{"title":"x","numberOfFeatures":3,"links":[{"href":"https://twin.example.vn/x","rel":"items"}]}`)
		s.Lang = lang
		text := rendered(t, s)
		for other, others := range map[string][2]string{"vi": {"Liên kết", "Số đối tượng"}, "en": {"Links", ">Features<"}} {
			for i := range words {
				if strings.Contains(text, others[i]) != (other == lang) {
					t.Errorf("%q on a page in %s: %v\n%s", others[i], lang, other != lang, text)
				}
			}
		}
		if strings.Contains(text, " · ") && lang == "en" && strings.Contains(text, "Giấy phép") {
			t.Error(text)
		}
	}
}

// TestTemplatedLinks are shown, for nobody can follow them as they are.
func TestTemplatedLinks(t *testing.T) {
	text := rendered(t, source(`{"title":"x","links":[{"href":"https://twin.example.vn/nearby{?lon,lat}","rel":"search","title":"Gần"},{"href":"https://twin.example.vn/y","rel":"data","title":"Lớp"}]}`))
	if !strings.Contains(text, `Gần <code>https://twin.example.vn/nearby{?lon,lat}</code>`) || strings.Contains(text, `%7b`) || !strings.Contains(text, `<a href="https://twin.example.vn/y" rel="data">`) {
		t.Error(text)
	}
}

// TestPageOfTileset shows the layers of the tileset and no others on the map, and what
// programs take.
func TestPageOfTileset(t *testing.T) {
	const tileset = `{"title":"Cầu","crs":"http://www.opengis.net/def/crs/EPSG/0/SRID","tileMatrixSetLimits":[{"tileMatrix":"0","minTileRow":0,"maxTileRow":0,"minTileCol":0,"maxTileCol":0}],
		"boundingBox":{"lowerLeft":[105.7,20.9],"upperRight":[106,21.2]},"centerPoint":{"coordinates":[105.8,21]},
		"layers":[{"id":"bridges","minTileMatrix":"6","maxTileMatrix":"22","propertiesSchema":{"properties":{"code":{"type":"string"},"name":{"type":"string"}}}}],
		"links":[{"href":"https://twin.example.vn/collections/bridges/tiles/X/{tileMatrix}/{tileRow}/{tileCol}?datetime=2027-06-30","rel":"item","title":"Ô"}]}`
	s := source(strings.ReplaceAll(tileset, "SRID", "3857"))
	s.Layers, s.Lang = []string{"bridges", "roads", "wards"}, "en"
	text := rendered(t, s)
	for _, want := range []string{
		`<iframe src="https://twin.example.vn/viewer/embed.html#map=10.45/21.05000/105.85000&amp;on=bridges&amp;off=roads,wards&amp;date=2027-06-30&amp;lang=en"`,
		`<code>https://twin.example.vn/collections/bridges/tiles/X/{z}/{y}/{x}?datetime=2027-06-30</code>`,
		`{&#34;type&#34;: &#34;vector&#34;, &#34;url&#34;: &#34;https://twin.example.vn/collections/bridges/tiles/X?datetime=2027-06-30&amp;f=tilejson&#34;}`,
		`new VectorTileSource({format: new MVT(), url: &#39;https://twin.example.vn/collections/bridges/tiles/X/{z}/{y}/{x}?datetime=2027-06-30&#39;})`,
		`<li>code</li><li>name</li>`, `<th scope="row">Least zoom</th><td class="number">6</td>`, `<th scope="row">Greatest zoom</th><td class="number">22</td>`, `105.7, 20.9, 106, 21.2`, `Least zoom`, `<h2>Limits of the tileset</h2>`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	checkInert(t, text)
	s = source(strings.ReplaceAll(tileset, "SRID", "5897"))
	s.Layers = []string{"bridges"}
	text = rendered(t, s)
	for _, want := range []string{`Bản đồ vẽ cùng các lớp này bằng Web Mercator.`, `new OGCVectorTile({url: &#39;https://twin.example.vn/collections/bridges/tiles/X?datetime=2027-06-30&#39;, format: new MVT()})`} {
		if !strings.Contains(text, want) || strings.Contains(text, "{z}") {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// TestPageOfPlane shows no map of coordinates that are not degrees.
func TestPageOfPlane(t *testing.T) {
	s := source(strings.ReplaceAll(items, "[105.8", "[587000.8"))
	s.Plane = true
	if text := rendered(t, s); strings.Contains(text, "<iframe") {
		t.Error(text)
	}
	s = source(strings.ReplaceAll(items, "[105.8", "[587000.8"))
	if text := rendered(t, s); strings.Contains(text, "<iframe") {
		t.Error("a place that is none:", text)
	}
}

func TestPageOfFeature(t *testing.T) {
	text := rendered(t, source(`{"type":"Feature","id":7,"links":[{"href":"https://twin.example.vn/collections/roads","rel":"collection"}],
		"geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[105.85,21.03]}]},"properties":{"name":"Cầu <b>","more":{"a":[1,{"b":null}]}}}`))
	for _, want := range []string{"<h1>Cầu &lt;b&gt;</h1>", "&amp;sel=roads/7", "<dt>a</dt>", "GeometryCollection"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestTooLarge(t *testing.T) {
	for lang, want := range map[string]string{"vi": "quá lớn", "en": "too large"} {
		s := source(`{"x":"` + strings.Repeat("x", MaxSource) + `"}`)
		s.Lang = lang
		if text := rendered(t, s); len(text) > 10_000 || !strings.Contains(text, want) || !strings.Contains(text, `<html lang="`+lang+`">`) {
			t.Error(len(text))
		}
	}
}

func TestNotADocument(t *testing.T) {
	for _, text := range []string{``, `[]`, `{`, `{"a":1} x`, `{"a":[}`} {
		if _, err := renderer(t).Render(source(text)); err == nil {
			t.Errorf("%q is shown", text)
		}
	}
}

// hostile are names as somebody might write them who wants a page to do something.
func hostile() []string {
	return []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'; alert(1); //`, `</script><script>alert(1)</script>`, `javascript:alert(1)`,
		`http://x" onclick="alert(1)`, "https://example.vn/\u2028", `{{.}}`, `<!--`, `]]>`, `</title><svg onload=alert(1)>`, "https://[::1]:x/", `data:text/html,<script>1</script>`,
	}
}

// checkInert demands that a page is text, tags and one block of data, and nothing
// else; that it has no script, no handler of an event, and no link of another scheme
// than http and https.
func checkInert(t testing.TB, page string) {
	t.Helper()
	tag := regexp.MustCompile(`^</?([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<>]*")?)*)>`)
	attribute := regexp.MustCompile(` ([a-z-]+)(?:="([^"]*)")?`)
	page, ok := strings.CutPrefix(page, "<!DOCTYPE html>")
	if !ok {
		t.Error("no HTML")
	}
	for page != "" {
		if page[0] != '<' {
			page = page[strings.IndexByte(page+"<", '<'):]
			continue
		}
		const data = `<script type="application/ld+json">`
		if rest, ok := strings.CutPrefix(page, data); ok {
			block, after, _ := strings.Cut(rest, "<")
			if page = "<" + after; !json.Valid([]byte(block)) || !strings.HasPrefix(page, "</script>") {
				t.Errorf("the data block is no JSON: %s", block)
			}
			page = page[len("</script>"):]
			continue
		}
		m := tag.FindStringSubmatch(page)
		if m == nil {
			t.Fatalf("no tag: %.200s", page)
		}
		page = page[len(m[0]):]
		switch m[1] {
		case "script", "img", "svg", "object", "embed", "style", "base", "form":
			t.Errorf("an element %s", m[0])
		}
		for _, a := range attribute.FindAllStringSubmatch(m[2], -1) {
			name, value := a[1], html.UnescapeString(a[2])
			switch {
			case strings.HasPrefix(name, "on") || name == "style" || name == "srcdoc":
				t.Errorf("an attribute in %s", m[0])
			case name == "href" || name == "src":
				if u, err := url.Parse(strings.TrimSpace(value)); err == nil && u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
					t.Errorf("a link to %q", value)
				}
			}
		}
	}
}

func hostilePages(t testing.TB, r *Renderer, name string) {
	t.Helper()
	quoted, err := json.Marshal(name)
	if err != nil {
		t.Fatal(err)
	}
	n := string(quoted)
	for _, document := range []string{
		`{` + n + `:` + n + `,"title":` + n + `,"description":` + n + `,"links":[{"href":` + n + `,"rel":` + n + `,"type":` + n + `,"title":` + n + `},{"href":` + n + `,"rel":"next"},{"href":"/collections/x","rel":"collection"}],"list":[{` + n + `:` + n + `}]}`,
		`{"type":"Feature","id":` + n + `,"layer":` + n + `,"geometry":{"type":` + n + `,"coordinates":[105,21]},"properties":{` + n + `:` + n + `,"name":` + n + `}}`,
		`{"type":"FeatureCollection","features":[{"id":` + n + `,"layer":` + n + `,"properties":{` + n + `:[` + n + `]}}]}`,
		`{"collections":[{"id":` + n + `,"title":` + n + `}]}`,
		`{"tileMatrixSetLimits":[],"crs":"/3857","boundingBox":{"lowerLeft":[105,21],"upperRight":[106,22]},"layers":[{"id":` + n + `,"propertiesSchema":{"properties":{` + n + `:{}}}}],"links":[{"rel":"item","href":"http://x/{tileMatrix}?a=` + strings.Trim(n, `"`) + `"}]}`,
	} {
		s := source(document)
		s.Title, s.Labels, s.Data = name, map[string]string{name: name}, map[string]any{name: name}
		s.Crumbs = append(s.Crumbs, Link{Href: "https://twin.example.vn/", Text: name})
		page, err := r.Render(s)
		if err != nil {
			t.Fatal(err)
		}
		checkInert(t, string(page))
	}
	api := `{"info":{"title":` + n + `,"description":` + n + `},"tags":[{"name":` + n + `,"description":` + n + `}],"paths":{"/x/{p}":{"parameters":[{"name":"p","in":"path","example":` + n + `}],` +
		`"get":{"operationId":` + n + `,"summary":` + n + `,"tags":[` + n + `],"parameters":[{"name":` + n + `,"in":"query","required":true,"description":` + n + `,"example":` + n + `,"schema":{"type":` + n + `,"enum":[` + n + `]}}],"responses":{"200":{"description":` + n + `}}}}}}`
	page, err := r.RenderAPI(source(api))
	if err != nil {
		t.Fatal(err)
	}
	checkInert(t, string(page))
}

func TestHostileNames(t *testing.T) {
	r := renderer(t)
	for _, name := range hostile() {
		hostilePages(t, r, name)
	}
}

func FuzzHostileNames(f *testing.F) {
	for _, name := range hostile() {
		f.Add(name)
	}
	r := renderer(f)
	f.Fuzz(func(t *testing.T, name string) { hostilePages(t, r, name) })
}

// FuzzDocument lets any JSON be shown.
func FuzzDocument(f *testing.F) {
	f.Add(items)
	f.Add(`{"a":` + strings.Repeat(`{"a":`, 50) + `1` + strings.Repeat(`}`, 51))
	f.Add(`{"geometry":"Point","extent":{"spatial":{"bbox":[[1,2,3,"x"]]}},"links":1,"features":1,"collections":{}}`)
	r := renderer(f)
	f.Fuzz(func(t *testing.T, text string) {
		page, err := r.Render(source(text))
		if err == nil {
			checkInert(t, string(page))
		}
	})
}
