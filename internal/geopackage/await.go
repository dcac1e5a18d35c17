package geopackage

import (
	"context"
	"errors"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
)

const (
	// pollEvery is how often Await asks SQLite whether another process has
	// committed. That costs about 10 µs: it reads a counter in shared memory.
	pollEvery = 10 * time.Millisecond
	// placeEvery is how often it looks whether the file is still in its place.
	placeEvery = time.Second
)

// watch is what Await keeps from one call to the next.
type watch struct {
	c      *lite.Conn
	seen   int64     // data_version of c that was looked into
	placed time.Time // when the file was last found in its place
}

// close ends the connection; the next look makes another.
func (w *watch) close() error {
	c := w.c
	*w = watch{}
	if c == nil {
		return nil
	}
	return c.Close()
}

// Await returns nil as soon as the store may hold a version newer than after:
// at once for commits through s, within some ten milliseconds for those of other
// processes, whose edits become a version then. A store that is opened read-only
// tells of every commit. The error wraps ErrClosed when the store is closed,
// ErrReplaced when another file lies at its path.
func (s *Store) Await(ctx context.Context, after city.Version) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.ops.Done()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		s.mu.Lock()
		newer, known := s.newer, s.cache != nil && s.cache.Version > after
		s.mu.Unlock()
		if known {
			return nil
		}
		if found, err := s.look(ctx, after); err != nil {
			return lite.Explain(errors.Join(err, s.watch.close()))
		} else if found {
			return nil
		}
		select {
		case <-newer:
		case <-tick.C:
		case <-s.closing:
			return ErrClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// look asks whether another process has committed, and whether there is a
// version after one.
func (s *Store) look(ctx context.Context, after city.Version) (bool, error) {
	w := &s.watch
	if now := time.Now(); now.Sub(w.placed) >= placeEvery {
		if err := s.inPlace(); err != nil {
			return false, err
		}
		w.placed = now
	}
	if w.c == nil {
		c, err := s.connect(ctx, true)
		if err != nil {
			return false, err
		}
		w.c = c
	}
	// Without the context, for which the driver would start a goroutine: this
	// waits for nothing.
	counter, err := w.c.Integer(context.WithoutCancel(ctx), "PRAGMA data_version")
	if err != nil || counter == w.seen {
		return false, err
	}
	state, err := schema.ReadState(ctx, w.c)
	if err != nil {
		return false, err
	}
	found := state.Version > after
	cached := s.cached()
	switch {
	case s.opts.ReadOnly:
		found = found || w.seen != 0 || state.Edited
	case state.Edited || cached == nil || cached.Schema != state.Schema:
		version, err := s.Write(ctx, "", nothing)
		if err != nil {
			return false, err
		}
		found = version > after
	}
	w.seen = counter
	return found, nil
}
