package httpapi

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// TestEveryAnswerCanBePinned wants of every operation that tells of the city that it
// can tell of an old version, too. Those listed tell of the record, of the client or
// of the interface.
func TestEveryAnswerCanBePinned(t *testing.T) {
	server, _ := rolesServer(t)
	newest := []string{
		"getAPI", "getChangeset", "getChangesets", "getEvents", "getFunctions", "getTileMatrixSet", "getTileMatrixSets",
		"getWatch", "getWatches", "getWhoami",
	}
	var others []string
	for _, op := range server.Operations() {
		if op.Method == http.MethodGet && op.Scope == edge.Now {
			others = append(others, op.ID)
		}
	}
	if slices.Sort(others); !slices.Equal(others, newest) {
		t.Errorf("only the newest state can be asked for by\n%v, want\n%v", others, newest)
	}
}

// TestPinnedSearchAndStyle asks for names and for a map of old versions.
func TestPinnedSearchAndStyle(t *testing.T) {
	server, keys := rolesServer(t)
	for _, c := range []struct {
		target string
		status int
		tells  string
	}{
		{"/search?q=KHO-7", 200, `"status":"in_operation"`},
		{"/search?q=KHO-7&version=3", 200, `"status":"planned"`},
		{"/search?q=KHO-7&version=2", 200, `"results":[]`},
		{"/search?q=KHO-7&layers=depots&version=1", 200, `"results":[]`},
		{"/search?q=KHO-7&as_of=2099-01-01", 200, `"status":"in_operation"`},
		{"/search?q=KHO-7&version=9", 404, `"newest_version":4`},
		{"/styles/hanoi.json?version=3", 200, `/tiles/all/{z}/{x}/{y}.mvt?version=3"`},
		{"/styles/hanoi.json", 200, `/tiles/all/{z}/{x}/{y}.mvt"`},
		{"/styles/hanoi.json?version=9", 404, `"newest_version":4`},
	} {
		status, body := askAs(t, server, roleCase{route: "GET", target: c.target}, keys[city.Editor])
		if status != c.status || !strings.Contains(string(body), c.tells) {
			t.Errorf("%s: %d %s, want %s", c.target, status, body, c.tells)
		}
	}
}

// TestNameOfHiddenLayer removes a private layer and gives its name to a public one.
// What is recorded of the first stays hidden from those who could not see it.
func TestNameOfHiddenLayer(t *testing.T) {
	server, keys := rolesServer(t)
	public := rolesLayer(hiddenLayer)
	public.Title, public.TitleEN = "Bến", "Stops"
	at := func(code string) *city.Feature {
		return &city.Feature{Geometry: orb.Point{105.8, 21}, Values: []city.Value{city.String(code)}}
	}
	for _, c := range []twin.Commit{
		{Message: "bỏ", Drop: []city.LayerID{hiddenLayer}},
		{Message: "bến", Put: []city.Layer{public}, Edits: []twin.Edit{{Layer: hiddenLayer, Feature: at("BEN-1")}}},
	} {
		if _, _, err := server.source.(*twin.Twin).Commit(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	for _, target := range []string{
		"/collections/depots/items/1/history", "/collections/depots/items/1/history?limit=1", "/changesets", "/changesets?layer=depots", "/changesets/3", "/changesets/4",
		"/changesets/5", "/changesets/6", "/collections/depots/items?version=4", "/diff?from=3&layers=depots", "/diff?from=3&to=4", "/search?q=kho", "/search?q=kho&version=4",
	} {
		for role, key := range map[city.Role]string{"": "", city.Viewer: keys[city.Viewer], city.Editor: keys[city.Editor]} {
			status, body := askAs(t, server, roleCase{route: "GET", target: target}, key)
			for _, mark := range []string{"KHO-7", "Kho mật", "dời kho"} {
				if role != city.Editor && strings.Contains(string(body), mark) {
					t.Errorf("%s tells %q: %d %s", target, role, status, body)
				}
			}
			if strings.Contains(target, "history") && (status != 200 || !strings.Contains(string(body), "BEN-1") && role != city.Editor) {
				t.Errorf("%s does not tell %q of the public layer: %d %s", target, role, status, body)
			}
		}
	}
	if _, body := askAs(t, server, roleCase{route: "GET", target: "/changesets/3"}, keys[city.Editor]); !strings.Contains(string(body), "KHO-7") {
		t.Errorf("an editor is not told: %s", body)
	}
}
