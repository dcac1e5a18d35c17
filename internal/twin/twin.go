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

// Twin publishes the state of one store, version by version. All methods are
// safe for concurrent use.
type Twin struct {
	store     Store
	log       *slog.Logger
	retention Retention
	now       func() time.Time

	kept atomic.Pointer[kept]

	// build holds one token: the right to make a state, also of the past (see
	// snapshot.Snapshot.Take).
	build chan struct{}
	past  pastCache
	// revisions is how many are taken over one by one; maxRevisions but in tests.
	revisions int
	// again holds a token while somebody attempts something again (see Retry).
	again chan struct{}

	lost atomic.Pointer[time.Time] // since when the store cannot be reached; nil: it can
}

// Options tune a Twin. The zero value is good.
type Options struct {
	Retention Retention
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Open loads the whole store and returns the Twin that serves it. The store
// stays the caller's to close. Log must not be nil. Run keeps it up to date.
func Open(ctx context.Context, store Store, log *slog.Logger, options Options) (*Twin, error) {
	if err := options.Retention.Validate(); err != nil {
		return nil, err
	}
	t := &Twin{store: store, log: log, retention: options.Retention.withDefaults(), now: options.Now, build: make(chan struct{}, 1), again: make(chan struct{}, 1), revisions: maxRevisions}
	t.build <- struct{}{}
	if t.now == nil {
		t.now = time.Now
	}
	if err := t.Reload(ctx); err != nil {
		return nil, err
	}
	return t, nil
}

// Snapshot returns the newest published snapshot: one atomic load.
func (t *Twin) Snapshot() *snapshot.Snapshot { return t.State().Snapshot }

// Rejected lists the features of the store that the newest state leaves out
// because they cannot be served: without geometry, or off the globe.
func (t *Twin) Rejected() []snapshot.Rejected { return t.State().Rejected }

// Reload reads the whole store again and publishes the result as one version,
// if it is newer than what is published. Until it is complete, and when it
// fails, readers keep the state before.
func (t *Twin) Reload(ctx context.Context) error {
	if err := t.begin(ctx); err != nil {
		return err
	}
	defer t.end()
	return t.reload(ctx)
}

// begin takes the right to make a state; end gives it back.
func (t *Twin) begin(ctx context.Context) error {
	select {
	case <-t.build:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *Twin) end() { t.build <- struct{}{} }

func (t *Twin) reload(ctx context.Context) error {
	start := t.now()
	var s State
	err := t.store.Read(ctx, func(r Reader) error {
		var err error
		if s.Snapshot, s.Rejected, err = load(ctx, r, r.Layers()); err != nil {
			return err
		}
		s.At, err = committed(ctx, r)
		return err
	})
	if err != nil {
		return fmt.Errorf("load store: %w", err)
	}
	s.Everything = true
	t.warnRejected(s.Rejected)
	if old := t.kept.Load(); old != nil {
		s.Since = old.newest().Version()
		if s.Version() <= s.Since {
			return nil // nothing is newer in it
		}
	}
	t.publish(&s)
	t.log.Info("loaded", "version", int64(s.Version()), "layers", len(s.Snapshot.Layers()), "features", s.Snapshot.Len(),
		"took", t.now().Sub(start).Round(time.Millisecond))
	return nil
}

// publish makes s the newest state. The caller holds build, or is Open.
func (t *Twin) publish(s *State) {
	s.Published = t.now()
	old := t.kept.Load()
	if old == nil {
		s.bytes = s.weight()
		t.kept.Store(&kept{states: []*State{s}, next: make(chan struct{})})
		return
	}
	t.kept.Store(old.with(s, t.retention))
	close(old.next)
}

// committed returns when the version of r was committed, the zero time when
// the store's record does not say.
func committed(ctx context.Context, r Reader) (time.Time, error) {
	if r.Version() == 0 {
		return time.Time{}, nil
	}
	sets, err := r.ChangeSets(ctx, r.Version()-1, 1)
	if err != nil || len(sets) == 0 {
		return time.Time{}, err
	}
	return sets[0].At, nil
}

// maxRejectedLogged bounds the log lines of one load.
const maxRejectedLogged = 20

func (t *Twin) warnRejected(rejected []snapshot.Rejected) {
	for i, r := range rejected {
		if i == maxRejectedLogged {
			t.log.Warn("more features are not served", "count", len(rejected)-i)
			break
		}
		t.log.Warn("feature is not served", "layer", r.Layer, "id", r.ID, "reason", r.Err)
	}
}

// Load reads one consistent state of the store into a Snapshot and returns it
// with the features that cannot be served.
func Load(ctx context.Context, store Store) (s *snapshot.Snapshot, rejected []snapshot.Rejected, err error) {
	err = store.Read(ctx, func(r Reader) error {
		s, rejected, err = load(ctx, r, r.Layers())
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("load store: %w", err)
	}
	return s, rejected, nil
}

// load reads some layers of one state.
func load(ctx context.Context, r Reader, layers []city.Layer) (*snapshot.Snapshot, []snapshot.Rejected, error) {
	var rejected []snapshot.Rejected
	b := snapshot.NewBuilder(r.Version())
	for _, def := range layers {
		left, err := loadLayer(ctx, r, b, def)
		if err != nil {
			return nil, nil, fmt.Errorf("load layer %q: %w", def.ID, err)
		}
		rejected = append(rejected, left...)
	}
	s, err := b.Build()
	return s, rejected, err
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
