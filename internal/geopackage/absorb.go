package geopackage

import (
	"context"
	"fmt"

	"github.com/hanoitwin/hanoitwin/internal/geopackage/record"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
)

// What stands in the history for what other programs did.
const (
	authorOther     = "chương trình khác / another program"
	messageAbsorbed = "Thay đổi từ chương trình khác / edited by another program"
)

// absorb makes one version of everything that other programs did since the
// last: rows (recorded by our triggers), columns and tables (seen by comparing).
// Afterwards the file is as if we had written it: every layer is defined and
// watched. Edits that came to nothing make no version.
func (w *writer) absorb(ctx context.Context) error {
	if !w.cat.Changed {
		if something, err := w.somethingDiffers(ctx); err != nil || !something {
			return err
		}
	}
	if err := w.touch(ctx); err != nil {
		return err
	}
	for _, gone := range w.cat.Gone {
		if err := w.absorbGone(ctx, gone); err != nil {
			return fmt.Errorf("table %q: %w", gone.Table, err)
		}
	}
	for id, t := range w.cat.Tables {
		if err := w.absorbTable(ctx, t); err != nil {
			return fmt.Errorf("layer %q: %w", id, err)
		}
	}
	w.cat.Changed, w.cat.Outdated, w.cat.Gone = false, false, nil
	return w.commitVersion(ctx, authorOther, messageAbsorbed)
}

// somethingDiffers looks into the record. If all edits came to nothing it
// forgets them.
func (w *writer) somethingDiffers(ctx context.Context) (bool, error) {
	if w.cat.Since > w.cat.Version || w.cat.Format < schema.Format {
		return true, nil
	}
	next := *w.cat
	next.Version++
	r, err := record.New(ctx, w.c, &next, nil)
	if err != nil {
		return false, err
	}
	differs, err := r.Differs(ctx, next.Version)
	if err != nil || differs {
		return differs, err
	}
	for _, t := range w.cat.Tables {
		if err := t.Forget(ctx, w.c, next.Version); err != nil {
			return false, err
		}
	}
	w.wrote = true
	if err := w.c.Exec(ctx, "UPDATE twin_state SET edited = 0"); err != nil {
		return false, err
	}
	return false, w.refresh(ctx)
}

// absorbGone ends the life of a layer whose table has been dropped, or renamed:
// then what was in it is known.
func (w *writer) absorbGone(ctx context.Context, gone schema.Definition) error {
	layer, err := schema.ParseDefinition(gone.Table, gone.Layer)
	if err != nil {
		return err
	}
	lost := true
	for _, t := range w.cat.Tables {
		if t.Name != gone.Heir {
			continue
		}
		former := *t
		former.Number = gone.Number
		if err := former.Bury(ctx, w.c); err != nil {
			return err
		}
		lost = false
	}
	return w.bury(ctx, gone.Number, layer.ID, gone.Layer, lost)
}

// absorbTable takes over what was done to the schema of a table. One whose
// triggers are gone was replaced by another of the same name.
func (w *writer) absorbTable(ctx context.Context, t *schema.Table) error {
	if t.Number != 0 && !t.Watched {
		if err := w.bury(ctx, t.Number, t.Layer.ID, t.Stored, true); err != nil {
			return err
		}
		t.Number, t.Stored = 0, ""
	}
	definition, err := schema.Define(&t.Layer)
	if err != nil {
		return err
	}
	if definition != t.Stored {
		if err := w.define(ctx, t); err != nil {
			return err
		}
	}
	return w.complete(ctx, t)
}
