package encode

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// writeGeoPackage makes the file aside, for SQLite writes here and there, and
// then copies it. Nothing of it remains on disk: while it is copied it has no
// name any more, and goes when it is closed.
func writeGeoPackage(ctx context.Context, w io.Writer, s *Selection) (err error) {
	if s.NoGeometry {
		return ErrBare
	}
	dir, err := os.MkdirTemp(s.TempDir, "hanoitwin-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "export.gpkg")
	if err := exportGeoPackage(ctx, path, s); err != nil {
		return err
	}
	if err := withinLimit(dir, s.MaxTempBytes); err != nil { // SQLite may have kept all of it in memory until now
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return copyUntil(ctx, w, file)
}

// exportGeoPackage writes the selection as one layer, which features enter by
// their ids.
func exportGeoPackage(ctx context.Context, path string, s *Selection) error {
	def := *s.Layer.Definition()
	def.Properties = s.properties()
	// A layer of a table of others may hold a key twice, and what tiles carry
	// may not be chosen.
	def.Key, def.Table, def.Tiles, def.VisibleTo = "", "", city.TileRules{}, nil
	srid := s.Space.srid()
	srs := geopackage.SRS{EPSG: int64(srid), Name: srid.Name(), WKT: srid.WKT()}
	return geopackage.ExportIn(ctx, path, srs, s.Changed, func(w geopackage.Writer) error {
		if err := w.PutLayer(ctx, def); err != nil {
			return err
		}
		return putAll(ctx, w, path, s)
	})
}

func putAll(ctx context.Context, w geopackage.Writer, path string, s *Selection) error {
	row, columns, projection := newRow(s), s.columns(), newProjection(s.Space)
	out := city.Feature{Values: make([]city.Value, len(columns))}
	n := 0
	return eachUntil(ctx, s, func(f *snapshot.Feature) (err error) {
		row.fill(s.Layer.Table(), s.tags(f))
		for i, column := range columns {
			out.Values[i] = row[column]
		}
		out.ID = f.ID()
		if out.Geometry, err = projection.geometry(f.Geometry()); err != nil {
			return fmt.Errorf("feature %d: %w", f.ID(), err)
		}
		if n++; n%checkEvery == 0 {
			if err := withinLimit(filepath.Dir(path), s.MaxTempBytes); err != nil {
				return err
			}
		}
		return w.Put(ctx, s.Layer.ID(), &out)
	})
}

// withinLimit adds up a directory. At the commit the pages of the journal are
// copied into the file: it becomes twice as large for a moment.
func withinLimit(dir string, limit int64) error {
	if limit == 0 {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	size := int64(0)
	for _, e := range entries {
		if info, err := e.Info(); err == nil { // or it has just gone
			size += info.Size()
		}
	}
	if 2*size > limit {
		return fmt.Errorf("a file of %d bytes and as much for its journal, limit %d: %w", size, limit, ErrTooLarge)
	}
	return nil
}

// copyUntil copies until the end of r or of ctx.
func copyUntil(ctx context.Context, w io.Writer, r io.Reader) error {
	buf := make([]byte, pieceBytes)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := r.Read(buf)
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}
