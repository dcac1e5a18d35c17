package export

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Features calls yield with each feature of a layer and stops at the first
// error, which it returns. The feature may be reused between calls.
type Features func(yield func(*city.Feature) error) error

// Write writes a layer to w, feature by feature, and returns how many. It does
// not close w.
func Write(ctx context.Context, w io.Writer, format Format, layer *city.Layer, features Features) (n int64, err error) {
	out := bufio.NewWriterSize(w, 256<<10)
	separator := ""
	if format == GeoJSON {
		head := append([]byte(`{"type":"FeatureCollection","name":`), city.AppendJSONString(nil, string(layer.ID))...)
		if _, err := out.Write(append(head, `,"features":[`...)); err != nil {
			return 0, err
		}
		separator = "\n"
	}
	var line []byte
	err = features(func(f *city.Feature) error {
		if n%256 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		line = append(line[:0], separator...)
		line, err := AppendFeature(line, layer, f)
		if err != nil {
			return err
		}
		if format == GeoJSON {
			separator = ",\n"
		} else {
			line = append(line, '\n')
		}
		n++
		_, err = out.Write(line)
		return err
	})
	if err != nil {
		return n, err
	}
	if format == GeoJSON {
		if _, err := out.WriteString("\n]}\n"); err != nil {
			return n, err
		}
	}
	return n, out.Flush()
}

// WriteFile writes a layer to a file whose name says the format. The file is
// written aside and renamed when it is complete and on disk: a reader sees the
// old file or the new one, and after an error the old one remains.
func WriteFile(ctx context.Context, path string, layer *city.Layer, features Features) (n int64, err error) {
	format, compressed, err := FormatOf(path)
	if err != nil {
		return 0, err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return 0, fmt.Errorf("export %q: %w", layer.ID, err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("export %q to %s: %w", layer.ID, path, err)
			err = errors.Join(err, ignoreClosed(file.Close()), os.Remove(file.Name()))
		}
	}()
	if n, err = writeTo(ctx, file, compressed, format, layer, features); err != nil {
		return n, err
	}
	if err = file.Chmod(0o644); err != nil {
		return n, err
	}
	if err = file.Sync(); err != nil {
		return n, err
	}
	if err = file.Close(); err != nil {
		return n, err
	}
	return n, os.Rename(file.Name(), path)
}

func ignoreClosed(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

func writeTo(ctx context.Context, w io.Writer, compressed bool, format Format, layer *city.Layer, features Features) (int64, error) {
	if !compressed {
		return Write(ctx, w, format, layer, features)
	}
	packed := gzip.NewWriter(w)
	n, err := Write(ctx, packed, format, layer, features)
	return n, errors.Join(err, packed.Close())
}
