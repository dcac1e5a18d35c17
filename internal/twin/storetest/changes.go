package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

func changeTests() map[string]func(*bench) {
	return map[string]func(*bench){
		"changes tell what was before and after":            changesTellBoth,
		"one change set spans layers and is signed":         changeSetSpansLayers,
		"several writes of a feature are one revision":      revisionsAreNet,
		"new and changed layers are told as definitions":    definitionsAreTold,
		"a removed layer leaves its history":                removedLayer,
		"a layer made again does not mix with the old one":  layerMadeAgain,
		"a layer that was empty is undone to":               emptyLayerMadeAgain,
		"changes beyond the limit are refused":              tooManyChanges,
		"change sets are paged":                             changeSetsArePaged,
		"revisions are paged":                               revisionsArePaged,
		"history tells every state of a feature":            historyOfFeature,
		"history outlives the store's process":              historyAfterReopening,
		"properties that came later are null before":        historyOfGrownLayer,
		"a version is found by its time":                    versionAtTime,
		"a reader tells its own past while others write":    pastOfAReader,
		"await returns for what is there and what comes":    awaitVersions,
		"await ends with its context":                       awaitEnds,
		"random change sets agree with a model of the past": changesAgreeWithModel,
	}
}

// changes reads the change sets after a version.
func (b *bench) changes(after city.Version) (sets []city.ChangeSet) {
	b.Helper()
	b.read(func(r twin.Reader) (err error) {
		sets, err = r.Changes(b.ctx, after, 1_000_000)
		return err
	})
	return sets
}

// lines are change sets in short: layer/id before>after, by the name property.
func lines(sets []city.ChangeSet) (out []string) {
	for _, c := range sets {
		out = append(out, revisionLine(c.Revisions))
	}
	return out
}

func revisionLine(revisions []city.Revision) string {
	var words []string
	for _, v := range revisions {
		words = append(words, fmt.Sprintf("%s/%d %s>%s", v.Layer, v.ID, short(v.Before), short(v.After)))
	}
	return strings.Join(words, " ")
}

func short(f *city.Feature) string {
	if f == nil {
		return "-"
	}
	return f.Value(1).String()
}

func (b *bench) wantLines(what string, got []string, want ...string) {
	b.Helper()
	if !slices.Equal(got, want) {
		b.Errorf("%s\n got %q\nwant %q", what, got, want)
	}
}

// named is the stop with a code and a name.
func named(id int64, code, name string) city.Feature {
	f := stop(id, code, int(code[0]))
	f.Values[1] = city.String(name)
	return f
}

// save saves features under their ids in one transaction.
func (b *bench) save(layer city.LayerID, features ...city.Feature) city.Version {
	b.Helper()
	return b.write(func(w twin.Writer) error {
		for i := range features {
			if _, err := w.Save(b.ctx, layer, &features[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *bench) remove(layer city.LayerID, ids ...int64) city.Version {
	b.Helper()
	return b.write(func(w twin.Writer) error {
		for _, id := range ids {
			if err := w.Delete(b.ctx, layer, id); err != nil {
				return err
			}
		}
		return nil
	})
}

func changesTellBoth(b *bench) {
	v0 := b.create(stops())
	b.save("stops", named(2, "B", "b"), named(1, "A", "a"))
	v2 := b.save("stops", named(1, "A", "a2"))
	b.remove("stops", 2)
	b.put("stops", named(0, "A", "a3"), named(0, "C", "c"))
	sets := b.changes(v0)
	b.wantLines("changes", lines(sets), "stops/1 ->a stops/2 ->b", "stops/1 a>a2", "stops/2 b>-", "stops/1 a2>a3 stops/3 ->c")
	for i, c := range sets {
		if c.Version != v0+1+city.Version(i) || c.Message != "test" || c.Author == "" || c.At.IsZero() {
			b.Errorf("change set %d: %+v", i, c)
		}
	}
	// The whole features, not their names alone.
	after, before := named(1, "A", "a2"), named(1, "A", "a")
	b.wantFeature(sets[1].Revisions[0].Before, &before)
	b.wantFeature(sets[1].Revisions[0].After, &after)
	b.wantLines("changes of the last two", lines(b.changes(v2)), "stops/2 b>-", "stops/1 a2>a3 stops/3 ->c")
	b.wantLines("changes of nothing", lines(b.changes(b.version())))
}

func changeSetSpansLayers(b *bench) {
	terminals := stops()
	terminals.ID = "terminals"
	b.create(stops())
	v := b.create(terminals)
	_, err := b.store.Write(b.ctx, "vì sao", func(w twin.Writer) error {
		w.Sign("người sửa")
		one, two := named(1, "A", "a"), named(1, "B", "b")
		_, errStops := w.Save(b.ctx, "terminals", &two)
		_, errTerminals := w.Save(b.ctx, "stops", &one)
		return errors.Join(errStops, errTerminals)
	})
	if err != nil {
		b.Fatal(err)
	}
	sets := b.changes(v)
	b.wantLines("changes", lines(sets), "stops/1 ->a terminals/1 ->b")
	if sets[0].Message != "vì sao" || sets[0].Author != "người sửa" || len(sets[0].Whole)+len(sets[0].Definitions) > 0 {
		b.Errorf("change set %+v", sets[0])
	}
}

// revisionsAreNet writes features several times in one transaction: only the
// states before and after it count.
func revisionsAreNet(b *bench) {
	b.create(stops())
	v := b.save("stops", named(1, "A", "a"), named(2, "B", "b"), named(3, "C", "c"))
	b.write(func(w twin.Writer) error {
		for _, f := range []city.Feature{
			named(1, "A", "x"), named(1, "A", "y"), // twice
			named(2, "B", "x"), named(2, "B", "b"), // and back
			named(4, "D", "d"), // and gone
			named(3, "C", "c"), // nothing
		} {
			if _, err := w.Save(b.ctx, "stops", &f); err != nil {
				return err
			}
		}
		return w.Delete(b.ctx, "stops", 4)
	})
	b.wantLines("changes", lines(b.changes(v)), "stops/1 a>y")
}

// revisions reads what one version changed, in short.
func (b *bench) revisions(v city.Version, layer city.LayerID, id int64) (words []string) {
	b.Helper()
	b.read(func(r twin.Reader) error {
		return r.Revisions(b.ctx, v, layer, id, func(v *city.Revision) error {
			words = append(words, revisionLine([]city.Revision{*v}))
			return nil
		})
	})
	return words
}

// undo reads the way back to a version, in short.
func (b *bench) undo(v city.Version) (words []string) {
	b.Helper()
	b.read(func(r twin.Reader) error {
		return r.Undo(b.ctx, v, func(c *city.Change) error {
			words = append(words, fmt.Sprintf("%s/%d %s", c.Layer, c.ID, short(c.Feature)))
			return nil
		})
	})
	slices.Sort(words)
	return words
}

// states reads the history of a feature of stops, in short.
func (b *bench) states(layer city.LayerID, id int64, after city.Version, limit int) (words []string) {
	b.Helper()
	b.read(func(r twin.Reader) error {
		states, err := r.History(b.ctx, layer, id, after, limit)
		for _, s := range states {
			words = append(words, fmt.Sprintf("%d %s", int64(s.Version), short(s.Feature)))
		}
		return err
	})
	return words
}

func word(v city.Version, name string) string { return fmt.Sprintf("%d %s", int64(v), name) }

func tooManyChanges(b *bench) {
	v := b.create(stops())
	b.save("stops", named(1, "A", "a"), named(2, "B", "b"))
	b.save("stops", named(1, "A", "a2"))
	b.read(func(r twin.Reader) error {
		for most, want := range map[int]error{0: city.ErrTooManyChanges, 2: city.ErrTooManyChanges, 3: nil} {
			sets, err := r.Changes(b.ctx, v, most)
			if !errors.Is(err, want) || err == nil && len(sets) != 2 {
				b.Errorf("at most %d: %d change sets, error %v, want %v", most, len(sets), err, want)
			}
		}
		// A layer told whole counts for nothing.
		_, err := r.Changes(b.ctx, v-1, 3)
		return err
	})
}

func changeSetsArePaged(b *bench) {
	v := b.create(stops())
	for i := range 5 {
		b.save("stops", named(1, "A", fmt.Sprint(i)))
	}
	b.read(func(r twin.Reader) error {
		var got []city.Version
		for after := v; ; {
			page, err := r.ChangeSets(b.ctx, after, 2)
			if err != nil || len(page) == 0 {
				if want := []city.Version{v + 1, v + 2, v + 3, v + 4, v + 5}; !slices.Equal(got, want) {
					b.Errorf("versions %v, want %v", got, want)
				}
				return err
			}
			if len(page) > 2 || len(page[0].Revisions) > 0 || page[0].Message != "test" {
				b.Errorf("page %+v", page)
			}
			for _, c := range page {
				got = append(got, c.Version)
				after = c.Version
			}
		}
	})
}

func revisionsArePaged(b *bench) {
	other := stops()
	other.ID = "areas"
	b.create(stops())
	b.create(other)
	v := b.write(func(w twin.Writer) error {
		for id := range int64(4) {
			f := named(id+1, string(rune('A'+id)), "x")
			for _, layer := range []city.LayerID{"stops", "areas"} {
				if _, err := w.Save(b.ctx, layer, &f); err != nil {
					return err
				}
			}
		}
		return nil
	})
	b.wantLines("all", b.revisions(v, "", 0),
		"areas/1 ->x", "areas/2 ->x", "areas/3 ->x", "areas/4 ->x", "stops/1 ->x", "stops/2 ->x", "stops/3 ->x", "stops/4 ->x")
	b.wantLines("after areas/3", b.revisions(v, "areas", 3), "areas/4 ->x", "stops/1 ->x", "stops/2 ->x", "stops/3 ->x", "stops/4 ->x")
	b.wantLines("after the end of areas", b.revisions(v, "areas", 4), "stops/1 ->x", "stops/2 ->x", "stops/3 ->x", "stops/4 ->x")
	b.wantLines("after stops/4", b.revisions(v, "stops", 4))
	calls := 0
	b.read(func(r twin.Reader) error {
		err := r.Revisions(b.ctx, v, "", 0, func(*city.Revision) error { calls++; return errStop })
		wantError(b, err, errStop)
		for _, absent := range []city.Version{0, v + 1} {
			err = r.Revisions(b.ctx, absent, "", 0, func(*city.Revision) error { return nil })
			wantError(b, err, city.ErrNotFound)
		}
		return nil
	})
	if calls != 1 {
		b.Errorf("%d calls after an error", calls)
	}
}

func historyOfFeature(b *bench) {
	b.create(stops())
	v := b.save("stops", named(1, "A", "a"))
	b.save("stops", named(2, "B", "b")) // another
	b.save("stops", named(1, "A", "a2"))
	b.save("stops", named(1, "A", "a2")) // nothing
	b.remove("stops", 1)
	b.save("stops", named(1, "A", "a3"))
	all := []string{word(v, "a"), word(v+2, "a2"), word(v+3, "-"), word(v+4, "a3")}
	b.wantLines("history", b.states("stops", 1, 0, 9), all...)
	b.wantLines("first two", b.states("stops", 1, 0, 2), all[:2]...)
	b.wantLines("two after", b.states("stops", 1, v, 2), all[1:3]...)
	b.wantLines("after a version of another", b.states("stops", 1, v+1, 9), all[1:]...)
	b.wantLines("after all", b.states("stops", 1, v+4, 9))
	b.wantLines("of nothing", b.states("stops", 77, 0, 9))
	b.read(func(r twin.Reader) error {
		states, err := r.History(b.ctx, "stops", 1, 0, 1)
		if len(states) == 1 && (states[0].Message != "test" || states[0].Author == "" || states[0].At.IsZero()) {
			b.Errorf("state %+v", states[0])
		}
		return err
	})
}

func historyAfterReopening(b *bench) {
	b.create(stops())
	v := b.save("stops", named(1, "A", "a"))
	b.save("stops", named(1, "A", "a2"))
	b.store = b.reopen(b.T, b.store)
	b.save("stops", named(1, "A", "a3"))
	b.wantLines("changes", lines(b.changes(v)), "stops/1 a>a2", "stops/1 a2>a3")
	b.wantLines("history", b.states("stops", 1, 0, 9), word(v, "a"), word(v+1, "a2"), word(v+2, "a3"))
	b.wantLines("undo", b.undo(v), "stops/1 a")
}

func versionAtTime(b *bench) {
	b.create(stops())
	for i := range 4 {
		b.save("stops", named(1, "A", fmt.Sprint(i)))
	}
	b.read(func(r twin.Reader) error {
		sets, err := r.ChangeSets(b.ctx, 0, 99)
		if err != nil || len(sets) < 5 {
			b.Fatalf("%d change sets: %v", len(sets), err)
		}
		moments := map[time.Time]city.Version{
			sets[0].At.Add(-time.Hour): 0, time.Now().Add(time.Hour): r.Version(),
		}
		for _, c := range sets { // the later of those of one instant wins
			moments[c.At] = c.Version
		}
		for at, want := range moments {
			if got, err := r.VersionAt(b.ctx, at); err != nil || got != want {
				b.Errorf("version at %s: %d, %v; want %d", at, int64(got), err, int64(want))
			}
		}
		return nil
	})
}

// pastOfAReader asks a reader for everything while newer versions are committed.
func pastOfAReader(b *bench) {
	v := b.create(stops())
	b.save("stops", named(1, "A", "a"))
	b.read(func(r twin.Reader) error {
		b.save("stops", named(1, "A", "later"), named(2, "B", "later"))
		sets, err := r.Changes(b.ctx, v, 9)
		b.wantLines("changes", lines(sets), "stops/1 ->a")
		states, errHistory := r.History(b.ctx, "stops", 1, 0, 9)
		if len(states) != 1 || short(states[0].Feature) != "a" {
			b.Errorf("history %+v", states)
		}
		errUndo := r.Undo(b.ctx, r.Version(), func(c *city.Change) error { return fmt.Errorf("undo of %+v", c) })
		return errors.Join(err, errHistory, errUndo)
	})
}

func awaitVersions(b *bench) {
	v := b.create(stops())
	if err := b.store.Await(b.ctx, v-1); err != nil {
		b.Fatalf("await of a version that is there: %v", err)
	}
	for i := range city.Version(5) {
		done := make(chan error, 1)
		go func() {
			// It may return early, for nothing.
			for {
				err := b.store.Await(b.ctx, v+i)
				if err != nil || b.version() > v+i {
					done <- err
					return
				}
			}
		}()
		b.save("stops", named(1, "A", fmt.Sprint(i)))
		select {
		case err := <-done:
			if err != nil {
				b.Fatalf("await: %v", err)
			}
		case <-time.After(20 * time.Second):
			b.Fatal("await did not return")
		}
	}
}

func awaitEnds(b *bench) {
	v := b.create(stops())
	for range 2 {
		ctx, cancel := context.WithCancel(b.ctx)
		done := make(chan error, 1)
		go func() {
			err := b.store.Await(ctx, v)
			for err == nil {
				err = b.store.Await(ctx, v)
			}
			done <- err
		}()
		cancel()
		wantError(b, <-done, context.Canceled)
	}
	if err := b.store.Await(b.ctx, v-1); err != nil {
		b.Errorf("await after a cancelled one: %v", err)
	}
}
