package model

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

func (p *Player) wantRevisions(what string, got, want []city.Revision) {
	p.Helper()
	same := slices.EqualFunc(got, want, func(a, b city.Revision) bool {
		return a.Layer == b.Layer && a.ID == b.ID && SameState(a.Before, b.Before) && SameState(a.After, b.After)
	})
	if !same {
		p.Errorf("seed %d: %s\n got %s\nwant %s", p.Seed, what, lines(got), lines(want))
	}
}

// CheckChanges follows Changes from a version on.
func (p *Player) CheckChanges(ctx context.Context, r twin.Reader, after city.Version) {
	p.Helper()
	sets, err := r.Changes(ctx, after, 1_000_000)
	if err != nil || after+city.Version(len(sets)) != r.Version() {
		p.Fatalf("changes after %d: %d up to %d: %v", int64(after), len(sets), int64(r.Version()), err)
	}
	for i, c := range sets {
		before, is := p.Past[after+city.Version(i)], p.Past[after+city.Version(i)+1]
		var defined, whole []city.LayerID
		for _, id := range IDs() {
			if !SameDefinition(before[id], is[id]) {
				defined = append(defined, id)
				if is[id] != nil {
					whole = append(whole, id)
				}
			}
		}
		var told []city.LayerID
		for _, d := range c.Definitions {
			told = append(told, d.ID)
		}
		if !slices.Equal(told, defined) || !slices.Equal(c.Whole, whole) {
			p.Errorf("seed %d: version %d: definitions of %v, whole %v; want %v, %v", p.Seed, int64(c.Version), told, c.Whole, defined, whole)
		}
		want := slices.DeleteFunc(Diff(before, is), func(v city.Revision) bool { return slices.Contains(defined, v.Layer) })
		p.wantRevisions(fmt.Sprint("version ", int64(c.Version)), c.Revisions, want)
	}
}

// CheckRevisions compares what changed in a version.
func (p *Player) CheckRevisions(ctx context.Context, r twin.Reader, v city.Version) {
	p.Helper()
	var got []city.Revision
	err := r.Revisions(ctx, v, "", 0, func(v *city.Revision) error { got = append(got, *v); return nil })
	if err != nil {
		p.Fatalf("revisions of %d: %v", int64(v), err)
	}
	p.wantRevisions(fmt.Sprint("revisions of ", int64(v)), got, Diff(p.Past[v-1], p.Past[v]))
}

// CheckUndo goes back from the newest state.
func (p *Player) CheckUndo(ctx context.Context, r twin.Reader, v city.Version) {
	p.Helper()
	got := World{}
	for id := range p.Past[v] {
		got[id] = &Layer{Features: map[int64]*city.Feature{}}
		if l := p.Now[id]; l != nil {
			got[id].Features = maps.Clone(l.Features)
		}
	}
	told := map[city.Change]bool{}
	err := r.Undo(ctx, v, func(c *city.Change) error {
		place := city.Change{Layer: c.Layer, ID: c.ID}
		if told[place] || got[c.Layer] == nil {
			p.Errorf("seed %d: undo to %d tells %s/%d", p.Seed, int64(v), c.Layer, c.ID)
			return nil
		}
		told[place] = true
		if c.Feature != nil {
			got[c.Layer].Features[c.ID] = c.Feature
			return nil
		}
		if got[c.Layer].Features[c.ID] == nil {
			p.Errorf("seed %d: undo to %d removes %s/%d, which is not there", p.Seed, int64(v), c.Layer, c.ID)
		}
		delete(got[c.Layer].Features, c.ID)
		return nil
	})
	if err != nil {
		p.Fatalf("undo to %d: %v", int64(v), err)
	}
	p.wantRevisions(fmt.Sprint("undo to ", int64(v)), Diff(p.Past[v], got), nil)
}

// CheckHistories compares the history of every feature that ever was.
func (p *Player) CheckHistories(ctx context.Context, r twin.Reader, newest city.Version) {
	p.Helper()
	want := map[city.Change][]city.State{}
	for v := p.First + 1; v <= newest; v++ {
		for _, c := range Diff(p.Past[v-1], p.Past[v]) {
			place := city.Change{Layer: c.Layer, ID: c.ID}
			want[place] = append(want[place], city.State{Version: v, Feature: c.After})
		}
	}
	if len(want) < len(p.Past)/3 {
		p.Errorf("seed %d: only %d features", p.Seed, len(want))
	}
	for place, states := range want {
		got, err := r.History(ctx, place.Layer, place.ID, 0, 1000)
		if err != nil {
			p.Fatalf("history of %s/%d: %v", place.Layer, place.ID, err)
		}
		same := slices.EqualFunc(got, states, func(a, b city.State) bool { return a.Version == b.Version && SameState(a.Feature, b.Feature) })
		if !same {
			p.Errorf("seed %d: history of %s/%d\n got %v\nwant %v", p.Seed, place.Layer, place.ID, got, states)
		}
	}
}

func lines(revisions []city.Revision) string {
	text := ""
	for _, v := range revisions {
		text += fmt.Sprintf("%s/%d %v %v\n", v.Layer, v.ID, v.Before, v.After)
	}
	return text
}
