package postgis

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Writer is twin.Writer, said again; see Reader.
type Writer = interface {
	Layers() []city.Layer
	PutLayer(ctx context.Context, layer city.Layer) error
	Put(ctx context.Context, layer city.LayerID, f *city.Feature) error
	Tally(ctx context.Context) (map[city.LayerID]city.Tally, error)
}

// writer changes layers inside one transaction. It is not safe for concurrent
// use.
type writer struct {
	tx      pgx.Tx
	entries []*entry // by id
	stages  map[city.LayerID]*stage
	// made are the layers that this transaction created: their indexes are
	// built at the end, over all rows at once.
	made  map[city.LayerID]bool
	tally map[city.LayerID]city.Tally
}

var _ Writer = (*writer)(nil)

// Write calls write inside one transaction and commits it. Writers take turns,
// also among processes, so that each gets a version of its own; edits by others
// take no turn and are counted when they commit. Write returns the version of
// the first state known to hold its changes.
func (s *Store) Write(ctx context.Context, message string, write func(Writer) error) (city.Version, error) {
	select {
	case <-s.turn:
		defer func() { s.turn <- struct{}{} }()
	case <-ctx.Done():
		return 0, fmt.Errorf("wait for other writers: %w", ctx.Err())
	}
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return 0, fmt.Errorf("begin writing: %w", err)
	}
	defer conn.Release()
	// A lock of the session and not of the transaction: the version is read
	// after the commit and before the next writer's turn.
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(lockWrite)); err != nil {
		return 0, fmt.Errorf("wait for other writers: %w", err)
	}
	defer unlock(ctx, conn)
	before, err := commit(ctx, conn, message, write)
	if err != nil {
		return 0, err
	}
	// The change is durable now, whatever becomes of ctx.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	after, err := version(ctx, conn)
	if err != nil {
		return before, nil // the connection broke: right unless others wrote in between
	}
	return after, nil
}

// unlock gives up the turn. If that cannot be said, the connection is closed,
// which gives it up as well.
func unlock(ctx context.Context, conn *pgxpool.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_unlock($1)`, int64(lockWrite)); err != nil {
		_ = conn.Conn().Close(ctx) // released as closed: the pool makes a new one
	}
}

// commit runs the transaction and returns the version as it saw it at its end.
func commit(ctx context.Context, conn *pgxpool.Conn, message string, write func(Writer) error) (city.Version, error) {
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
	if err != nil {
		return 0, fmt.Errorf("begin writing: %w", err)
	}
	defer rollback(ctx, tx) // does nothing after a commit; runs on a panic too
	if _, err := tx.Exec(ctx, `SELECT set_config('twin.message', $1, true)`, clean(message)); err != nil {
		return 0, fmt.Errorf("begin writing: %w", err)
	}
	w := &writer{
		tx: tx, stages: map[city.LayerID]*stage{}, made: map[city.LayerID]bool{}, tally: map[city.LayerID]city.Tally{},
	}
	if w.entries, err = loadCatalogue(ctx, tx); err != nil {
		return 0, err
	}
	if err := write(w); err != nil {
		return 0, err
	}
	if err := w.finish(ctx); err != nil {
		return 0, err
	}
	v, err := version(ctx, tx)
	if err != nil {
		return 0, err
	}
	if err := tx.Commit(ctx); err != nil {
		return 0, fmt.Errorf("commit: %w", err)
	}
	return v, nil
}

// clean takes out what PostgreSQL cannot keep in text.
func clean(message string) string {
	return string(slices.DeleteFunc([]rune(message), func(r rune) bool { return r == 0 }))
}

// Layers lists the layers as this transaction sees them.
func (w *writer) Layers() []city.Layer { return layersOf(w.entries) }

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
		s := w.stages[e.layer.ID]
		if s == nil {
			continue
		}
		t, err := s.merge(ctx, w.tx)
		if err != nil {
			return fmt.Errorf("write layer %q: %w", e.layer.ID, err)
		}
		sum := w.tally[e.layer.ID]
		w.tally[e.layer.ID] = city.Tally{
			Created: sum.Created + t.Created, Updated: sum.Updated + t.Updated, Unchanged: sum.Unchanged + t.Unchanged,
		}
		delete(w.stages, e.layer.ID)
	}
	return nil
}

// finish does what waits for the end of the transaction.
func (w *writer) finish(ctx context.Context) error {
	if err := w.flush(ctx); err != nil {
		return err
	}
	for _, e := range w.entries {
		if w.made[e.layer.ID] {
			if err := e.createIndexes(ctx, w.tx); err != nil {
				return fmt.Errorf("index layer %q: %w", e.layer.ID, err)
			}
		}
		if w.tally[e.layer.ID].Created > 0 {
			if err := e.advanceIDs(ctx, w.tx); err != nil {
				return fmt.Errorf("ids of layer %q: %w", e.layer.ID, err)
			}
		}
	}
	return ctx.Err() // whoever gave up does not want it committed
}
