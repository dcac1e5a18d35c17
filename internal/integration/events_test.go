package integration

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
)

// event is one event of a stream as a client reads it.
type event struct {
	name, id, data string
}

// listener reads one stream of events.
type listener struct{ lines *bufio.Scanner }

// listen opens a stream of a server's; headers are pairs. The stream ends with
// the test.
func (p *process) listen(t *testing.T, path string, headers ...string) *listener {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
		t.Fatalf("%s: %d %s", path, res.StatusCode, res.Header.Get("Content-Type"))
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	return &listener{lines}
}

// next waits for an event, which must have the name.
func (l *listener) next(t *testing.T, name string) event {
	t.Helper()
	var e event
	for l.lines.Scan() {
		field, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch field {
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			e.data = value
		case "":
			if e.name == "" {
				continue // a comment, which keeps the connection alive
			}
			if e.name != name {
				t.Fatalf("event %+v, want %s", e, name)
			}
			return e
		}
	}
	t.Fatalf("the stream ends (%v) before an event %s", l.lines.Err(), name)
	return e
}
