package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/internal/watch/spec"
	"github.com/hanoitwin/hanoitwin/internal/watch/webhook"
)

// since returns what a watch tells after a version, once the manager has come to
// the newest.
func (tw *town) since(id string, after city.Version) []string {
	tw.tb.Helper()
	eventually(tw.tb, "the newest version is looked at", func() bool { return tw.position() == tw.twin.State().Version() })
	b, err := tw.Since(id, after)
	if err != nil {
		tw.tb.Fatal(err)
	}
	return toldBy(tw.tb, b.Messages)
}

func wantTold(tb testing.TB, got []string, want ...string) {
	tb.Helper()
	if !slices.Equal(got, want) {
		tb.Errorf("told %q, want %q", got, want)
	}
}

func TestSince(t *testing.T) {
	tw := newTown(t, Options{Messages: 2}).run()
	w := tw.watch(`{%s}`, aroundInside)
	wantTold(t, tw.since(w.ID, 0))
	b, err := tw.Since(w.ID, w.Since)
	if err != nil || len(b.Messages) != 0 {
		t.Fatal(b, err)
	}
	v1 := tw.put("roads", 1, inside, 1)
	<-b.More
	v2 := tw.put("roads", 1, inside, 2)
	wantTold(t, tw.since(w.ID, w.Since), fmt.Sprintf("%d:enter roads/1", v1), fmt.Sprintf("%d:change roads/1", v2))
	wantTold(t, tw.since(w.ID, v1), fmt.Sprintf("%d:change roads/1", v2))
	wantTold(t, tw.since(w.ID, v2))
	v3 := tw.put("roads", 1, outside, 2)
	wantTold(t, tw.since(w.ID, w.Since), fmt.Sprintf("%d:reset", v1), fmt.Sprintf("%d:change roads/1", v2), fmt.Sprintf("%d:leave roads/1", v3))
	wantTold(t, tw.since(w.ID, v3+1000), fmt.Sprintf("%d:reset", v3))
	b, err = tw.Since(w.ID, v3)
	if err != nil {
		t.Fatal(err)
	}
	if err := tw.Delete(t.Context(), w.ID); err != nil {
		t.Fatal(err)
	}
	<-b.More
	if _, err := tw.Since(w.ID, v3); !errors.Is(err, city.ErrNotFound) {
		t.Errorf("after deletion: %v", err)
	}
	if err := tw.Delete(t.Context(), w.ID); !errors.Is(err, city.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
}

// TestReadersResumeAfterRestart replays the record, edits by others and layers
// that were made meanwhile included.
func TestReadersResumeAfterRestart(t *testing.T) {
	tw := newTown(t, Options{}).run()
	w := tw.watch(`{%s}`, aroundInside)
	v1 := tw.put("roads", 1, inside, 1)
	v2 := tw.put("roads", 1, inside2, 1)
	tw.close()
	tw.open()
	v3 := tw.remove("roads", 1)
	tw.run()
	want := []string{fmt.Sprintf("%d:enter roads/1", v1), fmt.Sprintf("%d:change roads/1", v2), fmt.Sprintf("%d:leave roads/1", v3)}
	wantTold(t, tw.since(w.ID, w.Since), want...)
	wantTold(t, tw.since(w.ID, v1), want[1:]...)

	tw.commit(twin.Commit{Put: []city.Layer{layerOf("trees")}, Edits: []twin.Edit{{Layer: "trees", Feature: stop(t)}}})
	tw.restart()
	got := tw.since(w.ID, v3)
	wantTold(t, got, fmt.Sprintf("%d:enter trees/1", v3+1))
	tw.options.Replayed = 1
	tw.restart()
	wantTold(t, tw.since(w.ID, w.Since), fmt.Sprintf("%d:reset", v3), got[0])
}

func stop(tb testing.TB) *city.Feature {
	tb.Helper()
	return &city.Feature{Geometry: inside, Values: []city.Value{city.String("S1")}}
}

// TestFollowedFeature moves the feature that a watch follows.
func TestFollowedFeature(t *testing.T) {
	tw := newTown(t, Options{}).run()
	tw.put("roads", 7, inside, 1)
	tw.put("stops", 1, inside, 1)
	tw.put("stops", 2, outside, 1)
	w := tw.watch(`{"place":{"feature":{"layer":"roads","code":"C7"},"radius_m":200}}`)
	if ref := w.Place.Feature; ref.ID != 7 {
		t.Fatalf("follows %+v", ref)
	}
	v1 := tw.put("roads", 7, outside, 1)
	v2 := tw.put("roads", 7, outside, 3)
	v3 := tw.remove("roads", 7)
	v4 := tw.put("roads", 7, inside, 3)
	wantTold(t, tw.since(w.ID, 0), fmt.Sprintf("%d:leave stops/1,enter stops/2", v1), fmt.Sprintf("%d:leave stops/2", v3), fmt.Sprintf("%d:enter stops/1", v4))
	_ = v2
}

// TestVisibility never tells of layers that the owner may not see: as they are
// when it is told, and with the role that the owner has then.
func TestVisibility(t *testing.T) {
	role := city.Viewer
	var mu sync.Mutex
	known := true
	tw := newTown(t, Options{Role: func(o Owner) (city.Role, bool) {
		mu.Lock()
		defer mu.Unlock()
		if o.Name == "an" {
			return role, known
		}
		return o.Role, true
	}}).run()
	set := func(r city.Role, k bool) {
		mu.Lock()
		defer mu.Unlock()
		role, known = r, k
	}
	tw.put("secret", 7, inside, 1)
	w := tw.watch(`{%s}`, aroundInside)
	all := tw.watchAs(Owner{Name: "bình", Role: city.Admin}, `{%s}`, aroundInside)
	v1 := tw.commit(twin.Commit{Edits: []twin.Edit{{Layer: "roads", Feature: stop(t)}, {Layer: "secret", Feature: stop(t)}}})
	v2 := tw.put("secret", 2, inside, 1)
	wantTold(t, tw.since(w.ID, 0), fmt.Sprintf("%d:enter roads/1", v1))
	wantTold(t, tw.since(all.ID, 0), fmt.Sprintf("%d:enter roads/1,enter secret/8", v1), fmt.Sprintf("%d:enter secret/2", v2))

	for _, body := range []string{`{"layers":["secret"]}`, `{"place":{"feature":{"layer":"secret","id":7},"radius_m":10}}`} {
		var invalid *spec.InvalidError
		if _, err := tw.Create(t.Context(), viewer, []byte(body)); !errors.As(err, &invalid) || invalid.Mistakes[0].Detail != "is not a layer" ||
			strings.Contains(invalid.Mistakes[0].Expected, "secret") {
			t.Errorf("%s: %v", body, err)
		}
	}
	// An editor is told, and not any more as a viewer: neither what comes nor what
	// was found before.
	set(city.Editor, true)
	v3 := tw.put("secret", 3, inside, 1)
	wantTold(t, tw.since(w.ID, v2), fmt.Sprintf("%d:enter secret/3", v3))
	follower := tw.watchAs(Owner{"an", city.Editor}, `{"place":{"feature":{"layer":"secret","id":7},"radius_m":10}}`)
	v4 := tw.put("roads", 4, inside, 1)
	wantTold(t, tw.since(follower.ID, 0), fmt.Sprintf("%d:enter roads/4", v4))
	set(city.Viewer, true)
	wantTold(t, tw.since(w.ID, v2), fmt.Sprintf("%d:enter roads/4", v4))
	v5 := tw.put("roads", 5, inside, 1)
	wantTold(t, tw.since(follower.ID, v4))
	set(city.Viewer, false)
	if b, err := tw.Since(w.ID, v3); err != nil || len(b.Messages) != 0 || b.UpTo != v3 {
		t.Errorf("an owner who is not known: %+v, %v", b, err)
	}
	set(city.Viewer, true)

	// The layer opens, and closes again.
	open := layerOf("secret")
	v6 := tw.commit(twin.Commit{Put: []city.Layer{open}})
	wantTold(t, tw.since(w.ID, v5), fmt.Sprintf("%d:enter secret/2,enter secret/3,enter secret/7,enter secret/8", v6))
	// That it closes is told to those who saw it open; what entered then no more.
	v7 := tw.commit(twin.Commit{Put: []city.Layer{layerOf("secret", city.Editor)}})
	wantTold(t, tw.since(w.ID, v5), fmt.Sprintf("%d:leave secret/2,leave secret/3,leave secret/7,leave secret/8", v7))
}

func TestLimits(t *testing.T) {
	tw := newTown(t, Options{Limits: spec.Limits{PerOwner: 2, Total: 3}})
	for range 2 {
		tw.watch(`{"layers":["roads"]}`)
	}
	_, err := tw.Create(t.Context(), viewer, []byte(`{"layers":["roads"]}`))
	if want := (&LimitError{2, true}); !errors.Is(err, ErrFull) || err.Error() != want.Error() {
		t.Errorf("one too many of one owner: %v", err)
	}
	bình := Owner{Name: "bình"}
	tw.watchAs(bình, `{"layers":["roads"]}`)
	if _, err := tw.Create(t.Context(), bình, []byte(`{"layers":["roads"]}`)); err == nil || err.Error() != (&LimitError{3, false}).Error() {
		t.Errorf("one too many: %v", err)
	}
	mine := tw.List("an", false)
	if len(mine) != 2 || len(tw.List("an", true)) != 3 || len(tw.List("", false)) != 0 {
		t.Errorf("%d, %d and %d watches", len(mine), len(tw.List("an", true)), len(tw.List("", false)))
	}
	if err := tw.Delete(t.Context(), mine[0].ID); err != nil {
		t.Fatal(err)
	}
	tw.restart()
	tw.watch(`{"layers":["roads"]}`)
	if _, err := tw.Create(t.Context(), viewer, []byte(`{"layers":["roads"]}`)); !errors.Is(err, ErrFull) {
		t.Errorf("one too many after a restart: %v", err)
	}
}

// TestSecretStays looks for the secret wherever it could show.
func TestSecretStays(t *testing.T) {
	tw, r := newTown(t, Options{}).run(), newReceiver(t, nil)
	secret := r.signing()
	w := tw.watch(`{%s,%s}`, aroundInside, r.webhook())
	if w.Webhook.Secret.Reveal() != secret {
		t.Fatal("the secret is not the one that was given")
	}
	tw.put("roads", 1, inside, 1)
	eventually(t, "it is told", func() bool { return len(r.taken()) == 1 })
	status, err := tw.Get(w.ID)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := json.Marshal(status.Watch.Webhook)
	if err != nil {
		t.Fatal(err)
	}
	wanted, err := json.Marshal(&status.Spec)
	if err != nil {
		t.Fatal(err)
	}
	_, mistake := tw.Create(t.Context(), viewer, fmt.Appendf(nil, `{"webhook":{"url":"http://127.0.0.1/","secret":"%s","x":1},"place":[]} %[1]s`, secret))
	_, more := tw.Create(t.Context(), viewer, fmt.Appendf(nil, `{"webhook":{"url":7,"secret":"%s","secret2":1},"place":[]}`, secret))
	wrong, _ := webhook.ParseSecret(strings.Replace(secret, "whsec", "whsek", 1))
	for what, text := range map[string]string{
		"JSON of the webhook": string(shown), "JSON of the spec": string(wanted), "log": tw.log.String(),
		"%v": fmt.Sprintf("%v", w.Webhook), "%+v": fmt.Sprintf("%+v %x", *w, *w.Webhook), "%#v": fmt.Sprintf("%#v", w.Webhook.Secret),
		"mistake": fmt.Sprintf("%+v", mistake), "another": fmt.Sprintf("%+v", more), "wrong": wrong.String(),
	} {
		if strings.Contains(text, secret) || strings.Contains(text, secret[len("whsec_"):]) {
			t.Errorf("%s shows the secret: %s", what, text)
		}
	}
	made := tw.watch(`{%s,"webhook":{"url":%q}}`, aroundInside, r.URL)
	const bytes = 32
	if s, err := webhook.ParseSecret(made.Webhook.Secret.Reveal()); err != nil || len(s.Reveal()) != len("whsec_")+(bytes+2)/3*4 {
		t.Errorf("a secret that was made: %v", err)
	}
}

// TestLateJoin makes a watch while the engine is ahead of the state that the
// watch begins after.
func TestLateJoin(t *testing.T) {
	tw := newTown(t, Options{})
	state := tw.twin.State()
	v1, v2 := tw.put("roads", 1, inside, 1), tw.put("roads", 1, outside, 1)
	wanted, r := spec.Parse([]byte(`{`+aroundInside+`}`), tw.Manager.options.Limits, nil)
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	states, _, err := tw.twin.Since(state.Version())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range states {
		tw.take(s)
	}
	tw.join(newEntry(&Watch{Spec: wanted, ID: "late", Since: state.Version()}), state)
	v3 := tw.put("roads", 1, inside, 1)
	tw.run()
	wantTold(t, tw.since("late", 0), fmt.Sprintf("%d:enter roads/1", v1), fmt.Sprintf("%d:leave roads/1", v2), fmt.Sprintf("%d:enter roads/1", v3))
}

// TestTooMany tells a version that does very much as a reset.
func TestTooMany(t *testing.T) {
	tw := newTown(t, Options{}).run()
	w := tw.watch(`{"layers":["roads"]}`)
	var edits []twin.Edit
	for range maxEvents + 1 {
		edits = append(edits, twin.Edit{Layer: "roads", Feature: &city.Feature{Geometry: inside}})
	}
	v := tw.commit(twin.Commit{Edits: edits})
	wantTold(t, tw.since(w.ID, 0), fmt.Sprintf("%d:reset", v))
	b, _ := tw.Since(w.ID, 0)
	if m := b.Messages[0]; m.ID != messageID(w.ID, v) || m.Reset != resetMany {
		t.Errorf("%+v", m)
	}
}

// TestShelf holds the logs of all watches within their bytes.
func TestShelf(t *testing.T) {
	tw := newTown(t, Options{Bytes: 2_000}).run()
	var all []*Watch
	for range 5 {
		all = append(all, tw.watch(`{%s}`, aroundInside))
	}
	for id := range int64(5) {
		tw.put("roads", id+1, inside, 1)
	}
	total := 0
	for _, w := range all {
		total += len(tw.since(w.ID, 0))
	}
	tw.mu.Lock()
	defer tw.mu.Unlock()
	if tw.shelf.bytes > 2_000 || tw.shelf.bytes == 0 || tw.shelf.order.Len() != tw.shelf.bytes/282 {
		t.Errorf("%d bytes of %d messages", tw.shelf.bytes, tw.shelf.order.Len())
	}
	if total != tw.shelf.order.Len()+5 { // a reset for each
		t.Errorf("%d messages are told", total)
	}
}

// comeAndGo makes watches and deletes them.
func (tw *town) comeAndGo() {
	for range 20 {
		w, err := tw.Create(context.Background(), viewer, []byte(`{`+aroundInside+`}`))
		if err != nil {
			tw.tb.Error(err)
			return
		}
		tw.List("an", true)
		if err := tw.Delete(context.Background(), w.ID); err != nil {
			tw.tb.Error(err)
			return
		}
	}
}

// listen reads what a watch tells, from when it was made, and keeps its members by
// that: who enters was outside, others were inside. It ends at the newest version
// once final is closed, and returns that.
func (tw *town) listen(w *Watch, members map[featureKey]bool, final <-chan struct{}) (upTo city.Version) {
	for v := w.Since; ; {
		b, err := tw.Since(w.ID, v)
		if err != nil {
			tw.tb.Error(err)
			return v
		}
		for _, m := range b.Messages {
			if m.Version <= v || m.Reset != "" {
				tw.tb.Errorf("after %d: %+v", v, m)
			}
			v = m.Version
			for _, ev := range m.Events {
				k := featureKey{ev.Layer, ev.ID}
				if members[k] != (ev.Kind != Enter) {
					tw.tb.Errorf("version %d: %s of %v, which is inside: %v", m.Version, ev.Kind, k, members[k])
				}
				members[k] = ev.Kind != Leave
			}
		}
		v = b.UpTo
		select {
		case <-b.More:
		case <-final:
			if v == tw.twin.State().Version() {
				return v
			}
		}
	}
}

// TestWhileAllMoves lets writers, readers and owners work at once. What every
// reader was told, from the state where it began, must lead to what meets the
// watch in the end.
func TestWhileAllMoves(t *testing.T) {
	random := seeded(t)
	tw := newTown(t, Options{Messages: 1_000}).run()
	tw.put("roads", 1, inside, 1)
	var watches []*Watch
	for _, place := range []string{aroundInside, `"place":{"feature":{"layer":"roads","id":1},"radius_m":300}`,
		`"place":{"polygon":{"type":"Polygon","coordinates":[[[105.849,21.029],[105.852,21.029],[105.852,21.032],[105.849,21.029]]]}}`,
		`"layers":["stops"],"filter":{"op":">","args":[{"property":"lanes"},1]}`} {
		watches = append(watches, tw.watch(`{%s}`, place))
	}
	begin := tw.twin.Snapshot()
	var all sync.WaitGroup
	for range 2 { // owners that come and go
		all.Go(tw.comeAndGo)
	}
	members := make([]map[featureKey]bool, len(watches))
	upTo := make([]city.Version, len(watches))
	final := make(chan struct{})
	for i, w := range watches {
		members[i] = map[featureKey]bool{}
		for k := range bruteMembers(w, begin, byRole) {
			members[i][k] = true
		}
		all.Go(func() { upTo[i] = tw.listen(w, members[i], final) })
	}
	w := world{random, inside, 0.003}
	for range 150 {
		layer := []city.LayerID{"roads", "stops"}[w.IntN(2)]
		id := int64(1 + w.IntN(8))
		if w.IntN(5) == 0 && tw.twin.Snapshot().Layer(layer).Feature(id) != nil {
			tw.remove(layer, id)
		} else {
			tw.put(layer, id, w.point(), int64(w.IntN(4)))
		}
	}
	close(final)
	all.Wait()
	end := tw.twin.Snapshot()
	for i, w := range watches {
		want := bruteMembers(w, end, byRole)
		for k, in := range members[i] {
			if _, ok := want[k]; ok != in {
				t.Errorf("watch %d, up to %d of %d: %v is inside: %v", i, upTo[i], end.Version(), k, in)
			}
		}
		for k := range want {
			if !members[i][k] {
				t.Errorf("watch %d: nobody said that %v is inside", i, k)
			}
		}
	}
}
