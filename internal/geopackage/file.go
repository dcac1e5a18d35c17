package geopackage

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
)

// checkFile looks at the first bytes without SQLite, whose own words for a
// file that is something else are no help.
func checkFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil {
		return err
	} else if info.IsDir() {
		return fmt.Errorf("a directory: %w", ErrNotGeoPackage)
	}
	var head [100]byte
	if _, err := io.ReadFull(f, head[:]); err != nil {
		return fmt.Errorf("%w: %d bytes cannot be one", ErrNotGeoPackage, max(0, fileSize(f)))
	}
	if !bytes.HasPrefix(head[:], []byte("SQLite format 3\x00")) {
		return fmt.Errorf("%w: it does not begin as an SQLite file", ErrNotGeoPackage)
	}
	switch id := binary.BigEndian.Uint32(head[68:]); id {
	case schema.ApplicationID, 0x47503130, 0x47503131: // GPKG, GP10, GP11
		return nil
	default:
		return fmt.Errorf("%w: SQLite file with application id %#x", ErrNotGeoPackage, id)
	}
}

func fileSize(f *os.File) int64 {
	info, err := f.Stat()
	if err != nil {
		return 0
	}
	return info.Size()
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
