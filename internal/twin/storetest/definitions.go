package storetest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

func definitionsAreTold(b *bench) {
	v := b.version()
	b.write(func(w twin.Writer) error {
		f := named(1, "A", "a")
		return errors.Join(w.PutLayer(b.ctx, stops()), w.Put(b.ctx, "stops", &f))
	})
	changed := stops()
	changed.Title = "Bến"
	b.create(changed)
	b.save("stops", named(1, "A", "a2"))
	sets := b.changes(v)
	if len(sets) != 3 {
		b.Fatalf("%d change sets", len(sets))
	}
	b.wantDefinition(&sets[0], nil, stops())
	b.wantDefinition(&sets[1], []city.Layer{stops()}, changed)
	b.wantLines("changes", lines(sets), "", "", "stops/1 a>a2")
	// Asked for by itself, the change set tells its features too.
	b.wantLines("revisions of the first", b.revisions(v+1, "", 0), "stops/1 ->a")
	b.wantLayersAt(v, nil)
	b.wantLayersAt(v+1, []city.Layer{stops()})
	b.wantLayersAt(v+2, []city.Layer{changed})
}

// wantDefinition wants the change of one layer, told whole, from one definition
// or none to another.
func (b *bench) wantDefinition(c *city.ChangeSet, before []city.Layer, after city.Layer) {
	b.Helper()
	if len(c.Definitions) != 1 || c.Definitions[0].ID != after.ID || !slices.Equal(c.Whole, []city.LayerID{after.ID}) || c.Definitions[0].After == nil {
		b.Errorf("version %d: definitions %v, whole %v", int64(c.Version), c.Definitions, c.Whole)
		return
	}
	var was []city.Layer
	if d := c.Definitions[0].Before; d != nil {
		was = append(was, *d)
	}
	b.wantSameLayers("before", was, before)
	b.wantSameLayers("after", []city.Layer{*c.Definitions[0].After}, []city.Layer{after})
}

func (b *bench) wantSameLayers(what string, got, want []city.Layer) {
	b.Helper()
	if g, w := asJSON(b.T, cloneLayers(b.T, got)), asJSON(b.T, cloneLayers(b.T, want)); g != w {
		b.Errorf("%s\n got %s\nwant %s", what, g, w)
	}
}

func (b *bench) wantLayersAt(v city.Version, want []city.Layer) {
	b.Helper()
	b.read(func(r twin.Reader) error {
		got, err := r.LayersAt(b.ctx, v)
		b.wantSameLayers(fmt.Sprint("layers at ", int64(v)), got, want)
		return err
	})
}

func (b *bench) drop(layer city.LayerID) city.Version {
	b.Helper()
	return b.write(func(w twin.Writer) error { return w.DropLayer(b.ctx, layer) })
}

func removedLayer(b *bench) {
	v := b.create(stops())
	b.save("stops", named(1, "A", "a"), named(2, "B", "b"))
	b.save("stops", named(1, "A", "a2"))
	gone := b.drop("stops")
	sets := b.changes(v)
	b.wantLines("changes", lines(sets), "stops/1 ->a stops/2 ->b", "stops/1 a>a2", "")
	if d := sets[2].Definitions; len(d) != 1 || d[0].Before == nil || d[0].After != nil || len(sets[2].Whole) > 0 {
		b.Errorf("removal is told as %+v", sets[2])
	}
	b.wantLayersAt(gone-1, []city.Layer{stops()})
	b.wantLayersAt(gone, nil)
	b.wantLines("revisions", b.revisions(v+2, "", 0), "stops/1 a>a2")
	b.wantLines("revisions of the removal", b.revisions(gone, "", 0), "stops/1 a2>-", "stops/2 b>-")
	b.wantLines("undo of the removal", b.undo(gone-1), "stops/1 a2", "stops/2 b")
	b.wantLines("undo of more", b.undo(v+1), "stops/1 a", "stops/2 b")
	b.wantLines("history", b.states("stops", 1, 0, 9), word(v+1, "a"), word(v+2, "a2"), word(gone, "-"))
	b.read(func(r twin.Reader) error {
		_, err := r.History(b.ctx, "nowhere", 1, 0, 9)
		wantError(b, err, city.ErrNotFound)
		return nil
	})
}

func layerMadeAgain(b *bench) {
	b.create(stops())
	v1 := b.save("stops", named(1, "A", "old"), named(2, "B", "old"))
	b.drop("stops")
	other := stops()
	slices.Reverse(other.Properties) // the name stays in the middle
	v3 := b.create(other)
	reversed := func(f city.Feature) city.Feature { slices.Reverse(f.Values); return f }
	v4 := b.save("stops", reversed(named(2, "A", "new")), reversed(named(3, "C", "new")))
	b.wantLines("undo to the new one", b.undo(v3), "stops/2 -", "stops/3 -")
	b.wantLines("undo to the old one", b.undo(v1), "stops/1 old", "stops/2 old", "stops/3 -")
	b.wantLines("undo to none", b.undo(v1+1))
	b.wantLayersAt(v1, []city.Layer{stops()})
	b.wantLayersAt(v1+1, nil)
	b.wantLayersAt(v3, []city.Layer{other})
	b.wantLines("history", b.states("stops", 2, 0, 9), word(v1, "old"), word(v1+1, "-"), word(v4, "new"))
	b.wantLines("history of the old one", b.states("stops", 1, 0, 9), word(v1, "old"), word(v1+1, "-"))
	b.wantLines("changes", lines(b.changes(v3)), "stops/2 ->new stops/3 ->new")
	b.wantLines("revisions of the old", b.revisions(v1, "", 0), "stops/1 ->old", "stops/2 ->old")
	b.read(func(r twin.Reader) error { // each says in which order its values stand
		old := func(l *city.Layer) bool { return l != nil && l.Properties[0] == stops().Properties[0] }
		states, err := r.History(b.ctx, "stops", 2, 0, 9)
		if len(states) != 3 || !old(states[0].Definition) || states[2].Definition != nil {
			b.Errorf("history %+v", states)
		}
		for _, v := range []city.Version{v1, v1 + 1} {
			err = errors.Join(err, r.Revisions(b.ctx, v, "", 0, func(rev *city.Revision) error {
				if v == v1 && !old(rev.Is) || v > v1 && !old(rev.Was) {
					b.Errorf("version %d: %+v", int64(v), rev)
				}
				return nil
			}))
		}
		return err
	})
}

func historyOfGrownLayer(b *bench) {
	b.create(stops())
	v := b.save("stops", named(1, "A", "a"), named(2, "B", "b"))
	b.save("stops", named(1, "A", "a2"))
	grown := stops()
	grown.Properties = append(grown.Properties, city.Property{Name: "shelter", Type: city.KindBoolean})
	b.create(grown)
	f := named(1, "A", "a3")
	f.Values = append(f.Values, city.Boolean(true))
	b.save("stops", f)
	f.Values = slices.Clone(f.Values)
	f.Values[3] = city.Boolean(false)
	b.save("stops", f)
	sets := b.changes(v)
	b.wantLines("changes", lines(sets), "stops/1 a>a2", "", "stops/1 a2>a3", "stops/1 a3>a3")
	for i, want := range map[int][2]city.Value{2: {city.Null, city.Boolean(true)}, 3: {city.Boolean(true), city.Boolean(false)}} {
		if got := [2]city.Value{sets[i].Revisions[0].Before.Value(3), sets[i].Revisions[0].After.Value(3)}; got != want {
			b.Errorf("change set %d: %v, want %v", i, got, want)
		}
	}
	b.wantLayersAt(v, []city.Layer{stops()})
	b.wantLines("undo", b.undo(v), "stops/1 a")
}

// emptyLayerMadeAgain undoes to a layer that never had a feature.
func emptyLayerMadeAgain(b *bench) {
	v := b.create(stops())
	b.drop("stops")
	b.create(stops())
	b.save("stops", named(1, "A", "a"))
	b.wantLines("undo to the empty one", b.undo(v), "stops/1 -")
	b.wantLayersAt(v, []city.Layer{stops()})
}
