package geopackage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
)

// Write calls write inside one transaction and commits it. When anything
// changed the version grows by one; Write returns the version after it. When
// write fails or panics, or ctx ends before the commit, nothing has happened.
func (s *Store) Write(ctx context.Context, message string, write func(Writer) error) (version city.Version, err error) {
	err = s.alone(ctx, func(c *lite.Conn) error {
		version, err = s.transact(ctx, c, message, write)
		return err
	})
	return version, err
}

// alone calls fn with the writing connection when it is the caller's turn.
func (s *Store) alone(ctx context.Context, fn func(c *lite.Conn) error) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.ops.Done()
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.opts.ReadOnly {
		return fmt.Errorf("write %q: %w", s.path, fs.ErrPermission)
	}
	select {
	case <-s.turn:
		defer func() { s.turn <- struct{}{} }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if s.writer == nil {
		c, err := s.connect(ctx, false)
		if err != nil {
			return lite.Explain(err)
		}
		s.writer = c
	}
	err := lite.Explain(fn(s.writer))
	if lite.Broken(err) {
		// What state the connection is in nobody knows; the next write has a
		// new one, and SQLite recovers the file from its journal.
		_ = s.writer.Close()
		s.writer = nil
	}
	return err
}

// transact runs one write transaction; the caller has the turn.
func (s *Store) transact(ctx context.Context, c *lite.Conn, message string, write func(Writer) error) (version city.Version, err error) {
	if err := c.Exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return 0, err
	}
	committed := false
	w := &writer{c: c, author: authorOurs}
	defer func() {
		if !committed {
			if e := c.End(context.Background()); e != nil {
				err = errors.Join(err, e)
			}
		}
	}()
	before, err := schema.Load(ctx, c, s.cached())
	if err != nil {
		return 0, err
	}
	if err := schema.CheckFormat(before.State); err != nil {
		return 0, err // somebody has opened it with a newer program meanwhile
	}
	w.cat = before.Clone()
	if err := w.begin(ctx); err != nil {
		return 0, err
	}
	if err := write(w); err != nil {
		return 0, err
	}
	if err := w.finish(ctx, message); err != nil {
		return 0, err
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if !w.wrote {
		// Even an empty COMMIT would wait for readers outside WAL mode.
		s.keep(before)
		return w.cat.Version, nil
	}
	if err := s.inPlace(); err != nil {
		return 0, err
	}
	// It does not end with the context: when that ended just now, nobody could say
	// whether the transaction is committed.
	if err := c.Do(context.WithoutCancel(ctx), "COMMIT"); err != nil {
		return 0, fmt.Errorf("commit: %w", err)
	}
	committed = true
	s.keep(w.cat)
	if w.large() {
		// Give the pages of an import back; if that fails they just stay.
		_ = c.Exec(context.WithoutCancel(ctx), "PRAGMA shrink_memory")
	}
	return w.cat.Version, nil
}
