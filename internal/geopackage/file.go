package geopackage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
)

// checkPath looks at what lies at a path, without opening it: when a process
// closes a file, it loses all locks that it has on it, those of SQLite among
// them, and other programs would then take the file for one that nobody uses.
func checkPath(path string) error {
	const header = 100 // bytes of the smallest SQLite file
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("a directory: %w", ErrNotGeoPackage)
	case info.Size() < header:
		return fmt.Errorf("%w: %d bytes cannot be one", ErrNotGeoPackage, info.Size())
	default:
		return nil
	}
}

// checkKind looks whether the open file is a GeoPackage.
func checkKind(ctx context.Context, c *lite.Conn) error {
	id, err := c.Integer(ctx, "PRAGMA application_id")
	switch {
	case err != nil:
		return beginning(err)
	case id == schema.ApplicationID || id == 0x47503130 || id == 0x47503131: // GPKG, GP10, GP11
		return nil
	default:
		return fmt.Errorf("%w: SQLite file with application id %#x", ErrNotGeoPackage, id)
	}
}

// beginning explains an error of the first look into a file.
func beginning(err error) error {
	if lite.NotADatabase(err) {
		return fmt.Errorf("%w: it does not begin as an SQLite file", ErrNotGeoPackage)
	}
	return err
}

// createAt makes an empty store beside path and moves it there complete, so
// that no moment exists in which path is half a store.
func createAt(ctx context.Context, d *lite.Driver, path string) error {
	temp, err := tempBeside(path)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	c, err := d.Connect(temp, "rw", defaultBusyTimeout)
	if err != nil {
		return err
	}
	if err := errors.Join(schema.CreateFile(ctx, c), c.Close()); err != nil {
		return err
	}
	// A link, unlike a rename, never replaces what another process made.
	if err := os.Link(temp, path); errors.Is(err, fs.ErrExist) {
		return nil
	} else if err != nil {
		return os.Rename(temp, path) // a file system without links
	}
	return nil
}

// tempBeside makes an empty file in the directory of path.
func tempBeside(path string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return "", err
	}
	return f.Name(), errors.Join(f.Chmod(0o644), f.Close())
}
