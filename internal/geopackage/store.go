package geopackage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	sqlite "modernc.org/sqlite"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Errors that callers branch on.
var (
	ErrNotGeoPackage = errors.New("not a GeoPackage")
	ErrNotStore      = errors.New("a GeoPackage, but not a store of this program: import it into one")
	ErrClosed        = errors.New("the store is closed")
	ErrKind          = errors.New("does not fit the layer's schema")
)

// Options say how to open a store. The zero value opens an existing file for
// reading and writing.
type Options struct {
	// Create makes the file when it does not exist.
	Create bool
	// ReadOnly never changes the file, not even to note the edits of others.
	ReadOnly bool
	// BusyTimeout is how long to wait while another process writes; 10 s when
	// it is 0.
	BusyTimeout time.Duration
}

const (
	defaultBusyTimeout = 10 * time.Second
	// maxIdle bounds the reading connections that wait for the next Read.
	maxIdle = 4
	// codeBusy is SQLITE_BUSY: another connection has the lock.
	codeBusy = 5
)

// Store is a twin in one GeoPackage file. It is safe for concurrent use: reads
// run beside each other and beside the one write.
type Store struct {
	path   string
	opts   Options
	driver *sqlite.Driver

	turn   chan struct{} // holds one token: the right to write
	writer *conn         // belongs to who holds the token

	mu     sync.Mutex
	closed bool
	idle   []*conn
	cache  *catalogue
	ops    sync.WaitGroup // calls of Read and Write that have begun
}

// Open opens the store in the file. The error wraps fs.ErrNotExist when there
// is no file and opts.Create is not set, ErrNotGeoPackage when the file is
// something else, and ErrNotStore when another program made it.
func Open(ctx context.Context, path string, opts Options) (*Store, error) {
	if opts.BusyTimeout == 0 {
		opts.BusyTimeout = defaultBusyTimeout
	}
	s, err := open(ctx, path, opts)
	if err != nil {
		return nil, fmt.Errorf("open GeoPackage %q: %w", path, err)
	}
	return s, nil
}

func open(ctx context.Context, path string, opts Options) (*Store, error) {
	d, err := newDriver()
	if err != nil {
		return nil, err
	}
	err = checkFile(path)
	if errors.Is(err, fs.ErrNotExist) && opts.Create && !opts.ReadOnly {
		err = createAt(ctx, d, path)
	}
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, opts: opts, driver: d, turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	c, err := s.connect(ctx, opts.ReadOnly)
	if err != nil {
		return nil, err
	}
	if opts.ReadOnly {
		s.idle = append(s.idle, c)
	} else {
		s.writer = c
	}
	if err := s.prepareFile(ctx, c); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return s, nil
}

// prepareFile checks that the file is a store and takes in the edits of others.
func (s *Store) prepareFile(ctx context.Context, c *conn) error {
	ours, err := c.integer(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('twin_state', 'twin_layers', 'gpkg_contents')")
	if err != nil {
		return err
	}
	if ours < 3 {
		return ErrNotStore
	}
	if s.opts.ReadOnly {
		return nil
	}
	if err := s.enterWAL(ctx); err != nil {
		return err
	}
	_, err = s.Write(ctx, "", func(Writer) error { return nil })
	return err
}

// enterWAL lets readers and the writer work side by side. It needs the file for
// itself for a moment. When another program is reading it just then, the store
// works in the mode that the file has: rightly, but a commit waits for readers.
// The mode belongs to the file; it is set through a connection of its own,
// which waits less long than the others.
func (s *Store) enterWAL(ctx context.Context) error {
	const patience = 500 * time.Millisecond
	c, err := connect(s.driver, dsn(s.path, "rw", patience))
	if err != nil {
		return err
	}
	err = c.exec(ctx, "PRAGMA journal_mode = WAL")
	var refused *sqlite.Error
	if errors.As(err, &refused) && refused.Code()&0xff == codeBusy {
		err = nil
	}
	return errors.Join(err, c.close())
}

func (s *Store) connect(ctx context.Context, readOnly bool) (*conn, error) {
	mode := "rw"
	if s.opts.ReadOnly {
		mode = "ro"
	}
	c, err := connect(s.driver, dsn(s.path, mode, s.opts.BusyTimeout))
	if err != nil {
		return nil, err
	}
	// 64 MB of pages; the writer's temporary b-trees stay in memory.
	script := "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY"
	if readOnly {
		script = "PRAGMA cache_size = -16384; PRAGMA query_only = 1"
	}
	if err := c.exec(ctx, script); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

// enter counts a call in, unless the store is closed.
func (s *Store) enter() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.ops.Add(1)
	return nil
}

// acquire takes a connection for reading.
func (s *Store) acquire(ctx context.Context) (*conn, error) {
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

// release ends the read transaction and keeps or closes the connection, without
// its pages: the twin reads everything once and lives long.
func (s *Store) release(c *conn) {
	err := c.exec(context.Background(), "ROLLBACK; PRAGMA shrink_memory")
	s.mu.Lock()
	keep := err == nil && len(s.idle) < maxIdle
	if keep {
		s.idle = append(s.idle, c)
	}
	s.mu.Unlock()
	if !keep {
		_ = c.close() // nothing was written through it
	}
}

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
		return err
	}
	defer s.release(c)
	cat, err := s.beginRead(ctx, c)
	if err != nil {
		return err
	}
	version := cat.version
	if cat.stale() {
		version++ // read-only: the number that a writer will give to this state
	}
	return read(&reader{c: c, cat: cat, version: version})
}

// beginRead starts a read transaction on a state that has a version of its own:
// when somebody else has edited the file, that becomes a version first.
func (s *Store) beginRead(ctx context.Context, c *conn) (*catalogue, error) {
	const attempts = 5
	for attempt := 1; ; attempt++ {
		if err := c.exec(ctx, "BEGIN"); err != nil {
			return nil, err
		}
		cat, err := loadCatalogue(ctx, c, s.cached())
		if err != nil {
			return nil, err
		}
		if !cat.stale() || s.opts.ReadOnly {
			s.keep(cat)
			return cat, nil
		}
		if attempt == attempts {
			return nil, fmt.Errorf("others edited the file %d times while it was read", attempts)
		}
		if err := c.exec(ctx, "ROLLBACK"); err != nil {
			return nil, err
		}
		if _, err := s.Write(ctx, "", func(Writer) error { return nil }); err != nil {
			return nil, err
		}
	}
}

func (s *Store) cached() *catalogue {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cache
}

func (s *Store) keep(cat *catalogue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cache == nil || cat.version >= s.cache.version {
		s.cache = cat
	}
}

// Notices lists what the file holds that is not served as a layer, and why.
func (s *Store) Notices() []string {
	if cat := s.cached(); cat != nil {
		return cat.notices
	}
	return nil
}

// Write calls write inside one transaction and commits it. When anything
// changed the version grows by one; Write returns the version after it. When
// write fails or panics, or ctx ends before the commit, nothing has happened.
func (s *Store) Write(ctx context.Context, message string, write func(Writer) error) (city.Version, error) {
	if err := s.enter(); err != nil {
		return 0, err
	}
	defer s.ops.Done()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if s.writer == nil {
		return 0, fmt.Errorf("write %q: %w", s.path, fs.ErrPermission)
	}
	select {
	case <-s.turn:
		defer func() { s.turn <- struct{}{} }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	return s.transact(ctx, message, write)
}

// transact runs one write transaction; the caller holds the turn.
func (s *Store) transact(ctx context.Context, message string, write func(Writer) error) (version city.Version, err error) {
	c := s.writer
	if err := c.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return 0, err
	}
	committed := false
	w := &writer{c: c}
	defer func() {
		w.closeStatements()
		if !committed {
			// SQLite may have rolled back by itself; then this fails, rightly.
			_ = c.exec(context.Background(), "ROLLBACK")
		}
	}()
	before, err := loadCatalogue(ctx, c, s.cached())
	if err != nil {
		return 0, err
	}
	w.cat = before.clone()
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
		return w.cat.version, nil
	}
	if err := c.exec(ctx, "COMMIT"); err != nil {
		return 0, fmt.Errorf("commit: %w", err)
	}
	committed = true
	s.keep(w.cat)
	if w.large() {
		// Give the pages of an import back; if that fails they just stay.
		_ = c.exec(context.WithoutCancel(ctx), "PRAGMA shrink_memory")
	}
	return w.cat.version, nil
}

// Close waits for the calls in progress and folds the journal into the file,
// so that the file alone is the store. Closing twice does nothing.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.ops.Wait()
	var errs []error
	for _, c := range s.idle {
		errs = append(errs, c.close())
	}
	if s.writer != nil {
		// Leaving WAL mode needs the file for itself. While another process has
		// it open too, it stays as it is and the last one to close tidies up.
		_ = s.writer.exec(context.Background(), "PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE")
		errs = append(errs, s.writer.close())
	}
	return errors.Join(errs...)
}
