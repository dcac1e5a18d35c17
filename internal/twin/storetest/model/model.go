package model

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// World is a model of a store's state: definitions, and features by id. Features
// and definitions are never changed in place, so that a copy may share them.
type World map[city.LayerID]*Layer

// Layer is a layer of a World.
type Layer struct {
	Definition city.Layer
	Features   map[int64]*city.Feature
	born       int // which of all layers it is
	last       int64
}

// Clone is a copy that later changes leave as it is.
func (w World) Clone() World {
	c := World{}
	for id, l := range w {
		copied := *l
		copied.Features = maps.Clone(l.Features)
		c[id] = &copied
	}
	return c
}

// Player changes a store and a model of it alike, at random.
type Player struct {
	testing.TB
	Seed  uint64
	R     *rand.Rand // from Seed
	Now   World
	Past  map[city.Version]World
	First city.Version // the oldest of Past
	Start city.Layer   // what a new layer is like; id and title are its own
	born  int
}

// IDs lists the layers that a World can have.
func IDs() []city.LayerID { return []city.LayerID{"a", "b", "c"} }

// Play does one random thing.
func (p *Player) Play(ctx context.Context, w twin.Writer) error {
	id := IDs()[p.R.IntN(len(IDs()))]
	l := p.Now[id]
	dice := p.R.IntN(100)
	switch {
	case l == nil:
		if dice < 40 {
			return nil
		}
		p.born++
		def := p.Start
		def.ID, def.Title = id, fmt.Sprint("Lớp ", p.born)
		p.Now[id] = &Layer{Definition: def, Features: map[int64]*city.Feature{}, born: p.born}
		return w.PutLayer(ctx, def)
	case dice < 3:
		delete(p.Now, id)
		return w.DropLayer(ctx, id)
	case dice < 6:
		return p.grow(ctx, w, l)
	case dice < 20 && len(l.Features) > 0:
		gone := p.pick(l)
		delete(l.Features, gone)
		return w.Delete(ctx, id, gone)
	case dice < 30 && len(l.Features) > 0: // nothing new
		f := l.Features[p.pick(l)]
		_, err := w.Save(ctx, id, f)
		return err
	case dice < 60 && len(l.Features) > 0:
		f := p.feature(l, p.pick(l))
		l.Features[f.ID] = f
		_, err := w.Save(ctx, id, f)
		return err
	default:
		l.last++
		f := p.feature(l, l.last)
		l.Features[f.ID] = f
		return w.Put(ctx, id, f)
	}
}

// grow appends a property, or changes the title.
func (p *Player) grow(ctx context.Context, w twin.Writer, l *Layer) error {
	def := l.Definition
	if len(def.Properties) < 6 && p.R.IntN(2) == 0 {
		name := fmt.Sprint("p", len(def.Properties))
		def.Properties = append(slices.Clone(def.Properties), city.Property{Name: name, Type: city.KindInteger})
	} else {
		def.Title += "!"
	}
	l.Definition = def
	return w.PutLayer(ctx, def)
}

func (p *Player) pick(l *Layer) int64 {
	ids := slices.Sorted(maps.Keys(l.Features))
	return ids[p.R.IntN(len(ids))]
}

// feature makes a random state of a feature; its code is its own.
func (p *Player) feature(l *Layer, id int64) *city.Feature {
	f := &city.Feature{ID: id, Geometry: orb.Point{105 + float64(p.R.IntN(3)), 21}}
	for i, property := range l.Definition.Properties {
		switch {
		case i == 0:
			f.Values = append(f.Values, city.String(fmt.Sprint("K", id)))
		case property.Type == city.KindString:
			f.Values = append(f.Values, city.String(fmt.Sprint("n", p.R.IntN(3))))
		case property.Type == city.KindInteger:
			f.Values = append(f.Values, city.Integer(p.R.Int64N(3)))
		default:
			f.Values = append(f.Values, city.Null)
		}
	}
	return f
}

// Diff is what leads from one World to the other, by layer and id.
func Diff(before, after World) (revisions []city.Revision) {
	for _, id := range IDs() {
		was, is := map[int64]*city.Feature{}, map[int64]*city.Feature{}
		if l := before[id]; l != nil {
			was = l.Features
		}
		if l := after[id]; l != nil {
			is = l.Features
		}
		ids := slices.Sorted(maps.Keys(was))
		for _, added := range slices.Sorted(maps.Keys(is)) {
			if was[added] == nil {
				ids = append(ids, added)
			}
		}
		slices.Sort(ids)
		for _, i := range ids {
			if !SameState(was[i], is[i]) {
				revisions = append(revisions, city.Revision{Layer: id, ID: i, Before: was[i], After: is[i]})
			}
		}
	}
	return revisions
}

// SameDefinitions compares those of all layers.
func SameDefinitions(a, b World) bool {
	return maps.EqualFunc(a, b, func(x, y *Layer) bool { return SameDefinition(x, y) })
}

// SameDefinition reports whether two are of one layer that nobody changed, or nil
// both.
func SameDefinition(x, y *Layer) bool {
	if x == nil || y == nil {
		return x == y
	}
	return x.born == y.born && x.Definition.Title == y.Definition.Title && len(x.Definition.Properties) == len(y.Definition.Properties)
}

// SameState compares two states of a feature, nil where there is none. It takes
// values that lack for null.
func SameState(a, b *city.Feature) bool {
	if a == nil || b == nil {
		return a == b
	}
	for i := range max(len(a.Values), len(b.Values)) {
		if a.Value(i) != b.Value(i) {
			return false
		}
	}
	return a.ID == b.ID && city.SameGeometry(a.Geometry, b.Geometry)
}
