package source

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
)

// Source reads any GeoPackage, ours or another program's, for an import. It
// never changes the file. It is not safe for concurrent use.
type Source struct {
	path   string
	c      *lite.Conn
	tables []*schema.Table
	layers []Layer
}

// Layer is one feature table or view.
type Layer struct {
	Name string // of the table, unique in the file
	// Layer has an id made from the name, the geometry type and the
	// properties; all that we know of it when the file is a store of ours.
	// Coordinates, however, are in the reference system below.
	Layer city.Layer
	// SRID is the EPSG code of the coordinates; 0 when the file names none,
	// and then Definition, its well-known text, may say more.
	SRID       int
	Definition string
	Count      int64  // rows, those without geometry among them
	Key        string // its integer primary key; "" of views and other tables without one
}

// Open opens a GeoPackage to read it. The error wraps fs.ErrNotExist or
// schema.ErrNotGeoPackage.
func Open(ctx context.Context, path string) (*Source, error) {
	s, err := open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open GeoPackage %q: %w", path, err)
	}
	return s, nil
}

func open(ctx context.Context, path string) (*Source, error) {
	if err := schema.CheckPath(path); err != nil {
		return nil, err
	}
	d, err := lite.NewDriver()
	if err != nil {
		return nil, err
	}
	c, err := d.Connect(path, "ro", schema.BusyTimeout)
	if err != nil {
		return nil, schema.Beginning(err)
	}
	s := &Source{path: path, c: c}
	// One transaction for the whole life: the import sees one state.
	if err = schema.CheckKind(ctx, c); err == nil {
		err = c.Exec(ctx, "PRAGMA query_only = 1; BEGIN")
	}
	if err == nil {
		err = s.describe(ctx)
	}
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return s, nil
}

// Close closes the file.
func (s *Source) Close() error { return s.c.Close() }

// Layers lists the feature tables and views by name.
func (s *Source) Layers() []Layer { return s.layers }

func (s *Source) describe(ctx context.Context) error {
	tables, err := schema.FeatureTables(ctx, s.c, true)
	if err != nil {
		return err
	}
	if err := s.recognise(ctx, tables); err != nil {
		return err
	}
	taken := map[city.LayerID]*schema.Table{}
	for _, t := range tables {
		if t.Layer.ID == "" {
			t.Layer.ID = schema.FreeID(schema.LayerID(t.Name), taken)
		}
		taken[t.Layer.ID] = t
		layer := Layer{Name: t.Name, Layer: t.Layer, Key: t.ID}
		if layer.SRID, layer.Definition, err = readSRS(ctx, s.c, t.SRSID); err != nil {
			return err
		}
		if layer.Count, err = s.c.Integer(ctx, "SELECT count(*) FROM "+lite.Quote(t.Name)); err != nil {
			return fmt.Errorf("table %q: %w", t.Name, err)
		}
		s.tables = append(s.tables, t)
		s.layers = append(s.layers, layer)
	}
	return nil
}

// recognise takes over the definitions that a store of ours holds.
func (s *Source) recognise(ctx context.Context, tables []*schema.Table) error {
	ours, err := s.c.Integer(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'twin_layers'")
	if err != nil || ours == 0 {
		return err
	}
	stored, err := schema.Definitions(ctx, s.c)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if stored[t.Name].Layer == "" {
			continue
		}
		layer, err := schema.ParseDefinition(t.Name, stored[t.Name].Layer)
		if err != nil {
			return err
		}
		schema.Reconcile(t, layer)
	}
	return nil
}

// readSRS looks a reference system up: its EPSG code, if it has one, and its
// well-known text.
func readSRS(ctx context.Context, c *lite.Conn, srsID int64) (srid int, definition string, err error) {
	row, ok, err := c.One(ctx, "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?", srsID)
	if err != nil || !ok {
		return 0, "", err
	}
	organization, _ := row[0].(string)
	code, _ := row[1].(int64)
	definition, _ = row[2].(string)
	if strings.EqualFold(organization, "EPSG") {
		srid = int(code)
	}
	return srid, definition, nil
}

// Features calls yield with each row of the named table: its position (the id,
// or for a view the number of the row, from 1) and the feature. When the
// geometry is missing, empty or malformed, bad says why, Geometry is nil and
// the rest of the feature holds all the same. The Feature and its Values are
// reused; Geometry and text may be kept. Z and M are dropped. The first error of
// yield stops the reading and is returned. The error wraps city.ErrNotFound
// when there is no such table.
func (s *Source) Features(ctx context.Context, name string, yield func(position int64, f *city.Feature, bad error) error) error {
	i := slices.IndexFunc(s.tables, func(t *schema.Table) bool { return t.Name == name })
	if i < 0 {
		return fmt.Errorf("table %q: %w", name, city.ErrNotFound)
	}
	t := s.tables[i]
	query := t.SelectRows()
	if t.ID != "" {
		query += " ORDER BY " + lite.Quote(t.ID)
	}
	rows := schema.NewRowDecoder(t.Columns)
	var position int64
	err := s.c.Scan(ctx, query, func(row []driver.Value) error {
		f, _, bad := rows.Decode(row)
		position++
		if t.ID != "" {
			position = f.ID
		}
		return yield(position, f, bad)
	})
	if err != nil {
		return fmt.Errorf("table %q: %w", name, err)
	}
	return nil
}
