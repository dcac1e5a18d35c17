package geopackage

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/codec"
)

// editing returns the loader of a layer when nothing waits in it.
func (w *writer) editing(ctx context.Context, layer city.LayerID) (*loader, error) {
	l, err := w.loader(ctx, layer)
	if err != nil {
		return nil, err
	}
	if err := l.flush(ctx); err != nil {
		return nil, fmt.Errorf("layer %q: %w", layer, err)
	}
	return l, nil
}

// Get returns a feature. The transaction is the only one that writes, so that
// nobody changes it before the end.
func (w *writer) Get(ctx context.Context, layer city.LayerID, id int64) (*city.Feature, error) {
	l, err := w.editing(ctx, layer)
	if err != nil {
		return nil, err
	}
	f, _, err := l.get(ctx, id)
	if err == nil && f == nil {
		err = city.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("layer %q: feature %d: %w", layer, id, err)
	}
	return f, nil
}

// get returns a stored feature and its geometry as it is stored, or nil.
func (l *loader) get(ctx context.Context, id int64) (f *city.Feature, blob []byte, err error) {
	s, err := l.c.Keep(ctx, l.one)
	if err != nil {
		return nil, nil, err
	}
	s.Bind(id)
	err = s.Each(ctx, func(row []driver.Value) error {
		decoded, stored, _ := l.decoder.Decode(row)
		f, blob = decoded.Clone(), stored
		return nil
	})
	return f, blob, err
}

// Save stores a feature under its id. The bounds of the layer in gpkg_contents,
// which the standard calls informative, only grow by it; the next import that
// moves a feature on the edge measures them.
func (w *writer) Save(ctx context.Context, layer city.LayerID, f *city.Feature) (int64, error) {
	l, err := w.editing(ctx, layer)
	if err != nil {
		return 0, err
	}
	id, err := l.save(ctx, f)
	if err != nil {
		return 0, fmt.Errorf("layer %q: save feature %s: %w", layer, l.describe(f), err)
	}
	return id, nil
}

func (l *loader) save(ctx context.Context, f *city.Feature) (int64, error) {
	if err := l.fits(f.Geometry); err != nil {
		return 0, err
	}
	if err := l.addValues(f.Values); err != nil {
		return 0, err
	}
	values := slices.Clone(l.values)
	l.values = l.values[:0]
	blob, bound, err := codec.AppendGeometry(nil, f.Geometry, int32(l.t.SRSID))
	if err != nil {
		return 0, err
	}
	var before *city.Feature
	var stored []byte
	if f.ID != 0 {
		if before, stored, err = l.get(ctx, f.ID); err != nil {
			return 0, err
		}
	}
	if err := l.checkKeys(ctx, f.ID, before, values); err != nil {
		return 0, err
	}
	if before == nil {
		return l.saveNew(ctx, f.ID, blob, values, bound)
	}
	if l.sameGeometry(stored, blob) {
		if slices.Equal(values, before.Values) {
			l.tally.Unchanged++
			return f.ID, nil
		}
		blob = nil
	} else {
		l.extent.Add(bound)
	}
	return f.ID, l.rewrite(ctx, f.ID, blob, values)
}

// saveNew inserts a feature; id 0 is the next free one.
func (l *loader) saveNew(ctx context.Context, id int64, blob []byte, values []city.Value, bound orb.Bound) (int64, error) {
	if id == 0 {
		next, err := l.take()
		if err != nil {
			return 0, err
		}
		id = next
	} else {
		l.seen(id)
	}
	if err := l.w.touch(ctx); err != nil {
		return 0, err
	}
	l.empty = false
	return id, l.write(ctx, id, blob, values, bound)
}

// checkKeys refuses a key or a code that another feature has. One that a feature
// has already is its own, even if others, by another program, have it too.
func (l *loader) checkKeys(ctx context.Context, id int64, before *city.Feature, values []city.Value) error {
	for _, key := range l.t.KeyColumns() {
		i := l.t.Layer.PropertyIndex(key)
		v := values[i]
		if v.IsNull() || before != nil && before.Values[i] == v {
			continue
		}
		s, err := l.c.Keep(ctx, l.others[key])
		if err != nil {
			return err
		}
		s.Bind(codec.EncodeValue(v))
		s.Bind(id)
		owner, found := int64(0), false
		err = s.Each(ctx, func(row []driver.Value) error {
			owner, _ = row[0].(int64)
			found = true
			return nil
		})
		if err != nil {
			return err
		}
		if found {
			return fmt.Errorf("%s %.80q belongs to feature %d: %w", key, v, owner, city.ErrTaken)
		}
	}
	return nil
}

// Delete removes a feature.
func (w *writer) Delete(ctx context.Context, layer city.LayerID, id int64) error {
	l, err := w.editing(ctx, layer)
	if err != nil {
		return err
	}
	if err := l.delete(ctx, id); err != nil {
		return fmt.Errorf("layer %q: delete feature %d: %w", layer, id, err)
	}
	return nil
}

func (l *loader) delete(ctx context.Context, id int64) error {
	f, _, err := l.get(ctx, id)
	if err != nil {
		return err
	}
	if f == nil {
		return city.ErrNotFound
	}
	if err := l.w.touch(ctx); err != nil {
		return err
	}
	s, err := l.c.Keep(ctx, l.removal)
	if err != nil {
		return err
	}
	s.Bind(id)
	if err := s.Run(); err != nil {
		return err
	}
	l.removed++
	l.w.changed = true
	return nil
}
