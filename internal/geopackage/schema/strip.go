package schema

import (
	"context"
	"database/sql/driver"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
)

// Strip takes what makes a store out of a GeoPackage: our tables, triggers and
// indexes. The layers remain, as any program would have made them at a time.
func Strip(ctx context.Context, c *lite.Conn, changed time.Time) error {
	script := ""
	const ours = `SELECT type, name FROM sqlite_master WHERE name LIKE 'twin\_%' ESCAPE '\'
		ORDER BY CASE type WHEN 'trigger' THEN 0 WHEN 'index' THEN 1 ELSE 2 END`
	err := c.Each(ctx, ours, nil, func(row []driver.Value) error {
		kind, _ := row[0].(string)
		name, _ := row[1].(string)
		switch kind {
		case "trigger", "index", "table":
			script += "DROP " + kind + " " + lite.Quote(name) + ";"
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = c.Exec(ctx, "BEGIN IMMEDIATE;"+script+"DELETE FROM gpkg_contents WHERE table_name LIKE 'twin\\_%' ESCAPE '\\'")
	if err != nil {
		return err
	}
	if err := c.Do(ctx, "UPDATE gpkg_contents SET last_change = ?", changed.UTC().Format("2006-01-02T15:04:05.000Z")); err != nil {
		return err
	}
	return c.Exec(ctx, "COMMIT")
}
