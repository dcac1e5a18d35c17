package watch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

func wantTaken(tb testing.TB, r *receiver, want ...string) {
	tb.Helper()
	eventually(tb, fmt.Sprintf("%d messages are taken", len(want)), func() bool { return len(r.taken()) >= len(want) })
	if got := r.taken(); !slices.Equal(got, want) {
		tb.Errorf("taken\n %q, want\n %q", got, want)
	}
}

func TestWebhook(t *testing.T) {
	tw, r := newTown(t, Options{}).run(), newReceiver(t, nil)
	w := tw.watch(`{%s,"layers":["roads"],%s}`, aroundInside, r.webhook())
	v1 := tw.put("roads", 1, inside, 2)
	tw.put("roads", 2, outside, 2)
	tw.put("stops", 1, inside, 2)
	v4 := tw.put("roads", 1, inside2, 2)
	v5 := tw.commit(twin.Commit{Message: "thử", Edits: []twin.Edit{
		{Layer: "roads", ID: 1},
		{Layer: "roads", ID: 2, Feature: &city.Feature{Geometry: inside, Values: []city.Value{city.String("C2")}}},
	}})
	wantTaken(t, r, fmt.Sprintf("%d:enter roads/1", v1), fmt.Sprintf("%d:change roads/1", v4), fmt.Sprintf("%d:leave roads/1,enter roads/2", v5))
	want := fmt.Sprintf(`{"type":"watch.events","timestamp":%q,"data":{"id":"%s.%d","watch":"%[2]s","version":%[3]d,"since":%d,"events":[{"event":"change","layer":"roads","id":1,"code":"C1","distance_m":10.395}]}}`,
		r.bodies[1].Timestamp.Format(time.RFC3339Nano), w.ID, v4, v4-1)
	if r.bodies[1].text != want {
		t.Errorf("body\n %s, want\n %s", r.bodies[1].text, want)
	}
	eventually(t, "all is told", func() bool { s, _ := tw.Get(w.ID); return s.Delivery.Told == v5 && s.Delivery.State == Active })
}

// TestRetries lets a receiver fail in many ways; all messages arrive all the
// same, in order.
func TestRetries(t *testing.T) {
	r := newReceiver(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		switch n {
		case 1, 3:
			w.WriteHeader(http.StatusInternalServerError)
		case 2:
			w.Header().Set("Retry-After", "9999999")
			w.WriteHeader(http.StatusTooManyRequests)
		case 5:
			panic(http.ErrAbortHandler) // the connection breaks
		case 6:
			w.WriteHeader(http.StatusBadRequest)
		}
	})
	r.Config.ErrorLog = nil
	tw := newTown(t, Options{}).run()
	w := tw.watch(`{%s,%s}`, aroundInside, r.webhook())
	var want []string
	for id := range int64(6) {
		want = append(want, fmt.Sprintf("%d:enter roads/%d", tw.put("roads", id+1, inside, 2), id+1))
	}
	wantTaken(t, r, want...)
	eventually(t, "active again", func() bool {
		s, _ := tw.Get(w.ID)
		return s.Delivery == Delivery{State: Active, Told: tw.twin.State().Version()}
	})
	if !strings.Contains(tw.log.String(), "answered 500") {
		t.Error("the log does not say why")
	}
}

// TestRestart stops everything while a receiver is down, and edits the store
// while nothing runs.
func TestRestart(t *testing.T) {
	r, mend := newDownReceiver(t)
	tw := newTown(t, Options{}).run()
	w := tw.watch(`{%s,"layers":["roads"],%s}`, aroundInside, r.webhook())
	v1 := tw.put("roads", 1, inside, 2)
	eventually(t, "it is retrying", func() bool { s, _ := tw.Get(w.ID); return s.Delivery.State == Retrying })
	v2 := tw.put("roads", 2, inside, 2)
	tw.restart()
	if s, err := tw.Get(w.ID); err != nil || s.Delivery.State != Retrying || s.Delivery.Told != w.Since {
		t.Errorf("after a restart: %+v, %v", s.Delivery, err)
	}
	tw.stop()
	v3 := tw.put("roads", 1, outside, 2)
	v4 := tw.put("roads", 1, inside, 2)
	tw.restart()
	mend()
	want := []string{fmt.Sprintf("%d:enter roads/1", v1), fmt.Sprintf("%d:enter roads/2", v2), fmt.Sprintf("%d:leave roads/1", v3), fmt.Sprintf("%d:enter roads/1", v4)}
	wantTaken(t, r, want...)
	tw.restart() // nothing is told again
	v5 := tw.remove("roads", 2)
	wantTaken(t, r, append(want, fmt.Sprintf("%d:leave roads/2", v5))...)
}

// forgetful loses what is stored about positions, as a crash does.
type forgetful struct{ twin.Store }

func (f forgetful) PutDocument(ctx context.Context, kind, name string, body []byte) error {
	if kind == kindProgress {
		return nil
	}
	return f.Store.PutDocument(ctx, kind, name, body)
}

// TestCrash loses the positions: everything is told again under the same ids,
// and what happened after the crash once.
func TestCrash(t *testing.T) {
	r := newReceiver(t, nil)
	tw := newTown(t, Options{})
	tw.docs = func(s twin.Store) Documents { return forgetful{s} }
	tw.restart()
	tw.watch(`{%s,%s}`, aroundInside, r.webhook())
	v1, v2 := tw.put("roads", 1, inside, 2), tw.put("roads", 1, outside, 2)
	first := []string{fmt.Sprintf("%d:enter roads/1", v1), fmt.Sprintf("%d:leave roads/1", v2)}
	wantTaken(t, r, first...)
	tw.close()
	tw.open()
	v3 := tw.put("stops", 3, inside, 2)
	tw.run()
	wantTaken(t, r, slices.Concat(first, first, []string{fmt.Sprintf("%d:enter stops/3", v3)})...)
	if r.bodies[0].text != r.bodies[2].text || r.bodies[1].text != r.bodies[3].text {
		t.Errorf("told differently the second time:\n%s\n%s", r.bodies[0].text, r.bodies[2].text)
	}
}

// TestBadReceivers holds every request to some receivers; the others get their
// messages.
func TestBadReceivers(t *testing.T) {
	release := make(chan struct{})
	hang := func(_ int, _ http.ResponseWriter, q *http.Request) {
		select {
		case <-release:
		case <-q.Context().Done():
		}
	}
	bad, worse, good := newReceiver(t, hang), newReceiver(t, hang), newReceiver(t, nil)
	defer close(release)
	tw := newTown(t, Options{Workers: 4, PerReceiver: 1, Timeout: time.Minute}).run()
	for range 10 {
		tw.watch(`{%s,%s}`, aroundInside, bad.webhook())
		tw.watch(`{%s,%s}`, aroundInside, worse.webhook())
	}
	tw.watch(`{%s,%s}`, aroundInside, good.webhook())
	var want []string
	for id := range int64(20) {
		want = append(want, fmt.Sprintf("%d:enter roads/%d", tw.put("roads", id+1, inside, 2), id+1))
	}
	wantTaken(t, good, want...)
	eventually(t, "the bad ones are asked", func() bool { return bad.requests() == 1 && worse.requests() == 1 })
}

// TestRefusals tells the owner why a webhook does not work, and calls nobody that
// it should not.
func TestRefusals(t *testing.T) {
	other := newReceiver(t, nil)
	for name, c := range map[string]struct {
		answer func(int, http.ResponseWriter, *http.Request)
		rules  []string
		host   string
		reason string
		state  State
	}{
		"redirect": {answer: func(_ int, w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, other.URL, http.StatusTemporaryRedirect)
		}, reason: "answered 307: redirects are not followed", state: Retrying},
		"gone":   {answer: func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }, reason: "answered 410", state: Failing},
		"silent": {answer: func(_ int, _ http.ResponseWriter, q *http.Request) { <-q.Context().Done() }, reason: "no answer in time", state: Retrying},
		// The name is listed, but it leads inside.
		"rebound": {rules: []string{"localhost"}, host: "localhost", reason: "the operator does not list its address", state: Retrying},
		"public":  {rules: []string{"10.0.0.0/8"}, host: "localhost", reason: "the operator does not list its address", state: Retrying},
		"endless": {answer: func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			for {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		}, reason: "answered 500", state: Retrying},
	} {
		t.Run(name, func(t *testing.T) {
			options := Options{Timeout: 300 * time.Millisecond}
			if c.rules != nil {
				options.Policy = policyOf(t, c.rules...)
			}
			tw, r := newTown(t, options).run(), newReceiver(t, c.answer)
			hook := r.webhook()
			if c.host != "" {
				hook = strings.Replace(hook, "127.0.0.1", c.host, 1)
			}
			w := tw.watch(`{%s,%s}`, aroundInside, hook)
			tw.put("roads", 1, inside, 2)
			eventually(t, "it is refused", func() bool { s, _ := tw.Get(w.ID); return s.Delivery.Problem != "" })
			if s, _ := tw.Get(w.ID); s.Delivery.Problem != c.reason || s.Delivery.State != c.state {
				t.Errorf("%+v, want %s: %s", s.Delivery, c.state, c.reason)
			}
			if c.answer == nil && r.requests() != 0 {
				t.Error("a receiver was called that must not be")
			}
		})
	}
	if n := other.requests(); n != 0 {
		t.Errorf("a redirect was followed %d times", n)
	}
}

// TestGiveUp marks a watch failing after a time, for good; it still tells live
// readers.
func TestGiveUp(t *testing.T) {
	r := newReceiver(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	tw := newTown(t, Options{GiveUp: 30 * time.Millisecond}).run()
	w := tw.watch(`{%s,%s}`, aroundInside, r.webhook())
	v1 := tw.put("roads", 1, inside, 2)
	eventually(t, "it is failing", func() bool { s, _ := tw.Get(w.ID); return s.Delivery.State == Failing })
	tw.restart()
	s, err := tw.Get(w.ID)
	if err != nil || s.Delivery.State != Failing || s.Delivery.Problem != "answered 502" || s.Delivery.Since.IsZero() {
		t.Errorf("after a restart: %+v, %v", s.Delivery, err)
	}
	n := r.requests()
	v2 := tw.put("roads", 1, outside, 2)
	eventually(t, "live readers are told", func() bool { b, err := tw.Since(w.ID, v1); return err == nil && len(b.Messages) == 1 })
	if b, _ := tw.Since(w.ID, v1); b.UpTo != v2 || r.requests() != n {
		t.Errorf("up to %d, want %d; %d requests, want %d", b.UpTo, v2, r.requests(), n)
	}
}

// TestWebhookReset tells a receiver that comes back after the log has overflowed
// one reset, and then what follows.
func TestWebhookReset(t *testing.T) {
	r, mend := newDownReceiver(t)
	tw := newTown(t, Options{Messages: 3, FirstRetry: 50 * time.Millisecond, LastRetry: 50 * time.Millisecond}).run()
	w := tw.watch(`{%s,%s}`, aroundInside, r.webhook())
	var versions []city.Version
	for id := range int64(8) {
		versions = append(versions, tw.put("roads", id+1, inside, 2))
	}
	eventually(t, "all is seen", func() bool { return tw.position() == versions[7] })
	n := r.requests() // the request after the next one is made of what is left
	eventually(t, "it is asked again", func() bool { return r.requests() >= n+2 })
	mend()
	wantTaken(t, r, fmt.Sprintf("%d:reset", versions[4]), fmt.Sprintf("%d:enter roads/6", versions[5]), fmt.Sprintf("%d:enter roads/7", versions[6]), fmt.Sprintf("%d:enter roads/8", versions[7]))
	if want := fmt.Sprintf("%s.%d.reset", w.ID, versions[4]); r.bodies[0].id != want {
		t.Errorf("id %s, want %s", r.bodies[0].id, want)
	}
}

// TestDeletedWhileSending ends well.
func TestDeletedWhileSending(t *testing.T) {
	entered, release := make(chan struct{}, 1), make(chan struct{})
	r := newReceiver(t, func(int, http.ResponseWriter, *http.Request) {
		entered <- struct{}{}
		<-release
	})
	tw := newTown(t, Options{}).run()
	w := tw.watch(`{%s,%s}`, aroundInside, r.webhook())
	tw.put("roads", 1, inside, 2)
	<-entered
	if err := tw.Delete(t.Context(), w.ID); err != nil {
		t.Fatal(err)
	}
	close(release)
	tw.put("roads", 2, inside, 2)
	tw.restart()
	if _, err := tw.Get(w.ID); !errors.Is(err, city.ErrNotFound) || r.requests() != 1 {
		t.Errorf("after deletion: %v, %d requests", err, r.requests())
	}
}

// TestUnknownOwner exchanges the owner's key while things happen: nothing is told
// meanwhile, and nothing lost.
func TestUnknownOwner(t *testing.T) {
	var known atomic.Bool
	r := newReceiver(t, nil)
	tw := newTown(t, Options{Role: func(o Owner) (city.Role, bool) { return o.Role, known.Load() }}).run()
	tw.watch(`{%s,%s}`, aroundInside, r.webhook())
	v := tw.put("roads", 1, inside, 2)
	eventually(t, "it is seen", func() bool { return tw.position() == v })
	if n := r.requests(); n != 0 {
		t.Errorf("told %d times", n)
	}
	known.Store(true)
	wantTaken(t, r, fmt.Sprintf("%d:enter roads/1", v))
}

// amnesiac is a store whose record has been cut.
type amnesiac struct{ twin.Store }

func (a amnesiac) Read(ctx context.Context, read func(twin.Reader) error) error {
	return a.Store.Read(ctx, func(r twin.Reader) error { return read(cut{r}) })
}

type cut struct{ twin.Reader }

func (cut) Changes(context.Context, city.Version, int) ([]city.ChangeSet, error) {
	return nil, city.ErrHistoryGone
}

// TestRecordCut restarts over a store that does not tell what happened meanwhile:
// the receiver is told a reset, and goes on from there.
func TestRecordCut(t *testing.T) {
	r := newReceiver(t, nil)
	tw := newTown(t, Options{}).run()
	w := tw.watch(`{%s,%s}`, aroundInside, r.webhook())
	v1 := tw.put("roads", 1, inside, 2)
	wantTaken(t, r, fmt.Sprintf("%d:enter roads/1", v1))
	tw.stop()
	v2 := tw.put("roads", 1, outside, 2)
	tw.close()
	tw.wrap = func(s twin.Store) twin.Store { return amnesiac{s} }
	tw.open()
	tw.run()
	reset := fmt.Sprintf("%d:reset", v2)
	wantTaken(t, r, fmt.Sprintf("%d:enter roads/1", v1), reset)
	wantTold(t, tw.since(w.ID, w.Since), reset)
	if !strings.Contains(tw.log.String(), "told a reset") {
		t.Error("the log does not say so")
	}
	tw.close()
	tw.wrap = func(s twin.Store) twin.Store { return s }
	tw.restart()
	v3 := tw.put("roads", 1, inside, 2)
	wantTaken(t, r, fmt.Sprintf("%d:enter roads/1", v1), reset, fmt.Sprintf("%d:enter roads/1", v3))
}
