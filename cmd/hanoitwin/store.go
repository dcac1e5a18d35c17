package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"github.com/hanoitwin/hanoitwin/data"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// storeFlags say where the durable truth is; every command has them.
type storeFlags struct {
	Store string `default:"hanoi.gpkg" env:"HANOITWIN_STORE" placeholder:"PATH|URL" help:"GeoPackage file, or postgres://… for PostGIS (${env}, default ${default})."`
}

func (f storeFlags) postgres() bool {
	return strings.HasPrefix(f.Store, "postgres://") || strings.HasPrefix(f.Store, "postgresql://")
}

// place reports what can be no store, before anything is looked for under that
// name. It does not repeat a URL, which may hold a password.
func (f storeFlags) place() error {
	const want = "give the path of a GeoPackage file, or postgres://… for PostGIS"
	scheme, _, isURL := strings.Cut(f.Store, "://")
	switch {
	case f.Store == "":
		return errors.New("--store is empty: " + want)
	case isURL && !f.postgres():
		return fmt.Errorf("--store %.20s://…: %s", scheme, want)
	}
	return nil
}

// same reports whether a path leads to the file that is the store.
func (f storeFlags) same(path string) bool {
	if f.postgres() {
		return false
	}
	store, err := os.Stat(f.Store)
	if err != nil {
		return false
	}
	file, err := os.Stat(path)
	return err == nil && os.SameFile(store, file)
}

// open opens the store, and brings one of an older program up to date. Where there
// is none, one is made only when create is set.
func (f storeFlags) open(ctx context.Context, create bool) (twin.Store, error) {
	if err := f.place(); err != nil {
		return nil, exitWith(exitUsage, err)
	}
	var store twin.Store
	var err error
	if f.postgres() {
		store, err = postgis.Open(ctx, f.Store, postgis.Options{Existing: !create})
	} else {
		store, err = geopackage.Open(ctx, f.Store, geopackage.Options{Create: create})
	}
	if !create && errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("there is no store in %s; `hanoitwin serve` makes one with the seed data of Hà Nội", redact(f.Store))
	}
	return store, exitWith(exitStore, err)
}

// openToRead opens a store that there is; a GeoPackage that may not be written, too.
func (f storeFlags) openToRead(ctx context.Context) (twin.Store, error) {
	store, err := f.open(ctx, false)
	if errors.Is(err, fs.ErrPermission) && !f.postgres() {
		store, err = geopackage.Open(ctx, f.Store, geopackage.Options{ReadOnly: true})
		return store, exitWith(exitStore, err)
	}
	return store, err
}

// openSeeded opens the store, creating it if need be, and when withSeed is set
// writes the seed dataset into one that has no layer yet. It reports whether it
// did.
func (f storeFlags) openSeeded(ctx context.Context, withSeed bool) (store twin.Store, seeded bool, err error) {
	store, err = f.open(ctx, true)
	if err != nil {
		return nil, false, err
	}
	empty := false
	err = store.Read(ctx, func(r twin.Reader) error {
		empty = withSeed && len(r.Layers()) == 0
		return nil
	})
	if err == nil && empty {
		err = seed(ctx, store)
	}
	if err != nil {
		return nil, false, errors.Join(exitWith(exitStore, fmt.Errorf("store %s: %w", redact(f.Store), err)), store.Close())
	}
	return store, empty, nil
}

// seed writes the embedded dataset as one version.
func seed(ctx context.Context, store twin.Store) error {
	layers, err := data.Layers()
	if err != nil {
		return err
	}
	catalogue := map[city.LayerID]city.Layer{}
	for _, l := range layers {
		catalogue[l.ID] = l
	}
	_, err = store.Write(ctx, "Bộ dữ liệu khởi tạo / seed dataset", func(w twin.Writer) error {
		for _, id := range data.SeedLayers() {
			if err := w.PutLayer(ctx, catalogue[id]); err != nil {
				return err
			}
			put := func(f *city.Feature) error { return w.Put(ctx, id, f) }
			if err := data.Features(id, put); err != nil {
				return fmt.Errorf("seed %q: %w", id, err)
			}
		}
		return nil
	})
	return err
}

// redact names a store without secrets: a password can stand before the host of
// a database URL and among its parameters, so these are left out altogether.
func redact(store string) string {
	if !(storeFlags{store}).postgres() {
		return store
	}
	u, err := url.Parse(store)
	if err != nil {
		return "the database"
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if u.User != nil {
		shown.User = url.User(u.User.Username())
	}
	return shown.String()
}
