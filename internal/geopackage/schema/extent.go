package schema

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/codec"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
)

// Extent keeps the bounds of a layer in gpkg_contents right without reading the
// layer. What is added widens them; whether they shrink when a feature on the edge
// moves is the caller's choice: to find that out the layer must be read.
type Extent struct {
	bound   orb.Bound
	any     bool
	recount bool
}

// ReadExtent reads the bounds that gpkg_contents has.
func ReadExtent(ctx context.Context, c *lite.Conn, t *Table) (Extent, error) {
	return queryExtent(ctx, c, "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?", t.Name)
}

func measureExtent(ctx context.Context, c *lite.Conn, t *Table) (Extent, error) {
	g := lite.Quote(t.Geom)
	return queryExtent(ctx, c, fmt.Sprintf("SELECT min(ST_MinX(%s)), min(ST_MinY(%s)), max(ST_MaxX(%s)), max(ST_MaxY(%s)) FROM %s", g, g, g, g, lite.Quote(t.Name)))
}

// Add notes that bounds b are there.
func (e *Extent) Add(b orb.Bound) {
	if !e.any {
		e.bound, e.any = b, true
		return
	}
	e.bound.Min[0], e.bound.Min[1] = min(e.bound.Min[0], b.Min[0]), min(e.bound.Min[1], b.Min[1])
	e.bound.Max[0], e.bound.Max[1] = max(e.bound.Max[0], b.Max[0]), max(e.bound.Max[1], b.Max[1])
}

// Remove notes that bounds b are no longer there.
func (e *Extent) Remove(b orb.Bound) {
	if b.Min[0] <= e.bound.Min[0] || b.Min[1] <= e.bound.Min[1] || b.Max[0] >= e.bound.Max[0] || b.Max[1] >= e.bound.Max[1] {
		e.recount = true
	}
}

// Write writes the bounds, and that the layer has changed.
func (e *Extent) Write(ctx context.Context, c *lite.Conn, t *Table) error {
	if e.recount {
		measured, err := measureExtent(ctx, c, t)
		if err != nil {
			return err
		}
		*e = measured
	}
	sides := [4]driver.Value{}
	if e.any {
		sides = [4]driver.Value{e.bound.Min[0], e.bound.Min[1], e.bound.Max[0], e.bound.Max[1]}
	}
	return c.Do(ctx, `UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?,
  last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = ?`, sides[0], sides[1], sides[2], sides[3], t.Name)
}

func queryExtent(ctx context.Context, c *lite.Conn, query string, args ...driver.Value) (Extent, error) {
	row, ok, err := c.One(ctx, query, args...)
	if err != nil || !ok {
		return Extent{}, err
	}
	var sides [4]float64
	for i := range sides {
		v := codec.DecodeValue(city.KindNumber, row[i])
		if v.IsNull() {
			return Extent{}, nil
		}
		sides[i] = v.Float()
	}
	return Extent{any: true, bound: orb.Bound{Min: orb.Point{sides[0], sides[1]}, Max: orb.Point{sides[2], sides[3]}}}, nil
}
