package geopackage

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Source reads any GeoPackage, ours or another program's, for an import. It
// never changes the file. It is not safe for concurrent use.
type Source struct {
	path   string
	c      *conn
	tables []*table
	layers []SourceLayer
}

// SourceLayer is one feature table or view.
type SourceLayer struct {
	Name string // of the table, unique in the file
	// Layer has an id made from the name, the geometry type and the
	// properties; all that we know of it when the file is a store of ours.
	// Coordinates, however, are in the reference system below.
	Layer city.Layer
	// SRID is the EPSG code of the coordinates; 0 when the file names none,
	// and then Definition, its well-known text, may say more.
	SRID       int
	Definition string
	Count      int64 // rows, those without geometry among them
}

// OpenSource opens a GeoPackage to read it. The error wraps fs.ErrNotExist or
// ErrNotGeoPackage.
func OpenSource(ctx context.Context, path string) (*Source, error) {
	s, err := openSource(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open GeoPackage %q: %w", path, err)
	}
	return s, nil
}

func openSource(ctx context.Context, path string) (*Source, error) {
	if err := checkFile(path); err != nil {
		return nil, err
	}
	d, err := newDriver()
	if err != nil {
		return nil, err
	}
	c, err := connect(d, dsn(path, "ro", defaultBusyTimeout))
	if err != nil {
		return nil, err
	}
	s := &Source{path: path, c: c}
	// One transaction for the whole life: the import sees one state.
	if err = c.exec(ctx, "PRAGMA query_only = 1; BEGIN"); err == nil {
		err = s.describe(ctx)
	}
	if err != nil {
		_ = c.close()
		return nil, err
	}
	return s, nil
}

// Close closes the file.
func (s *Source) Close() error { return s.c.close() }

// Layers lists the feature tables and views by name.
func (s *Source) Layers() []SourceLayer { return s.layers }

func (s *Source) describe(ctx context.Context) error {
	tables, err := featureTables(ctx, s.c, true)
	if err != nil {
		return err
	}
	if err := s.recognise(ctx, tables); err != nil {
		return err
	}
	taken := map[city.LayerID]*table{}
	for _, t := range tables {
		if t.layer.ID == "" {
			t.layer.ID = freeID(slug(t.name), taken)
		}
		taken[t.layer.ID] = t
		layer := SourceLayer{Name: t.name, Layer: t.layer}
		if layer.SRID, layer.Definition, err = readSRS(ctx, s.c, t.srsID); err != nil {
			return err
		}
		if layer.Count, err = s.c.integer(ctx, "SELECT count(*) FROM "+quote(t.name)); err != nil {
			return fmt.Errorf("table %q: %w", t.name, err)
		}
		s.tables = append(s.tables, t)
		s.layers = append(s.layers, layer)
	}
	return nil
}

// recognise takes over the definitions that a store of ours holds.
func (s *Source) recognise(ctx context.Context, tables []*table) error {
	ours, err := s.c.integer(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'twin_layers'")
	if err != nil || ours == 0 {
		return err
	}
	stored, err := storedLayers(ctx, s.c)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if stored[t.name] == "" {
			continue
		}
		layer, err := parseDefinition(t.name, stored[t.name])
		if err != nil {
			return err
		}
		reconcile(t, layer)
	}
	return nil
}

// readSRS looks a reference system up: its EPSG code, if it has one, and its
// well-known text.
func readSRS(ctx context.Context, c *conn, srsID int64) (srid int, definition string, err error) {
	row, ok, err := c.one(ctx, "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?", srsID)
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
	i := slices.IndexFunc(s.tables, func(t *table) bool { return t.name == name })
	if i < 0 {
		return fmt.Errorf("table %q: %w", name, city.ErrNotFound)
	}
	t := s.tables[i]
	query := t.selectRows()
	if t.id != "" {
		query += " ORDER BY " + quote(t.id)
	}
	rows := newRowDecoder(t)
	var position int64
	err := s.c.scan(ctx, query, func(row []driver.Value) error {
		f, _, bad := rows.decode(row)
		position++
		if t.id != "" {
			position = f.ID
		}
		return yield(position, f, bad)
	})
	if err != nil {
		return fmt.Errorf("table %q: %w", name, err)
	}
	return nil
}
