package schema

import (
	"context"
	"errors"
	"fmt"

	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
)

// Format numbers the arrangement of our own tables. The first had no record of
// changes.
const Format = 2

// ErrNewer means a file that a newer version of this program has made.
var ErrNewer = errors.New("made by a newer version of this program: use that one")

// CheckFormat refuses a file of a newer format.
func CheckFormat(s State) error {
	if s.Format > Format {
		return fmt.Errorf("its tables have format %d, this program knows %d: %w", s.Format, Format, ErrNewer)
	}
	return nil
}

// Migrate brings a file of an older format up to date inside the current
// transaction. The record begins at its version. Nothing that GDAL or QGIS see
// changes.
func Migrate(ctx context.Context, c *lite.Conn, cat *Catalogue) error {
	script := `ALTER TABLE twin_state ADD COLUMN format INTEGER NOT NULL DEFAULT 2;
ALTER TABLE twin_state ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE twin_versions ADD COLUMN author TEXT NOT NULL DEFAULT '';
UPDATE twin_state SET since = version;` + recordTables
	if err := c.Exec(ctx, script); err != nil {
		return err
	}
	for id, t := range cat.Tables {
		if !t.Watched {
			continue // new or replaced: it is absorbed
		}
		if err := errors.Join(t.Watch(ctx, c), t.IndexKeys(ctx, c)); err != nil {
			return fmt.Errorf("layer %q: %w", id, err)
		}
	}
	return nil
}
