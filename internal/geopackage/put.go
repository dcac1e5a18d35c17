package geopackage

import (
	"bytes"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

const (
	// batchRows is how many features are looked up by one statement: setting
	// up a query costs as much as reading some ten rows.
	batchRows = 256
	// batchBytes bounds the geometry that waits.
	batchBytes = 4 << 20
)

// loader puts features into one table, a batch at a time:
//
//	Put ─► check, encode ─► rows, arena ─(full)─► SELECT … WHERE key IN (…)
//	                                                  │ compare
//	                              ┌───────────────────┼──────────────┐
//	                          INSERT              UPDATE         unchanged
//
// All features of a batch are found in the same way, by key or by id, so that
// the outcome is that of putting them one by one.
type loader struct {
	w     *writer
	t     *table
	key   int // the property that is the key, or -1
	tally city.Tally

	rows   []pending
	arena  []byte             // their geometries
	values []city.Value       // their values, len(t.columns) each
	byKey  bool               // how this batch is found
	keys   map[city.Value]int // key → row of the batch
	ids    map[int64]int      // id → row of the batch
	nextID int64              // the next free id; 0 when there is none left
	extent extent

	decoder    *rowDecoder
	statements statements
}

// pending is one feature of a batch.
type pending struct {
	id             int64 // 0: to be chosen
	fresh          bool  // the id was just chosen: there is nothing to look up
	from, to       int   // geometry in the arena
	bound          orb.Bound
	found          bool
	moved, altered bool // the geometry, the values differ from what is stored
	oldBound       orb.Bound
	oldBounded     bool
}

func newLoader(ctx context.Context, w *writer, t *table) (*loader, error) {
	l := &loader{w: w, t: t, keys: map[city.Value]int{}, ids: map[int64]int{}, nextID: 1}
	last, err := w.c.integer(ctx, fmt.Sprintf(
		"SELECT max(coalesce((SELECT max(%s) FROM %s), 0), coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0))",
		quote(t.id), quote(t.name)), t.name)
	if err != nil {
		return nil, err
	}
	l.seen(last)
	if l.extent, err = readExtent(ctx, w.c, t); err != nil {
		return nil, err
	}
	if last == 0 && t.indexed && !t.loading {
		if err := w.touch(ctx); err != nil {
			return nil, err
		}
		if err := dropRtreeTriggers(ctx, w.c, t); err != nil {
			return nil, err
		}
		t.loading = true
	}
	return l, l.bind(ctx)
}

// bind prepares for the columns that the table has now.
func (l *loader) bind(ctx context.Context) (err error) {
	l.key = -1
	if l.t.layer.Key != "" {
		l.key = l.t.layer.PropertyIndex(l.t.layer.Key)
	}
	l.decoder = newRowDecoder(l.t)
	l.statements, err = prepareStatements(ctx, l.w.c, l.t)
	return err
}

// rebind follows a change of the layer's definition. The batch must have been
// flushed when columns were added.
func (l *loader) rebind(ctx context.Context) error {
	if err := l.flush(ctx); err != nil {
		return err
	}
	l.statements.close()
	return l.bind(ctx)
}

func (l *loader) close() { l.statements.close() }

// seen notes that an id is in use.
func (l *loader) seen(id int64) {
	switch {
	case l.nextID == 0 || id < l.nextID:
	case id == math.MaxInt64:
		l.nextID = 0
	default:
		l.nextID = id + 1
	}
}

var errNoIDs = errors.New("the highest id is taken: none is free after it")

// take chooses the next free id.
func (l *loader) take() (int64, error) {
	id := l.nextID
	if id == 0 {
		return 0, errNoIDs
	}
	l.seen(id)
	return id, nil
}

// describe names a feature in errors.
func (l *loader) describe(f *city.Feature) string {
	if v := f.Value(l.key); !v.IsNull() {
		return fmt.Sprintf("%.80q", v)
	}
	return fmt.Sprint(f.ID)
}

// add checks and encodes f and lets it wait. On an error nothing waits.
func (l *loader) add(ctx context.Context, f *city.Feature) error {
	if f.Geometry == nil {
		return ErrEmpty
	}
	if want, got := l.t.layer.Geometry, f.Geometry.GeoJSONType(); want != city.GeometryAny && string(want) != got {
		return fmt.Errorf("a %s in a layer of %s: %w", got, want, ErrKind)
	}
	key := f.Value(l.key)
	if byKey := !key.IsNull(); byKey != l.byKey {
		if err := l.flush(ctx); err != nil {
			return err
		}
		l.byKey = byKey
	}
	row := pending{id: f.ID, from: len(l.arena)}
	start := len(l.values)
	if err := l.addValues(f.Values); err != nil {
		return err
	}
	var err error
	if l.arena, row.bound, err = appendBlob(l.arena, f.Geometry, int32(l.t.srsID)); err == nil {
		row.to = len(l.arena)
		if l.byKey {
			key = l.values[start+l.key] // as it will be stored
		}
		err = l.place(row, key, start)
	}
	if err != nil {
		l.values, l.arena = l.values[:start], l.arena[:row.from]
		return err
	}
	if len(l.rows) >= batchRows || len(l.arena) >= batchBytes {
		return l.flush(ctx)
	}
	return nil
}

func (l *loader) addValues(values []city.Value) error {
	start := len(l.values)
	if len(values) > len(l.t.columns) {
		return fmt.Errorf("%d values for %d properties: %w", len(values), len(l.t.columns), ErrKind)
	}
	for i := range l.t.columns {
		var v city.Value
		if i < len(values) {
			var err error
			if v, err = coerce(l.t.columns[i].kind, values[i]); err != nil {
				l.values = l.values[:start]
				return fmt.Errorf("property %q: %w", l.t.columns[i].name, err)
			}
		}
		l.values = append(l.values, v)
	}
	return nil
}

// place puts a row into the batch, or in the place of an earlier one that means
// the same feature: the last one wins. Its values stand at the end of l.values.
func (l *loader) place(row pending, key city.Value, start int) error {
	var at int
	var again bool
	switch {
	case l.byKey:
		if at, again = l.keys[key]; !again {
			l.keys[key] = len(l.rows)
		}
	case row.id == 0:
		id, err := l.take()
		if err != nil {
			return err
		}
		row.id, row.fresh = id, true
		l.ids[id] = len(l.rows)
	default:
		l.seen(row.id)
		if at, again = l.ids[row.id]; !again {
			l.ids[row.id] = len(l.rows)
		}
	}
	if !again {
		l.rows = append(l.rows, row)
		return nil
	}
	earlier := &l.rows[at]
	earlier.from, earlier.to, earlier.bound = row.from, row.to, row.bound
	copy(l.valuesOf(at), l.values[start:])
	l.values = l.values[:start]
	return nil
}

func (l *loader) valuesOf(row int) []city.Value {
	n := len(l.t.columns)
	return l.values[row*n : row*n+n : row*n+n]
}

// flush writes the batch.
func (l *loader) flush(ctx context.Context) error {
	if len(l.rows) == 0 {
		return nil
	}
	if err := l.lookUp(ctx); err != nil {
		return err
	}
	for i := range l.rows {
		row := &l.rows[i]
		var err error
		switch {
		case !row.found:
			err = l.create(ctx, i)
		case row.moved || row.altered:
			err = l.update(ctx, i)
		default:
			l.tally.Unchanged++
		}
		if err != nil {
			return err
		}
	}
	l.rows, l.arena, l.values = l.rows[:0], l.arena[:0], l.values[:0]
	clear(l.keys)
	clear(l.ids)
	return ctx.Err()
}

// lookUp finds which rows of the batch are stored already and how they differ.
func (l *loader) lookUp(ctx context.Context) error {
	s := l.statements.byID
	if l.byKey {
		s = l.statements.byKey
	}
	s.begin()
	var last driver.Value
	for i := range l.rows {
		switch {
		case l.rows[i].fresh:
			continue
		case l.byKey:
			last = encodeValue(l.valuesOf(i)[l.key])
		default:
			last = l.rows[i].id
		}
		s.bind(last)
	}
	if len(s.args) == 0 {
		return nil
	}
	for len(s.args) < batchRows {
		s.bind(last) // IN drops what it has already
	}
	return s.each(ctx, func(stored []driver.Value) error {
		l.decoder.values(stored)
		id, _ := stored[0].(int64)
		var at int
		var ok bool
		if l.byKey {
			at, ok = l.keys[l.decoder.feature.Values[l.key]]
		} else {
			at, ok = l.ids[id]
		}
		if ok && !l.rows[at].found {
			blob, _ := stored[1].([]byte)
			l.compare(at, id, blob)
		}
		return nil
	})
}

// compare notes how row at differs from the stored row in the decoder.
func (l *loader) compare(at int, id int64, blob []byte) {
	row := &l.rows[at]
	row.found, row.id = true, id
	for i, v := range l.valuesOf(at) {
		if v != l.decoder.feature.Values[i] {
			row.altered = true
			break
		}
	}
	if bytes.Equal(blob, l.arena[row.from:row.to]) {
		return
	}
	// Another program may have written the same geometry in another form.
	stored, errStored := l.decoder.geometry(blob)
	wanted, errWanted := l.decoder.geometry(l.arena[row.from:row.to])
	if errStored == nil && errWanted == nil && stored.GeoJSONType() == wanted.GeoJSONType() && orb.Equal(stored, wanted) {
		return
	}
	row.moved = true
	bound, err := blobBound(blob)
	row.oldBound, row.oldBounded = bound, err == nil
}

// create inserts a row.
func (l *loader) create(ctx context.Context, i int) error {
	row := &l.rows[i]
	if l.byKey {
		free, err := l.isFree(ctx, row.id)
		if err != nil {
			return err
		}
		if !free {
			if row.id, err = l.take(); err != nil {
				return err
			}
		}
		l.seen(row.id)
	}
	if err := l.w.touch(ctx); err != nil {
		return err
	}
	s := l.statements.insert
	s.begin()
	s.bind(row.id)
	s.bind(l.arena[row.from:row.to])
	l.bindValues(s, i)
	if err := s.run(); err != nil {
		return fmt.Errorf("insert feature %d: %w", row.id, err)
	}
	l.extent.add(row.bound)
	l.tally.Created++
	l.w.changed = true
	return nil
}

// isFree tells whether a new feature may have the id that it asks for.
func (l *loader) isFree(ctx context.Context, id int64) (bool, error) {
	if id == 0 {
		return false, nil
	}
	if l.nextID != 0 && id >= l.nextID {
		return true, nil
	}
	free := true
	s := l.statements.taken
	s.begin()
	s.bind(id)
	err := s.each(ctx, func([]driver.Value) error { free = false; return nil })
	return free, err
}

// update changes a stored row; the geometry only when it differs, because that
// costs a change of the R-tree.
func (l *loader) update(ctx context.Context, i int) error {
	if err := l.w.touch(ctx); err != nil {
		return err
	}
	row := &l.rows[i]
	s := l.statements.update
	if row.moved {
		s = l.statements.move
	}
	s.begin()
	if row.moved {
		s.bind(l.arena[row.from:row.to])
		if row.oldBounded {
			l.extent.remove(row.oldBound)
		}
		l.extent.add(row.bound)
	}
	l.bindValues(s, i)
	s.bind(row.id)
	if err := s.run(); err != nil {
		return fmt.Errorf("update feature %d: %w", row.id, err)
	}
	l.tally.Updated++
	l.w.changed = true
	return nil
}

func (l *loader) bindValues(s *statement, row int) {
	for _, v := range l.valuesOf(row) {
		s.bind(encodeValue(v))
	}
}

// finish flushes and brings the layer's extent up to date.
func (l *loader) finish(ctx context.Context) error {
	if err := l.flush(ctx); err != nil {
		return err
	}
	if l.tally.Created+l.tally.Updated == 0 {
		return nil
	}
	return l.extent.write(ctx, l.w.c, l.t)
}
