package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/pmtiles"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// tileArchive makes a PMTiles archive of the tiles that the server serves to
// everybody: it asks the server's own handler for each tile that holds anything,
// so that the archive cannot differ from it.
type tileArchive struct {
	layers      []*snapshot.Layer
	names       string // as the address of a tile has them
	least, most uint8  // zooms
	server      http.Handler
}

// tiles writes the archive that the flags name.
func (c *exportCommand) tiles(ctx context.Context, con console) error {
	least, most, err := parseZooms(c.Zooms)
	if err != nil {
		return exitWith(exitUsage, err)
	}
	store, err := c.openToRead(ctx)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(con.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	tw, err := twin.Open(ctx, store, log, twin.Options{})
	if err := errors.Join(err, store.Close()); err != nil {
		return exitWith(exitStore, err)
	}
	a := &tileArchive{least: least, most: most}
	if err := a.choose(tw.Snapshot(), c.Layers); err != nil {
		return exitWith(exitUsage, err)
	}
	// No tile is asked for twice: the cache need hold nothing.
	server, err := httpapi.New(httpapi.Config{CacheBytes: 1, MaxLayers: max(len(a.layers), 1), MaxURLBytes: 1 << 20}, tw, log)
	if err != nil {
		return err
	}
	defer server.Close()
	a.server = server
	return a.writeFile(ctx, con, c.Output)
}

// parseZooms reads a range such as 0-14, or one zoom.
func parseZooms(text string) (least, most uint8, err error) {
	first, last, ranged := strings.Cut(text, "-")
	if !ranged {
		last = first
	}
	from, err1 := tiles.ParseTile(first, "0", "0")
	to, err2 := tiles.ParseTile(last, "0", "0")
	if err1 != nil || err2 != nil || from.Z > to.Z {
		return 0, 0, fmt.Errorf("--zooms %q: want two whole numbers from 0 to %d such as 0-14, the smaller first", text, tiles.MaxZoom)
	}
	return from.Z, to.Z, nil
}

// choose takes the layers of some names; all that everybody may see, when none
// are named.
func (a *tileArchive) choose(snap *snapshot.Snapshot, names []string) error {
	var errs []error
	for _, name := range names {
		l := snap.Layer(city.LayerID(name))
		switch {
		case l == nil:
			errs = append(errs, fmt.Errorf("layer %q: %w; there are: %s", name, city.ErrNotFound, layerNames(snap)))
		case !l.Definition().VisibleAt(""):
			errs = append(errs, fmt.Errorf("layer %q is not for everybody: tiles in a file know no roles", name))
		default:
			a.layers = append(a.layers, l)
		}
	}
	if len(names) == 0 {
		for _, l := range snap.Layers() {
			if l.Definition().VisibleAt("") {
				a.layers = append(a.layers, l)
			}
		}
	}
	list := make([]string, len(a.layers))
	for i, l := range a.layers {
		list[i] = string(l.ID())
	}
	a.names = strings.Join(list, ",")
	if len(a.layers) == 0 && len(errs) == 0 {
		return errors.New("there are no layers")
	}
	return errors.Join(errs...)
}

// holds tells whether any feature may leave a mark in a tile.
func (a *tileArchive) holds(t tiles.Tile) (some bool) {
	bound := t.SearchBound()
	for _, l := range a.layers {
		l.Search(bound, func(*snapshot.Feature) bool {
			some = true
			return false
		})
		if some {
			return true
		}
	}
	return false
}

// writeFile writes the archive aside and renames it when it is complete and on
// disk.
func (a *tileArchive) writeFile(ctx context.Context, con console, path string) (err error) {
	dir := filepath.Dir(path)
	w, err := pmtiles.NewWriter(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if err := a.fill(ctx, con, w, path); err != nil {
		return err
	}
	info, err := a.info(ctx)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	if err = errors.Join(w.Finish(file, info), file.Chmod(0o644), file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("export to %s: %w", path, err), os.Remove(file.Name()))
	}
	n, different := w.Len()
	fmt.Fprintf(con.err, "%s: %d tiles of %s, %d of them different\n", path, n, strings.ReplaceAll(a.names, ",", ", "), different)
	return nil
}

// fill adds every tile. It counts them first: what is too much is told at once.
func (a *tileArchive) fill(ctx context.Context, con console, w *pmtiles.Writer, path string) error {
	total := int64(0)
	for range pmtiles.Tiles(a.least, a.most, a.holds) {
		if total++; total > pmtiles.MaxTiles {
			return exitWith(exitUsage, fmt.Errorf("zooms %d-%d have more than %d tiles: %w", a.least, a.most, pmtiles.MaxTiles, pmtiles.ErrLimit))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	progress := newProgress(con.err)
	progress.things = true
	progress.Start(path, "tiles", total)
	defer progress.Done()
	for t := range pmtiles.Tiles(a.least, a.most, a.holds) {
		body, err := a.tile(ctx, t)
		if err == nil {
			err = w.Add(t, body)
		}
		if err != nil {
			return err
		}
		progress.Advance(1)
	}
	return nil
}

// tile returns a tile compressed by gzip, as the server sends it; nothing when
// it is empty.
func (a *tileArchive) tile(ctx context.Context, t tiles.Tile) ([]byte, error) {
	got, err := a.ask(ctx, fmt.Sprintf("/tiles/%s/%s.mvt", a.names, t))
	if err != nil || got.status == http.StatusNoContent {
		return nil, err
	}
	if got.header.Get("Content-Encoding") == "gzip" {
		return got.body.Bytes(), nil
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err = w.Write(got.body.Bytes())
	return packed.Bytes(), errors.Join(err, w.Close())
}

// info describes the archive by the server's TileJSON of the same layers.
func (a *tileArchive) info(ctx context.Context) (info pmtiles.Info, err error) {
	got, err := a.ask(ctx, "/tiles/"+a.names+".json")
	if err != nil {
		return info, err
	}
	text := got.body.Bytes()
	if got.header.Get("Content-Encoding") == "gzip" {
		r, err := gzip.NewReader(&got.body)
		if err != nil {
			return info, err
		}
		var plain bytes.Buffer
		if _, err := plain.ReadFrom(r); err != nil {
			return info, err
		}
		text = plain.Bytes()
	}
	var described tiles.TileJSON
	if err := json.Unmarshal(text, &described); err != nil {
		return info, err
	}
	info = pmtiles.Info{
		MinZoom: a.least, MaxZoom: a.most, Bounds: described.Bounds,
		Center: described.Center.LonLat, CenterZoom: min(max(described.Center.Zoom, a.least), a.most),
	}
	if info.Bounds == (orb.Bound{}) {
		info.Bounds = tiles.Tile{}.Bound()
	}
	metadata := map[string]any{
		"name": described.Name, "description": described.Description, "attribution": described.Attribution,
		"version": described.Version, "type": "overlay", "vector_layers": a.shown(described.VectorLayers),
	}
	info.Metadata, err = json.Marshal(metadata)
	return info, err
}

// shown cuts the layers' zooms to those of the archive.
func (a *tileArchive) shown(all []tiles.VectorLayer) []tiles.VectorLayer {
	shown := []tiles.VectorLayer{}
	for _, l := range all {
		l.MinZoom, l.MaxZoom = max(l.MinZoom, a.least), min(l.MaxZoom, a.most)
		if l.MinZoom <= l.MaxZoom {
			shown = append(shown, l)
		}
	}
	return shown
}

// ask has the server answer a request without a network.
func (a *tileArchive) ask(ctx context.Context, target string) (*answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, err
	}
	r.Host = "localhost"
	r.Header.Set("Accept-Encoding", "gzip")
	got := &answer{header: http.Header{}}
	a.server.ServeHTTP(got, r)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if got.status != http.StatusOK && got.status != http.StatusNoContent {
		return nil, fmt.Errorf("%s: status %d: %s", target, got.status, got.body.Bytes())
	}
	return got, nil
}

// answer keeps what a handler writes. It implements http.ResponseWriter.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}
