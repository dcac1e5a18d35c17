package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
	"github.com/hanoitwin/hanoitwin/internal/store"
)

// Writer changes layers inside a transaction.
type Writer = store.Writer

// writer changes layers inside one transaction. It is not safe for concurrent
// use.
type writer struct {
	tx      pgx.Tx
	author  string
	entries []*catalogue.Entry // by id
	stages  map[city.LayerID]*stage
	staged  int // stages so far, which numbers their tables
	// made are the layers that this transaction created: their indexes are
	// built at the end, over all rows at once.
	made  map[city.LayerID]bool
	tally map[city.LayerID]city.Tally
	// named are the layers that got features under ids that did not come from
	// their sequence.
	named map[city.LayerID]bool
	seen  seen
}

// seen is the feature that Get found last. To save it gives the layer no new id.
type seen struct {
	layer city.LayerID
	id    int64
}

var _ Writer = (*writer)(nil)

// Write calls write inside one transaction and commits it. Writers of this
// process take turns. Those of others, be they programs or people, do not: who
// waits for whom is between the transactions that change the same features, or,
// of Put, the same layer. Write returns the version that its changes made, and
// without changes the version that it saw last.
//
// Where two wait for each other one of them gets an error that wraps
// city.ErrConflict and has changed nothing. When the connection is lost the error
// wraps city.ErrUnavailable and nothing has changed either; when it is lost in
// the very commit, Write finds out what became of it, and only when even that
// cannot be done the error wraps ErrUnknownOutcome as well.
func (s *Store) Write(ctx context.Context, message string, write func(Writer) error) (city.Version, error) {
	select {
	case <-s.turn:
		defer func() { s.turn <- struct{}{} }()
	case <-ctx.Done():
		return 0, fmt.Errorf("wait for other writers: %w", ctx.Err())
	}
	conn, tx, err := s.begin(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
	if err != nil {
		return 0, fmt.Errorf("begin writing: %w", err)
	}
	defer conn.Release()
	defer rollback(ctx, tx) // does nothing after a commit; runs on a panic too
	mark := newMark()
	var entries []*catalogue.Entry
	if mark.xid, entries, err = s.catalogue.LoadMarked(ctx, tx, clean(message), mark.token); err != nil {
		return 0, explain(ctx, conn.Conn(), fmt.Errorf("begin writing: %w", err))
	}
	changeSet, err := s.change(ctx, tx, entries, write)
	if err != nil {
		return 0, explain(ctx, conn.Conn(), err)
	}
	if changeSet == 0 {
		// Nothing to commit, so nothing that could be lost.
		v, err := catalogue.Version(ctx, tx)
		return v, explain(ctx, conn.Conn(), err)
	}
	if err := tx.Commit(ctx); err != nil {
		err = fmt.Errorf("commit: %w", err)
		if saysNo(err) && !conn.Conn().IsClosed() {
			return 0, explain(ctx, conn.Conn(), err)
		}
		conn.Release() // there may be no other that could ask
		return s.settle(ctx, mark, err)
	}
	// The change is durable now, whatever becomes of ctx.
	var v city.Version
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), outcomeTimeout)
	defer cancel()
	err = catalogue.Row(after, conn.Conn(), `SELECT coalesce(version, twin.twin_version_of(seq)) FROM twin.twin_changeset WHERE id = $1`,
		[]any{changeSet}, &v)
	if err != nil {
		conn.Release()
		return s.settle(ctx, mark, fmt.Errorf("version of a commit: %w", err))
	}
	return v, nil
}

// change runs the body of a transaction and returns the change set that it
// made, 0 for none.
func (s *Store) change(ctx context.Context, tx pgx.Tx, entries []*catalogue.Entry, write func(Writer) error) (changeSet int64, err error) {
	w := &writer{
		tx: tx, entries: entries, stages: map[city.LayerID]*stage{}, made: map[city.LayerID]bool{},
		tally: map[city.LayerID]city.Tally{}, named: map[city.LayerID]bool{},
	}
	if err := write(w); err != nil {
		return 0, err
	}
	return w.finish(ctx)
}

// clean takes out what PostgreSQL cannot keep in text.
func clean(text string) string {
	return string(slices.DeleteFunc([]rune(text), func(r rune) bool { return r == 0 }))
}

// Layers lists the layers as this transaction sees them.
func (w *writer) Layers() []city.Layer { return catalogue.LayersOf(w.entries) }

// Sign says who makes the change, for history; else it is the database user.
func (w *writer) Sign(author string) { w.author = clean(author) }

// Tally flushes what Put buffered and returns the counts so far.
func (w *writer) Tally(ctx context.Context) (map[city.LayerID]city.Tally, error) {
	if err := w.flush(ctx); err != nil {
		return nil, err
	}
	counts := make(map[city.LayerID]city.Tally, len(w.tally))
	for id, t := range w.tally {
		counts[id] = t
	}
	return counts, nil
}

// flush merges all stages into their layers, in the order of ids.
func (w *writer) flush(ctx context.Context) error {
	for _, e := range w.entries {
		if err := w.flushLayer(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) flushLayer(ctx context.Context, e *catalogue.Entry) error {
	s := w.stages[e.Layer.ID]
	if s == nil {
		return nil
	}
	t, err := s.merge(ctx, w.tx)
	if err != nil {
		return fmt.Errorf("write layer %q: %w", e.Layer.ID, err)
	}
	sum := w.tally[e.Layer.ID]
	w.tally[e.Layer.ID] = city.Tally{
		Created: sum.Created + t.Created, Updated: sum.Updated + t.Updated, Unchanged: sum.Unchanged + t.Unchanged,
	}
	if t.Created > 0 {
		w.named[e.Layer.ID] = true
	}
	delete(w.stages, e.Layer.ID)
	return nil
}

// finish does what waits for the end of the transaction and returns its change
// set, 0 for none.
func (w *writer) finish(ctx context.Context) (changeSet int64, err error) {
	if err := w.flush(ctx); err != nil {
		return 0, err
	}
	for _, e := range w.entries {
		if err := w.index(ctx, e); err != nil {
			return 0, err
		}
		if w.named[e.Layer.ID] {
			if err := e.AdvanceIDs(ctx, w.tx); err != nil {
				return 0, fmt.Errorf("ids of layer %q: %w", e.Layer.ID, err)
			}
		}
	}
	if changeSet, err = w.sign(ctx); err != nil {
		return 0, fmt.Errorf("sign the change: %w", err)
	}
	return changeSet, ctx.Err() // whoever gave up does not want it committed
}

// index builds the indexes of a layer that this transaction made, unless it has.
func (w *writer) index(ctx context.Context, e *catalogue.Entry) error {
	if !w.made[e.Layer.ID] {
		return nil
	}
	if err := e.CreateIndexes(ctx, w.tx); err != nil {
		return fmt.Errorf("index layer %q: %w", e.Layer.ID, err)
	}
	delete(w.made, e.Layer.ID)
	return nil
}

// sign writes the author into the transaction's change set, if there is one, and
// returns its number.
func (w *writer) sign(ctx context.Context) (changeSet int64, err error) {
	const row = `WHERE ctid = nullif(current_setting('twin.changeset', true), '')::tid AND xid = pg_current_xact_id()`
	sql, args := `SELECT id FROM twin.twin_changeset `+row, []any(nil)
	if w.author != "" {
		sql = `WITH signed AS (UPDATE twin.twin_changeset SET author = $1 ` + row + ` RETURNING id, ctid)
			SELECT id FROM (SELECT id, set_config('twin.changeset', ctid::text, true) FROM signed) AS remembered`
		args = append(args, w.author)
	}
	err = catalogue.Row(ctx, w.tx.Conn(), sql, args, &changeSet)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return changeSet, err
}

// rollback ends a transaction that is over or has failed, also when ctx is
// done. Its own error changes nothing: the connection is then thrown away.
func rollback(ctx context.Context, tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = tx.Rollback(ctx)
}
