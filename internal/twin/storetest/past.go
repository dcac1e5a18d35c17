package storetest

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// world is a model of a store's state: definitions, and features by id. Features
// and definitions are never changed in place, so that a copy may share them.
type world map[city.LayerID]*modelLayer

type modelLayer struct {
	def      city.Layer
	features map[int64]*city.Feature
	born     int // which of all layers it is
	last     int64
}

func (w world) clone() world {
	c := world{}
	for id, l := range w {
		copied := *l
		copied.features = maps.Clone(l.features)
		c[id] = &copied
	}
	return c
}

// player changes a store and a model of it alike, at random.
type player struct {
	*bench
	r     *rand.Rand
	now   world
	past  map[city.Version]world
	first city.Version
	born  int
}

const playerSeed = 42

var playerLayers = [...]city.LayerID{"a", "b", "c"}

func changesAgreeWithModel(b *bench) {
	p := &player{bench: b, r: rand.New(rand.NewPCG(playerSeed, 0)), now: world{}, past: map[city.Version]world{}}
	v := b.version()
	p.first, p.past[v] = v, world{}
	for round := range 90 {
		before := p.now.clone()
		next := b.write(func(w twin.Writer) error {
			for range 1 + p.r.IntN(5) {
				if err := p.play(w); err != nil {
					return err
				}
			}
			return nil
		})
		changed := len(diff(before, p.now)) > 0 || !sameDefinitions(before, p.now)
		if next != v && next != v+1 || changed && next == v {
			b.Fatalf("seed %d, round %d: version %d after %d, changed: %v", playerSeed, round, next, v, changed)
		}
		v = next
		p.past[v] = p.now.clone()
	}
	b.store = b.reopen(b.T, b.store)
	b.read(func(r twin.Reader) error {
		for after := p.first; after <= v; after++ {
			if after%4 == v%4 {
				p.checkChanges(r, after)
			}
			p.checkUndo(r, after)
			p.checkLayers(r, after)
			if after > p.first {
				p.checkRevisions(r, after)
			}
		}
		p.checkHistories(r, v)
		return nil
	})
}

// play does one random thing.
func (p *player) play(w twin.Writer) error {
	id := playerLayers[p.r.IntN(len(playerLayers))]
	l := p.now[id]
	dice := p.r.IntN(100)
	switch {
	case l == nil:
		if dice < 40 {
			return nil
		}
		p.born++
		def := stops()
		def.ID, def.Title = id, fmt.Sprint("Lớp ", p.born)
		p.now[id] = &modelLayer{def: def, features: map[int64]*city.Feature{}, born: p.born}
		return w.PutLayer(p.ctx, def)
	case dice < 3:
		delete(p.now, id)
		return w.DropLayer(p.ctx, id)
	case dice < 6:
		return p.grow(w, l)
	case dice < 20 && len(l.features) > 0:
		gone := p.pick(l)
		delete(l.features, gone)
		return w.Delete(p.ctx, id, gone)
	case dice < 30 && len(l.features) > 0: // nothing new
		f := l.features[p.pick(l)]
		_, err := w.Save(p.ctx, id, f)
		return err
	case dice < 60 && len(l.features) > 0:
		f := p.feature(l, p.pick(l))
		l.features[f.ID] = f
		_, err := w.Save(p.ctx, id, f)
		return err
	default:
		l.last++
		f := p.feature(l, l.last)
		l.features[f.ID] = f
		return w.Put(p.ctx, id, f)
	}
}

// grow appends a property, or changes the title.
func (p *player) grow(w twin.Writer, l *modelLayer) error {
	def := l.def
	if len(def.Properties) < 6 && p.r.IntN(2) == 0 {
		name := fmt.Sprint("p", len(def.Properties))
		def.Properties = append(slices.Clone(def.Properties), city.Property{Name: name, Type: city.KindInteger})
	} else {
		def.Title += "!"
	}
	l.def = def
	return w.PutLayer(p.ctx, def)
}

func (p *player) pick(l *modelLayer) int64 {
	ids := slices.Sorted(maps.Keys(l.features))
	return ids[p.r.IntN(len(ids))]
}

// feature makes a random state of a feature; its code is its own.
func (p *player) feature(l *modelLayer, id int64) *city.Feature {
	f := &city.Feature{ID: id, Geometry: orb.Point{105 + float64(p.r.IntN(3)), 21}}
	for i, property := range l.def.Properties {
		switch {
		case i == 0:
			f.Values = append(f.Values, city.String(fmt.Sprint("K", id)))
		case property.Type == city.KindString:
			f.Values = append(f.Values, city.String(fmt.Sprint("n", p.r.IntN(3))))
		case property.Type == city.KindInteger:
			f.Values = append(f.Values, city.Integer(p.r.Int64N(3)))
		default:
			f.Values = append(f.Values, city.Null)
		}
	}
	return f
}

// diff is what leads from one world to the other, by layer and id.
func diff(before, after world) (revisions []city.Revision) {
	for _, id := range playerLayers {
		was, is := map[int64]*city.Feature{}, map[int64]*city.Feature{}
		if l := before[id]; l != nil {
			was = l.features
		}
		if l := after[id]; l != nil {
			is = l.features
		}
		ids := slices.Sorted(maps.Keys(was))
		for _, added := range slices.Sorted(maps.Keys(is)) {
			if was[added] == nil {
				ids = append(ids, added)
			}
		}
		slices.Sort(ids)
		for _, i := range ids {
			if !sameState(was[i], is[i]) {
				revisions = append(revisions, city.Revision{Layer: id, ID: i, Before: was[i], After: is[i]})
			}
		}
	}
	return revisions
}

func sameDefinitions(a, b world) bool {
	return maps.EqualFunc(a, b, func(x, y *modelLayer) bool { return sameDefinition(x, y) })
}

func sameDefinition(x, y *modelLayer) bool {
	if x == nil || y == nil {
		return x == y
	}
	return x.born == y.born && x.def.Title == y.def.Title && len(x.def.Properties) == len(y.def.Properties)
}

// sameState takes values that lack for null.
func sameState(a, b *city.Feature) bool {
	if a == nil || b == nil {
		return a == b
	}
	for i := range max(len(a.Values), len(b.Values)) {
		if a.Value(i) != b.Value(i) {
			return false
		}
	}
	return a.ID == b.ID && sameGeometry(a.Geometry, b.Geometry)
}

func (p *player) wantRevisions(what string, got, want []city.Revision) {
	p.Helper()
	same := slices.EqualFunc(got, want, func(a, b city.Revision) bool {
		return a.Layer == b.Layer && a.ID == b.ID && sameState(a.Before, b.Before) && sameState(a.After, b.After)
	})
	if !same {
		p.Errorf("seed %d: %s\n got %s\nwant %s", playerSeed, what, revisionLine(got), revisionLine(want))
	}
}

// checkChanges follows Changes from a version on.
func (p *player) checkChanges(r twin.Reader, after city.Version) {
	p.Helper()
	sets, err := r.Changes(p.ctx, after, 1_000_000)
	if err != nil || after+city.Version(len(sets)) != r.Version() {
		p.Fatalf("changes after %d: %d up to %d: %v", int64(after), len(sets), int64(r.Version()), err)
	}
	for i, c := range sets {
		before, is := p.past[after+city.Version(i)], p.past[after+city.Version(i)+1]
		var defined, whole []city.LayerID
		for _, id := range playerLayers {
			if !sameDefinition(before[id], is[id]) {
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
			p.Errorf("seed %d: version %d: definitions of %v, whole %v; want %v, %v", playerSeed, int64(c.Version), told, c.Whole, defined, whole)
		}
		want := slices.DeleteFunc(diff(before, is), func(v city.Revision) bool { return slices.Contains(defined, v.Layer) })
		p.wantRevisions(fmt.Sprint("version ", int64(c.Version)), c.Revisions, want)
	}
}

func (p *player) checkRevisions(r twin.Reader, v city.Version) {
	p.Helper()
	var got []city.Revision
	err := r.Revisions(p.ctx, v, "", 0, func(v *city.Revision) error { got = append(got, *v); return nil })
	if err != nil {
		p.Fatalf("revisions of %d: %v", int64(v), err)
	}
	p.wantRevisions(fmt.Sprint("revisions of ", int64(v)), got, diff(p.past[v-1], p.past[v]))
}

// checkUndo goes back from the newest state.
func (p *player) checkUndo(r twin.Reader, v city.Version) {
	p.Helper()
	got := world{}
	for id := range p.past[v] {
		got[id] = &modelLayer{features: map[int64]*city.Feature{}}
		if l := p.now[id]; l != nil {
			got[id].features = maps.Clone(l.features)
		}
	}
	told := map[city.Change]bool{}
	err := r.Undo(p.ctx, v, func(c *city.Change) error {
		place := city.Change{Layer: c.Layer, ID: c.ID}
		if told[place] || got[c.Layer] == nil {
			p.Errorf("seed %d: undo to %d tells %s/%d", playerSeed, int64(v), c.Layer, c.ID)
			return nil
		}
		told[place] = true
		if c.Feature != nil {
			got[c.Layer].features[c.ID] = c.Feature
			return nil
		}
		if got[c.Layer].features[c.ID] == nil {
			p.Errorf("seed %d: undo to %d removes %s/%d, which is not there", playerSeed, int64(v), c.Layer, c.ID)
		}
		delete(got[c.Layer].features, c.ID)
		return nil
	})
	if err != nil {
		p.Fatalf("undo to %d: %v", int64(v), err)
	}
	p.wantRevisions(fmt.Sprint("undo to ", int64(v)), diff(p.past[v], got), nil)
}

func (p *player) checkLayers(r twin.Reader, v city.Version) {
	p.Helper()
	layers, err := r.LayersAt(p.ctx, v)
	if err != nil {
		p.Fatalf("layers at %d: %v", int64(v), err)
	}
	want := []city.Layer{}
	for _, l := range p.past[v] {
		want = append(want, l.def)
	}
	slices.SortFunc(want, func(a, b city.Layer) int { return cmp.Compare(a.ID, b.ID) })
	p.wantSameLayers(fmt.Sprintf("seed %d: layers at %d", playerSeed, int64(v)), layers, want)
}

// checkHistories compares the history of every feature that ever was.
func (p *player) checkHistories(r twin.Reader, newest city.Version) {
	p.Helper()
	want := map[city.Change][]city.State{}
	for v := p.first + 1; v <= newest; v++ {
		for _, c := range diff(p.past[v-1], p.past[v]) {
			place := city.Change{Layer: c.Layer, ID: c.ID}
			want[place] = append(want[place], city.State{Version: v, Feature: c.After})
		}
	}
	if len(want) < 30 {
		p.Errorf("seed %d: only %d features", playerSeed, len(want))
	}
	for place, states := range want {
		got, err := r.History(p.ctx, place.Layer, place.ID, 0, 1000)
		if err != nil {
			p.Fatalf("history of %s/%d: %v", place.Layer, place.ID, err)
		}
		same := slices.EqualFunc(got, states, func(a, b city.State) bool { return a.Version == b.Version && sameState(a.Feature, b.Feature) })
		if !same {
			p.Errorf("seed %d: history of %s/%d\n got %v\nwant %v", playerSeed, place.Layer, place.ID, got, states)
		}
	}
}
