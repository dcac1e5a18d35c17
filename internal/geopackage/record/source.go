package record

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
)

// source reads the features of one life of a layer, as they were and are.
type source struct {
	r       *Reader
	life    *life
	past    *city.Layer // the last definition of a life that is over
	decoder *schema.RowDecoder
	record  string // selects version, was, id, geometry, values; empty: no record
	table   string // selects id, geometry, values; empty when it is gone
}

// source prepares to read a life.
func (r *Reader) source(ctx context.Context, l *life) (*source, error) {
	if s := r.sources[l]; s != nil {
		return s, nil
	}
	newest, err := r.newest(ctx, l)
	if err != nil {
		return nil, err
	}
	columns := columnsOf(newest)
	s := &source{r: r, life: l, past: newest}
	if l.table != nil {
		columns, s.table, s.past = l.table.Columns, l.table.SelectRows(), nil
	}
	s.decoder = schema.NewRowDecoder(columns)
	s.decoder.Alone()
	if r.cat.Format >= schema.Format {
		if s.record, err = schema.SelectRecord(ctx, r.c, l.number, columns); err != nil {
			return nil, err
		}
	}
	r.sources[l] = s
	return s, nil
}

// name is the record's table.
func (s *source) name() string { return schema.RecordName(s.life.number) }

// last returns the last version of which the record tells, 0 for none.
func (s *source) last(ctx context.Context) (city.Version, error) {
	if s.record == "" {
		return 0, nil
	}
	v, err := s.r.c.Integer(ctx, "SELECT twin_version FROM "+s.name()+" ORDER BY twin_seq DESC LIMIT 1")
	return city.Version(v), err
}

// start returns the seq of the first row after version v; ok tells whether there
// is one. It steps back from the end in growing strides, then halves.
func (s *source) start(ctx context.Context, v city.Version) (seq int64, ok bool, err error) {
	last, err := s.last(ctx)
	if err != nil || last <= v {
		return 0, false, err
	}
	high, err := s.r.c.Integer(ctx, "SELECT max(twin_seq) FROM "+s.name())
	if err != nil {
		return 0, false, err
	}
	after := func(seq int64) (bool, error) { // the row at seq, or the next there is, is after v
		tail, err := s.r.c.Keep(ctx, "SELECT twin_version FROM "+s.name()+" WHERE twin_seq >= ? ORDER BY twin_seq LIMIT 1")
		if err != nil {
			return false, err
		}
		tail.Bind(seq)
		found := false
		err = tail.Each(ctx, func(row []driver.Value) error {
			version, _ := row[0].(int64)
			found = city.Version(version) > v
			return nil
		})
		return found, err
	}
	low := high // of high it holds
	for stride := int64(1); low > 0; stride *= 2 {
		low = max(high-stride, 0)
		holds, err := after(low)
		if err != nil {
			return 0, false, err
		}
		if !holds {
			break
		}
		high = low
	}
	for low+1 < high { // of low it does not, or it is 0
		middle := low + (high-low)/2
		holds, err := after(middle)
		if err != nil {
			return 0, false, err
		}
		if holds {
			high = middle
		} else {
			low = middle
		}
	}
	return high, true, nil
}

// decodeRecord reads a row of s.record; the feature is the caller's.
func (s *source) decodeRecord(row []driver.Value) (v city.Version, id int64, f *city.Feature) {
	version, _ := row[0].(int64)
	was, _ := row[1].(int64)
	id, _ = row[2].(int64)
	if was != 0 {
		decoded, _, _ := s.decoder.Decode(row[2:])
		f = decoded.Clone()
	}
	return city.Version(version), id, f
}

// errLost means that nobody knows: the table was dropped by another program.
var errLost = errors.New("dropped by another program")

// at returns what a feature was at version v, nil when it did not exist.
func (s *source) at(ctx context.Context, id int64, v city.Version) (f *city.Feature, err error) {
	if s.record != "" {
		asOf, err := s.r.c.Keep(ctx, s.record+" WHERE twin_id = ? AND twin_version > ? ORDER BY twin_version LIMIT 1")
		if err != nil {
			return nil, err
		}
		asOf.Bind(id)
		asOf.Bind(int64(v))
		told := false
		err = asOf.Each(ctx, func(row []driver.Value) error {
			_, _, f = s.decodeRecord(row)
			told = true
			return nil
		})
		if err != nil || told {
			return f, err
		}
	}
	if s.life.lost() && v < s.life.died() {
		return nil, errLost
	}
	return s.now(ctx, id)
}

// now returns what a feature is, nil when it or its layer does not exist.
func (s *source) now(ctx context.Context, id int64) (f *city.Feature, err error) {
	if s.table == "" {
		return nil, nil //nolint:nilnil // a feature that does not exist is no error here
	}
	present, err := s.r.c.Keep(ctx, s.table+" WHERE "+lite.Quote(s.life.table.ID)+" = ?")
	if err != nil {
		return nil, err
	}
	present.Bind(id)
	err = present.Each(ctx, func(row []driver.Value) error {
		decoded, _, _ := s.decoder.Decode(row)
		f = decoded.Clone()
		return nil
	})
	return f, err
}

// changedIn lists the ids of which the record tells at a version, ascending, after
// an id.
func (s *source) changedIn(ctx context.Context, v city.Version, after *int64) ([]int64, error) {
	start, ok, err := s.start(ctx, v-1)
	if err != nil || !ok {
		return nil, err
	}
	var ids []int64
	err = s.r.c.Each(ctx, "SELECT twin_version, twin_id FROM "+s.name()+" WHERE twin_seq >= ? ORDER BY twin_seq", []driver.Value{start}, func(row []driver.Value) error {
		version, _ := row[0].(int64)
		if city.Version(version) > v {
			return errEnough
		}
		if id, _ := row[1].(int64); after == nil || id > *after {
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, fmt.Errorf("read %s: %w", s.name(), err)
	}
	slices.Sort(ids)
	return ids, nil
}

// same reports whether nothing differs between two states of a feature.
func same(a, b *city.Feature) bool {
	if a == nil || b == nil {
		return a == b
	}
	if !slices.Equal(a.Values, b.Values) || (a.Geometry == nil) != (b.Geometry == nil) {
		return false
	}
	return a.Geometry == nil || a.Geometry.GeoJSONType() == b.Geometry.GeoJSONType() && orb.Equal(a.Geometry, b.Geometry)
}
