package snapshot

import (
	"fmt"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// moving is a feature that never says again what it said in another round.
func moving(id int64, round int) *city.Feature {
	return &city.Feature{ID: id, Geometry: orb.Point{105 + float64(id)/1000, 21}, Values: []city.Value{
		city.String(fmt.Sprintf("%d/%d", id, round)), city.String("in_operation"), city.Integer(int64(round % 3)),
	}}
}

// movingSays reads the first n features of s as those of a round, and what tiles
// would carry of them.
func movingSays(s *Snapshot, n int64, round int) error {
	l := s.Layer("a")
	for id := int64(1); id <= n; id++ {
		want, got := moving(id, round), l.Feature(id)
		for i, v := range want.Values {
			if l.Value(got, i) != v {
				return fmt.Errorf("version %d: property %d of feature %d is %v, want %v", s.Version(), i, id, l.Value(got, i), v)
			}
		}
		for _, tag := range got.Tags() {
			if err := l.Table().check(tag.Value); err != nil {
				return err
			}
		}
		if l.ByCode(want.Values[0].Text()) != got {
			return fmt.Errorf("version %d: code %v does not lead to feature %d", s.Version(), want.Values[0], id)
		}
	}
	return nil
}

// TestDictionaryIsSwept gives few features ever new values. The dictionary must stay
// in proportion to them; what a version says must stay what it was, for those who
// read it meanwhile too, and so must what is made from a version before a sweep.
func TestDictionaryIsSwept(t *testing.T) {
	const features, rounds = 900, 30
	still := &city.Feature{ID: features + 1, Geometry: orb.Point{105, 22}, Values: []city.Value{city.String("still")}}
	s := load(t, 0, map[city.LayerID][]*city.Feature{"a": {still}})
	states, sweeps := []*Snapshot{s}, 0
	published := make(chan *Snapshot, rounds)
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for s := range published {
				if err := movingSays(s, features, int(s.Version())); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for round := 1; round <= rounds; round++ {
		step := Step{Version: city.Version(round)}
		for id := int64(1); id <= features; id++ {
			step.Changes = append(step.Changes, city.Change{Layer: "a", ID: id, Feature: moving(id, round)})
		}
		next, _, _ := s.Take(step)
		if !SharesDictionary(s.Layer("a"), next.Layer("a")) {
			sweeps++
		}
		if n := next.Layer("a").Table().NumValues(); n > 5*features+sweepValues {
			t.Fatalf("round %d: %d places for values, of %d features", round, n, next.Len())
		}
		published <- next
		s, states = next, append(states, next)
	}
	close(published)
	readers.Wait()
	if sweeps != 2 {
		t.Errorf("the dictionary was swept %d times in %d rounds", sweeps, rounds)
	}
	for round, s := range states[1:] {
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		if err := movingSays(s, features, round+1); err != nil {
			t.Error(err)
		}
	}
	if l := s.Layer("a"); l.ByCode("still") == nil || l.Value(l.Feature(still.ID), 0) != still.Values[0] {
		t.Error("what never changed is lost")
	}
	back, _, _ := states[5].Take(Step{Version: 6, Changes: []city.Change{{Layer: "a", ID: features, Feature: moving(features, 6)}}})
	if err := back.Check(); err != nil {
		t.Fatal(err)
	}
	if err := movingSays(back, features-1, 5); err != nil {
		t.Errorf("made from a version before a sweep: %v", err)
	}
}

// TestEmptiedDictionaryIsSwept removes nearly all features, and writes long values:
// neither must leave more behind than is alive.
func TestEmptiedDictionaryIsSwept(t *testing.T) {
	var many []*city.Feature
	for id := int64(1); id <= sweepValues+500; id++ {
		many = append(many, moving(id, 0))
	}
	s := load(t, 0, map[city.LayerID][]*city.Feature{"a": many})
	step := Step{Version: 1}
	for _, f := range many[1:] {
		step.Changes = append(step.Changes, city.Change{Layer: "a", ID: f.ID})
	}
	s, _, _ = s.Take(step)
	if w := s.Layer("a").workshop; w.weight().values > 10 {
		t.Errorf("one feature has %d values", w.weight().values)
	}
	for round := 1; round <= 50; round++ {
		f := moving(1, round)
		f.Values[0] = city.String(fmt.Sprintf("%d %0100000d", round, 0))
		s, _, _ = s.Take(Step{Version: s.Version() + 1, Changes: []city.Change{{Layer: "a", ID: 1, Feature: f}}})
		if n := s.Layer("a").workshop.weight().bytes; n > 2*sweepBytes {
			t.Fatalf("round %d: %d bytes for one feature", round, n)
		}
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
}
