package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/export"
	"github.com/hanoitwin/hanoitwin/internal/geopackage"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

type exportCommand struct {
	storeFlags
	Layers []string `arg:"" optional:"" name:"layer" help:"Layers to write (default: all, which only GeoPackage and PMTiles can hold)."`
	Output string   `short:"o" default:"-" placeholder:"FILE" help:"File whose name says the format: .gpkg, .pmtiles, .geojson, .geojsonl, .ndjson, the last three also with .gz; - is standard output (default)."`
	Format string   `enum:"geojson,geojsonl" default:"geojson" help:"Format on standard output: geojson or geojsonl (default ${default})."`
	Zooms  string   `default:"0-14" placeholder:"FROM-TO" help:"Zooms of the tiles in a .pmtiles file (default ${default})."`
}

func (exportCommand) Help() string {
	return `Importing what was exported changes nothing. The file appears only when it is complete.
A .pmtiles file holds the vector tiles that the server serves, for maps without a server.

Examples:
  hanoitwin export intersections -o intersections.geojson
  hanoitwin export roads --format geojsonl | head -n 1
  hanoitwin export -o everything.gpkg
  hanoitwin export ring_roads bridges -o hanoi.pmtiles --zooms 0-14`
}

func (c *exportCommand) Run(ctx context.Context, con console) error {
	if c.same(c.Output) {
		return exitWith(exitUsage, fmt.Errorf("-o %s is the store itself: its history would be lost; name another file", c.Output))
	}
	name := strings.ToLower(c.Output)
	if strings.HasSuffix(name, ".pmtiles") {
		return c.tiles(ctx, con)
	}
	if c.Output != "-" && !strings.HasSuffix(name, ".gpkg") {
		if _, _, err := export.FormatOf(c.Output); err != nil {
			return exitWith(exitUsage, fmt.Errorf("%w; or .gpkg, .pmtiles", err))
		}
	}
	store, err := c.openToRead(ctx)
	if err != nil {
		return err
	}
	err = store.Read(ctx, func(r twin.Reader) error {
		layers, err := c.choose(r.Layers())
		if err != nil {
			return exitWith(exitUsage, err)
		}
		if strings.HasSuffix(strings.ToLower(c.Output), ".gpkg") {
			return c.geoPackage(ctx, con, r, layers)
		}
		return c.geoJSON(ctx, con, r, layers)
	})
	return errors.Join(err, store.Close())
}

// choose returns the layers named on the command line, or all.
func (c *exportCommand) choose(all []city.Layer) ([]city.Layer, error) {
	if len(c.Layers) == 0 {
		return all, nil
	}
	var chosen []city.Layer
	var errs []error
	for _, name := range c.Layers {
		i := slices.IndexFunc(all, func(l city.Layer) bool { return string(l.ID) == name })
		if i < 0 {
			errs = append(errs, fmt.Errorf("layer %q: %w; there are: %s", name, city.ErrNotFound, idsOf(all)))
			continue
		}
		chosen = append(chosen, all[i])
	}
	return chosen, errors.Join(errs...)
}

func idsOf(layers []city.Layer) string {
	names := make([]string, len(layers))
	for i, l := range layers {
		names[i] = string(l.ID)
	}
	return strings.Join(names, ", ")
}

func (c *exportCommand) geoJSON(ctx context.Context, con console, r twin.Reader, layers []city.Layer) error {
	if len(layers) != 1 {
		return exitWith(exitUsage, fmt.Errorf("GeoJSON holds one layer, %d are chosen; name one, or write a .gpkg", len(layers)))
	}
	layer := &layers[0]
	features := func(yield func(*city.Feature) error) error { return r.Features(ctx, layer.ID, yield) }
	if c.Output == "-" {
		_, err := export.Write(ctx, con.out, export.Format(c.Format), layer, features)
		return err
	}
	n, err := export.WriteFile(ctx, c.Output, layer, features)
	if err != nil {
		return err
	}
	fmt.Fprintf(con.err, "%s: %d features of %s\n", c.Output, n, layer.ID)
	return nil
}

func (c *exportCommand) geoPackage(ctx context.Context, con console, r twin.Reader, layers []city.Layer) error {
	counts := make([]int64, len(layers))
	err := geopackage.Export(ctx, c.Output, func(w geopackage.Writer) error {
		for i, layer := range layers {
			copied := layer
			copied.Table = "" // an adopted table becomes a layer of the file's own
			if err := w.PutLayer(ctx, copied); err != nil {
				return err
			}
			put := func(f *city.Feature) error {
				counts[i]++
				return w.Put(ctx, layer.ID, f)
			}
			if err := r.Features(ctx, layer.ID, put); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, layer := range layers {
		fmt.Fprintf(con.err, "%s: %d features of %s\n", c.Output, counts[i], layer.ID)
	}
	return nil
}
