package httpapi

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// TestWhoami asks as nobody, as each role, and with a key that is none.
func TestWhoami(t *testing.T) {
	server, keys := rolesServer(t)
	keys[""] = ""
	want := map[city.Role][]city.LayerID{"": {}, city.Viewer: {}, city.Editor: {hiddenLayer, "stops"}, city.Admin: {hiddenLayer, "stops"}}
	for role, key := range keys {
		status, body := askAs(t, server, roleCase{route: "GET /whoami", target: "/whoami"}, key)
		var got struct {
			Name   string
			Role   city.Role
			Writes []city.LayerID
		}
		if err := json.Unmarshal(body, &got); err != nil || status != http.StatusOK {
			t.Fatalf("%q: %d %s: %v", role, status, body, err)
		}
		name := ""
		if role != "" {
			name = "key-of-" + string(role)
		}
		slices.Sort(got.Writes)
		if got.Name != name || got.Role != role || !slices.Equal(got.Writes, want[role]) {
			t.Errorf("%q is told %+v", role, got)
		}
	}
	if status, body := askAs(t, server, roleCase{route: "GET /whoami", target: "/whoami"}, keys[city.Editor]+"x"); status != http.StatusUnauthorized {
		t.Errorf("a wrong key: %d %s", status, body)
	}
}
