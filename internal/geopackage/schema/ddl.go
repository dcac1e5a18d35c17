package schema

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/geopackage/codec"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
)

// Marks of a GeoPackage in the SQLite header (clause 1.1.1.1.1).
const (
	ApplicationID = 0x47504B47 // "GPKG"
	userVersion   = 10300      // 1.3.0
	SRSWGS84      = 4326
)

const wgs84WKT = `GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]`

// standardTables are those of clause 1.1.2, 1.1.3, 2.1.5, 2.3.2 and of the
// schema extension F.9, with the columns that the standard fixes.
const standardTables = `
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL,
  srs_id INTEGER PRIMARY KEY,
  organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL,
  description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY,
  data_type TEXT NOT NULL,
  identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL,
  m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT,
  column_name TEXT,
  extension_name TEXT NOT NULL,
  definition TEXT NOT NULL,
  scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  name TEXT,
  title TEXT,
  description TEXT,
  mime_type TEXT,
  constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL,
  constraint_type TEXT NOT NULL,
  value TEXT,
  min NUMERIC,
  min_is_inclusive BOOLEAN,
  max NUMERIC,
  max_is_inclusive BOOLEAN,
  description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));`

// twinTables are ours. AUTOINCREMENT brings sqlite_sequence into being, which
// the ids of layers rely on, and never gives the number of a layer twice.
//
// edited is 0, 1 when somebody else has changed a layer since the version was
// given, or 2 inside our own transactions. format is Format; since is the
// version at which the record begins.
const twinTables = `
CREATE TABLE twin_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL,
  edited INTEGER NOT NULL,
  format INTEGER NOT NULL DEFAULT 2,
  since INTEGER NOT NULL DEFAULT 0);
CREATE TABLE twin_layers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  table_name TEXT NOT NULL UNIQUE,
  layer TEXT NOT NULL);
CREATE TABLE twin_versions (
  version INTEGER PRIMARY KEY,
  committed DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  message TEXT NOT NULL,
  author TEXT NOT NULL DEFAULT '');
INSERT INTO twin_state (id, version, edited) VALUES (1, 0, 0);` + recordTables

// CreateFile fills an empty database.
func CreateFile(ctx context.Context, c *lite.Conn) error {
	script := fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d; BEGIN IMMEDIATE;%s%s",
		ApplicationID, userVersion, standardTables, twinTables)
	if err := c.Exec(ctx, script); err != nil {
		return err
	}
	rows := []struct {
		query string
		args  []driver.Value
	}{
		{"INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84 geodetic', 4326, 'EPSG', 4326, ?, 'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid')", []driver.Value{wgs84WKT}},
		{"INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system')", nil},
		{"INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system')", nil},
		// One table registered as attributes makes GDAL hide those that are not.
		{"INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES ('twin_state', 'attributes', 'twin_state', 'Version of the Hanoi Twin', 0)", nil},
	}
	for _, table := range []string{"gpkg_data_columns", "gpkg_data_column_constraints"} {
		rows = append(rows, struct {
			query string
			args  []driver.Value
		}{"INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', 'http://www.geopackage.org/spec/#extension_schema', 'read-write')", []driver.Value{table}})
	}
	for _, row := range rows {
		if err := c.Exec(ctx, row.query, row.args...); err != nil {
			return err
		}
	}
	return c.Exec(ctx, "COMMIT")
}

// SRS is a row of gpkg_spatial_ref_sys: a system of the EPSG registry, by its code.
type SRS struct {
	EPSG int64
	Name string
	WKT  string // version 1, as clause 1.1.2.1.3 wants it
}

// Add puts the system into a file that does not have it.
func (r *SRS) Add(ctx context.Context, c *lite.Conn) error {
	return c.Exec(ctx, "INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?, ?, 'EPSG', ?, ?, NULL)", r.Name, r.EPSG, r.EPSG, r.WKT)
}

// CreateTable makes the table of a new layer, its entries and its empty R-tree;
// triggers follow at the end of the transaction.
func CreateTable(ctx context.Context, c *lite.Conn, t *Table) error {
	var ddl strings.Builder
	geometry := strings.ToUpper(string(t.Layer.Geometry))
	fmt.Fprintf(&ddl, "CREATE TABLE %s (%s INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, %s %s",
		lite.Quote(t.Name), lite.Quote(t.ID), lite.Quote(t.Geom), geometry)
	for _, col := range t.Columns {
		fmt.Fprintf(&ddl, ", %s %s", lite.Quote(col.Name), codec.SQLType(col.Kind))
	}
	ddl.WriteString(")")
	if err := c.Exec(ctx, ddl.String()); err != nil {
		return err
	}
	err := c.Exec(ctx, "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES (?, 'features', ?, ?, ?)",
		t.Name, t.Name, t.Layer.Title, t.SRSID)
	if err != nil {
		return err
	}
	err = c.Exec(ctx, "INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, 0, 0)", t.Name, t.Geom, geometry, t.SRSID)
	if err != nil {
		return err
	}
	err = c.Exec(ctx, "INSERT INTO gpkg_extensions VALUES (?, ?, 'gpkg_rtree_index', 'http://www.geopackage.org/spec130/#extension_rtree', 'write-only')", t.Name, t.Geom)
	if err != nil {
		return err
	}
	return c.Exec(ctx, "CREATE VIRTUAL TABLE "+lite.Quote(t.Rtree())+" USING rtree(id, minx, maxx, miny, maxy)")
}

// rtreeTriggers are those of Annex F.3, in the wording of version 1.3.
func rtreeTriggers(t *Table) []string {
	table, id, geom, index := lite.Quote(t.Name), lite.Quote(t.ID), lite.Quote(t.Geom), lite.Quote(t.Rtree())
	name := func(suffix string) string { return lite.Quote(t.Rtree() + "_" + suffix) }
	filled := fmt.Sprintf("(NEW.%s NOTNULL AND NOT ST_IsEmpty(NEW.%s))", geom, geom)
	empty := fmt.Sprintf("(NEW.%s ISNULL OR ST_IsEmpty(NEW.%s))", geom, geom)
	put := fmt.Sprintf("INSERT OR REPLACE INTO %s VALUES (NEW.%s, ST_MinX(NEW.%s), ST_MaxX(NEW.%s), ST_MinY(NEW.%s), ST_MaxY(NEW.%s));",
		index, id, geom, geom, geom, geom)
	drop := fmt.Sprintf("DELETE FROM %s WHERE id = OLD.%s;", index, id)
	same, moved := fmt.Sprintf("OLD.%s = NEW.%s", id, id), fmt.Sprintf("OLD.%s != NEW.%s", id, id)
	return []string{
		fmt.Sprintf("CREATE TRIGGER %s AFTER INSERT ON %s WHEN %s BEGIN %s END", name("insert"), table, filled, put),
		fmt.Sprintf("CREATE TRIGGER %s AFTER UPDATE OF %s ON %s WHEN %s AND %s BEGIN %s END", name("update1"), geom, table, same, filled, put),
		fmt.Sprintf("CREATE TRIGGER %s AFTER UPDATE OF %s ON %s WHEN %s AND %s BEGIN %s END", name("update2"), geom, table, same, empty, drop),
		fmt.Sprintf("CREATE TRIGGER %s AFTER UPDATE ON %s WHEN %s AND %s BEGIN %s %s END", name("update3"), table, moved, filled, drop, put),
		fmt.Sprintf("CREATE TRIGGER %s AFTER UPDATE ON %s WHEN %s AND %s BEGIN DELETE FROM %s WHERE id IN (OLD.%s, NEW.%s); END",
			name("update4"), table, moved, empty, index, id, id),
		fmt.Sprintf("CREATE TRIGGER %s AFTER DELETE ON %s WHEN OLD.%s NOTNULL BEGIN %s END", name("delete"), table, geom, drop),
	}
}

// DropRtreeTriggers removes the R-tree triggers, so that a bulk load pays for the
// index once and not a row.
func DropRtreeTriggers(ctx context.Context, c *lite.Conn, t *Table) error {
	var names []string
	err := c.Each(ctx, "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? AND substr(name, 1, ?) = ?",
		[]driver.Value{t.Name, int64(len([]rune(t.Rtree())) + 1), t.Rtree() + "_"}, func(row []driver.Value) error {
			name, _ := row[0].(string)
			names = append(names, name)
			return nil
		})
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := c.Exec(ctx, "DROP TRIGGER "+lite.Quote(name)); err != nil {
			return err
		}
	}
	return nil
}

// FillRtree rebuilds the R-tree from the table and puts the triggers back.
func FillRtree(ctx context.Context, c *lite.Conn, t *Table) error {
	index, geom := lite.Quote(t.Rtree()), lite.Quote(t.Geom)
	if err := c.Exec(ctx, "DELETE FROM "+index); err != nil {
		return err
	}
	fill := fmt.Sprintf("INSERT INTO %s SELECT %s, ST_MinX(%s), ST_MaxX(%s), ST_MinY(%s), ST_MaxY(%s) FROM %s WHERE %s NOTNULL AND NOT ST_IsEmpty(%s)",
		index, lite.Quote(t.ID), geom, geom, geom, geom, lite.Quote(t.Name), geom, geom)
	if err := c.Exec(ctx, fill); err != nil {
		return err
	}
	for _, trigger := range rtreeTriggers(t) {
		if err := c.Exec(ctx, trigger); err != nil {
			return err
		}
	}
	return nil
}

// DropTable removes the table of a layer and all that the standard says of it.
func DropTable(ctx context.Context, c *lite.Conn, t *Table) error {
	if t.Indexed {
		if err := c.Exec(ctx, "DROP TABLE "+lite.Quote(t.Rtree())); err != nil {
			return err
		}
	}
	if err := c.Exec(ctx, "DROP TABLE "+lite.Quote(t.Name)); err != nil {
		return err
	}
	// gpkg_ogr_contents is GDAL's count of features.
	for _, table := range []string{"gpkg_extensions", "gpkg_data_columns", "gpkg_ogr_contents", "gpkg_geometry_columns", "gpkg_contents"} {
		there, err := c.Integer(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", table)
		if err != nil {
			return err
		}
		if there == 0 {
			continue
		}
		if err := c.Exec(ctx, "DELETE FROM "+table+" WHERE table_name = ?", t.Name); err != nil {
			return err
		}
	}
	return nil
}
