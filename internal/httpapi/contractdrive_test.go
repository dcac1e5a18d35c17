package httpapi

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/openapi"
	"github.com/hanoitwin/hanoitwin/internal/rounds"
)

// described is an operation as a client reads it from the document.
type described struct {
	method, path string
	parameters   []openapi.Object
	anyOf        []string
	body         openapi.Object // by media type
	needsKey     bool
}

// describedOf reads all operations from a document, those that change last, so that
// the others find what there is.
func describedOf(t *testing.T, document openapi.Object) []described {
	t.Helper()
	var all []described
	for path, item := range document["paths"].(openapi.Object) {
		item := item.(openapi.Object)
		common, _ := item["parameters"].([]any)
		for method, operation := range item {
			o, ok := operation.(openapi.Object)
			if !ok {
				continue
			}
			d := described{method: strings.ToUpper(method), path: path}
			own, _ := o["parameters"].([]any)
			for _, p := range append(common[:len(common):len(common)], own...) {
				d.parameters = append(d.parameters, p.(openapi.Object))
			}
			needed, _ := o["x-any-of"].([]any)
			for _, name := range needed {
				d.anyOf = append(d.anyOf, name.(string))
			}
			if body, ok := o["requestBody"].(openapi.Object); ok {
				d.body = body["content"].(openapi.Object)
			}
			security, _ := o["security"].([]any)
			d.needsKey = len(security) > 0 && len(security[0].(openapi.Object)) > 0
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b described) int {
		rank := func(d described) string { // DELETE of layers at the very end
			return fmt.Sprint(d.method != http.MethodGet, d.method == http.MethodDelete, d.path, d.method)
		}
		return strings.Compare(rank(a), rank(b))
	})
	return all
}

// add puts a value into a query. An object is exploded: each member is a parameter.
func add(query url.Values, p openapi.Object, value string) {
	if members, ok := p["example"].(openapi.Object); ok && p["explode"] == true {
		for name, member := range members {
			if value == "" {
				value = fmt.Sprint(member)
			}
			query.Add(name, value)
		}
		return
	}
	query.Add(p["name"].(string), value)
}

// exampleIn is the example of a parameter as it stands in an address.
func exampleIn(p openapi.Object) (text string, ok bool) {
	switch e := p["example"].(type) {
	case nil, openapi.Object:
		return "", false
	case []any:
		parts := make([]string, len(e))
		for i := range e {
			parts[i] = fmt.Sprint(e[i])
		}
		return strings.Join(parts, ","), true
	default:
		return fmt.Sprint(e), true
	}
}

// least returns the path with its examples and the fewest parameters that the
// operation can be asked with.
func (d *described) least() (path string, query url.Values) {
	path, query = d.path, url.Values{}
	for _, p := range d.parameters {
		name := p["name"].(string)
		example, ok := exampleIn(p)
		switch {
		case p["in"] == "path" && ok:
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(example))
		case p["in"] == "query" && (p["required"] == true || len(d.anyOf) > 0 && name == d.anyOf[0]):
			query.Set(name, example)
		}
	}
	return path, query
}

// TestExamplesWork asks each operation that reads with the examples of what it
// needs, and with each other parameter beside those: all of them are answered.
func TestExamplesWork(t *testing.T) {
	server, keys := rolesServer(t)
	p, err := promised(server)
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, d := range describedOf(t, p.Object) {
		if d.method != http.MethodGet || strings.HasPrefix(d.path, "/watches/") {
			continue
		}
		base := url.Values{}
		byName := map[string]string{}
		for _, p := range d.parameters {
			text, ok := exampleIn(p)
			if p["in"] != "query" || !ok {
				continue
			}
			byName[p["name"].(string)] = text
			if p["required"] == true {
				base.Set(p["name"].(string), text)
			}
		}
		path, _ := d.least()
		for _, p := range append(slices.Clone(d.parameters), openapi.Object{"in": "query", "name": ""}) {
			name := p["name"].(string)
			if p["in"] != "query" || name == "watch" || base.Has("from") && (name == "version" || name == "as_of") {
				continue // two ways to say of which version
			}
			query := url.Values{}
			for k, v := range base {
				query[k] = v
			}
			byName["version"] = strconv.FormatInt(int64(server.source.State().Version()), 10) // the first is empty here
			if byName[name] != "" && !base.Has(name) || p["explode"] == true {
				add(query, p, byName[name])
			}
			if beside, ok := p["x-beside"].(string); ok {
				query.Set(beside, byName[beside])
			}
			if len(d.anyOf) > 0 && !query.Has(d.anyOf[0]) {
				query.Set(d.anyOf[0], byName[d.anyOf[0]])
			}
			r := httptest.NewRequest(d.method, path+"?"+query.Encode(), nil)
			if d.path == "/events" {
				r.Method = http.MethodHead // a stream has no end
			}
			r.Header.Set("X-API-Key", keys[city.Admin])
			w := httptest.NewRecorder()
			held{server, t}.ServeHTTP(w, r)
			if asked++; w.Code != http.StatusOK && w.Code != http.StatusNoContent {
				t.Errorf("%s: %d %s", r.URL, w.Code, w.Body)
			}
		}
	}
	if asked < 100 {
		t.Errorf("only %d examples", asked)
	}
}

// TestDriven drives every operation with parameters and bodies that the document
// allows and that it does not: nothing is a server's error, and nothing breaks the
// contract.
func TestDriven(t *testing.T) {
	server, keys := rolesServer(t)
	p, err := promised(server)
	if err != nil {
		t.Fatal(err)
	}
	g := &generator{rand.New(rand.NewPCG(rounds.Seed(t), 1))}
	statuses := map[int]int{}
	for _, d := range describedOf(t, p.Object) {
		n := rounds.Of(25)
		if d.method != http.MethodGet {
			n = rounds.Of(15)
		}
		for range n {
			r := g.request(&d, keys)
			w := httptest.NewRecorder()
			held{server, t}.ServeHTTP(w, r)
			if statuses[w.Code]++; w.Code >= 500 {
				t.Errorf("%s %s: %d %s", r.Method, r.URL, w.Code, w.Body)
			}
		}
	}
	for _, status := range []int{200, 400, 401, 404, 406} {
		if statuses[status] < 5 {
			t.Errorf("the requests are of too few kinds: %v", statuses)
		}
	}
	t.Logf("answers by status %v", statuses)
}

type generator struct{ *rand.Rand }

func (g *generator) pick(texts ...string) string { return texts[g.IntN(len(texts))] }

// wrong is a value that hardly anything takes.
func (g *generator) wrong() string {
	return g.pick("", " ", "NaN", "-1", "1e400", "99999999999999999999999", "0x10", "\x00", "%", "\xff\xfe", "'; DROP TABLE x; --", "../../etc/passwd",
		"null", "[]", "{}", ",", ",,", "a,b,c,d", "Đường", strings.Repeat("x", 300), strings.Repeat("a,", 200), "1/1", "-0", "1.5", "2026-13-45", "../..", "0001-01-01/9999-12-31")
}

// value is one of a schema, or now and then a wrong one.
func (g *generator) value(p openapi.Object) string {
	if g.IntN(4) == 0 {
		return g.wrong()
	}
	schema, _ := p["schema"].(openapi.Object)
	if list, ok := schema["enum"].([]any); ok {
		return fmt.Sprint(list[g.IntN(len(list))])
	}
	low, high := 0.0, 1000.0
	if v, ok := schema["minimum"].(json.Number); ok {
		low, _ = v.Float64()
	}
	if v, ok := schema["maximum"].(json.Number); ok {
		high, _ = v.Float64()
	}
	switch g.IntN(5) {
	case 0:
		low, high = low-1, low-1
	case 1:
		low, high = high, high+1
	}
	example, ok := exampleIn(p)
	switch schema["type"] {
	case "integer":
		return strconv.FormatFloat(float64(int64(low+g.Float64()*(high-low))), 'f', -1, 64)
	case "number":
		return strconv.FormatFloat(low+g.Float64()*(high-low), 'f', 6, 64)
	}
	if !ok {
		return g.pick("stops", "depots", "T1", "1", "4")
	}
	return example
}

// request makes one of an operation.
func (g *generator) request(d *described, keys map[city.Role]string) *http.Request {
	path, query, header := d.path, url.Values{}, http.Header{}
	for _, p := range d.parameters {
		name := p["name"].(string)
		switch p["in"] {
		case "path":
			value, ok := exampleIn(p)
			if !ok || g.IntN(3) == 0 {
				value = g.value(p)
			}
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
		case "query":
			if p["required"] == true && g.IntN(8) > 0 || g.IntN(3) == 0 {
				add(query, p, g.value(p))
			}
			if g.IntN(40) == 0 {
				add(query, p, g.value(p)) // twice
			}
		case "header":
			if g.IntN(2) == 0 {
				header.Set(name, g.pick("*", `"x"`, `"3f"`, "W/\"x\"", "%C4%91", "%zz", "x"))
			}
		}
	}
	if len(d.anyOf) > 0 && g.IntN(4) > 0 {
		query.Set(d.anyOf[0], "5")
	}
	if g.IntN(20) == 0 {
		query.Set("unknown", "1")
	}
	raw := query.Encode()
	if g.IntN(20) == 0 {
		raw += "&f=%zz&=&&x"
	}
	if strings.HasSuffix(path, "/") && len(path) > 1 || strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/%20/")
	}
	r := httptest.NewRequest(d.method, "/", strings.NewReader(g.body(d, header)))
	if u, err := url.Parse(path); err == nil {
		r.URL = u
	}
	r.URL.RawQuery, r.Header = raw, header
	if d.path == "/events" && d.method == http.MethodGet {
		r.Method = http.MethodHead // a stream has no end
	}
	if g.IntN(8) > 0 {
		header.Set("X-API-Key", keys[[]city.Role{city.Admin, city.Admin, city.Editor, city.Viewer}[g.IntN(4)]])
	} else if g.IntN(4) == 0 {
		header.Set("Authorization", "Bearer nonsense")
	}
	if g.IntN(4) == 0 {
		header.Set("Accept", g.pick("text/html", "application/json", "image/png", "*/*;q=0", "application/geo+json, text/html;q=0.5", "x", "application/vnd.oai.openapi+json;version=9"))
	}
	if g.IntN(10) == 0 {
		header.Set("Accept-Encoding", g.pick("gzip", "zstd", "identity;q=0", "br"))
	}
	return r
}

// body makes one of a request, right or wrong.
func (g *generator) body(d *described, header http.Header) string {
	if d.body == nil {
		return ""
	}
	types := make([]string, 0, len(d.body))
	for name := range d.body {
		types = append(types, name)
	}
	slices.Sort(types)
	header.Set("Content-Type", g.pick(append(types, types[0], types[0], "text/plain")...))
	feature := `{"type":"Feature","geometry":{"type":"Point","coordinates":[105.9,21.0` + strconv.Itoa(g.IntN(99)) + `]},"properties":{"code":"` + g.pick("A", "B", "C", "T1", "Đ") + `","status":"planned"}}`
	watch := `{"title":"x","place":{"point":[105.8,21],"radius_m":500},"layers":["stops"]}`
	set := `{"message":"x","edits":[{"op":"create","layer":"stops","feature":` + feature + `},{"op":"patch","layer":"stops","id":"T1","feature":{"properties":{"name":"y"}}}]}`
	definition := `{"title":"Trạm","geometry":"Point","properties":[{"name":"code","type":"string"},{"name":"name","type":"string"},{"name":"status","type":"string"},{"name":"valid_from","type":"date"}],"key":"code"}`
	right := feature
	switch {
	case strings.HasPrefix(d.path, "/watches"):
		right = watch
	case strings.HasSuffix(d.path, "/revert"):
		right = `{"message":"x"}`
	case strings.HasPrefix(d.path, "/changesets"):
		right = set
	case strings.HasPrefix(d.path, "/layers"):
		right = definition
	}
	switch g.IntN(6) {
	case 0:
		return g.pick("", "{", "[]", "null", "1", `{"type":"Feature"}`, `{"properties":{"x":1}}`, strings.Repeat("[", 5000), "\xff", `{"a":"\ud800"}`)
	case 1: // cut, or with a piece that is wrong
		at := g.IntN(len(right))
		return right[:at] + g.wrong() + right[at:]
	case 2:
		return g.pick(feature, watch, set, definition)
	}
	return right
}
