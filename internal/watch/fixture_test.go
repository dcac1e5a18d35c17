package watch

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage"
	"github.com/hanoitwin/hanoitwin/internal/logtest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/internal/watch/webhook"
)

// town is a real store on one file, the twin over it and its watches. It can be
// stopped and started again.
type town struct {
	tb      testing.TB
	path    string
	options Options
	log     logtest.Buffer

	store *geopackage.Store
	twin  *twin.Twin
	*Manager
	stop func()
	docs func(twin.Store) Documents  // nil: the store itself
	wrap func(twin.Store) twin.Store // what the twin sees of the store
}

func newTown(tb testing.TB, options Options) *town {
	tb.Helper()
	options.FirstRetry = cmp.Or(options.FirstRetry, time.Millisecond)
	options.LastRetry = cmp.Or(options.LastRetry, 20*time.Millisecond)
	options.Save = cmp.Or(options.Save, 5*time.Millisecond)
	options.Grace = cmp.Or(options.Grace, 20*time.Second)
	if options.Policy == nil {
		options.Policy = policyOf(tb, "127.0.0.0/8")
	}
	tw := &town{tb: tb, path: filepath.Join(tb.TempDir(), "twin.gpkg"), options: options, wrap: func(s twin.Store) twin.Store { return s }}
	tw.open()
	tw.commit(twin.Commit{Put: []city.Layer{layerOf("roads"), layerOf("secret", city.Editor), layerOf("stops")}})
	tb.Cleanup(func() { tw.close() })
	return tw
}

func policyOf(tb testing.TB, rules ...string) *webhook.Policy {
	tb.Helper()
	p, err := webhook.ParsePolicy(rules)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// open opens the store, the twin and the watches, which do not run yet.
func (tw *town) open() {
	tw.tb.Helper()
	var err error
	if tw.store, err = geopackage.Open(context.Background(), tw.path, geopackage.Options{Create: true}); err != nil {
		tw.tb.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&tw.log, nil))
	if tw.twin, err = twin.Open(context.Background(), tw.wrap(tw.store), log, twin.Options{}); err != nil {
		tw.tb.Fatal(err)
	}
	docs := Documents(tw.store)
	if tw.docs != nil {
		docs = tw.docs(tw.store)
	}
	if tw.Manager, err = Open(context.Background(), tw.twin, docs, log, tw.options); err != nil {
		tw.tb.Fatal(err)
	}
	tw.stop = func() {}
}

func (tw *town) run() *town {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		tw.Run(ctx)
	}()
	tw.stop = func() {
		cancel()
		<-done
		tw.stop = func() {}
	}
	return tw
}

func (tw *town) close() {
	tw.stop()
	if tw.store != nil {
		if err := tw.store.Close(); err != nil {
			tw.tb.Error(err)
		}
		tw.store = nil
	}
}

func (tw *town) restart() {
	tw.tb.Helper()
	tw.close()
	tw.open()
	tw.run()
}

func (tw *town) commit(c twin.Commit) city.Version {
	tw.tb.Helper()
	v, _, err := tw.twin.Commit(context.Background(), c)
	if err != nil {
		tw.tb.Fatal(err)
	}
	return v
}

// put creates or moves the feature of an id; Absent tells which.
func (tw *town) put(layer city.LayerID, id int64, p orb.Point, lanes int64) city.Version {
	tw.tb.Helper()
	f := &city.Feature{Geometry: p, Values: []city.Value{city.String(fmt.Sprint("C", id)), city.String("planned"), city.Integer(lanes)}}
	absent := tw.twin.Snapshot().Layer(layer).Feature(id) == nil
	return tw.commit(twin.Commit{Edits: []twin.Edit{{Layer: layer, ID: id, Absent: absent, Feature: f}}})
}

func (tw *town) remove(layer city.LayerID, id int64) city.Version {
	tw.tb.Helper()
	return tw.commit(twin.Commit{Edits: []twin.Edit{{Layer: layer, ID: id}}})
}

var (
	inside  = orb.Point{105.8500, 21.0300}
	inside2 = orb.Point{105.8501, 21.0300}
	outside = orb.Point{105.9500, 21.0300}
)

// aroundInside is the place of a watch of 500 m about inside.
const aroundInside = `"place":{"point":[105.85,21.03],"radius_m":500}`

var viewer = Owner{Name: "an", Role: city.Viewer}

func (tw *town) watch(format string, args ...any) *Watch {
	tw.tb.Helper()
	return tw.watchAs(viewer, format, args...)
}

func (tw *town) watchAs(owner Owner, format string, args ...any) *Watch {
	tw.tb.Helper()
	w, err := tw.Create(context.Background(), owner, fmt.Appendf(nil, format, args...))
	if err != nil {
		tw.tb.Fatal(err)
	}
	return w
}

// eventually waits until a condition holds.
func eventually(tb testing.TB, what string, holds func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			tb.Fatalf("still not so: %s", what)
		}
	}
}

// receiver is a real receiver of webhooks. It verifies every signature with the
// formula of Standard Webhooks.
type receiver struct {
	*httptest.Server
	tb     testing.TB
	answer func(n int, w http.ResponseWriter, r *http.Request) // nil: 204

	mu     sync.Mutex
	asked  int
	bodies []received // those that were answered with 2xx
	secret []byte
}

type received struct {
	messageDocument
	id   string
	text string
}

func newReceiver(tb testing.TB, answer func(n int, w http.ResponseWriter, r *http.Request)) *receiver {
	r := &receiver{tb: tb, answer: answer, secret: bytes.Repeat([]byte{7}, 32)}
	r.Server = httptest.NewServer(r)
	tb.Cleanup(r.Server.Close)
	return r
}

// newDownReceiver makes one that is out of service until it is mended.
func newDownReceiver(tb testing.TB) (r *receiver, mend func()) {
	mended := make(chan struct{})
	r = newReceiver(tb, func(_ int, w http.ResponseWriter, _ *http.Request) {
		select {
		case <-mended:
		default:
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	return r, func() { close(mended) }
}

// webhook is the member of a watch's document.
func (r *receiver) webhook() string {
	return fmt.Sprintf(`"webhook":{"url":%q,"secret":%q}`, r.URL+"/hook", r.signing())
}

// signing is the receiver's secret as Standard Webhooks writes it.
func (r *receiver) signing() string {
	return "whsec_" + base64.StdEncoding.EncodeToString(r.secret)
}

type statusWriter struct {
	http.ResponseWriter
	code int
}

func (w *statusWriter) WriteHeader(code int) { w.code = code; w.ResponseWriter.WriteHeader(code) }

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return // the sender went away
	}
	r.mu.Lock()
	r.asked++
	n := r.asked
	r.mu.Unlock()
	mac := hmac.New(sha256.New, r.secret)
	fmt.Fprintf(mac, "%s.%s.%s", q.Header.Get("webhook-id"), q.Header.Get("webhook-timestamp"), body)
	if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); q.Header.Get("webhook-signature") != want {
		r.tb.Errorf("signature %q, want %q", q.Header.Get("webhook-signature"), want)
	}
	if q.Method != http.MethodPost || q.Header.Get("Content-Type") != "application/json" {
		r.tb.Errorf("%s of %s", q.Method, q.Header.Get("Content-Type"))
	}
	sw := &statusWriter{w, 200}
	if r.answer != nil {
		r.answer(n, sw, q)
	} else {
		sw.WriteHeader(http.StatusNoContent)
	}
	if sw.code >= 300 {
		return
	}
	got := received{id: q.Header.Get("webhook-id"), text: string(body)}
	if err := json.Unmarshal(body, &got.messageDocument); err != nil || got.Data.ID != got.id {
		r.tb.Errorf("body %s with id %s: %v", body, got.id, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bodies = append(r.bodies, got)
}

func (r *receiver) requests() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked
}

// taken lists what was accepted, such as "7:enter roads/1".
func (r *receiver) taken() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []string
	for _, b := range r.bodies {
		all = append(all, told(b.messageDocument))
	}
	return all
}

func told(d messageDocument) string {
	var events []string
	for _, e := range d.Data.Events {
		events = append(events, fmt.Sprintf("%s %s/%d", e.Event, e.Layer, e.ID))
	}
	if d.Type == "watch.reset" {
		events = append(events, "reset")
	}
	return fmt.Sprintf("%d:%s", d.Data.Version, strings.Join(events, ","))
}

func toldBy(tb testing.TB, messages []*Message) []string {
	tb.Helper()
	var all []string
	for _, m := range messages {
		text, err := json.Marshal(m)
		if err != nil {
			tb.Fatal(err)
		}
		var d messageDocument
		if err := json.Unmarshal(text, &d); err != nil {
			tb.Fatal(err)
		}
		all = append(all, told(d))
	}
	return all
}
