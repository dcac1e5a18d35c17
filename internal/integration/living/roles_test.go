package living

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// Whatever belongs to a layer of these tests, its name, titles, features, the
// messages of its changes, contains the name of the layer. So an answer that
// contains the name tells of the layer.
const (
	zOpen   = city.LayerID("zopen")
	zViewer = city.LayerID("zviewer")
	zEditor = city.LayerID("zeditor")
	zAdmin  = city.LayerID("zadmin")
	zTurned = city.LayerID("zturned") // was public, is for editors now
	zGone   = city.LayerID("zgone")   // was an admin's, is no more
)

func zLayers() []city.LayerID { return []city.LayerID{zOpen, zViewer, zEditor, zAdmin, zTurned, zGone} }

// sees returns the layers that a role may know of.
func sees(r city.Role) []city.LayerID {
	switch r {
	case city.Admin:
		return zLayers()
	case city.Editor:
		return []city.LayerID{zOpen, zViewer, zEditor, zTurned}
	case city.Viewer:
		return []city.LayerID{zOpen, zViewer}
	default:
		return []city.LayerID{zOpen}
	}
}

// restricted stands for an editor whose key is for zopen and zadmin only.
const restricted = city.Role("restricted")

func everyRole() []city.Role { return append([]city.Role{""}, city.Roles()...) }

func zLayer(id city.LayerID, visible ...city.Role) city.Layer {
	l := walkersLayer(id)
	l.Title, l.TitleEN, l.Description = "Lớp "+string(id), "Layer "+string(id), "Về "+string(id)
	l.Properties = append(slices.Clone(l.Properties), city.Property{Name: "note_" + string(id), Type: city.KindString})
	l.VisibleTo = visible
	return l
}

func zFeature(id city.LayerID, name string, step int) *city.Feature {
	return &city.Feature{Geometry: place(0, step), Values: []city.Value{
		city.String(name + "-" + string(id)), city.Integer(int64(step)), city.String("ghi chú " + string(id)),
	}}
}

// locked is a served store with private layers and a key for each role.
type locked struct {
	*living
	t      *testing.T
	url    string
	tokens map[city.Role]string
	keys   *access.Keyring
	last   city.Version
	secret city.Version // changed zadmin, and nothing else
}

// lockUp makes the store and its past: each layer is made, filled, changed, and
// loses a feature; one becomes private, one is dropped.
func lockUp(t *testing.T, where string, requireReadKey bool) *locked {
	t.Helper()
	store := newStore(t, where)
	g := &locked{t: t, tokens: map[city.Role]string{}}
	for _, r := range city.Roles() {
		_, secret, err := access.CreateKey(t.Context(), store, "the-"+string(r), r, nil, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		g.tokens[r] = secret.Reveal()
	}
	_, secret, err := access.CreateKey(t.Context(), store, "bridges", city.Editor, []city.LayerID{zOpen, zAdmin}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	g.tokens[restricted] = secret.Reveal()
	keys := access.NewKeyring(store)
	g.keys = keys
	if err := keys.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	limiter, err := access.NewLimiter(access.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	config := httpapi.Config{Guard: access.NewGuard(access.NewAuthenticator(keys, nil), limiter, requireReadKey)}
	g.living = live(t, store, config, twin.Options{})
	commit := func(message string, c twin.Commit) city.Version {
		c.Author, c.Message = "Lan", message
		v, _, err := g.Commit(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	visible := map[city.LayerID][]city.Role{zViewer: {city.Viewer}, zEditor: {city.Editor}, zAdmin: {city.Admin}, zGone: {city.Admin}}
	for _, id := range zLayers() {
		commit("tạo "+string(id), twin.Commit{Put: []city.Layer{zLayer(id, visible[id]...)}})
		commit("thêm vào "+string(id), twin.Commit{Edits: []twin.Edit{
			{Layer: id, Feature: zFeature(id, "A", 0)}, {Layer: id, Feature: zFeature(id, "B", 1)},
		}})
		moved := commit("dời "+string(id), twin.Commit{Edits: []twin.Edit{{Layer: id, ID: 1, Feature: zFeature(id, "A", 2)}}})
		commit("bỏ khỏi "+string(id), twin.Commit{Edits: []twin.Edit{{Layer: id, ID: 2}}})
		if id == zAdmin {
			g.secret = moved
		}
	}
	commit("zadmin và zopen", twin.Commit{Edits: []twin.Edit{
		{Layer: zAdmin, ID: 1, Feature: zFeature(zAdmin, "A", 3)}, {Layer: zOpen, ID: 1, Feature: zFeature(zOpen, "A", 3)},
	}})
	commit("giấu zturned", twin.Commit{Put: []city.Layer{zLayer(zTurned, city.Editor)}})
	g.last = commit("xóa zgone", twin.Commit{Drop: []city.LayerID{zGone}})
	server := httptest.NewServer(g.server)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	g.url = server.URL
	return g
}

// answer is what a role got: all of it that can tell something.
type answer struct {
	status int
	text   string // headers and body
	body   string
}

// ask sends a request as a role. A stream is read until the last version has
// been told.
func (g *locked) ask(role city.Role, method, target, body string, headers ...string) answer {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.t.Context(), 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, g.url+target, strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	r.Header.Set("X-Request-Id", "r")
	if role != "" {
		r.Header.Set("Authorization", "Bearer "+g.tokens[role])
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		g.t.Fatal(err)
	}
	defer res.Body.Close()
	a := answer{status: res.StatusCode}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") && method == http.MethodGet {
		a.body = g.stream(res.Body)
	} else {
		text, err := io.ReadAll(res.Body)
		if err != nil {
			g.t.Fatal(err)
		}
		a.body = string(text)
	}
	header := res.Header.Clone()
	header.Del("Date")
	a.text = fmt.Sprintf("%d %v\n%s", a.status, header, a.body)
	return a
}

func (g *locked) stream(body io.Reader) string {
	lines, last := bufio.NewScanner(body), "id: "+strconv.FormatInt(int64(g.last), 10)
	lines.Buffer(nil, 1<<20)
	text, told := "", false
	for lines.Scan() && !(told && lines.Text() == "") {
		text += lines.Text() + "\n"
		told = told || lines.Text() == last && strings.Contains(text, "event: version")
	}
	return text
}

// readable lists what can be read without naming a layer that some may not see.
// Those of the first list tell each role of every layer that it may see now.
func (g *locked) readable() (telling, others []string) {
	here := fmt.Sprintf("lon=%g&lat=%g", walkCorner()[0], walkCorner()[1])
	tile := fmt.Sprintf("all/12/%d/%d.mvt", 13012>>2, 7214>>2)
	sides := fmt.Sprintf("from=0&to=%d", g.last)
	telling = []string{
		"/collections", "/layers", "/tiles/all.json", "/nearby?radius=5000&k=100&" + here,
		"/events?zooms=10-14&after=0", "/changesets?limit=1000", "/diff?limit=1000&" + sides,
		"/tiles/diff/all.json?" + sides, "/metrics", "/api", "/dcat",
		"/?f=html", "/collections?f=html", "/layers?f=html", "/nearby?f=html&radius=5000&k=100&" + here, "/tiles/all.json?f=html", "/dcat?f=html",
		"/changesets?f=html&limit=1000", "/diff?f=html&limit=1000&" + sides,
		"/tiles/WebMercatorQuad", "/tiles/VN2000TM3-105", "/tiles/WebMercatorQuad?f=tilejson",
	}
	for dx := -1; dx <= 0; dx++ { // the features are about a corner of tiles
		for dy := -1; dy <= 0; dy++ {
			others = append(others, fmt.Sprintf("/tiles/all/14/%d/%d.mvt", 13012+dx, 7214+dy), fmt.Sprintf("/tiles/diff/all/14/%d/%d.mvt?%s", 13012+dx, 7214+dy, sides))
		}
	}
	others = append(others,
		"/", "/api?f=html", "/api?f=oas30", "/robots.txt", "/.well-known/api-catalog", "/conformance",
		"/functions", "/whoami", "/healthz", "/readyz", "/nothing", "/search?q=z", "/styles/hanoi.json", "/viewer/app.js", "/tiles/"+tile, "/tiles/diff/"+tile+"?"+sides,
		"/nearby", "/nearby?layers=nothing&"+here, "/collections/nothing", "/collections/nothing/items/1", "/tiles/nothing.json",
		"/layers/nothing", "/diff?layers=nothing&"+sides, "/events?layers=nothing", "/changesets/99999", "/changesets?layer=nothing",
		"/diff?from=2026-01-01&to=2027-01-01", "/collections?as_of="+time.Now().UTC().Format(time.RFC3339),
		"/collections?version=99999", "/diff?from=99999",
		"/tiles", "/tileMatrixSets", "/tileMatrixSets/WorldCRS84Quad", "/tiles/nothing", "/collections/nothing/tiles", "/tiles/WebMercatorQuad?collections=nothing",
		fmt.Sprintf("/tiles/WebMercatorQuad/12/%d/%d", 7214>>2, 13012>>2), "/tiles/VN2000TM3-105/0/0/0", "/tiles/WorldCRS84Quad/0/0/1",
	)
	for v := range g.last + 1 {
		pin := "version=" + strconv.FormatInt(int64(v), 10)
		others = append(others, "/collections?"+pin, "/layers?"+pin, "/nearby?radius=5000&k=100&"+here+"&"+pin, "/tiles/all.json?"+pin, "/tiles/"+tile+"?"+pin,
			fmt.Sprintf("/changesets/%d", v), fmt.Sprintf("/diff?from=%d&to=%d", max(0, v-1), v), fmt.Sprintf("/tiles/diff/%s?from=%d&to=%d", tile, max(0, v-1), v))
	}
	return telling, others
}

// about lists what can be read of one layer. Those of the first list are there
// for whoever may see the layer.
func (g *locked) about(id city.LayerID) (there, others []string) {
	l := string(id)
	sides := fmt.Sprintf("from=0&to=%d", g.last)
	there = []string{
		"/collections/" + l + "?f=html", "/collections/" + l + "/items?f=html", "/collections/" + l + "/items/1?f=html", "/layers/" + l + "?f=html",
		"/collections/" + l, "/collections/" + l + "/schema", "/collections/" + l + "/queryables", "/collections/" + l + "/sortables",
		"/collections/" + l + "/items", "/collections/" + l + "/items?sortby=-id&crs=EPSG:5897&limit=1", "/collections/" + l + "/items/1", "/collections/" + l + "/items/A-" + l,
		"/collections/" + l + "/items/1/nearby?radius=9", "/collections/" + l + "/items/1/history", "/collections/" + l + "/items/2/history",
		"/layers/" + l, "/tiles/" + l + ".json", fmt.Sprintf("/tiles/%s/12/%d/%d.mvt", l, 13012>>2, 7214>>2), "/tiles/zopen," + l + ".json",
		"/nearby?radius=9000&lon=105.8&lat=21&layers=" + l, "/diff?" + sides + "&layers=" + l, "/tiles/diff/" + l + ".json?" + sides,
		fmt.Sprintf("/tiles/diff/%s/12/%d/%d.mvt?%s", l, 13012>>2, 7214>>2, sides), "/events?after=0&layers=" + l,
		"/collections/" + l + "/tiles", "/collections/" + l + "/tiles/WorldCRS84Quad", "/collections/" + l + "/tiles/VN2000TM3-105/0/0/0",
		fmt.Sprintf("/collections/%s/tiles/WebMercatorQuad/12/%d/%d", l, 7214>>2, 13012>>2), "/tiles/WebMercatorQuad?collections=zopen," + l,
	}
	others = []string{
		"/collections/" + l + "/items/99", "/collections/" + l + "/download", "/collections/" + l + "/download?f=gpkg", "/changesets?layer=" + l,
		fmt.Sprintf("/changesets/%d?layer=%s", g.last-2, l), fmt.Sprintf("/changesets/%d?after=%s/0", g.last-2, l),
	}
	for v := range g.last + 1 {
		pin := "?version=" + strconv.FormatInt(int64(v), 10)
		others = append(others, "/collections/"+l+pin, "/collections/"+l+"/items"+pin, "/collections/"+l+"/items/1"+pin, "/layers/"+l+pin, "/tiles/"+l+".json"+pin)
	}
	return there, others
}

// TestWhoSeesWhat walks every route with every role. Of a layer that a role may
// not see nothing is told: it is in no answer, and whoever names it gets the
// answer for a name that nobody has given.
func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, where string) {
		g := lockUp(t, where, false)
		telling, others := g.readable()
		for _, role := range everyRole() {
			for i, target := range append(slices.Clone(telling), others...) {
				a := g.ask(role, http.MethodGet, target, "")
				for _, id := range zLayers() {
					known := strings.Contains(a.text, string(id))
					if known && !slices.Contains(sees(role), id) {
						t.Errorf("%q is told of %s by %s:\n%.600s", role, id, target, a.text)
					}
					if target == "/metrics" {
						role := city.Role("") // the same for all
						known = known || !slices.Contains(sees(role), id)
					}
					if i < len(telling) && !known && slices.Contains(sees(role), id) && id != zGone {
						t.Errorf("%q is not told of %s by %s:\n%.600s", role, id, target, a.text)
					}
				}
				if head := g.ask(role, http.MethodHead, target, ""); head.status != a.status {
					t.Errorf("%q: HEAD %s is %d, GET %d", role, target, head.status, a.status)
				}
			}
			for _, id := range zLayers() {
				there, others := g.about(id)
				for i, target := range append(slices.Clone(there), others...) {
					a := g.ask(role, http.MethodGet, target, "")
					switch visible := slices.Contains(sees(role), id); {
					case !visible:
						g.sameAsNothing(role, id, a, http.MethodGet, target, "")
					case i < len(there) && id != zGone && a.status != http.StatusOK:
						t.Errorf("%q may see %s, but %s is %.300s", role, id, target, a.text)
					}
				}
			}
		}
		g.write()
		g.everyRouteWasAsked()
	})
}

// nothing is a name of no layer, as long as the layer's, and between the same
// others in order.
func nothing(id city.LayerID) string { return string(id[:len(id)-1]) + "q" }

// sameAsNothing holds that an answer to somebody who names a hidden layer is the
// one for a name of nothing.
func (g *locked) sameAsNothing(role city.Role, id city.LayerID, a answer, method, target, body string) {
	g.t.Helper()
	other := func(text string) string { return strings.ReplaceAll(text, string(id), nothing(id)) }
	if b := g.ask(role, method, other(target), other(body), "If-Match", "*"); stable(other(a.text)) != stable(b.text) {
		g.t.Errorf("%q: %s %s tells that %s exists:\n%.600s\nof a name of nothing it says:\n%.600s", role, method, target, id, a.text, b.text)
	}
}

// unstable is what differs between two answers to one question: how long ETags
// and lengths are is not among it.
var unstable = regexp.MustCompile(`"timeStamp":"[^"]*"|Etag:\[[^\]]*\] ?`)

func stable(text string) string { return unstable.ReplaceAllString(text, "") }

// write walks every route that changes something with every role.
func (g *locked) write() {
	t := g.t
	feature := func(id city.LayerID, code string) string {
		return fmt.Sprintf(`{"type":"Feature","geometry":{"type":"Point","coordinates":[105.85,21.03]},"properties":{"code":"%s-%s"}}`, code, id)
	}
	for n, role := range everyRole() {
		for _, id := range zLayers() {
			if id == zGone {
				continue // nobody can write it
			}
			l := string(id)
			for _, c := range []struct {
				method, target, body, kind string
				good                       int
			}{
				{"POST", "/collections/" + l + "/items", feature(id, "N"+strconv.Itoa(n)), "application/geo+json", 201},
				{"PUT", "/collections/" + l + "/items/1", feature(id, "A"), "application/geo+json", 200},
				{"PATCH", "/collections/" + l + "/items/1", fmt.Sprintf(`{"properties":{"steps":%d}}`, 10+n), "application/merge-patch+json", 200},
				{"DELETE", "/collections/" + l + "/items/N" + strconv.Itoa(n) + "-" + l, "", "", 204},
				{"POST", "/changesets", `{"message":"thử","edits":[{"op":"create","layer":"` + l + `","feature":` + feature(id, "C"+strconv.Itoa(n)) + `}]}`, "application/json", 201},
			} {
				headers := []string{"If-Match", "*", "Content-Type", c.kind}
				if c.kind == "" {
					headers = headers[:2]
				}
				before := g.Snapshot().Version()
				a := g.ask(role, c.method, c.target, c.body, headers...)
				want := c.good
				switch {
				case role == "":
					want = 401
				case role == city.Viewer && slices.Contains(sees(role), id):
					want = 403
				case !slices.Contains(sees(role), id):
					want = a.status // whatever a name of nothing gets
					g.sameAsNothingSent(role, id, a, c.method, c.target, c.body, headers)
				}
				if a.status != want {
					t.Errorf("%q: %s %s: want %d, got %.600s", role, c.method, c.target, want, a.text)
				}
				if after := g.Snapshot().Version(); a.status >= 400 && after != before {
					t.Errorf("%q: %s %s is refused and makes version %d", role, c.method, c.target, after)
				}
			}
			definition := g.ask(city.Admin, http.MethodGet, "/layers/"+l, "").body
			admins := map[city.Role]int{"": 401, city.Viewer: 403, city.Editor: 403, city.Admin: 200}
			if a := g.ask(role, "PUT", "/layers/"+l, definition, "If-Match", "*", "Content-Type", "application/json"); a.status != admins[role] {
				t.Errorf("%q: PUT /layers/%s: %.300s", role, l, a.text)
			}
			if role != city.Admin {
				if a := g.ask(role, "DELETE", "/layers/"+l, "", "If-Match", "*"); a.status != admins[role] {
					t.Errorf("%q: DELETE /layers/%s: %.300s", role, l, a.text)
				}
			}
		}
		revert := func(v city.Version) answer {
			return g.ask(role, "POST", fmt.Sprintf("/changesets/%d/revert", v), "")
		}
		hidden, none := revert(g.secret), revert(99999)
		if same := strings.ReplaceAll(hidden.body, fmt.Sprint(g.secret), "99999") == none.body; same != (role != city.Admin) {
			t.Errorf("%q reverts what is hidden:\n%s\nwhat is not there:\n%s", role, hidden.text, none.text)
		}
	}
	if a := g.ask(city.Admin, "DELETE", "/layers/"+string(zTurned), "", "If-Match", "*"); a.status != 204 {
		t.Errorf("an admin drops a layer: %.300s", a.text)
	}
}

// sameAsNothingSent is sameAsNothing for a request with headers.
func (g *locked) sameAsNothingSent(role city.Role, id city.LayerID, a answer, method, target, body string, headers []string) {
	g.t.Helper()
	other := func(text string) string { return strings.ReplaceAll(text, string(id), nothing(id)) }
	if b := g.ask(role, method, other(target), other(body), headers...); stable(other(a.text)) != stable(b.text) {
		g.t.Errorf("%q: %s %s tells that %s exists:\n%.600s\nof a name of nothing it says:\n%.600s", role, method, target, id, a.text, b.text)
	}
}

// routeCount is a line of the metrics.
var routeCount = regexp.MustCompile(`(?m)^hanoitwin_http_requests_total\{route="([^"]*)",status="[^"]*"\} (\d+)`)

// everyRouteWasAsked reads from the metrics which routes there are.
func (g *locked) everyRouteWasAsked() {
	asked := map[string]bool{}
	for _, m := range routeCount.FindAllStringSubmatch(g.ask("", http.MethodGet, "/metrics", "").body, -1) {
		asked[m[1]] = asked[m[1]] || m[2] != "0"
	}
	if len(asked) < 20 {
		g.t.Errorf("only %d routes are counted", len(asked))
	}
	for route, was := range asked {
		if !was {
			g.t.Errorf("the walk never asks %s", route)
		}
	}
}

// TestReadKeys: with --require-read-key nobody reads anything without one.
func TestReadKeys(t *testing.T) {
	t.Parallel()
	g := lockUp(t, t.TempDir()+"/closed.gpkg", true)
	telling, others := g.readable()
	for _, target := range append(telling, others...) {
		a := g.ask("", http.MethodGet, target, "")
		switch target {
		case "/healthz", "/readyz", "/viewer/app.js", "/robots.txt", "/.well-known/api-catalog": // operators' probes; the map's program, which has no data in it
			if a.status != http.StatusOK {
				t.Errorf("%s: %s", target, a.text)
			}
		case "/nothing":
		default:
			if a.status != http.StatusUnauthorized || !strings.Contains(a.text, `Bearer realm=`) {
				t.Errorf("%s without a key: %.300s", target, a.text)
			}
		}
		if slices.ContainsFunc(zLayers(), func(id city.LayerID) bool { return strings.Contains(a.text, string(id)) }) {
			t.Errorf("%s without a key tells of layers: %.300s", target, a.text)
		}
	}
	for _, target := range telling {
		if a := g.ask(city.Viewer, http.MethodGet, target, ""); a.status != http.StatusOK {
			t.Errorf("%s with a key: %.300s", target, a.text)
		}
	}
	// A browser gets the page of the map, which asks for a key.
	for target, want := range map[string]int{"/": http.StatusOK, "/collections": http.StatusUnauthorized} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, g.url+target, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "text/html,*/*;q=0.8")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err != nil || answer.StatusCode != want || (want == http.StatusOK) != strings.Contains(string(page), "/viewer/app.js") {
			t.Errorf("%s for a browser: %d %.300s %v", target, answer.StatusCode, page, err)
		}
	}
}

// TestRevokedListener: events stop for the holder of a key that is revoked, and
// go on for others.
func TestRevokedListener(t *testing.T) {
	t.Parallel()
	g := lockUp(t, t.TempDir()+"/revoked.gpkg", false)
	out, stays := listen(t, g.url+"/events", "X-API-Key", g.tokens[city.Admin]), listen(t, g.url+"/events", "X-API-Key", g.tokens[city.Editor])
	if err := access.RevokeKey(t.Context(), g.store, "the-admin"); err != nil {
		t.Fatal(err)
	}
	if err := g.keys.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	deadline := time.After(30 * time.Second)
	told := 0
	for step, open := 0, true; open; step++ {
		g.commit(t, "thử", twin.Edit{Layer: zAdmin, ID: 1, Feature: zFeature(zAdmin, "A", step%4)})
		for quiet := false; open && !quiet; {
			select {
			case _, open = <-out.Events:
				told++
			case <-time.After(20 * time.Millisecond):
				quiet = true
			case <-deadline:
				t.Fatal("the revoked key is told for ever")
			}
		}
	}
	if told == 0 || len(stays.Events) == 0 {
		t.Errorf("told %d events before the end; the other waits for %d", told, len(stays.Events))
	}
	select {
	case <-time.After(100 * time.Millisecond):
	case e, open := <-stays.Events:
		if !open {
			t.Errorf("the other's stream ended as well: %+v", e)
		}
	}
}

// TestKeyOfLayers: an editor's key can be restricted to layers.
func TestKeyOfLayers(t *testing.T) {
	t.Parallel()
	g := lockUp(t, t.TempDir()+"/layers.gpkg", false)
	for id, want := range map[city.LayerID]int{zOpen: 200, zEditor: 403, zViewer: 403, zAdmin: 404} {
		a := g.ask(restricted, "PATCH", "/collections/"+string(id)+"/items/1", `{"properties":{"steps":7}}`, "If-Match", "*", "Content-Type", "application/merge-patch+json")
		if a.status != want {
			t.Errorf("%s: %.300s, want %d", id, a.text, want)
		}
	}
	set := `{"message":"hai lớp","edits":[{"op":"patch","layer":"zopen","id":1,"feature":{"properties":{"steps":8}}},{"op":"patch","layer":"zeditor","id":1,"feature":{"properties":{"steps":8}}}]}`
	if a := g.ask(restricted, "POST", "/changesets", set, "Content-Type", "application/json"); a.status != 403 {
		t.Errorf("a change set over a layer that is not the key's: %.300s", a.text)
	}
	if a := g.ask(restricted, "GET", "/changesets?limit=1000", ""); !strings.Contains(a.body, `"author":"bridges"`) {
		t.Errorf("the history does not name the key: %.300s", a.body)
	}
}
