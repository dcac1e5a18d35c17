package snapshot

import (
	"errors"
	"fmt"
)

// ErrInvariant marks a Snapshot that is not what it must be: a programming
// error of this package, never of its input.
var ErrInvariant = errors.New("snapshot invariant broken")

// Check walks every index of s and reports the first disagreement. It is for
// tests: it visits each feature several times.
func (s *Snapshot) Check() error {
	for i, l := range s.layers {
		if i > 0 && s.layers[i-1].def.ID >= l.def.ID {
			return fmt.Errorf("layers %q, %q out of order: %w", s.layers[i-1].def.ID, l.def.ID, ErrInvariant)
		}
		if err := l.check(); err != nil {
			return fmt.Errorf("layer %q: %w", l.def.ID, err)
		}
	}
	return nil
}

func (l *Layer) check() error {
	if l.tree.Len() != l.byID.Len() {
		return fmt.Errorf("%d boxes, %d ids: %w", l.tree.Len(), l.byID.Len(), ErrInvariant)
	}
	var err error
	inTree := make(map[*Feature]bool, l.Len())
	l.tree.Scan(func(low, high [2]float32, f *Feature) bool {
		if want := boxOf(f.geometry.Bound()); want.min != low || want.max != high {
			err = fmt.Errorf("feature %d lies in box %v–%v, not %v: %w", f.id, low, high, want, ErrInvariant)
		}
		if inTree[f] {
			err = fmt.Errorf("feature %d twice in the tree: %w", f.id, ErrInvariant)
		}
		inTree[f] = true
		return err == nil
	})
	if err != nil {
		return err
	}
	if err := l.checkValues(); err != nil {
		return err
	}
	codes, previous, first := 0, int64(0), true
	l.byID.Scan(func(f *Feature) bool {
		if !first && f.id <= previous {
			err = fmt.Errorf("id %d after %d: %w", f.id, previous, ErrInvariant)
		}
		first, previous = false, f.id
		if err == nil {
			err = l.checkFeature(f, inTree)
		}
		if l.Code(f) != "" {
			codes++
		}
		return err == nil
	})
	if err == nil && codes != l.byCode.Len()+l.shadowed {
		err = fmt.Errorf("%d features have codes, the index %d, and %d are shadowed: %w", codes, l.byCode.Len(), l.shadowed, ErrInvariant)
	}
	return err
}

func (l *Layer) checkFeature(f *Feature, inTree map[*Feature]bool) error {
	if !inTree[f] {
		return fmt.Errorf("feature %d is not in the tree: %w", f.id, ErrInvariant)
	}
	if b := f.geometry.Bound(); l.bound.Union(b) != l.bound {
		return fmt.Errorf("feature %d lies outside the layer's bound: %w", f.id, ErrInvariant)
	}
	if b := f.geometry.Bound(); b.Max[0]-b.Min[0] > l.widest {
		return fmt.Errorf("feature %d is wider than the layer's widest: %w", f.id, ErrInvariant)
	}
	code := l.Code(f)
	if holder := l.ByCode(code); code != "" && holder != f && (holder == nil || holder.id > f.id || l.Code(holder) != code) {
		return fmt.Errorf("code %q does not lead to feature %d: %w", code, f.id, ErrInvariant)
	}
	if got := l.Feature(f.id); got != f {
		return fmt.Errorf("id %d leads elsewhere: %w", f.id, ErrInvariant)
	}
	for i, tag := range f.tags {
		if int(tag.Key) >= l.table.NumKeys() || int(tag.Value) >= l.table.NumValues() {
			return fmt.Errorf("feature %d has tag %v beyond the dictionary: %w", f.id, tag, ErrInvariant)
		}
		if i > 0 && i != int(f.drawn) && f.tags[i-1].Key >= tag.Key {
			return fmt.Errorf("feature %d has tags out of order: %w", f.id, ErrInvariant)
		}
	}
	return nil
}

// checkValues looks at each value that a feature has: in other places of the
// dictionary the builder may be writing.
func (l *Layer) checkValues() error {
	seen := make([]bool, l.table.NumValues())
	var err error
	l.byID.Scan(func(f *Feature) bool {
		for _, tag := range f.tags {
			if i := tag.Value; int(i) < len(seen) && !seen[i] && err == nil {
				seen[i], err = true, l.table.check(i)
			}
		}
		return err == nil
	})
	return err
}

func (t *Table) check(i uint32) error {
	v := t.values[i]
	if got, want := t.AppendJSON(nil, i), v.AppendJSON(nil); string(got) != string(want) {
		return fmt.Errorf("value %d is %s as JSON, not %s: %w", i, got, want, ErrInvariant)
	}
	if got, want := t.AppendValue(nil, i), AppendValue(nil, v); string(got) != string(want) {
		return fmt.Errorf("value %d is %x in tiles, not %x: %w", i, got, want, ErrInvariant)
	}
	return nil
}
