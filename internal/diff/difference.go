package diff

import (
	"context"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Change is a kind of difference.
type Change string

// The kinds of difference.
const (
	Added   Change = "added"
	Removed Change = "removed"
	Changed Change = "changed"
)

// Difference is one feature that is not the same on both sides. It holds until
// the function that it is given to returns.
type Difference struct {
	Change Change
	// Before and After are the feature on each side, nil where it is not there.
	// They may be the same feature, on two days.
	Before, After *snapshot.Feature
	// Moved tells whether the geometry differs, of a feature that has changed.
	Moved bool

	tagsBefore, tagsAfter []tiles.Tag
	pair                  *layerPair
}

// Place returns where d stands in the order of the Comparison.
func (d *Difference) Place() Place {
	if d.After != nil {
		return Place{d.pair.id, d.After.ID()}
	}
	return Place{d.pair.id, d.Before.ID()}
}

// Shown returns the feature as it is after the change, or as it was before if it
// has been removed: its layer, itself, and its properties on the days.
func (d *Difference) Shown() (*snapshot.Layer, *snapshot.Feature, []tiles.Tag) {
	if d.After != nil {
		return d.pair.after.layer, d.After, d.tagsAfter
	}
	return d.pair.before.layer, d.Before, d.tagsBefore
}

// Property is a property that differs. Null stands for one that is not given.
type Property struct {
	Name          string
	Before, After city.Value
}

// Properties appends the properties that differ of a feature that has changed,
// in the order of the newer schema, to dst; none for others.
func (d *Difference) Properties(dst []Property) []Property {
	if d.Change != Changed {
		return dst
	}
	p := d.pair
	p.fill(d)
	for i := range p.columns {
		if before, after := p.values[0][i], p.values[1][i]; before != after {
			dst = append(dst, Property{p.columns[i].name, before, after})
		}
	}
	return dst
}

// ShiftMetres returns how far the geometry of a changed feature moved, see the
// package; 0 when it did not. It takes about a microsecond for each vertex that
// differs; the error is that of ctx.
func (d *Difference) ShiftMetres(ctx context.Context) (float64, error) {
	if !d.Moved {
		return 0, nil
	}
	return Shift(ctx, d.Before.Geometry(), d.After.Geometry())
}
