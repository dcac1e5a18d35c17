package integration

import (
	"context"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// zoomRulesOnly shows the ruled layers of a store with their first zooms, but
// without simplification and least sizes, which ST_AsMVTGeom does not know.
func zoomRulesOnly(s twin.Store) twin.Store { return ruledView{s} }

type ruledView struct{ twin.Store }

func (v ruledView) Read(ctx context.Context, read func(twin.Reader) error) error {
	return v.Store.Read(ctx, func(r twin.Reader) error { return read(ruledReader{r}) })
}

type ruledReader struct{ twin.Reader }

func (r ruledReader) Layers() []city.Layer {
	var shown []city.Layer
	for _, l := range r.Reader.Layers() {
		if slices.Contains(ruledLayers(), string(l.ID)) {
			l.Tiles.Simplify, l.Tiles.MinSize = 0, 0
			shown = append(shown, l)
		}
	}
	return shown
}
