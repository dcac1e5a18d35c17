package geopackage

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// Export makes a new GeoPackage of the layers and features that write puts into
// it, and replaces what was at path only when it is complete: an export that
// fails or is killed leaves the file of before. What it makes is a store like
// any other.
func Export(ctx context.Context, path string, write func(Writer) error) error {
	temp, err := tempBeside(path)
	if err == nil {
		err = exportTo(ctx, temp, write)
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

func exportTo(ctx context.Context, temp string, write func(Writer) error) error {
	if err := os.Remove(temp); err != nil { // Open makes it, complete
		return err
	}
	s, err := open(ctx, temp, Options{Create: true, BusyTimeout: defaultBusyTimeout})
	if err != nil {
		return err
	}
	_, err = s.Write(ctx, "export", write)
	return errors.Join(err, s.Close())
}
