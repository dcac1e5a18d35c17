package postgis

import (
	"context"
	"fmt"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
)

// DropLayer removes a layer: its features go into the history, and then its table
// goes. A table of others stays as it is and is no longer served; its triggers,
// which only its owner can drop, do nothing from then on. The error of a table
// that views depend on says so.
func (w *writer) DropLayer(ctx context.Context, layer city.LayerID) error {
	if err := w.flush(ctx); err != nil {
		return err
	}
	e, err := catalogue.Find(w.entries, layer)
	if err != nil {
		return err
	}
	if err := e.Drop(ctx, w.tx); err != nil {
		return fmt.Errorf("remove layer %q: %w", layer, err)
	}
	for i := range w.entries {
		if w.entries[i] == e {
			w.entries = append(w.entries[:i:i], w.entries[i+1:]...)
			break
		}
	}
	delete(w.made, layer)
	delete(w.named, layer)
	delete(w.tally, layer)
	return nil
}
