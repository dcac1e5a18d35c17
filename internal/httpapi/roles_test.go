package httpapi

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/gpkgtest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/internal/watch"
)

// hiddenLayer may be seen by editors and admins. Whatever tells of it has one of
// these marks.
const hiddenLayer = "depots"

func hiddenMarks() []string { return []string{hiddenLayer, "KHO-7", "Kho mật", "dời kho"} }

func rolesLayer(id city.LayerID, visible ...city.Role) city.Layer {
	return city.Layer{
		ID: id, Title: "Lớp " + string(id), TitleEN: "Layer " + string(id), Geometry: city.GeometryPoint, Key: city.PropCode, VisibleTo: visible,
		Properties: append(stringProperties(city.PropCode, city.PropName, city.PropStatus), city.Property{Name: city.PropValidFrom, Type: city.KindDate}),
	}
}

// rolesServer serves a store with a public and a hidden layer, with a key for
// each role.
func rolesServer(t *testing.T) (*Server, map[city.Role]string) {
	t.Helper()
	ctx := t.Context()
	store := gpkgtest.New(t)
	keys := map[city.Role]string{}
	for _, role := range city.Roles() {
		_, secret, err := access.CreateKey(ctx, store, "key-of-"+string(role), role, nil, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		keys[role] = secret.Reveal()
	}
	log := slog.New(slog.DiscardHandler)
	tw, err := twin.Open(ctx, store, log, twin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	point := func(x float64, values ...string) *city.Feature {
		f := &city.Feature{Geometry: orb.Point{x, 21}}
		for _, v := range values {
			f.Values = append(f.Values, city.String(v))
		}
		return f
	}
	var ids []int64
	for _, c := range []twin.Commit{
		{Message: "lớp", Put: []city.Layer{rolesLayer("stops"), rolesLayer(hiddenLayer, city.Editor)}},
		{Message: "trạm", Edits: []twin.Edit{{Layer: "stops", Feature: point(105.8, "T1", "Trạm 1", "in_operation")}}},
		{Message: "Kho mật", Edits: []twin.Edit{{Layer: hiddenLayer, Feature: point(105.8001, "KHO-7", "Kho mật", "planned")}}},
		{Message: "dời kho", Edits: []twin.Edit{{Layer: hiddenLayer, ID: 1, Feature: point(105.8002, "KHO-7", "Kho mật", "in_operation")}}},
	} {
		_, made, err := tw.Commit(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, made...)
	}
	if len(ids) != 3 || ids[1] != 1 {
		t.Fatal(ids)
	}
	ring := access.NewKeyring(store)
	if err := ring.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	limiter, err := access.NewLimiter(access.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(limiter.Close)
	watches, err := watch.Open(ctx, tw, store, log, watch.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server, err := New(Config{
		Guard:   access.NewGuard(access.NewAuthenticator(ring, nil), limiter, false),
		Watches: watches,
	}, tw, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server, keys
}

// roleCase is one request that every role makes.
type roleCase struct {
	route  string // as it is declared
	target string
	body   string
	// names says that the target names the hidden layer: for those who may not
	// see it the answer must be that of a layer that does not exist.
	names bool
	// tells says that whoever may see the layer must be told of it.
	tells bool
}

func roleCases() []roleCase {
	feature := `{"type":"Feature","geometry":{"type":"Point","coordinates":[105.9,21]},"properties":{"code":"X"}}`
	return []roleCase{
		{route: "GET /", target: "/"},
		{route: "GET /conformance", target: "/conformance"},
		{route: "GET /api", target: "/api", tells: true},
		{route: "GET /api", target: "/api?f=oas30", tells: true},
		{route: "GET /api", target: "/api?f=html"},
		{route: "GET /dcat", target: "/dcat", tells: true},
		{route: "GET /dcat", target: "/dcat?f=html", tells: true},
		{route: "GET /robots.txt", target: "/robots.txt"},
		{route: "GET /.well-known/api-catalog", target: "/.well-known/api-catalog"},
		{route: "GET /", target: "/?f=html", tells: true},
		{route: "GET /collections", target: "/collections", tells: true},
		{route: "GET /collections", target: "/collections?f=html", tells: true},
		{route: "GET /collections/{layer}", target: "/collections/depots?f=html", names: true, tells: true},
		{route: "GET /collections/{layer}/items", target: "/collections/depots/items?f=html", names: true, tells: true},
		{route: "GET /collections/{layer}/items/{feature}", target: "/collections/depots/items/KHO-7?f=html", names: true, tells: true},
		{route: "GET /collections/{layer}/items/{feature}/nearby", target: "/collections/stops/items/T1/nearby?k=5&f=html", tells: true},
		{route: "GET /nearby", target: "/nearby?lon=105.8&lat=21&k=5&f=html", tells: true},
		{route: "GET /diff", target: "/diff?from=2&to=4&f=html", tells: true},
		{route: "GET /collections/{layer}", target: "/collections/depots", names: true, tells: true},
		{route: "GET /functions", target: "/functions"},
		{route: "GET /collections/{layer}/items", target: "/collections/depots/items?filter=code%3D%27KHO-7%27", names: true, tells: true},
		{route: "GET /collections/{layer}/schema", target: "/collections/depots/schema", names: true, tells: true},
		{route: "GET /collections/{layer}/queryables", target: "/collections/depots/queryables", names: true, tells: true},
		{route: "GET /collections/{layer}/sortables", target: "/collections/depots/sortables", names: true, tells: true},
		{route: "GET /collections/{layer}/items", target: "/collections/depots/items", names: true, tells: true},
		{route: "GET /collections/{layer}/items", target: "/collections/depots/items?status=planned&sortby=-name&crs=EPSG:5897", names: true},
		{route: "GET /collections/{layer}/items", target: "/collections/depots/items?version=3", names: true, tells: true},
		{route: "GET /collections/{layer}/items", target: "/collections/depots/items?as_of=2099-01-01", names: true, tells: true},
		{route: "GET /collections/{layer}/items", target: "/collections/depots/items?datetime=2027-01-01", names: true, tells: true},
		{route: "GET /collections/{layer}/download", target: "/collections/depots/download", names: true, tells: true},
		{route: "GET /collections/{layer}/download", target: "/collections/depots/download?f=csv&version=3", names: true, tells: true},
		{route: "GET /collections/{layer}/items/{feature}", target: "/collections/depots/items/1", names: true, tells: true},
		{route: "GET /collections/{layer}/items/{feature}", target: "/collections/depots/items/KHO-7", names: true, tells: true},
		{route: "GET /collections/{layer}/items/{feature}/nearby", target: "/collections/depots/items/1/nearby?k=5", names: true},
		{route: "GET /collections/{layer}/items/{feature}/nearby", target: "/collections/stops/items/T1/nearby?k=5", tells: true},
		{route: "GET /collections/{layer}/items/{feature}/history", target: "/collections/depots/items/1/history", names: true, tells: true},
		{route: "GET /nearby", target: "/nearby?lon=105.8&lat=21&k=5", tells: true},
		{route: "GET /nearby", target: "/nearby?lon=105.8&lat=21&k=5&layers=depots", names: true, tells: true},
		{route: "GET /nearby", target: "/nearby?lon=105.8&lat=21&k=5&version=4", tells: true},
		{route: "GET /diff", target: "/diff?from=2&to=4", tells: true},
		{route: "GET /diff", target: "/diff?from=2&to=4&layers=depots", names: true, tells: true},
		{route: "GET /tiles/{layers}.json", target: "/tiles/all.json", tells: true},
		{route: "GET /tiles/{layers}.json", target: "/tiles/depots.json", names: true, tells: true},
		{route: "GET /tiles/{layers}/{z}/{x}/{y}.mvt", target: "/tiles/all/0/0/0.mvt", tells: true},
		{route: "GET /tiles/{layers}/{z}/{x}/{y}.mvt", target: "/tiles/stops,depots/0/0/0.mvt", names: true, tells: true},
		{route: "GET /tiles/{layers}/{z}/{x}/{y}.mvt", target: "/tiles/depots/0/0/0.mvt", names: true, tells: true},
		{route: "GET /tiles/{layers}/{z}/{x}/{y}.mvt", target: "/tiles/all/0/0/0.mvt?version=3", tells: true},
		{route: "GET /tiles/{layers}/{z}/{x}/{y}.mvt", target: "/tiles/depots/0/0/0.mvt?datetime=2027-01-01", names: true, tells: true},
		{route: "GET /tiles/diff/{layers}.json", target: "/tiles/diff/all.json?from=2&to=4", tells: true},
		{route: "GET /tiles/diff/{layers}/{z}/{x}/{y}.mvt", target: "/tiles/diff/all/0/0/0.mvt?from=2&to=4", tells: true},
		{route: "GET /tiles/diff/{layers}/{z}/{x}/{y}.mvt", target: "/tiles/diff/depots/0/0/0.mvt?from=2&to=4", names: true, tells: true},
		{route: "GET /tileMatrixSets", target: "/tileMatrixSets"},
		{route: "GET /tileMatrixSets/{tileMatrixSet}", target: "/tileMatrixSets/VN2000TM3-105"},
		{route: "GET /tiles", target: "/tiles"},
		{route: "GET /tiles/{tileMatrixSet}", target: "/tiles/WebMercatorQuad", tells: true},
		{route: "GET /tiles/{tileMatrixSet}", target: "/tiles/WebMercatorQuad?f=tilejson", tells: true},
		{route: "GET /tiles/{tileMatrixSet}", target: "/tiles/WorldCRS84Quad?collections=stops,depots", names: true, tells: true},
		{route: "GET /tiles/{tileMatrixSet}/{tileMatrix}/{tileRow}/{tileCol}", target: "/tiles/WebMercatorQuad/0/0/0", tells: true},
		{route: "GET /tiles/{tileMatrixSet}/{tileMatrix}/{tileRow}/{tileCol}", target: "/tiles/VN2000TM3-105/0/0/0?collections=depots", names: true, tells: true},
		{route: "GET /collections/{layer}/tiles", target: "/collections/depots/tiles", names: true, tells: true},
		{route: "GET /collections/{layer}/tiles/{tileMatrixSet}", target: "/collections/depots/tiles/VN2000TM3-105", names: true, tells: true},
		{route: "GET /collections/{layer}/tiles/{tileMatrixSet}/{tileMatrix}/{tileRow}/{tileCol}", target: "/collections/depots/tiles/WorldCRS84Quad/0/0/1", names: true, tells: true},
		{route: "GET /events", target: "/events?layers=depots", names: true}, // what it tells: integration/living, TestEventsHideLayers
		{route: "GET /changesets", target: "/changesets", tells: true},
		{route: "GET /changesets", target: "/changesets?layer=depots", names: true, tells: true},
		{route: "GET /changesets/{version}", target: "/changesets/4", tells: true},
		{route: "GET /changesets/{version}", target: "/changesets/1", tells: true},
		{route: "GET /layers", target: "/layers", tells: true},
		{route: "GET /layers/{layer}", target: "/layers/depots", names: true, tells: true},
		{route: "GET /whoami", target: "/whoami", tells: true},
		{route: "GET /watches", target: "/watches"},
		{route: "GET /watches/{watch}", target: "/watches/none"},
		{route: "GET /collections/{layer}/items/{feature}/history", target: "/collections/depots/items/1/history?version=4", names: true, tells: true},
		{route: "GET /search", target: "/search?q=kho+mat", tells: true},
		{route: "GET /search", target: "/search?q=KHO-7&layers=depots", names: true, tells: true},
		{route: "GET /search", target: "/search?q=kho+mat&version=3", tells: true},
		{route: "GET /search", target: "/search?q=kho+mat&f=html&as_of=2099-01-01", tells: true},
		{route: "GET /styles/{file}", target: "/styles/hanoi.json?version=3", tells: true},
		{route: "GET /styles/{file}", target: "/styles/hanoi.json", tells: true},
		{route: "GET /styles/{file}", target: "/styles/hanoi-dark.json?lang=en", tells: true},
		{route: "GET /viewer/*", target: "/viewer/nothing.js"},
		{route: "GET /healthz", target: "/healthz"},
		{route: "GET /readyz", target: "/readyz"},
		{route: "GET /metrics", target: "/metrics"},
		{route: "POST /collections/{layer}/items", target: "/collections/depots/items", body: feature, names: true},
		{route: "PUT /collections/{layer}/items/{feature}", target: "/collections/depots/items/1", body: feature, names: true},
		{route: "PATCH /collections/{layer}/items/{feature}", target: "/collections/depots/items/1", body: `{"properties":{"name":"x"}}`, names: true},
		{route: "DELETE /collections/{layer}/items/{feature}", target: "/collections/depots/items/KHO-7", names: true},
		{route: "POST /changesets", target: "/changesets", body: `{"message":"x","edits":[{"op":"delete","layer":"depots","id":1}]}`, names: true},
		{route: "POST /changesets/{version}/revert", target: "/changesets/4/revert"},
		{route: "PUT /layers/{layer}", target: "/layers/depots", body: `{"title":"x","geometry":"Point"}`, names: true},
		{route: "DELETE /layers/{layer}", target: "/layers/depots", names: true},
		{route: "POST /watches", target: "/watches", body: `{"layers":["depots"]}`, names: true},
		{route: "DELETE /watches/{watch}", target: "/watches/none"},
	}
}

// TestEveryRouteWithEveryRole lets each role make every kind of request. Those
// who may not see a layer never learn that there is one; those who may not write
// change nothing.
func TestEveryRouteWithEveryRole(t *testing.T) {
	server, keys := rolesServer(t)
	keys[""] = ""
	covered := map[string]bool{}
	for _, c := range roleCases() {
		covered[c.route] = true
		for role, key := range keys {
			status, body := askAs(t, server, c, key)
			sees := role.AtLeast(city.Editor)
			reads := strings.HasPrefix(c.route, "GET ")
			name := string(role) + " " + c.route + " " + c.target
			switch {
			case !reads && role == "" && status != http.StatusUnauthorized:
				t.Errorf("%s: %d without a key", name, status)
			case !reads && role == city.Viewer && status/100 != 4:
				t.Errorf("%s: %d by a viewer", name, status)
			case reads && status >= 500:
				t.Errorf("%s: %d %s", name, status, body)
			}
			if !sees {
				notTold(t, server, c, key, name, status, body)
			} else if c.tells && !toldOf(body) {
				t.Errorf("%s: %d tells nothing of what the role may see: %s", name, status, body)
			}
		}
	}
	everyRouteIn(t, server, covered)
	if f := server.source.State().Snapshot.Layer(hiddenLayer); f == nil {
		t.Error("somebody removed the layer")
	}
}

// notTold demands that an answer has no mark of the hidden layer, or is the one
// for a layer that does not exist.
func notTold(t *testing.T, server *Server, c roleCase, key, name string, status int, body []byte) {
	t.Helper()
	if !c.names {
		if toldOf(body) {
			t.Errorf("%s: %d tells of the hidden layer: %s", name, status, body)
		}
		return
	}
	other := c
	other.target = strings.ReplaceAll(c.target, hiddenLayer, "nolayer")
	other.body = strings.ReplaceAll(c.body, hiddenLayer, "nolayer")
	wantStatus, want := askAs(t, server, other, key)
	want = bytes.ReplaceAll(want, []byte("nolayer"), []byte(hiddenLayer))
	if status != wantStatus || !bytes.Equal(body, want) {
		t.Errorf("%s: %d %s\na layer that does not exist: %d %s", name, status, body, wantStatus, want)
	}
}

func toldOf(body []byte) bool {
	for _, mark := range hiddenMarks() {
		if bytes.Contains(body, []byte(mark)) {
			return true
		}
	}
	return false
}

// passing is what differs from answer to answer anyway.
var passing = regexp.MustCompile(`"request_id":"[^"]*",?|"timeStamp":"[^"]*",?`)

func askAs(t *testing.T, server *Server, c roleCase, key string) (int, []byte) {
	t.Helper()
	method, _, _ := strings.Cut(c.route, " ")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r := httptest.NewRequest(method, c.target, strings.NewReader(c.body)).WithContext(ctx)
	if strings.HasPrefix(c.target, "/events") && key != "" {
		r.Method = http.MethodHead // a stream has no end
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	switch method {
	case http.MethodPatch:
		r.Header.Set("Content-Type", "application/merge-patch+json")
	case http.MethodPost, http.MethodPut:
		r.Header.Set("Content-Type", "application/json")
	}
	if method != http.MethodGet && method != http.MethodPost {
		r.Header.Set("If-Match", `"never"`)
	}
	w := httptest.NewRecorder()
	held{server, t}.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, passing.ReplaceAll(body, nil)
}

// everyRouteIn demands that the table has a request for each declared route.
func everyRouteIn(t *testing.T, server *Server, covered map[string]bool) {
	t.Helper()
	declared := 0
	err := chi.Walk(server.router, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method == http.MethodHead {
			return nil
		}
		declared++
		if !covered[method+" "+route] {
			t.Errorf("no role asks for %s %s", method, route)
		}
		return nil
	})
	if err != nil || declared != len(covered) {
		t.Errorf("%d routes are declared, %d asked for (%v)", declared, len(covered), err)
	}
}
