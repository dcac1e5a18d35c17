package postgis

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
)

// PutLayer creates a layer or changes its description and appends properties.
// A new layer that names a Table is served from there; see Store.Adopt.
func (w *writer) PutLayer(ctx context.Context, layer city.Layer) error {
	if layer.Table == "" || len(layer.Properties) > 0 { // else they come from the table
		if err := layer.Validate(); err != nil {
			return err
		}
	}
	i, exists := slices.BinarySearchFunc(w.entries, layer.ID, func(e *catalogue.Entry, id city.LayerID) int {
		return strings.Compare(string(e.Layer.ID), string(id))
	})
	if exists {
		return w.alterLayer(ctx, w.entries[i], layer)
	}
	var e *catalogue.Entry
	var err error
	if layer.Table != "" {
		e, err = adopt(ctx, w.tx, w.entries, layer)
	} else {
		e, err = catalogue.CreateLayer(ctx, w.tx, layer)
		w.made[layer.ID] = true
	}
	if err != nil {
		return fmt.Errorf("create layer %q: %w", layer.ID, err)
	}
	if err := e.Insert(ctx, w.tx); err != nil {
		return fmt.Errorf("create layer %q: %w", layer.ID, err)
	}
	w.entries = slices.Insert(w.entries, i, e)
	return nil
}

// alterLayer replaces the description of a layer and appends the properties
// that it lacks.
func (w *writer) alterLayer(ctx context.Context, e *catalogue.Entry, layer city.Layer) error {
	merged, added, err := catalogue.MergeLayers(&e.Layer, &layer)
	if err != nil {
		return fmt.Errorf("change layer %q: %w", layer.ID, err)
	}
	if same, err := catalogue.SameJSON(merged, e.Layer); err != nil || same {
		return err
	}
	// What is buffered has the old shape.
	if err := w.flush(ctx); err != nil {
		return err
	}
	next := &catalogue.Entry{Layer: merged, Source: e.Source, Generation: e.Generation}
	next.Source.Columns = slices.Clone(e.Source.Columns)
	if err := next.AddProperties(ctx, w.tx, added); err != nil {
		return fmt.Errorf("change layer %q: %w", layer.ID, err)
	}
	if merged.Key != e.Layer.Key && merged.Key != "" && !w.made[layer.ID] {
		if err := next.CreateKeyIndex(ctx, w.tx); err != nil {
			return fmt.Errorf("change layer %q: %w", layer.ID, err)
		}
	}
	definition, where, err := next.Encode()
	if err != nil {
		return err
	}
	_, err = w.tx.Exec(ctx, `UPDATE twin.twin_layer SET definition = $2, source = $3 WHERE id = $1`,
		string(layer.ID), definition, where)
	if err != nil {
		return fmt.Errorf("change layer %q: %w", layer.ID, err)
	}
	*e = *next
	return nil
}
