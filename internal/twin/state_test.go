package twin

import (
	"errors"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

func state(v, since city.Version, published time.Time, edits int) *State {
	return &State{Snapshot: snapshot.Empty(v), Since: since, Published: published, Edits: make([]snapshot.Edit, edits)}
}

func versions(states []*State) []city.Version {
	var all []city.Version
	for _, s := range states {
		all = append(all, s.Version())
	}
	return all
}

func equal(a, b []city.Version) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// TestRetention publishes versions under each bound and looks which are kept.
func TestRetention(t *testing.T) {
	start := time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		retention Retention
		step      time.Duration
		edits     int
		want      []city.Version
	}{
		"by number":           {Retention{Versions: 3}, time.Second, 1, []city.Version{8, 9, 10}},
		"by age":              {Retention{For: 2 * time.Hour}, time.Hour, 1, []city.Version{8, 9, 10}},
		"by memory":           {Retention{Bytes: 2*13<<10 + 100}, time.Second, 1, []city.Version{8, 9, 10}},
		"one is always kept":  {Retention{Versions: 1, Bytes: 1}, time.Hour, 64, []city.Version{10}},
		"all within defaults": {Retention{}, time.Second, 1, []city.Version{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.retention.withDefaults()
			k := &kept{states: []*State{state(1, 0, start, 0)}, next: make(chan struct{})}
			for v := city.Version(2); v <= 10; v++ {
				before := versions(k.states)
				next := k.with(state(v, v-1, start.Add(time.Duration(v)*c.step), c.edits), r)
				if !equal(versions(k.states), before) {
					t.Fatalf("publishing version %d changed what readers hold", v)
				}
				k = next
			}
			if got := versions(k.states); !equal(got, c.want) {
				t.Errorf("kept %v, want %v", got, c.want)
			}
		})
	}
}

// TestSince asks for what came after each version, with versions 5 and 6 read
// together with 7.
func TestSince(t *testing.T) {
	tw := &Twin{}
	now := time.Now()
	tw.kept.Store(&kept{next: make(chan struct{}), states: []*State{
		state(3, 0, now, 0), state(4, 3, now, 1), state(7, 4, now, 1), state(8, 7, now, 1),
	}})
	for after, want := range map[city.Version][]city.Version{
		3: {4, 7, 8}, 4: {7, 8}, 5: {7, 8}, 6: {7, 8}, 7: {8}, 8: {},
	} {
		states, more, err := tw.Since(after)
		if err != nil || more == nil || !equal(versions(states), want) {
			t.Errorf("since %d: %v (%v), want %v", after, versions(states), err, want)
		}
	}
	for after, want := range map[city.Version]error{
		2: city.ErrHistoryGone, 0: city.ErrHistoryGone, 9: city.ErrNotFound,
	} {
		var gone *GoneError
		_, more, err := tw.Since(after)
		if !errors.As(err, &gone) || !errors.Is(err, want) || more == nil || gone.Oldest != 3 || gone.Newest != 8 {
			t.Errorf("since %d: %v, want %v", after, err, want)
		}
	}
	for v, want := range map[city.Version]error{3: nil, 4: nil, 7: nil, 8: nil, 5: city.ErrHistoryGone, 2: city.ErrHistoryGone, 9: city.ErrNotFound, -1: city.ErrNotFound} {
		s, err := tw.At(v)
		if !errors.Is(err, want) || (err == nil) != (s != nil && s.Version() == v) {
			t.Errorf("at %d: %v, %v, want %v", v, s, err, want)
		}
	}
}
