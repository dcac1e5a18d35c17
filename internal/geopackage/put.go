package geopackage

import (
	"bytes"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/codec"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
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
	w       *writer
	t       *schema.Table
	key     int // the property that is the key, or -1
	tally   city.Tally
	removed int64

	rows   []pending
	arena  []byte             // their geometries
	values []city.Value       // their values, len(t.Columns) each
	byKey  bool               // how this batch is found
	keys   map[city.Value]int // key → row of the batch
	ids    map[int64]int      // id → row of the batch
	nextID int64              // the next free id; 0 when there is none left
	empty  bool               // there was no feature when the transaction began, nor ever
	extent schema.Extent

	decoder *schema.RowDecoder
	statements
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

func newLoader(ctx context.Context, w *writer, t *schema.Table) (*loader, error) {
	l := &loader{w: w, t: t, keys: map[city.Value]int{}, ids: map[int64]int{}, nextID: 1}
	empty, err := w.c.Integer(ctx, "SELECT NOT EXISTS (SELECT 1 FROM "+lite.Quote(t.Name)+")")
	if err != nil {
		return nil, err
	}
	last, err := t.LastID(ctx, w.c)
	if err != nil {
		return nil, err
	}
	l.seen(last)
	if l.extent, err = schema.ReadExtent(ctx, w.c, t); err != nil {
		return nil, err
	}
	l.empty = empty != 0 && last == 0 && t.Indexed
	l.bind()
	return l, nil
}

// beginLoading puts the triggers off to the end of the transaction: there they
// do for all rows at once what would cost more for each.
func (l *loader) beginLoading(ctx context.Context) error {
	if err := l.w.touch(ctx); err != nil {
		return err
	}
	if err := schema.DropRtreeTriggers(ctx, l.w.c, l.t); err != nil {
		return err
	}
	l.t.Loading = true
	return l.t.Unwatch(ctx, l.w.c)
}

// bind prepares for the columns that the table has now.
func (l *loader) bind() {
	l.key = -1
	if l.t.Layer.Key != "" {
		l.key = l.t.Layer.PropertyIndex(l.t.Layer.Key)
	}
	l.decoder = schema.NewRowDecoder(l.t.Columns)
	l.decoder.Alone()
	l.statements = newStatements(l.w.c, l.t)
}

// rebind follows a change of the layer's definition. The batch must have been
// flushed when columns were added.
func (l *loader) rebind(ctx context.Context) error {
	if err := l.flush(ctx); err != nil {
		return err
	}
	l.bind()
	return nil
}

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
	if err := l.fits(f.Geometry); err != nil {
		return err
	}
	if l.empty && !l.t.Loading {
		if err := l.beginLoading(ctx); err != nil {
			return err
		}
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
	if l.arena, row.bound, err = codec.AppendGeometry(l.arena, f.Geometry, int32(l.t.SRSID)); err == nil {
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

// fits checks that a geometry may stand in the layer.
func (l *loader) fits(g orb.Geometry) error {
	if g == nil {
		return codec.ErrEmpty
	}
	if want, got := l.t.Layer.Geometry, g.GeoJSONType(); want != city.GeometryAny && string(want) != got {
		return fmt.Errorf("a %s in a layer of %s: %w", got, want, codec.ErrKind)
	}
	return nil
}

func (l *loader) addValues(values []city.Value) error {
	start := len(l.values)
	if len(values) > len(l.t.Columns) {
		return fmt.Errorf("%d values for %d properties: %w", len(values), len(l.t.Columns), codec.ErrKind)
	}
	for i := range l.t.Columns {
		var v city.Value
		if i < len(values) {
			var err error
			if v, err = codec.Coerce(l.t.Columns[i].Kind, values[i]); err != nil {
				l.values = l.values[:start]
				return fmt.Errorf("property %q: %w", l.t.Columns[i].Name, err)
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
	n := len(l.t.Columns)
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
			err = l.change(ctx, i)
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
	query := l.manyByID
	if l.byKey {
		query = l.manyByKey
	}
	s, err := l.c.Keep(ctx, query)
	if err != nil {
		return err
	}
	var last driver.Value
	for i := range l.rows {
		switch {
		case l.rows[i].fresh:
			continue
		case l.byKey:
			last = codec.EncodeValue(l.valuesOf(i)[l.key])
		default:
			last = l.rows[i].id
		}
		s.Bind(last)
	}
	if s.Bound() == 0 {
		return nil
	}
	for s.Bound() < batchRows {
		s.Bind(last) // IN drops what it has already
	}
	return s.Each(ctx, func(stored []driver.Value) error {
		l.decoder.Values(stored)
		id, _ := stored[0].(int64)
		var at int
		var ok bool
		if l.byKey {
			at, ok = l.keys[l.decoder.Feature.Values[l.key]]
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
	row.altered = !slices.Equal(l.valuesOf(at), l.decoder.Feature.Values)
	row.moved = !l.sameGeometry(blob, l.arena[row.from:row.to])
	if row.moved {
		bound, err := codec.BlobBound(blob)
		row.oldBound, row.oldBounded = bound, err == nil
	}
}

// sameGeometry compares by meaning: another program may have written the same
// geometry in another form.
func (l *loader) sameGeometry(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	stored, errStored := l.decoder.Geometry(a)
	wanted, errWanted := l.decoder.Geometry(b)
	return errStored == nil && errWanted == nil && stored.GeoJSONType() == wanted.GeoJSONType() && orb.Equal(stored, wanted)
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
	return l.write(ctx, row.id, l.arena[row.from:row.to], l.valuesOf(i), row.bound)
}

// write inserts a row.
func (l *loader) write(ctx context.Context, id int64, blob []byte, values []city.Value, bound orb.Bound) error {
	s, err := l.c.Keep(ctx, l.insertion)
	if err != nil {
		return err
	}
	s.Bind(id)
	s.Bind(blob)
	bindValues(s, values)
	if err := s.Run(); err != nil {
		return fmt.Errorf("insert feature %d: %w", id, taken(err))
	}
	l.extent.Add(bound)
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
	s, err := l.c.Keep(ctx, l.has)
	if err != nil {
		return false, err
	}
	free := true
	s.Bind(id)
	err = s.Each(ctx, func([]driver.Value) error { free = false; return nil })
	return free, err
}

// change updates a stored row; the geometry only when it differs, because that
// costs a change of the R-tree.
func (l *loader) change(ctx context.Context, i int) error {
	row := &l.rows[i]
	var blob []byte
	if row.moved {
		blob = l.arena[row.from:row.to]
		if row.oldBounded {
			l.extent.Remove(row.oldBound)
		}
		l.extent.Add(row.bound)
	}
	return l.rewrite(ctx, row.id, blob, l.valuesOf(i))
}

// rewrite updates a row; a nil blob leaves the geometry as it is.
func (l *loader) rewrite(ctx context.Context, id int64, blob []byte, values []city.Value) error {
	if blob == nil && len(values) == 0 {
		return nil
	}
	if err := l.w.touch(ctx); err != nil {
		return err
	}
	query := l.rewriting
	if blob != nil {
		query = l.moving
	}
	s, err := l.c.Keep(ctx, query)
	if err != nil {
		return err
	}
	if blob != nil {
		s.Bind(blob)
	}
	bindValues(s, values)
	s.Bind(id)
	if err := s.Run(); err != nil {
		return fmt.Errorf("update feature %d: %w", id, taken(err))
	}
	l.tally.Updated++
	l.w.changed = true
	return nil
}

// taken makes a value that must be unique city.ErrTaken. Other programs may have
// made more columns unique than we know of.
func taken(err error) error {
	if lite.Taken(err) {
		return fmt.Errorf("%w (%w)", city.ErrTaken, err)
	}
	return err
}

func bindValues(s *lite.Statement, values []city.Value) {
	for _, v := range values {
		s.Bind(codec.EncodeValue(v))
	}
}

// finish flushes and brings the layer's extent up to date.
func (l *loader) finish(ctx context.Context) error {
	if err := l.flush(ctx); err != nil {
		return err
	}
	if l.tally.Created+l.tally.Updated+l.removed == 0 {
		return nil
	}
	return l.extent.Write(ctx, l.w.c, l.t)
}
