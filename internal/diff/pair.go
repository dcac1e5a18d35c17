package diff

import (
	"context"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// half is one layer of one side.
type half struct {
	layer *snapshot.Layer // nil: the side has no such layer
	days  *lifetime.Layer // nil: as recorded, or a layer without dates
	room  []tiles.Tag     // scratch of days
}

func sideOf(s Side, id city.LayerID) half {
	h := half{layer: s.Snapshot.Layer(id)}
	if h.layer != nil && s.Days != nil {
		if h.days = lifetime.Of(h.layer, *s.Days); !h.days.Dated() {
			h.days = nil
		}
	}
	return h
}

// see returns the properties of f, nil if there is none, and whether it is there.
func (h *half) see(f *snapshot.Feature) (tags []tiles.Tag, there bool) {
	switch {
	case f == nil:
		return nil, false
	case h.days == nil:
		return f.Tags(), true
	default:
		return h.days.Tags(f, f.Tags(), &h.room)
	}
}

func (h *half) feature(id int64) *snapshot.Feature {
	if h.layer == nil {
		return nil
	}
	return h.layer.Feature(id)
}

// layerPair is one layer on both sides.
type layerPair struct {
	id            city.LayerID
	before, after half
	// sameDays: what both sides share is no difference. shared: equal tags mean
	// equal properties.
	sameDays, shared bool
	touched          []int64 // the only ids that can differ
	all              bool    // or any can
	columns          []column
	values           [2][]city.Value // scratch: by column
	found            Difference
}

// column is a property that either side has, and where.
type column struct {
	name          string
	before, after int // index in the definition, -1 for none
}

func (p *layerPair) prepare(from, to *lifetime.Window, touched *Touched) {
	dated := p.before.days != nil || p.after.days != nil
	p.sameDays = !dated || from != nil && to != nil && *from == *to
	p.all = true
	if ids, known := touched.of(p.id); known && p.sameDays {
		p.touched, p.all = ids, false
	}
	p.shared = p.before.layer != nil && p.after.layer != nil && snapshot.SharesDictionary(p.before.layer, p.after.layer)
	if p.after.layer != nil {
		for i, property := range p.after.layer.Definition().Properties {
			p.columns = append(p.columns, column{property.Name, -1, i})
		}
	}
	if p.before.layer == nil {
		return
	}
	for i, property := range p.before.layer.Definition().Properties {
		at := i // the same definition, as a rule
		if i >= len(p.columns) || p.columns[i].name != property.Name {
			at = slices.IndexFunc(p.columns, func(c column) bool { return c.name == property.Name })
		}
		if at < 0 {
			p.columns = append(p.columns, column{property.Name, i, -1})
		} else {
			p.columns[at].before = i
		}
	}
}

// each calls yield with the differences of the layer from an id on. It returns
// false when yield did.
func (p *layerPair) each(ctx context.Context, first int64, yield func(*Difference) bool) (goOn bool, err error) {
	goOn = true
	seen := 0
	look := func(before, after *snapshot.Feature) bool {
		if seen++; seen%checkEvery == 0 {
			if err = ctx.Err(); err != nil {
				return false
			}
		}
		if d := p.look(before, after); d != nil {
			goOn = yield(d)
		}
		return goOn
	}
	if p.all {
		snapshot.Pairs(p.before.layer, p.after.layer, first, !p.sameDays, look)
		return goOn, err
	}
	i, _ := slices.BinarySearch(p.touched, first)
	for _, id := range p.touched[i:] {
		if !look(p.before.feature(id), p.after.feature(id)) {
			break
		}
	}
	return goOn, err
}

// look returns how a feature differs, nil if it does not.
func (p *layerPair) look(before, after *snapshot.Feature) *Difference {
	if before == after && p.sameDays {
		return nil
	}
	d := &p.found
	*d = Difference{pair: p}
	var was, is bool
	d.tagsBefore, was = p.before.see(before)
	d.tagsAfter, is = p.after.see(after)
	switch {
	case was && is:
		d.Change, d.Before, d.After = Changed, before, after
		d.Moved = before != after && !city.SameGeometry(before.Geometry(), after.Geometry())
		if !d.Moved && p.sameProperties(d) {
			return nil
		}
	case was:
		d.Change, d.Before = Removed, before
	case is:
		d.Change, d.After = Added, after
	default:
		return nil
	}
	return d
}

func (p *layerPair) sameProperties(d *Difference) bool {
	if p.shared && slices.Equal(d.tagsBefore, d.tagsAfter) {
		return true
	}
	p.fill(d)
	return slices.Equal(p.values[0], p.values[1])
}

// fill lays the properties of d side by side in p.values.
func (p *layerPair) fill(d *Difference) {
	for side, tags := range [][]tiles.Tag{d.tagsBefore, d.tagsAfter} {
		p.values[side] = slices.Grow(p.values[side][:0], len(p.columns))[:len(p.columns)]
		clear(p.values[side])
		half := &p.before
		if side == 1 {
			half = &p.after
		}
		for _, tag := range tags {
			p.values[side][p.columnOf(side, int(tag.Key))] = half.layer.Table().Value(tag.Value)
		}
	}
}

// columnOf returns the column of a property. Those of the side after come first,
// in their own order; definitions that have not changed have the same order.
func (p *layerPair) columnOf(side, property int) int {
	if side == 1 || property < len(p.columns) && p.columns[property].before == property {
		return property
	}
	return slices.IndexFunc(p.columns, func(c column) bool { return c.before == property })
}
