package geopackage

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// statements are what a loader prepares for its table.
type statements struct {
	byKey, byID, taken   *statement
	insert, update, move *statement // move is an update with geometry
}

func prepareStatements(ctx context.Context, c *conn, t *table) (s statements, err error) {
	table, id, geom := quote(t.name), quote(t.id), quote(t.geom)
	among := func(column string) string {
		return t.selectRows() + " WHERE " + quote(column) + " IN (?" + strings.Repeat(", ?", batchRows-1) + ") ORDER BY " + id
	}
	var names, marks strings.Builder
	var sets []string
	for _, col := range t.columns {
		names.WriteString(", " + quote(col.name))
		marks.WriteString(", ?")
		sets = append(sets, quote(col.name)+" = ?")
	}
	update := func(sets ...string) string {
		return "UPDATE " + table + " SET " + strings.Join(sets, ", ") + " WHERE " + id + " = ?"
	}
	prepare := func(to **statement, query string) {
		if err == nil {
			*to, err = c.prepare(ctx, query)
		}
	}
	if t.layer.Key != "" {
		prepare(&s.byKey, among(t.layer.Key))
	}
	prepare(&s.byID, among(t.id))
	prepare(&s.taken, "SELECT 1 FROM "+table+" WHERE "+id+" = ?")
	prepare(&s.insert, "INSERT INTO "+table+" ("+id+", "+geom+names.String()+") VALUES (?, ?"+marks.String()+")")
	prepare(&s.move, update(append([]string{geom + " = ?"}, sets...)...))
	if len(sets) > 0 {
		prepare(&s.update, update(sets...))
	}
	if err != nil {
		s.close()
		return statements{}, fmt.Errorf("prepare for table %q: %w", t.name, err)
	}
	return s, nil
}

func (s *statements) close() {
	for _, each := range []*statement{s.byKey, s.byID, s.taken, s.insert, s.update, s.move} {
		if each != nil {
			_ = each.close() // it reports the error of its last run again
		}
	}
	*s = statements{}
}

// extent keeps the bounds of a layer in gpkg_contents right, exactly and
// without reading the layer, except when a feature on the edge moved.
type extent struct {
	bound   orb.Bound
	any     bool
	recount bool
}

func readExtent(ctx context.Context, c *conn, t *table) (extent, error) {
	return queryExtent(ctx, c, "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?", t.name)
}

func measureExtent(ctx context.Context, c *conn, t *table) (extent, error) {
	g := quote(t.geom)
	return queryExtent(ctx, c, fmt.Sprintf("SELECT min(ST_MinX(%s)), min(ST_MinY(%s)), max(ST_MaxX(%s)), max(ST_MaxY(%s)) FROM %s", g, g, g, g, quote(t.name)))
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

func (e *extent) write(ctx context.Context, c *conn, t *table) error {
	if e.recount {
		measured, err := measureExtent(ctx, c, t)
		if err != nil {
			return err
		}
		*e = measured
	}
	return c.exec(ctx, `UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?,
  last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = ?`,
		e.bound.Min[0], e.bound.Min[1], e.bound.Max[0], e.bound.Max[1], t.name)
}

func queryExtent(ctx context.Context, c *conn, query string, args ...driver.Value) (extent, error) {
	row, ok, err := c.one(ctx, query, args...)
	if err != nil || !ok {
		return extent{}, err
	}
	var sides [4]float64
	for i := range sides {
		v := decodeValue(city.KindNumber, row[i])
		if v.IsNull() {
			return extent{}, nil
		}
		sides[i] = v.Float()
	}
	return extent{any: true, bound: orb.Bound{Min: orb.Point{sides[0], sides[1]}, Max: orb.Point{sides[2], sides[3]}}}, nil
}
