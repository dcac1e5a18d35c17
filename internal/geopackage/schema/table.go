package schema

import (
	"context"
	"fmt"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
)

// Column is one column of a table that is a property.
type Column struct {
	Name     string
	Kind     city.Kind
	Declared string // type as declared, upper case
}

// Table is one feature table and the layer it holds.
type Table struct {
	Layer   city.Layer
	Name    string   // SQL name of the table
	ID      string   // its integer primary key
	Geom    string   // its geometry column
	Columns []Column // one a property, in the order of Layer.Properties
	SRSID   int64    // as in gpkg_spatial_ref_sys
	Indexed bool     // it has an R-tree

	// Number is its row in twin_layers, which no other layer ever gets, and the
	// name of its record; 0 when it is not defined yet.
	Number int64
	Stored string // its definition in twin_layers, empty if it has none
	// Watched says that the triggers of the record are there, as far as can be
	// seen since the layer was defined.
	Watched bool
	// Outdated says that they were made for another definition.
	Outdated bool
	// Loading says that there was no feature when the transaction began, and
	// that the R-tree and all triggers wait for its end.
	Loading bool

	triggers map[string]string // ours, by name, as they are in the file
}

// Rtree names the table's spatial index.
func (t *Table) Rtree() string { return "rtree_" + t.Name + "_" + t.Geom }

// KeyColumns lists the columns by which features must differ: the layer's key
// and their code.
func (t *Table) KeyColumns() []string {
	var keys []string
	if t.Layer.Key != "" {
		keys = append(keys, t.Layer.Key)
	}
	if t.Layer.Key != city.PropCode && t.Layer.PropertyIndex(city.PropCode) >= 0 {
		keys = append(keys, city.PropCode)
	}
	return keys
}

// IndexKeys makes the indexes by which features are found and told apart. That
// of the layer's key is unique, unless the table of another program holds a key
// twice.
func (t *Table) IndexKeys(ctx context.Context, c *lite.Conn) error {
	for _, key := range t.KeyColumns() {
		index := fmt.Sprintf("INDEX IF NOT EXISTS %s ON %s (%s)", lite.Quote("twin_key_"+t.Name+"_"+key), lite.Quote(t.Name), lite.Quote(key))
		if key == t.Layer.Key {
			if err := c.Exec(ctx, "CREATE UNIQUE "+index); err == nil {
				continue
			} else if !lite.Taken(err) {
				return err
			}
		}
		if err := c.Exec(ctx, "CREATE "+index); err != nil {
			return err
		}
	}
	return nil
}

// LastID returns the highest id that a feature of the table has or ever had.
func (t *Table) LastID(ctx context.Context, c *lite.Conn) (int64, error) {
	query := fmt.Sprintf("SELECT max(coalesce((SELECT max(%s) FROM %s), 0), coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0)",
		lite.Quote(t.ID), lite.Quote(t.Name))
	if t.Watched { // tables of others may forget what they had
		query += fmt.Sprintf(", coalesce((SELECT max(%s) FROM %s), 0)", colID, RecordName(t.Number))
	}
	return c.Integer(ctx, query+")", t.Name)
}

// SelectRows selects id, geometry and properties, in this order.
func (t *Table) SelectRows() string {
	id := "0" // a view
	if t.ID != "" {
		id = lite.Quote(t.ID)
	}
	return "SELECT " + id + ", " + lite.Quote(t.Geom) + selectColumns(t.Columns) + " FROM " + lite.Quote(t.Name)
}

func selectColumns(columns []Column) string {
	var list strings.Builder
	for _, col := range columns {
		list.WriteString(", ")
		switch col.Declared {
		case "DATE", "DATETIME", "TIMESTAMP":
			// The driver turns text of these types into time.Time, guessing the
			// format; an expression has no declared type and stays text.
			list.WriteByte('+')
		}
		list.WriteString(lite.Quote(col.Name))
	}
	return list.String()
}

// unfit says why a table cannot be a layer of a store.
func (t *Table) unfit() string {
	switch {
	case t.ID == "":
		return "it has no integer primary key"
	case reserved(t.ID) || reserved(t.Geom):
		return "its columns have names of the record of changes"
	case t.SRSID != SRSWGS84:
		return fmt.Sprintf("its coordinates are in srs_id %d, not in WGS 84: import it", t.SRSID)
	default:
		return ""
	}
}
