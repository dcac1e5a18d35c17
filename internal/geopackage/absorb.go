package geopackage

import (
	"context"
	"fmt"
)

// messageAbsorbed stands in the history for what other programs did.
const messageAbsorbed = "Thay đổi từ chương trình khác / edited by another program"

// absorb makes one version of everything that other programs did since the
// last: rows (noted by our triggers), columns and tables (seen by comparing).
// Afterwards the file is as if we had written it: every layer is defined and
// watched.
func (w *writer) absorb(ctx context.Context) error {
	if err := w.touch(ctx); err != nil {
		return err
	}
	for _, name := range w.cat.gone {
		if err := w.c.exec(ctx, "DELETE FROM twin_layers WHERE table_name = ?", name); err != nil {
			return err
		}
	}
	for id, t := range w.cat.tables {
		definition, err := define(&t.layer)
		if err != nil {
			return err
		}
		if definition != t.stored {
			if err := w.define(ctx, t); err != nil {
				return fmt.Errorf("layer %q: %w", id, err)
			}
		}
		if err := w.complete(ctx, t); err != nil {
			return fmt.Errorf("layer %q: %w", id, err)
		}
	}
	w.cat.edited, w.cat.changed, w.cat.gone = false, false, nil
	return w.commitVersion(ctx, messageAbsorbed)
}
