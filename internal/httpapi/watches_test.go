package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/gpkgtest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/internal/watch"
	"github.com/hanoitwin/hanoitwin/internal/watch/spec"
	"github.com/hanoitwin/hanoitwin/internal/watch/webhook"
)

// watched is a server over a real store, with watches and a key for each role.
type watched struct {
	held
	tb     testing.TB
	twin   *twin.Twin
	tokens map[city.Role]string
}

func newWatched(t *testing.T, limits spec.Limits) *watched {
	t.Helper()
	store := gpkgtest.New(t)
	log := slog.New(slog.DiscardHandler)
	tw, err := twin.Open(t.Context(), store, log, twin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	hidden := placesLayer()
	hidden.ID, hidden.VisibleTo = "secret", []city.Role{city.Editor}
	if _, _, err := tw.Commit(t.Context(), twin.Commit{Put: []city.Layer{placesLayer(), hidden}}); err != nil {
		t.Fatal(err)
	}
	policy, err := webhook.ParsePolicy([]string{"hooks.example.vn"})
	if err != nil {
		t.Fatal(err)
	}
	watches, err := watch.Open(t.Context(), tw, store, log, watch.Options{Policy: policy, Limits: limits, Now: fixtureTime})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); watches.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	guard, tokens := guardOf(t, access.Limits{}, false)
	server, err := newServer(Config{PublicURL: "https://twin.example.vn", Guard: guard, Watches: watches}, tw, log, fixtureTime)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return &watched{held{server, t}, t, tw, tokens}
}

// ask sends a request as a role, "" for nobody.
func (w *watched) ask(role city.Role, method, target, document string) *http.Response {
	r := httptest.NewRequest(method, target, strings.NewReader(document))
	if document != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if role != "" {
		r.Header.Set("X-API-Key", w.tokens[role])
	}
	r.Header.Set("X-Request-Id", "golden")
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec.Result()
}

func (w *watched) put(layer city.LayerID, at orb.Point) city.Version {
	w.tb.Helper()
	v, _, err := w.twin.Commit(w.tb.Context(), twin.Commit{Edits: []twin.Edit{{Layer: layer, Feature: &city.Feature{Geometry: at}}}})
	if err != nil {
		w.tb.Fatal(err)
	}
	return v
}

// make makes a watch and returns its id.
func (w *watched) make(role city.Role, document string) string {
	w.tb.Helper()
	res := w.ask(role, "POST", "/watches", document)
	if res.StatusCode != 201 {
		w.tb.Fatal(res.Status, string(body(w.tb, res)))
	}
	return strings.TrimPrefix(res.Header.Get("Location"), "https://twin.example.vn/watches/")
}

// settle waits until the watches have come to the newest version.
func (w *watched) settle(id string) {
	w.tb.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		s, err := w.config.Watches.Get(id)
		if err != nil || s.Delivery.Told == w.twin.State().Version() {
			return
		}
		if time.Now().After(deadline) {
			w.tb.Fatalf("told up to %d only", s.Delivery.Told)
		}
	}
}

const nearLake = `"place":{"point":[105.8524,21.0288],"radius_m":500}`

// TestWatchRoutes walks the routes: what is made, shown, listed, deleted, and by
// whom.
func TestWatchRoutes(t *testing.T) {
	w := newWatched(t, spec.Limits{PerOwner: 3})
	mine := w.make(city.Viewer, `{"title":"Hồ Hoàn Kiếm",`+nearLake+`,"layers":["places"],"filter":{"op":"<","args":[{"property":"lanes"},4]},
		"webhook":{"url":"https://hooks.example.vn/x","secret":"whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"}}`)
	w.put("places", orb.Point{105, 21}) // so that the next is made at another version
	theirs := w.make(city.Editor, `{"layers":["secret"]}`)
	for _, c := range []struct {
		name, method, target, document string
		role                           city.Role
	}{
		{"create", "POST", "/watches", `{` + nearLake + `,"webhook":{"url":"https://hooks.example.vn/"}}`, city.Viewer},
		{"create_nobody", "POST", "/watches", `{` + nearLake + `}`, ""},
		{"create_mistakes", "POST", "/watches", `{"place":{"point":[190,21],"radius_m":-5},"layers":["secret"],"webhook":{"url":"http://10.0.0.1/","secret":"short"},"x/y":1}`, city.Viewer},
		{"create_empty", "POST", "/watches", `{}`, city.Viewer},
		{"create_large", "POST", "/watches", `{"title":"` + strings.Repeat("a", 64<<10) + `"}`, city.Viewer},
		{"create_full", "POST", "/watches", `{` + nearLake + `}`, city.Viewer},
		{"show", "GET", "/watches/" + mine, "", city.Viewer},
		{"show_admin", "GET", "/watches/" + theirs, "", city.Admin},
		{"show_other", "GET", "/watches/" + theirs, "", city.Viewer},
		{"show_nobody", "GET", "/watches/" + mine, "", ""},
		{"list", "GET", "/watches?limit=1", "", city.Viewer},
		{"list_editor", "GET", "/watches", "", city.Editor},
		{"list_admin", "GET", "/watches?limit=2&offset=1", "", city.Admin},
		{"list_nobody", "GET", "/watches", "", ""},
		{"list_mistakes", "GET", "/watches?limit=0&sort=id", "", city.Viewer},
		{"delete_other", "DELETE", "/watches/" + theirs, "", city.Viewer},
		{"delete", "DELETE", "/watches/" + mine, "", city.Viewer},
		{"delete_again", "DELETE", "/watches/" + mine, "", city.Viewer},
		{"put", "PUT", "/watches/" + mine, `{}`, city.Viewer},
		{"events_other", "GET", "/events?watch=" + theirs, "", city.Viewer},
		{"events_nobody", "GET", "/events?watch=" + theirs, "", ""},
		{"events_mistakes", "GET", "/events?watch=" + theirs + "&after=x&zooms=3", "", city.Editor},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.method == "POST" { // each at a version of its own, which orders the list
				w.put("places", orb.Point{105, 21})
			}
			if c.name == "create_full" {
				w.make(city.Viewer, `{"layers":["places"]}`)
			}
			w.settle(mine)
			res := w.ask(c.role, c.method, c.target, c.document)
			text := fmt.Appendf(nil, "%s %s as %q\n\n%s", c.method, c.target, c.role, rendered(t, res))
			for id, name := range map[string]string{mine: "MINE", theirs: "THEIRS"} {
				text = bytes.ReplaceAll(text, []byte(id), []byte(name))
			}
			// What is drawn at random.
			text = regexp.MustCompile(`\b[A-Z2-7]{26}\b`).ReplaceAll(text, []byte("ID"))
			if c.name == "create" {
				text = regexp.MustCompile(`whsec_[^"]{44}`).ReplaceAll(text, []byte("whsec_RANDOM"))
			}
			text = regexp.MustCompile(`(?m)^Etag: "[0-9a-f]{16}"$`).ReplaceAll(text, []byte("Etag: …"))
			golden(t, "watch_"+c.name, text)
		})
	}
}

// streamed is an answer of events that is read while it is written.
func streamed(t *testing.T, url, token, last string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// expect reads a text from a stream.
func expect(t *testing.T, res *http.Response, want string) {
	t.Helper()
	got := make([]byte, 0, len(want))
	for len(got) < len(want) {
		n, err := res.Body.Read(got[len(got):len(want)])
		got = got[:len(got)+n]
		if err != nil && len(got) < len(want) || !strings.HasPrefix(want, string(got)) {
			t.Fatalf("read %q (%v), want %q", got, err, want)
		}
	}
}

// TestWatchEvents listens to a watch, comes back, falls behind, and is told when
// the watch goes.
func TestWatchEvents(t *testing.T) {
	w := newWatched(t, spec.Limits{})
	server := httptest.NewServer(w)
	defer server.Close()
	id := w.make(city.Viewer, `{`+nearLake+`}`)
	lake := orb.Point{105.8524, 21.0288}
	res := streamed(t, server.URL+"/events?watch="+id, w.tokens[city.Viewer], "")
	v := w.twin.State().Version()
	expect(t, res, fmt.Sprintf("retry: 1000\nevent: hello\nid: %d\ndata: {\"version\":%[1]d}\n\n", v))
	w.put("secret", lake)
	w.put("places", orb.Point{105, 21})
	event := func(v city.Version, feature int64) string {
		s, err := w.twin.At(v)
		if err != nil {
			t.Fatal(err)
		}
		at, err := json.Marshal(s.At.UTC())
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("event: watch\nid: %d\ndata: {\"type\":\"watch.events\",\"timestamp\":%s,\"data\":{\"id\":\"%s.%[1]d\",\"watch\":\"%[3]s\",\"version\":%[1]d,\"since\":%[4]d,"+
			"\"events\":[{\"event\":\"enter\",\"layer\":\"places\",\"id\":%[5]d,\"distance_m\":0}]}}\n\n", v, at, id, v-1, feature)
	}
	v1 := w.put("places", lake)
	expect(t, res, event(v1, 2))
	v2 := w.put("places", lake)
	expect(t, res, event(v2, 3))
	back := streamed(t, server.URL+"/events?watch="+id, w.tokens[city.Viewer], fmt.Sprint(v1))
	expect(t, back, "retry: 1000\n: welcome back\n\n"+event(v2, 3))
	ahead := streamed(t, server.URL+"/events?watch="+id+"&after=999", w.tokens[city.Admin], "")
	expect(t, ahead, fmt.Sprintf("retry: 1000\n: welcome back\n\nevent: reset\nid: %d\ndata: {\"type\":\"watch.reset\",\"data\":{\"id\":\"%s.%[1]d.reset\",\"watch\":\"%[2]s\",\"version\":%[1]d,\"reason\":", v2, id))
	if res := w.ask(city.Viewer, "DELETE", "/watches/"+id, ""); res.StatusCode != 204 {
		t.Fatal(res.Status)
	}
	expect(t, res, "event: gone\ndata: {}\n\n")
	if n, err := res.Body.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Error("the stream goes on")
	}
	for deadline := time.Now().Add(20 * time.Second); w.events.Subscribers() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d subscribers are left", w.events.Subscribers())
		}
	}
}

// TestNoWatches has no routes for what there is not.
func TestNoWatches(t *testing.T) {
	server := newTested(t, Config{})
	for _, target := range []string{"/watches", "/watches/x"} {
		if res := server.get(target); res.StatusCode != 404 {
			t.Errorf("%s: %s", target, res.Status)
		}
	}
	if res := server.get("/events?watch=x"); res.StatusCode != 400 {
		t.Errorf("events of a watch: %s", res.Status)
	}
}
