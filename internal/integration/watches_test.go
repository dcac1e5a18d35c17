package integration

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/ssetest"
)

// do asks a server with a key and wants a status.
func (p *process) do(t *testing.T, status int, token, method, path, body string) (http.Header, string) {
	t.Helper()
	kind := "application/json"
	if strings.Contains(body, `"Feature"`) {
		kind = "application/geo+json"
	}
	a := p.ask(t, method, path, body, "Authorization", "Bearer "+token, "Content-Type", kind).want(t, status)
	return a.header, string(a.body)
}

// watchTold is what a watch tells of a version.
type watchTold struct {
	Data struct {
		ID      string       `json:"id"`
		Version city.Version `json:"version"`
		Reason  string       `json:"reason"`
		Events  []struct {
			Event string       `json:"event"`
			Layer city.LayerID `json:"layer"`
			ID    int64        `json:"id"`
		} `json:"events"`
	} `json:"data"`
}

func (w *watchTold) String() string {
	text := fmt.Sprintf("%d:%s", w.Data.Version, w.Data.Reason)
	for _, e := range w.Data.Events {
		text += fmt.Sprintf(" %s %s/%d", e.Event, e.Layer, e.ID)
	}
	return text
}

// hook receives webhooks once it is open.
type hook struct {
	*httptest.Server
	open atomic.Bool
	mu   sync.Mutex
	got  []watchTold
	ids  map[string]string // bodies by id
}

func newHook(t *testing.T) *hook {
	h := &hook{ids: map[string]string{}}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the sender was killed
		}
		if !h.open.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		var told watchTold
		if err := json.Unmarshal(body, &told); err != nil {
			t.Error(err)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		id := r.Header.Get("Webhook-Id")
		if before, known := h.ids[id]; !known {
			h.got = append(h.got, told)
		} else if before != string(body) {
			t.Errorf("%s is told as\n%s\nand as\n%s", id, before, body)
		}
		h.ids[id] = string(body)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) told() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []string
	for i := range h.got {
		all = append(all, h.got[i].String())
	}
	return all
}

// TestWatchesSurviveKills kills the program without warning while features come
// and go and while webhooks are called. Whoever was told nothing before is told
// everything in the end, in order; live readers that come back, too.
func TestWatchesSurviveKills(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]string{"GeoPackage": filepath.Join(t.TempDir(), "living.gpkg"), "PostGIS": pgtest.DSN(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			watchAndKill(t, where)
		})
	}
}

func watchAndKill(t *testing.T, where string) {
	dir := t.TempDir()
	serve := func() *process {
		return startServer(t, dir, "--store", where, "--empty", "--webhook-allow", "127.0.0.1")
	}
	p := serve()
	made := run(t, "key", "create", "ops", "--role", "admin", "--store", where).want(t, 0)
	token := strings.TrimSpace(made.out)
	p.kill(t)
	p = serve()
	p.do(t, 201, token, "PUT", "/layers/stops", `{"id":"stops","title":"Trạm","title_en":"Stops","geometry":"Point","properties":[{"name":"code","type":"string"}]}`)
	h := newHook(t)
	header, body := p.do(t, 201, token, "POST", "/watches",
		`{"title":"Quanh hồ","place":{"point":[105.8524,21.0288],"radius_m":300},"webhook":{"url":"`+h.URL+`"}}`)
	var watched struct {
		ID      string       `json:"id"`
		Since   city.Version `json:"since"`
		Webhook struct {
			Secret string `json:"secret"`
		} `json:"webhook"`
	}
	if err := json.Unmarshal([]byte(body), &watched); err != nil || !strings.HasPrefix(watched.Webhook.Secret, "whsec_") || !strings.HasSuffix(header.Get("Location"), "/watches/"+watched.ID) {
		t.Fatalf("%v %s\n%s", err, header.Get("Location"), body)
	}
	var want []string
	step := func() {
		header, body := p.do(t, 201, token, "POST", "/collections/stops/items", `{"type":"Feature","geometry":{"type":"Point","coordinates":[105.8525,21.0288]},"properties":{}}`)
		var f struct {
			ID int64 `json:"id"`
		}
		if err := json.Unmarshal([]byte(body), &f); err != nil {
			t.Fatal(err)
		}
		want = append(want, fmt.Sprintf("%s: enter stops/%d", header.Get("Twin-Version"), f.ID))
		if f.ID%3 == 0 {
			path := fmt.Sprintf("/collections/stops/items/%d", f.ID)
			gone := p.ask(t, "DELETE", path, "", "Authorization", "Bearer "+token, "If-Match", header.Get("Etag")).want(t, 204, 200)
			want = append(want, fmt.Sprintf("%s: leave stops/%d", gone.header.Get("Twin-Version"), f.ID))
		}
	}
	for round := range 4 {
		for range 3 {
			step()
		}
		h.open.Store(round >= 2)
		p.kill(t)
		p = serve()
	}
	step()
	deadline := time.Now().Add(time.Minute)
	for len(h.told()) < len(want) && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	if got := h.told(); !slices.Equal(got, want) {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	l := ssetest.Listen(t, p.base+"/events?watch="+watched.ID, "Authorization", "Bearer "+token, "Last-Event-ID", fmt.Sprint(watched.Since))
	for _, text := range want {
		e := l.Next(t, "watch")
		var told watchTold
		if err := json.Unmarshal([]byte(e.Data), &told); err != nil || told.String() != text || e.ID != fmt.Sprint(told.Data.Version) {
			t.Fatalf("told live %s %s (%v), want %s", e.ID, told.String(), err, text)
		}
	}
	p.do(t, 204, token, "DELETE", "/watches/"+watched.ID, "")
	if e := l.Next(t, "gone"); e.Data != "{}" {
		t.Errorf("the end: %+v", e)
	}
	p.stop(t)
	if text := p.talk.String(); strings.Contains(text, watched.Webhook.Secret) || strings.Contains(text, "level=ERROR") {
		t.Errorf("the log:\n%s", text)
	}
}
