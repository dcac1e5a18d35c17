package geopackage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
)

// Export makes a new GeoPackage of the layers and features that write puts into
// it, and replaces what was at path only when it is complete: an export that
// fails or is killed leaves the file of before. What it makes is a store like
// any other.
func Export(ctx context.Context, path string, write func(Writer) error) error {
	return export(ctx, path, nil, time.Time{}, write)
}

// SRS is a coordinate reference system of the EPSG registry.
type SRS = schema.SRS

// ExportIn is Export for others, in any coordinate reference system: x, y, easting
// or longitude first. What it makes is a plain GeoPackage, with the layers and
// nothing else in it: no store. The layers were last changed when changed says, and
// the same layers make the same file, byte for byte.
func ExportIn(ctx context.Context, path string, srs SRS, changed time.Time, write func(Writer) error) error {
	return export(ctx, path, &srs, changed, write)
}

func export(ctx context.Context, path string, srs *SRS, changed time.Time, write func(Writer) error) error {
	temp, err := schema.TempBeside(path)
	if err == nil {
		err = exportTo(ctx, temp, srs, changed, write)
		if err == nil {
			err = os.Rename(temp, path)
		}
		if err != nil {
			for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
				_ = os.Remove(temp + suffix) // most of them are not there
			}
		}
	}
	if err != nil {
		return fmt.Errorf("export to GeoPackage %q: %w", path, err)
	}
	return nil
}

func exportTo(ctx context.Context, temp string, srs *SRS, changed time.Time, write func(Writer) error) error {
	if err := os.Remove(temp); err != nil { // Open makes it, complete
		return err
	}
	s, err := open(ctx, temp, Options{Create: true, BusyTimeout: schema.BusyTimeout})
	if err != nil {
		return err
	}
	if srs == nil {
		_, err = s.Write(ctx, "export", write)
		return errors.Join(err, s.Close())
	}
	// Several may be made at a time, and nobody needs what a crash leaves. What is
	// deleted becomes zeros, or the times in it would stay in the file.
	err = s.alone(ctx, func(c *lite.Conn) error {
		return c.Exec(ctx, "PRAGMA cache_size = -8192; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON")
	})
	if err != nil {
		return errors.Join(err, s.Close())
	}
	_, err = s.Write(ctx, "export", func(made Writer) error {
		w := made.(*writer) // there is no other
		w.srs = srs.EPSG
		return errors.Join(srs.Add(ctx, w.c), write(made))
	})
	if err == nil {
		err = s.alone(ctx, func(c *lite.Conn) error { return schema.Strip(ctx, c, changed) })
	}
	return errors.Join(err, s.Close())
}
