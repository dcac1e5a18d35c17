package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/rounds"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/internal/twin/storetest/model"
)

func changesAgreeWithModel(b *bench) {
	seed := rounds.Seed(b)
	v := b.version()
	p := &model.Player{
		TB: b, Seed: seed, R: rand.New(rand.NewPCG(seed, 0)), Start: stops(),
		Now: model.World{}, Past: map[city.Version]model.World{v: {}}, First: v,
	}
	for round := range rounds.Of(90) {
		before := p.Now.Clone()
		next := b.write(func(w twin.Writer) error {
			for range 1 + p.R.IntN(5) {
				if err := p.Play(b.ctx, w); err != nil {
					return err
				}
			}
			return nil
		})
		changed := len(model.Diff(before, p.Now)) > 0 || !model.SameDefinitions(before, p.Now)
		if next != v && next != v+1 || changed && next == v {
			b.Fatalf("seed %d, round %d: version %d after %d, changed: %v", seed, round, next, v, changed)
		}
		v = next
		p.Past[v] = p.Now.Clone()
	}
	b.store = b.reopen(b.T, b.store)
	b.read(func(r twin.Reader) error {
		for after := p.First; after <= v; after++ {
			if after%4 == v%4 {
				p.CheckChanges(b.ctx, r, after)
			}
			p.CheckUndo(b.ctx, r, after)
			checkLayers(b, p, r, after)
			if after > p.First {
				p.CheckRevisions(b.ctx, r, after)
			}
		}
		p.CheckHistories(b.ctx, r, v)
		return nil
	})
}

// checkLayers compares the definitions of a version.
func checkLayers(b *bench, p *model.Player, r twin.Reader, v city.Version) {
	b.Helper()
	layers, err := r.LayersAt(b.ctx, v)
	if err != nil {
		b.Fatalf("layers at %d: %v", int64(v), err)
	}
	want := []city.Layer{}
	for _, l := range p.Past[v] {
		want = append(want, l.Definition)
	}
	slices.SortFunc(want, func(a, b city.Layer) int { return cmp.Compare(a.ID, b.ID) })
	b.wantSameLayers(fmt.Sprintf("seed %d: layers at %d", p.Seed, int64(v)), layers, want)
}
