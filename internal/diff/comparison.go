package diff

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Side is one of the two states that are compared.
type Side struct {
	Snapshot *snapshot.Snapshot
	// Days are those on which it is looked at; nil: as recorded, every feature.
	Days *lifetime.Window
}

// Comparison is two sides, laid side by side. It serves one goroutine.
type Comparison struct {
	layers []*layerPair
}

// Compare lays two sides beside each other: the layers named, or all when none
// is. Names that neither side has are left out. Touched may be nil.
func Compare(from, to Side, layers []city.LayerID, touched *Touched) *Comparison {
	if len(layers) == 0 {
		for _, side := range []Side{from, to} {
			for _, l := range side.Snapshot.Layers() {
				layers = append(layers, l.ID())
			}
		}
	}
	names := slices.Clone(layers)
	slices.Sort(names)
	c := &Comparison{}
	for _, id := range slices.Compact(names) {
		p := &layerPair{id: id, before: sideOf(from, id), after: sideOf(to, id)}
		if p.before.layer == nil && p.after.layer == nil {
			continue
		}
		p.prepare(from.Days, to.Days, touched)
		c.layers = append(c.layers, p)
	}
	return c
}

// Place is a feature in the order of a Comparison. The zero Place is before all.
type Place struct {
	Layer city.LayerID
	ID    int64
}

// checkEvery is after how many features a comparison looks whether anybody still
// waits for it: about every 0.1 ms.
const checkEvery = 1024

// Each calls yield with every difference behind a place, in order, until it
// returns false. The Difference holds until yield returns. The error is that of
// ctx.
func (c *Comparison) Each(ctx context.Context, behind Place, yield func(*Difference) bool) error {
	for _, p := range c.layers {
		first := int64(math.MinInt64)
		switch {
		case p.id < behind.Layer:
			continue
		case p.id == behind.Layer && behind.ID == math.MaxInt64:
			continue
		case p.id == behind.Layer:
			first = behind.ID + 1
		}
		goOn, err := p.each(ctx, first, yield)
		if err != nil || !goOn {
			return err
		}
	}
	return nil
}

// Counts are the differences of one layer.
type Counts struct {
	Layer   city.LayerID `json:"layer"`
	Added   int          `json:"added"`
	Removed int          `json:"removed"`
	Changed int          `json:"changed"`
}

// Count counts the differences of each layer that is compared, by layer.
func (c *Comparison) Count(ctx context.Context) ([]Counts, error) {
	all := make([]Counts, 0, len(c.layers))
	for _, p := range c.layers {
		n := Counts{Layer: p.id}
		_, err := p.each(ctx, math.MinInt64, func(d *Difference) bool {
			switch d.Change {
			case Added:
				n.Added++
			case Removed:
				n.Removed++
			case Changed:
				n.Changed++
			}
			return true
		})
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// Touched names features that may differ between two snapshots; all others are
// the same. It is what is known when every change between them is in memory.
type Touched struct {
	ids   map[city.LayerID][]int64
	whole map[city.LayerID]bool
}

// Add names a feature.
func (t *Touched) Add(layer city.LayerID, id int64) {
	if t.ids == nil {
		t.ids = map[city.LayerID][]int64{}
	}
	t.ids[layer] = append(t.ids[layer], id)
}

// AddLayer names everything in a layer.
func (t *Touched) AddLayer(layer city.LayerID) {
	if t.whole == nil {
		t.whole = map[city.LayerID]bool{}
	}
	t.whole[layer] = true
}

// of returns the ids of a layer in order; ok is false when everything in it may
// differ.
func (t *Touched) of(layer city.LayerID) (ids []int64, ok bool) {
	if t == nil || t.whole[layer] {
		return nil, false
	}
	ids = slices.Clone(t.ids[layer])
	slices.SortFunc(ids, cmp.Compare[int64])
	return slices.Compact(ids), true
}
