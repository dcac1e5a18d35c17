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

// statements are those that a loader runs on its table. Their text is made once.
type statements struct {
	c                   *lite.Conn
	t                   *schema.Table
	manyByKey, manyByID string            // select a batch of features
	one, has            string            // select one, or 1 where it is; take the id
	others              map[string]string // by key: selects the id of another that has it; takes key and id
	insertion           string            // takes id, geometry, values
	rewriting           string            // takes values, id
	moving              string            // takes geometry, values, id
	removal             string            // takes id
}

func newStatements(c *lite.Conn, t *schema.Table) statements {
	table, id := lite.Quote(t.Name), lite.Quote(t.ID)
	where := " WHERE " + id + " = ?"
	among := func(column string) string {
		return t.SelectRows() + " WHERE " + lite.Quote(column) + " IN (?" + strings.Repeat(", ?", batchRows-1) + ") ORDER BY " + id
	}
	names, sets := "", ""
	for _, col := range t.Columns {
		names += ", " + lite.Quote(col.Name)
		sets += ", " + lite.Quote(col.Name) + " = ?"
	}
	s := statements{c: c, t: t, others: map[string]string{}}
	s.manyByID, s.one = among(t.ID), t.SelectRows()+where
	if t.Layer.Key != "" {
		s.manyByKey = among(t.Layer.Key)
	}
	s.has = "SELECT 1 FROM " + table + where
	for _, key := range t.KeyColumns() {
		s.others[key] = "SELECT " + id + " FROM " + table + " WHERE " + lite.Quote(key) + " = ? AND " + id + " <> ? LIMIT 1"
	}
	s.insertion = "INSERT INTO " + table + " (" + id + ", " + lite.Quote(t.Geom) + names + ") VALUES (?, ?" + strings.Repeat(", ?", len(t.Columns)) + ")"
	s.rewriting = "UPDATE " + table + " SET " + strings.TrimPrefix(sets, ", ") + where
	s.moving = "UPDATE " + table + " SET " + lite.Quote(t.Geom) + " = ?" + sets + where
	s.removal = "DELETE FROM " + table + where
	return s
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
	return c.Do(ctx, `UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?,
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
