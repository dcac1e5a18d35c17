package geopackage

import (
	"context"
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/record"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
	"github.com/hanoitwin/hanoitwin/internal/store"
)

// Reader reads one consistent state.
type Reader = store.Reader

// Read calls read with one consistent state of all layers, as of one version.
func (s *Store) Read(ctx context.Context, read func(Reader) error) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.ops.Done()
	if err := ctx.Err(); err != nil {
		return err
	}
	c, err := s.acquire(ctx)
	if err != nil {
		return lite.Explain(err)
	}
	r := &reader{c: c}
	defer func() { s.release(c, r.large) }()
	cat, err := s.beginRead(ctx, c)
	if err != nil {
		return lite.Explain(err)
	}
	r.cat, r.version = cat, cat.Version
	if cat.Stale() { // read-only: what a writer will make of this state
		r.version++
		r.pending = &city.ChangeSet{Version: r.version, At: time.Now().UTC(), Author: authorOther, Message: messageAbsorbed}
	}
	return lite.Explain(read(r))
}

// beginRead starts a read transaction on a state that has a version of its own:
// when somebody else has edited the file, that becomes a version first.
func (s *Store) beginRead(ctx context.Context, c *lite.Conn) (*schema.Catalogue, error) {
	const attempts = 20
	for attempt := 1; ; attempt++ {
		if err := c.Do(ctx, "BEGIN"); err != nil {
			return nil, err
		}
		cat, err := schema.Load(ctx, c, s.cached())
		if err != nil {
			return nil, err
		}
		if !cat.Stale() || s.opts.ReadOnly {
			s.keep(cat)
			return cat, nil
		}
		if attempt == attempts {
			return nil, fmt.Errorf("others edited the file %d times while it was read: %w", attempts, city.ErrUnavailable)
		}
		if err := c.Do(ctx, "ROLLBACK"); err != nil {
			return nil, err
		}
		if _, err := s.Write(ctx, "", nothing); err != nil {
			return nil, err
		}
	}
}

// acquire takes a connection for reading.
func (s *Store) acquire(ctx context.Context) (*lite.Conn, error) {
	s.mu.Lock()
	if n := len(s.idle); n > 0 {
		c := s.idle[n-1]
		s.idle = s.idle[:n-1]
		s.mu.Unlock()
		return c, nil
	}
	s.mu.Unlock()
	return s.connect(ctx, true)
}

// release ends the read transaction, if there is one, and keeps or closes the
// connection: after whole layers without its pages, because the twin reads them
// once and lives long.
func (s *Store) release(c *lite.Conn, large bool) {
	err := c.End(context.Background())
	if err == nil && large {
		err = c.Exec(context.Background(), "PRAGMA shrink_memory")
	}
	s.mu.Lock()
	keep := err == nil && len(s.idle) < maxIdle
	if keep {
		s.idle = append(s.idle, c)
	}
	s.mu.Unlock()
	if !keep {
		_ = c.Close() // nothing was written through it
	}
}

// reader reads inside one read transaction.
type reader struct {
	c       *lite.Conn
	cat     *schema.Catalogue
	version city.Version
	pending *city.ChangeSet
	record  *record.Reader // made when it is asked for
	large   bool           // whole layers were read
}

func (r *reader) Version() city.Version { return r.version }

func (r *reader) Layers() []city.Layer { return r.cat.Layers }

// Features yields the features of a layer by id. A row whose geometry others
// left out or wrote in a form that cannot be read has a nil Geometry.
func (r *reader) Features(ctx context.Context, layer city.LayerID, yield func(*city.Feature) error) error {
	t, err := r.cat.Find(layer)
	if err != nil {
		return err
	}
	r.large = true
	rows := schema.NewRowDecoder(t.Columns)
	err = r.c.Scan(ctx, t.SelectRows()+" ORDER BY "+lite.Quote(t.ID), func(row []driver.Value) error {
		f, _, _ := rows.Decode(row)
		return yield(f)
	})
	if err != nil {
		return fmt.Errorf("layer %q: %w", layer, err)
	}
	return nil
}

// recorded returns the reader of the record.
func (r *reader) recorded(ctx context.Context) (*record.Reader, error) {
	if r.record == nil {
		made, err := record.New(ctx, r.c, r.cat, r.pending)
		if err != nil {
			return nil, err
		}
		r.record = made
	}
	return r.record, nil
}

func (r *reader) Changes(ctx context.Context, after city.Version, most int) ([]city.ChangeSet, error) {
	rec, err := r.recorded(ctx)
	if err != nil {
		return nil, err
	}
	return rec.Changes(ctx, after, most)
}

func (r *reader) ChangeSets(ctx context.Context, after city.Version, limit int) ([]city.ChangeSet, error) {
	rec, err := r.recorded(ctx)
	if err != nil {
		return nil, err
	}
	return rec.ChangeSets(ctx, after, limit)
}

func (r *reader) Revisions(ctx context.Context, version city.Version, layer city.LayerID, id int64, yield func(*city.Revision) error) error {
	rec, err := r.recorded(ctx)
	if err != nil {
		return err
	}
	return rec.Revisions(ctx, version, layer, id, yield)
}

func (r *reader) History(ctx context.Context, layer city.LayerID, id int64, after city.Version, limit int) ([]city.State, error) {
	rec, err := r.recorded(ctx)
	if err != nil {
		return nil, err
	}
	return rec.History(ctx, layer, id, after, limit)
}

func (r *reader) Undo(ctx context.Context, version city.Version, yield func(*city.Change) error) error {
	rec, err := r.recorded(ctx)
	if err != nil {
		return err
	}
	r.large = true
	return rec.Undo(ctx, version, yield)
}

func (r *reader) LayersAt(ctx context.Context, version city.Version) ([]city.Layer, error) {
	rec, err := r.recorded(ctx)
	if err != nil {
		return nil, err
	}
	return rec.LayersAt(ctx, version)
}

func (r *reader) VersionAt(ctx context.Context, t time.Time) (city.Version, error) {
	rec, err := r.recorded(ctx)
	if err != nil {
		return 0, err
	}
	return rec.VersionAt(ctx, t)
}
