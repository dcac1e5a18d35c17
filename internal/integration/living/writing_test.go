package living

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/contracttest"
	"github.com/hanoitwin/hanoitwin/internal/goldentest"
	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// desk is a living store with somebody at the door: who writes and reads at it.
type desk struct {
	*living
	tokens map[string]string // by name of the key
	etags  map[string]string // by the name under which a step keeps one

	contract contracttest.Served
}

// openDesk serves a new store with keys for a viewer, an editor, one of nodes
// alone, and an admin.
func openDesk(t *testing.T, where string, config httpapi.Config) *desk {
	t.Helper()
	store := newStore(t, where)
	d := &desk{tokens: map[string]string{"nobody": ""}, etags: map[string]string{}}
	for _, k := range []struct {
		name   string
		role   city.Role
		layers []city.LayerID
	}{
		{"viewer", city.Viewer, nil}, {"editor", city.Editor, nil}, {"nodes.editor", city.Editor, []city.LayerID{"nodes"}}, {"admin", city.Admin, nil},
	} {
		_, secret, err := access.CreateKey(t.Context(), store, k.name, k.role, k.layers, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		d.tokens[k.name] = secret.Reveal()
	}
	keys := access.NewKeyring(store)
	if err := keys.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	limiter, err := access.NewLimiter(access.Limits{Writes: access.Rate{PerSecond: 1e6, Burst: 1e6}, AddressReads: access.Rate{PerSecond: 1e6, Burst: 1e6}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(limiter.Close)
	config.Guard = access.NewGuard(access.NewAuthenticator(keys, nil), limiter, false)
	d.living = live(t, store, config, twin.Options{})
	return d
}

// ask sends one request as the holder of a key; headers are pairs.
func (d *desk) ask(ctx context.Context, as, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, method, target, strings.NewReader(body))
	r.Header.Set("X-Request-Id", "golden")
	if token := d.tokens[as]; token != "" {
		r.Header.Set("X-Api-Key", token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.server.ServeHTTP(w, r)
	return w
}

// hold holds what was said against the description of the interface.
func (d *desk) hold(t *testing.T, method, target, body string, headers []string, w *httptest.ResponseRecorder) {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	describe := func() []byte { return d.ask(t.Context(), "admin", http.MethodGet, "/api", "").Body.Bytes() }
	d.contract.Hold(t, describe, r, []byte(body), &contracttest.Answer{Status: w.Code, Header: w.Result().Header, Body: w.Body.Bytes()})
}

// step is one request of a script.
type step struct {
	as, method, target string
	headers            []string // pairs; {name} stands for an entity tag that was kept
	body               string
	keep               string // the name under which the answer's ETag is kept
}

// clock is what differs from one run to the next.
var clock = regexp.MustCompile(`"(at|timeStamp)":\s*"[^"]*"`)

// play asks the steps of a script one after the other and writes down what was
// said.
func (d *desk) play(t *testing.T, script []step) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, s := range script {
		headers := slices.Clone(s.headers)
		for i := range headers {
			for name, tag := range d.etags {
				headers[i] = strings.ReplaceAll(headers[i], "{"+name+"}", tag)
			}
		}
		w := d.ask(t.Context(), s.as, s.method, s.target, s.body, headers...)
		d.hold(t, s.method, s.target, s.body, headers, w)
		if s.keep != "" {
			if d.etags[s.keep] = w.Header().Get("ETag"); d.etags[s.keep] == "" {
				t.Errorf("%s %s has no ETag", s.method, s.target)
			}
		}
		fmt.Fprintf(&out, "=== %s: %s %s %q\n", s.as, s.method, s.target, headers)
		if s.body != "" {
			fmt.Fprintf(&out, "%s\n", s.body)
		}
		fmt.Fprintf(&out, "--- %d\n", w.Code)
		for _, name := range []string{
			"Accept-Patch", "Accept-Post", "Allow", "Cache-Control", "Content-Type", "Etag", "Location", "Retry-After", "Twin-Version", "Vary", "Www-Authenticate",
		} {
			if v := w.Header()[name]; len(v) > 0 && (name != "Etag" || !clock.Match(w.Body.Bytes())) {
				fmt.Fprintf(&out, "%s: %s\n", name, strings.Join(v, " | "))
			}
		}
		if body := w.Body.Bytes(); len(body) > 0 {
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, body, "", " "); err != nil {
				t.Errorf("%s %s: no JSON: %q", s.method, s.target, body)
			}
			out.WriteString(strings.TrimSpace(pretty.String()) + "\n")
		}
		out.WriteByte('\n')
	}
	return clock.ReplaceAll(out.Bytes(), []byte(`"$1": "…"`))
}

const (
	geoJSON    = "application/geo+json"
	mergePatch = "application/merge-patch+json"
	plainJSON  = "application/json"
)

func nodesLayer() string {
	return `{"title":"Nút giao","title_en":"Nodes","geometry":"Point","key":"code","properties":[
 {"name":"code","type":"string"},{"name":"name","type":"string","title":"Tên"},{"name":"status","type":"string"},{"name":"lanes","type":"integer"},
 {"name":"valid_from","type":"date"},{"name":"valid_to","type":"date"},{"name":"tags","type":"json"}]}`
}

func nodeBody(code, name string, x float64) string {
	return fmt.Sprintf(`{"type":"Feature","geometry":{"type":"Point","coordinates":[%g,21]},"properties":{"code":%q,"name":%q}}`, x, code, name)
}

// TestWriting plays a script of all that can be written, and how it can fail, on
// both stores, and compares what was said with one file.
func TestWriting(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, where string) {
		d := openDesk(t, where, httpapi.Config{PublicURL: "http://twin.test"})
		d.compare(t, "writing.golden", writingScript())
	})
}

// compare plays a script and compares with a golden file. A store of one kind is
// as good as the other to write it from.
func (d *desk) compare(t *testing.T, name string, script []step) {
	t.Helper()
	got := d.play(t, script)
	want := goldentest.Want(t, name, got)
	a, b := bytes.Split(got, []byte("=== ")), bytes.Split(want, []byte("=== "))
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a) || i >= len(b):
			t.Fatalf("%d answers, want %d", len(a), len(b))
		case !bytes.Equal(a[i], b[i]):
			t.Errorf("answer differs from %s, got:\n%s\nwant:\n%s", name, a[i], b[i])
		}
	}
}

func writingScript() []step {
	const items = "/collections/nodes/items"
	const admin, editor = "admin", "editor"
	json := []string{"Content-Type", plainJSON}
	return slices.Concat([]step{
		// Layers.
		{as: "nobody", method: "PUT", target: "/layers/nodes", headers: json, body: nodesLayer()},
		{as: editor, method: "PUT", target: "/layers/nodes", headers: json, body: nodesLayer()},
		{as: admin, method: "PUT", target: "/layers/Nodes", headers: json, body: nodesLayer()},
		{as: admin, method: "PUT", target: "/layers/nodes", headers: json, body: `{"id":"other","table":"public.users","geometry":"Circle","properties":[]}`},
		{as: admin, method: "PUT", target: "/layers/nodes", headers: json, body: `{"titel":"x"}`},
		{as: admin, method: "PUT", target: "/layers/nodes", headers: json, body: `{"key":"nothing","properties":[{"name":"a","type":"string"},{"name":"A","type":"string"}],"tiles":{"attributes":["b"]}}`},
		{as: admin, method: "PUT", target: "/layers/nodes", headers: json, body: nodesLayer(), keep: "nodes"},
		{as: admin, method: "PUT", target: "/layers/nodes", headers: json, body: nodesLayer()},
		{as: admin, method: "PUT", target: "/layers/nodes", headers: append([]string{"If-None-Match", "*"}, json...), body: nodesLayer()},
		{as: admin, method: "PUT", target: "/layers/zones", headers: json, body: `{"title":"Khu","title_en":"Zones","geometry":"Polygon","properties":[{"name":"code","type":"string"}],"extent":[105,20,107,22]}`},
		{as: admin, method: "PUT", target: "/layers/secret", headers: append([]string{"Twin-Message", "m%E1%BA%ADt"}, json...), body: `{"title":"Mật","title_en":"Secret","geometry":"Point","visible_to":["editor"],"properties":[]}`},
		{as: "nobody", method: "GET", target: "/layers/secret"},
		{as: "nobody", method: "GET", target: "/layers/nodes"},
		{as: "nobody", method: "GET", target: "/layers"},

		// Creating.
		{as: "nobody", method: "POST", target: items, headers: []string{"Content-Type", geoJSON}, body: nodeBody("A", "Vọng", 105.8)},
		{as: "viewer", method: "POST", target: items, headers: []string{"Content-Type", geoJSON}, body: nodeBody("A", "Vọng", 105.8)},
		{as: "viewer", method: "POST", target: "/collections/secret/items", headers: []string{"Content-Type", geoJSON}, body: nodeBody("A", "Vọng", 105.8)},
		{as: editor, method: "POST", target: items, headers: []string{"Content-Type", geoJSON, "Twin-Message", "Kh%E1%BA%A3o s%C3%A1t"}, body: nodeBody("A", "Ngã tư Vọng", 105.8), keep: "a1"},
		{as: "nodes.editor", method: "POST", target: items, headers: json, body: nodeBody("B", "Nút Pháp Vân", 105.85), keep: "b1"},
		{as: "nodes.editor", method: "POST", target: "/collections/zones/items", headers: json, body: nodeBody("B", "Nút Pháp Vân", 105.85)},
		{as: editor, method: "POST", target: items, headers: json, body: nodeBody("A", "Trùng", 105.8)},
		{as: editor, method: "POST", target: items, headers: []string{"Content-Type", "text/plain"}, body: "A"},
		{as: editor, method: "POST", target: items, headers: append([]string{"Content-Encoding", "gzip"}, json...), body: "A"},
		{as: editor, method: "POST", target: items, headers: append([]string{"Content-Crs", "<http://www.opengis.net/def/crs/EPSG/0/2154>"}, json...), body: nodeBody("C", "", 105.8)},
		{as: editor, method: "POST", target: items, headers: json, body: `{"type":"Feature",`},
		{as: editor, method: "POST", target: items + "?version=1", headers: json, body: nodeBody("C", "", 105.8)},
		{
			as: editor, method: "POST", target: items, headers: json,
			body: `{"type":"Feature","geometry":{"type":"LineString","coordinates":[[200,21],[105,21]]},"properties":{"code":7,"lanes":"six","status":"open","width":3,"valid_from":"2027-01-01","valid_to":"2026-01-01"}}`,
		},
		{as: editor, method: "POST", target: "/collections/zones/items", headers: json, body: `{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[105,20],[105,21],[106,21],[106,20],[105,20]]]},"properties":{}}`},
		{as: editor, method: "POST", target: "/collections/zones/items", headers: json, body: `{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[107,20],[108,20],[108,21],[107,20]]]},"properties":{}}`},
		{as: editor, method: "POST", target: "/collections/secret/items", headers: json, body: `{"type":"Feature","geometry":{"type":"Point","coordinates":[105.9,21]},"properties":{}}`},
		{as: editor, method: "OPTIONS", target: items + "/1"},
	}, editingSteps(), changesetSteps(), []step{
		// Layers with something in them.
		{as: admin, method: "PUT", target: "/layers/nodes", headers: append([]string{"If-Match", "{nodes}"}, json...), body: `{"geometry":"Polygon","properties":[{"name":"code","type":"integer"}]}`},
		{
			as: admin, method: "PUT", target: "/layers/nodes", headers: append([]string{"If-Match", "{nodes}"}, json...), keep: "nodes2",
			body: strings.Replace(nodesLayer(), `{"name":"tags","type":"json"}`, `{"name":"tags","type":"json"},{"name":"built","type":"instant"}`, 1),
		},
		{as: editor, method: "PATCH", target: items + "/A", headers: []string{"Content-Type", mergePatch, "If-Match", "*"}, body: `{"properties":{"built":"2026-03-01T07:30:00+07:00"}}`},
		{as: admin, method: "DELETE", target: "/layers/nodes"},
		{as: admin, method: "DELETE", target: "/layers/nodes", headers: []string{"If-Match", "{nodes}"}},
		{as: editor, method: "DELETE", target: "/layers/nodes", headers: []string{"If-Match", "{nodes2}"}},
		{as: admin, method: "DELETE", target: "/layers/nodes", headers: []string{"If-Match", "{nodes2}"}},
		{as: admin, method: "DELETE", target: "/layers/nodes", headers: []string{"If-Match", "*"}},
		{as: "nobody", method: "GET", target: items},
		{as: "nobody", method: "GET", target: "/changesets?after=15"},
		{as: "nobody", method: "GET", target: "/conformance"},
	})
}

// editingSteps change single features.
func editingSteps() []step {
	const items = "/collections/nodes/items"
	const editor = "editor"
	patch := func(tag, body string) step {
		return step{as: editor, method: "PATCH", target: items + "/A", headers: []string{"Content-Type", mergePatch, "If-Match", tag}, body: body}
	}
	good := patch("{a1}", `{"properties":{"lanes":6,"status":"in_operation","tags":{"a":1}}}`)
	good.keep = "a2"
	return []step{
		{as: editor, method: "PATCH", target: items + "/A", headers: []string{"Content-Type", mergePatch}, body: `{}`},
		patch(`"0000000000000000"`, `{"properties":{"lanes":6}}`),
		patch("W/{a1}", `{"properties":{"lanes":6}}`),
		patch("nonsense", `{"properties":{"lanes":6}}`),
		{as: editor, method: "PATCH", target: items + "/A", headers: []string{"Content-Type", "application/json-patch+json", "If-Match", "*"}, body: `[]`},
		patch("{a1}", `{"properties":{"lanes":1.5},"geometry":null}`),
		patch("{a1}", `{"properties":{"code":"B"}}`),
		good,
		patch("{a1}", `{"properties":{"lanes":4}}`),
		{as: editor, method: "GET", target: items + "/A", headers: []string{"If-None-Match", "{a2}"}},
		patch("{a2}", `{"properties":{"lanes":6}}`), // nothing differs
		{as: editor, method: "PUT", target: items + "/1", headers: []string{"Content-Type", geoJSON, "If-Match", `"x", {a2}`}, body: nodeBody("A", "Vọng", 105.81), keep: "a3"},
		{as: editor, method: "PUT", target: items + "/99", headers: []string{"Content-Type", geoJSON, "If-Match", "*"}, body: nodeBody("A", "Vọng", 105.81)},
		{as: editor, method: "PUT", target: items + "/1", headers: []string{"Content-Type", geoJSON, "If-Match", "*"}, body: strings.Replace(nodeBody("A", "Vọng", 105.81), `"Feature"`, `"Feature","id":2`, 1)},
		{as: editor, method: "DELETE", target: items + "/B"},
		{as: editor, method: "DELETE", target: items + "/B", headers: []string{"If-Match", "{b1}"}},
		{as: editor, method: "DELETE", target: items + "/B", headers: []string{"If-Match", "{b1}"}},
		{as: "nobody", method: "GET", target: items},
	}
}

// changesetSteps change several features at once, and look back.
func changesetSteps() []step {
	const editor = "editor"
	post := func(as, body string) step {
		return step{as: as, method: "POST", target: "/changesets", headers: []string{"Content-Type", plainJSON}, body: body}
	}
	return []step{
		post("nobody", `{}`),
		post("viewer", `{}`),
		post(editor, `{"message":"x","edits":[{"op":"create","layer":"rivers","feature":{}},{"op":"delete","layer":"nodes","id":77},{"op":"create","layer":"nodes","feature":`+nodeBody("A", "", 0)+`}]}`),
		post(editor, `{"edits":[{"op":"delete","layer":"nodes","id":77},{"op":"delete","layer":"zones","id":"Z"}]}`),
		post(editor, `{"edits":[{"op":"delete","layer":"nodes","id":1,"if_match":"\"0000000000000000\""}]}`),
		post("nodes.editor", `{"edits":[{"op":"delete","layer":"zones","id":1}]}`),
		post("nodes.editor", `{"edits":[{"op":"create","layer":"nodes","feature":`+nodeBody("X", "", 105.8)+`},{"op":"delete","layer":"secret","id":1}]}`),
		{
			as: editor, method: "POST", target: "/changesets", headers: []string{"Content-Type", plainJSON},
			body: `{"message":"Thông xe Vành đai 3,5","edits":[
 {"op":"create","layer":"nodes","feature":` + nodeBody("C", "Nút C", 105.7) + `},
 {"op":"patch","layer":"nodes","id":"A","feature":{"properties":{"code":"A2"}}},
 {"op":"create","layer":"nodes","feature":` + nodeBody("A", "Mới", 105.71) + `},
 {"op":"delete","layer":"zones","id":1},
 {"op":"create","layer":"secret","feature":{"type":"Feature","geometry":{"type":"Point","coordinates":[105.95,21]},"properties":null}}]}`,
		},
		{as: editor, method: "GET", target: "/changesets?limit=3"},
		{as: "nobody", method: "GET", target: "/changesets"},
		{as: "nobody", method: "GET", target: "/changesets?layer=zones"},
		{as: "nobody", method: "GET", target: "/changesets?layer=secret"},
		{as: "nobody", method: "GET", target: "/changesets?after=x&limit=0&before=1"},
		{as: "nobody", method: "GET", target: "/changesets/3"},
		{as: "nobody", method: "GET", target: "/changesets/1"},
		{as: "nobody", method: "GET", target: "/changesets/99"},
		{as: "nobody", method: "GET", target: "/changesets/x"},
		{as: "nobody", method: "GET", target: "/changesets/11"},
		{as: editor, method: "GET", target: "/changesets/11?limit=2"},
		{as: editor, method: "GET", target: "/changesets/11?limit=2&after=nodes/3"},
		{as: editor, method: "GET", target: "/changesets/11?layer=zones"},
		{as: editor, method: "GET", target: "/changesets/11?after=nodes"},
		{as: "viewer", method: "POST", target: "/changesets/11/revert"},
		{as: "nodes.editor", method: "POST", target: "/changesets/11/revert"},
		{as: editor, method: "POST", target: "/changesets/1/revert"},
		{as: editor, method: "POST", target: "/changesets/11/revert", headers: []string{"Content-Type", plainJSON}, body: `{"message":"Nhầm"}`},
		{as: "nobody", method: "GET", target: "/collections/nodes/items"},
		{as: "nobody", method: "GET", target: "/collections/zones/items/1"},
		{as: editor, method: "POST", target: "/changesets/11/revert"},
		{as: editor, method: "GET", target: "/changesets/12?layer=nodes"},
	}
}

// city_outline bounds what may be written where a layer does not say.
func TestWritingStaysNearTheCity(t *testing.T) {
	t.Parallel()
	d := openDesk(t, filepath.Join(t.TempDir(), "living.gpkg"), httpapi.Config{})
	outline := orb.Polygon{{{105.5, 20.7}, {106, 20.7}, {106, 21.3}, {105.5, 21.3}, {105.5, 20.7}}}
	_, _, err := d.Commit(t.Context(), twin.Commit{
		Put: []city.Layer{
			{ID: "city_outline", Title: "Hà Nội", TitleEN: "Hà Nội", Geometry: city.GeometryPolygon},
			{ID: "nodes", Title: "Nút", TitleEN: "Nodes", Geometry: city.GeometryPoint},
		},
		Edits: []twin.Edit{{Layer: "city_outline", Feature: &city.Feature{Geometry: outline}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for place, want := range map[string]int{"[105.8,21]": http.StatusCreated, "[104.51,19.71]": http.StatusCreated, "[107.01,21]": http.StatusBadRequest, "[21,105.8]": http.StatusBadRequest, "[0,0]": http.StatusBadRequest} {
		w := d.ask(t.Context(), "editor", "POST", "/collections/nodes/items", `{"type":"Feature","geometry":{"type":"Point","coordinates":`+place+`},"properties":{}}`, "Content-Type", geoJSON)
		if w.Code != want {
			t.Errorf("%s: %d %s, want %d", place, w.Code, w.Body, want)
		}
	}
}
