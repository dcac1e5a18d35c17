package schema

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
)

// ErrNotGeoPackage means a file that is something else.
var ErrNotGeoPackage = errors.New("not a GeoPackage")

// BusyTimeout is how long to wait for other processes, unless one is told.
const BusyTimeout = 10 * time.Second

// CheckPath looks at what lies at a path, without opening it: when a process
// closes a file, it loses all locks that it has on it, those of SQLite among
// them, and other programs would then take the file for one that nobody uses.
func CheckPath(path string) error {
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

// CheckKind looks whether the open file is a GeoPackage. The error wraps
// ErrNotGeoPackage when it is not.
func CheckKind(ctx context.Context, c *lite.Conn) error {
	id, err := c.Integer(ctx, "PRAGMA application_id")
	switch {
	case err != nil:
		return Beginning(err)
	case id == ApplicationID || id == 0x47503130 || id == 0x47503131: // GPKG, GP10, GP11
		return nil
	default:
		return fmt.Errorf("%w: SQLite file with application id %#x", ErrNotGeoPackage, id)
	}
}

// Beginning explains an error of the first look into a file.
func Beginning(err error) error {
	if lite.NotADatabase(err) {
		return fmt.Errorf("%w: it does not begin as an SQLite file", ErrNotGeoPackage)
	}
	return err
}

// CreateAt makes an empty store beside path and moves it there complete, so
// that no moment exists in which path is half a store.
func CreateAt(ctx context.Context, d *lite.Driver, path string) error {
	temp, err := TempBeside(path)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	c, err := d.Connect(temp, "rw", BusyTimeout)
	if err != nil {
		return err
	}
	if err := errors.Join(CreateFile(ctx, c), c.Close()); err != nil {
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

// TempBeside makes an empty file in the directory of path.
func TempBeside(path string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return "", err
	}
	return f.Name(), errors.Join(f.Chmod(0o644), f.Close())
}
