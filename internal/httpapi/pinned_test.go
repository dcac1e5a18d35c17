package httpapi

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
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
