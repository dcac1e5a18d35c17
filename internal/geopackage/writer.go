package geopackage

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/codec"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
	"github.com/hanoitwin/hanoitwin/internal/store"
)

// Writer changes layers inside a transaction.
type Writer = store.Writer

// authorOurs signs what nobody else signs.
const authorOurs = "hanoitwin"

// writer is one write transaction.
type writer struct {
	c       *lite.Conn
	cat     *schema.Catalogue // a copy of its own
	loaders map[city.LayerID]*loader
	srs     int64 // of the layers that are made
	author  string
	touched bool // edited is 2: our triggers are quiet
	wrote   bool // there is something to commit
	changed bool // something differs from the last version
}

func (w *writer) Layers() []city.Layer { return w.cat.Layers }

// Sign says who makes the change; at most 200 bytes of it are kept.
func (w *writer) Sign(author string) {
	if author != "" {
		w.author = strings.ToValidUTF8(author[:min(len(author), 200)], "")
	}
}

// begin turns what others did since the last version into a version, after
// bringing a file of an older format up to date.
func (w *writer) begin(ctx context.Context) error {
	w.loaders, w.srs = map[city.LayerID]*loader{}, schema.SRSWGS84
	old := w.cat.Format < schema.Format
	if old {
		w.wrote = true
		if err := schema.Migrate(ctx, w.c, w.cat); err != nil {
			return fmt.Errorf("bring format %d up to date: %w", w.cat.Format, err)
		}
	}
	if w.cat.Stale() {
		if err := w.absorb(ctx); err != nil {
			return err
		}
	}
	if old {
		if err := w.c.Exec(ctx, "UPDATE twin_state SET since = version"); err != nil {
			return err
		}
	}
	if w.cat.Outdated {
		w.wrote = true
		for id, t := range w.cat.Tables {
			if err := w.complete(ctx, t); err != nil {
				return fmt.Errorf("layer %q: %w", id, err)
			}
		}
	}
	if !old && !w.cat.Outdated {
		return nil
	}
	w.cat.Outdated = false
	return w.refresh(ctx)
}

// touch makes our own triggers quiet until finish. It is called before the
// first change, so that a transaction without changes writes nothing at all.
func (w *writer) touch(ctx context.Context) error {
	if w.touched {
		return nil
	}
	w.touched, w.wrote = true, true
	return w.c.Do(ctx, "UPDATE twin_state SET edited = 2")
}

// loader returns what writes the features of a layer.
func (w *writer) loader(ctx context.Context, layer city.LayerID) (*loader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if l := w.loaders[layer]; l != nil {
		return l, nil
	}
	t, err := w.cat.Find(layer)
	if err != nil {
		return nil, err
	}
	l, err := newLoader(ctx, w, t)
	if err != nil {
		return nil, fmt.Errorf("layer %q: %w", layer, err)
	}
	w.loaders[layer] = l
	return l, nil
}

// Put stores a feature; see loader for how.
func (w *writer) Put(ctx context.Context, layer city.LayerID, f *city.Feature) error {
	l, err := w.loader(ctx, layer)
	if err != nil {
		return err
	}
	if err := l.add(ctx, f); err != nil {
		return fmt.Errorf("layer %q: put feature %s: %w", layer, l.describe(f), err)
	}
	return nil
}

// Tally flushes and counts.
func (w *writer) Tally(ctx context.Context) (map[city.LayerID]city.Tally, error) {
	tally := make(map[city.LayerID]city.Tally, len(w.loaders))
	for id, l := range w.loaders {
		if err := l.flush(ctx); err != nil {
			return nil, fmt.Errorf("layer %q: %w", id, err)
		}
		tally[id] = l.tally
	}
	return tally, nil
}

// finish writes what was buffered, completes indexes and triggers, and gives
// the version. The caller commits.
func (w *writer) finish(ctx context.Context, message string) error {
	for id, l := range w.loaders {
		if err := l.finish(ctx); err != nil {
			return fmt.Errorf("layer %q: %w", id, err)
		}
	}
	if !w.touched {
		return nil
	}
	for id, t := range w.cat.Tables {
		if err := w.complete(ctx, t); err != nil {
			return fmt.Errorf("layer %q: %w", id, err)
		}
	}
	if w.changed {
		return w.commitVersion(ctx, w.author, message)
	}
	w.touched = false
	if err := w.c.Do(ctx, "UPDATE twin_state SET edited = 0"); err != nil {
		return err
	}
	return w.refresh(ctx)
}

// complete puts the triggers of a table in place that wait for the end of a
// bulk load, or are those of an earlier definition.
func (w *writer) complete(ctx context.Context, t *schema.Table) error {
	if t.Loading {
		if err := schema.FillRtree(ctx, w.c, t); err != nil {
			return err
		}
		t.Loading = false
	}
	if t.Watched && !t.Outdated {
		return nil
	}
	return t.Watch(ctx, w.c)
}

// commitVersion gives the transaction its version. No two have the same time,
// whatever the clock does, so that each can be found by its own.
func (w *writer) commitVersion(ctx context.Context, author, message string) error {
	set, err := w.c.Integer(ctx, "UPDATE twin_state SET version = version + 1, edited = 0 RETURNING version")
	if err != nil {
		return err
	}
	at, err := w.commitTime(ctx)
	if err != nil {
		return err
	}
	if err := w.c.Do(ctx, "INSERT INTO twin_versions (version, committed, author, message) VALUES (?, ?, ?, ?)",
		set, codec.EncodeTime(at), author, message); err != nil {
		return err
	}
	w.touched, w.changed = false, false
	return w.refresh(ctx)
}

// commitTime is now, or a microsecond after the version before.
func (w *writer) commitTime(ctx context.Context) (time.Time, error) {
	now := time.Now().UTC().Truncate(time.Microsecond)
	row, ok, err := w.c.One(ctx, "SELECT +committed FROM twin_versions ORDER BY version DESC LIMIT 1")
	if err != nil || !ok {
		return now, err
	}
	if last := codec.DecodeValue(city.KindInstant, row[0]).Time(); !now.After(last) {
		return last.Add(time.Microsecond), nil
	}
	return now, nil
}

// refresh reads what the transaction has made of the state.
func (w *writer) refresh(ctx context.Context) (err error) {
	w.cat.State, err = schema.ReadState(ctx, w.c)
	return err
}

// large reports whether the transaction went through so many features that the
// page cache is full of them.
func (w *writer) large() bool {
	const many = 10_000
	for _, l := range w.loaders {
		if l.tally.Created+l.tally.Updated+l.tally.Unchanged > many {
			return true
		}
	}
	return false
}
