package geopackage

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/codec"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
)

// statements prepares, for one table, each statement when it is first used.
type statements struct {
	c        *lite.Conn
	t        *schema.Table
	prepared map[string]*lite.Statement
}

// get returns a statement without arguments; name stands for what query makes.
func (s *statements) get(ctx context.Context, name string, query func() string) (*lite.Statement, error) {
	statement := s.prepared[name]
	if statement == nil {
		var err error
		if statement, err = s.c.Prepare(context.WithoutCancel(ctx), query()); err != nil {
			return nil, fmt.Errorf("prepare for table %q: %w", s.t.Name, err)
		}
		if s.prepared == nil {
			s.prepared = map[string]*lite.Statement{}
		}
		s.prepared[name] = statement
	}
	statement.Begin()
	return statement, nil
}

func (s *statements) close() {
	for _, statement := range s.prepared {
		_ = statement.Close() // it reports the error of its last run again
	}
	s.prepared = nil
}

// among selects a batch of features by the values of a column.
func (s *statements) among(ctx context.Context, column string) (*lite.Statement, error) {
	return s.get(ctx, "among "+column, func() string {
		return s.t.SelectRows() + " WHERE " + lite.Quote(column) + " IN (?" + strings.Repeat(", ?", batchRows-1) + ") ORDER BY " + lite.Quote(s.t.ID)
	})
}

// byID selects one feature.
func (s *statements) byID(ctx context.Context) (*lite.Statement, error) {
	return s.get(ctx, "one", func() string { return s.t.SelectRows() + " WHERE " + lite.Quote(s.t.ID) + " = ?" })
}

// taken tells whether there is a feature with an id.
func (s *statements) taken(ctx context.Context) (*lite.Statement, error) {
	return s.get(ctx, "taken", func() string {
		return "SELECT 1 FROM " + lite.Quote(s.t.Name) + " WHERE " + lite.Quote(s.t.ID) + " = ?"
	})
}

// others tells whether a feature other than the one with an id has a value.
func (s *statements) others(ctx context.Context, column string) (*lite.Statement, error) {
	return s.get(ctx, "others "+column, func() string {
		return "SELECT " + lite.Quote(s.t.ID) + " FROM " + lite.Quote(s.t.Name) + " WHERE " + lite.Quote(column) + " = ? AND " + lite.Quote(s.t.ID) + " <> ? LIMIT 1"
	})
}

// insert takes id, geometry and values.
func (s *statements) insert(ctx context.Context) (*lite.Statement, error) {
	return s.get(ctx, "insert", func() string {
		names := lite.Quote(s.t.ID) + ", " + lite.Quote(s.t.Geom)
		for _, col := range s.t.Columns {
			names += ", " + lite.Quote(col.Name)
		}
		return "INSERT INTO " + lite.Quote(s.t.Name) + " (" + names + ") VALUES (?, ?" + strings.Repeat(", ?", len(s.t.Columns)) + ")"
	})
}

// update takes the geometry, when it moves, the values and the id.
func (s *statements) update(ctx context.Context, moves bool) (*lite.Statement, error) {
	name := "update"
	if moves {
		name = "move"
	}
	return s.get(ctx, name, func() string {
		var sets []string
		if moves {
			sets = append(sets, lite.Quote(s.t.Geom)+" = ?")
		}
		for _, col := range s.t.Columns {
			sets = append(sets, lite.Quote(col.Name)+" = ?")
		}
		return "UPDATE " + lite.Quote(s.t.Name) + " SET " + strings.Join(sets, ", ") + " WHERE " + lite.Quote(s.t.ID) + " = ?"
	})
}

// remove takes the id.
func (s *statements) remove(ctx context.Context) (*lite.Statement, error) {
	return s.get(ctx, "remove", func() string {
		return "DELETE FROM " + lite.Quote(s.t.Name) + " WHERE " + lite.Quote(s.t.ID) + " = ?"
	})
}

// extent keeps the bounds of a layer in gpkg_contents right, exactly and
// without reading the layer, except when a feature on the edge moved.
type extent struct {
	bound   orb.Bound
	any     bool
	recount bool
}

func readExtent(ctx context.Context, c *lite.Conn, t *schema.Table) (extent, error) {
	return queryExtent(ctx, c, "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?", t.Name)
}

func measureExtent(ctx context.Context, c *lite.Conn, t *schema.Table) (extent, error) {
	g := lite.Quote(t.Geom)
	return queryExtent(ctx, c, fmt.Sprintf("SELECT min(ST_MinX(%s)), min(ST_MinY(%s)), max(ST_MaxX(%s)), max(ST_MaxY(%s)) FROM %s", g, g, g, g, lite.Quote(t.Name)))
}

func (e *extent) add(b orb.Bound) {
	if !e.any {
		e.bound, e.any = b, true
		return
	}
	e.bound.Min[0], e.bound.Min[1] = min(e.bound.Min[0], b.Min[0]), min(e.bound.Min[1], b.Min[1])
	e.bound.Max[0], e.bound.Max[1] = max(e.bound.Max[0], b.Max[0]), max(e.bound.Max[1], b.Max[1])
}

// remove notes that bounds b are no longer there.
func (e *extent) remove(b orb.Bound) {
	if b.Min[0] <= e.bound.Min[0] || b.Min[1] <= e.bound.Min[1] || b.Max[0] >= e.bound.Max[0] || b.Max[1] >= e.bound.Max[1] {
		e.recount = true
	}
}

func (e *extent) write(ctx context.Context, c *lite.Conn, t *schema.Table) error {
	if e.recount {
		measured, err := measureExtent(ctx, c, t)
		if err != nil {
			return err
		}
		*e = measured
	}
	return c.Exec(ctx, `UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?,
  last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = ?`,
		e.bound.Min[0], e.bound.Min[1], e.bound.Max[0], e.bound.Max[1], t.Name)
}

func queryExtent(ctx context.Context, c *lite.Conn, query string, args ...driver.Value) (extent, error) {
	row, ok, err := c.One(ctx, query, args...)
	if err != nil || !ok {
		return extent{}, err
	}
	var sides [4]float64
	for i := range sides {
		v := codec.DecodeValue(city.KindNumber, row[i])
		if v.IsNull() {
			return extent{}, nil
		}
		sides[i] = v.Float()
	}
	return extent{any: true, bound: orb.Bound{Min: orb.Point{sides[0], sides[1]}, Max: orb.Point{sides[2], sides[3]}}}, nil
}
