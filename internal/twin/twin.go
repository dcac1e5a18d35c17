package twin

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Twin publishes the state of one store. All methods are safe for concurrent
// use.
type Twin struct {
	store   Store
	log     *slog.Logger
	current atomic.Pointer[published]
}

type published struct {
	snapshot *snapshot.Snapshot
	at       time.Time
	rejected []snapshot.Rejected
}

// Open loads the whole store and returns the Twin that serves it. The store
// stays the caller's to close. Log must not be nil.
func Open(ctx context.Context, store Store, log *slog.Logger) (*Twin, error) {
	t := &Twin{store: store, log: log}
	if err := t.Reload(ctx); err != nil {
		return nil, err
	}
	return t, nil
}

// Snapshot returns the newest published state: one atomic load.
func (t *Twin) Snapshot() *snapshot.Snapshot { return t.current.Load().snapshot }

// Published returns when the newest state was published.
func (t *Twin) Published() time.Time { return t.current.Load().at }

// Rejected lists the features of the store that the newest state leaves out
// because they cannot be served: without geometry, or off the globe.
func (t *Twin) Rejected() []snapshot.Rejected { return t.current.Load().rejected }

// Reload reads the store again and publishes the result. Until it is complete,
// and when it fails, readers keep the state before.
func (t *Twin) Reload(ctx context.Context) error {
	start := time.Now()
	s, rejected, err := Load(ctx, t.store)
	if err != nil {
		return err
	}
	for i, r := range rejected {
		if i == maxRejectedLogged {
			t.log.Warn("more features are not served", "count", len(rejected)-i)
			break
		}
		t.log.Warn("feature is not served", "layer", r.Layer, "id", r.ID, "reason", r.Err)
	}
	t.current.Store(&published{snapshot: s, at: time.Now(), rejected: rejected})
	t.log.Info("published", "version", s.Version(), "layers", len(s.Layers()), "features", s.Len(),
		"took", time.Since(start).Round(time.Millisecond))
	return nil
}

// maxRejectedLogged bounds the log lines of one load.
const maxRejectedLogged = 20

// Load reads one consistent state of the store into a Snapshot and returns it
// with the features that cannot be served.
func Load(ctx context.Context, store Store) (*snapshot.Snapshot, []snapshot.Rejected, error) {
	var (
		built    *snapshot.Snapshot
		rejected []snapshot.Rejected
	)
	err := store.Read(ctx, func(r Reader) error {
		b := snapshot.NewBuilder(r.Version())
		for _, def := range r.Layers() {
			left, err := loadLayer(ctx, r, b, def)
			if err != nil {
				return fmt.Errorf("load layer %q: %w", def.ID, err)
			}
			rejected = append(rejected, left...)
		}
		var err error
		built, err = b.Build()
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("load store: %w", err)
	}
	return built, rejected, nil
}

func loadLayer(ctx context.Context, r Reader, b *snapshot.Builder, def city.Layer) ([]snapshot.Rejected, error) {
	loader, err := b.Layer(def)
	if err != nil {
		return nil, err
	}
	readErr := r.Features(ctx, def.ID, loader.Add)
	rejected, err := loader.Finish() // also after an error: it ends the indexing goroutine
	if readErr != nil {
		return nil, readErr
	}
	return rejected, err
}
