package contracttest

import (
	"net/http"
	"testing"
)

// TestHoldAgain: a body that was found right is so only where the same is asked of
// it, and one that was found wrong stays wrong.
func TestHoldAgain(t *testing.T) {
	response := func(schema string) string {
		return `{"responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/` + schema + `"}},"application/geo+json":{"schema":true}}}}}`
	}
	d, err := New([]byte(`{"components":{"schemas":{"A":{"type":"object","properties":{"a":{}}},"B":{"type":"object","properties":{"b":{}}}}},` +
		`"paths":{"/a":{"get":` + response("A") + `},"/b":{"get":` + response("B") + `}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, mediaType, coding, body string
		breaks                        bool
	}{
		{"/a", "application/json", "", `{"a":1}`, false},
		{"/b", "application/json", "", `{"a":1}`, true},
		{"/a", "application/json", "gzip", `{"a":1}`, true},
		{"/a", "application/json", "", `{"a":1,"b":1}`, true},
		{"/a", "application/geo+json", "", `{"a":1,"b":1}`, false},
		{"/b", "application/json", "", `{"b":1}`, false},
	} {
		for range 2 {
			header := http.Header{"Content-Type": {c.mediaType}}
			if c.coding != "" {
				header.Set("Content-Encoding", c.coding)
			}
			answer := &Answer{Status: http.StatusOK, Header: header, Body: []byte(c.body)}
			err := d.holdBody(http.MethodGet, PointerTo("paths", c.path, "get", "responses", "200", "content", c.mediaType, "schema"), answer)
			if (err != nil) != c.breaks {
				t.Errorf("%+v: %v", c, err)
			}
		}
	}
}
