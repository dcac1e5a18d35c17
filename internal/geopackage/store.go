package geopackage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/codec"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
)

// Errors that callers branch on.
var (
	ErrNotStore = errors.New("a GeoPackage, but not a store of this program: import it into one")
	ErrClosed   = errors.New("the store is closed")
	// ErrReplaced means that the open file no longer lies at its path. What
	// would be written into it would be lost.
	ErrReplaced = errors.New("the file was moved, removed or replaced while it was open")
	ErrTooLarge = errors.New("too large")

	// ErrKind means a value or geometry that the layer has no place for, and
	// ErrEmpty a geometry without coordinates.
	ErrKind  = codec.ErrKind
	ErrEmpty = codec.ErrEmpty
	// ErrNotGeoPackage means a file that is something else.
	ErrNotGeoPackage = schema.ErrNotGeoPackage
	// ErrNewer means a file of a newer version of this program, ErrDamaged one
	// whose content is no longer what was written.
	ErrNewer   = schema.ErrNewer
	ErrDamaged = lite.ErrDamaged
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
	// maxIdle bounds the reading connections that wait for the next Read.
	maxIdle = 4
)

// Store is a twin in one GeoPackage file. It is safe for concurrent use: reads
// run beside each other and beside the one write.
type Store struct {
	path   string
	opts   Options
	driver *lite.Driver
	file   fs.FileInfo // what lay at path when it was opened

	turn   chan struct{} // holds one token: the right to write
	writer *lite.Conn    // belongs to who holds the token; nil after it failed

	watch watch // belongs to Await

	mu      sync.Mutex
	closed  bool
	closing chan struct{} // closed by Close
	idle    []*lite.Conn
	cache   *schema.Catalogue
	newer   chan struct{}  // closed when cache gets a newer version
	ops     sync.WaitGroup // calls that have begun
}

// Open opens the store in the file, after bringing a file of an older version
// of this program up to date. The error wraps fs.ErrNotExist when there is no
// file and opts.Create is not set, ErrNotGeoPackage when the file is something
// else, ErrNotStore when another program made it, and ErrNewer when a newer
// version of this program did: such a file is not touched.
func Open(ctx context.Context, path string, opts Options) (*Store, error) {
	if opts.BusyTimeout == 0 {
		opts.BusyTimeout = schema.BusyTimeout
	}
	s, err := open(ctx, path, opts)
	if err != nil {
		return nil, fmt.Errorf("open GeoPackage %q: %w", path, lite.Explain(err))
	}
	return s, nil
}

func open(ctx context.Context, path string, opts Options) (*Store, error) {
	d, err := lite.NewDriver()
	if err != nil {
		return nil, err
	}
	err = schema.CheckPath(path)
	if errors.Is(err, fs.ErrNotExist) && opts.Create && !opts.ReadOnly {
		err = schema.CreateAt(ctx, d, path)
	}
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, opts: opts, driver: d, turn: make(chan struct{}, 1), closing: make(chan struct{}), newer: make(chan struct{})}
	s.turn <- struct{}{}
	if s.file, err = os.Stat(path); err != nil {
		return nil, err
	}
	c, err := s.connect(ctx, opts.ReadOnly)
	if err != nil {
		return nil, schema.Beginning(err)
	}
	if opts.ReadOnly {
		s.idle = append(s.idle, c)
	} else {
		s.writer = c
	}
	if err := s.prepareFile(ctx, c); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return s, nil
}

// prepareFile checks that the file is a store that this program knows, brings
// it up to date and takes in the edits of others.
func (s *Store) prepareFile(ctx context.Context, c *lite.Conn) error {
	if err := schema.CheckKind(ctx, c); err != nil {
		return err
	}
	ours, err := c.Integer(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('twin_state', 'twin_layers', 'gpkg_contents')")
	if err != nil {
		return err
	}
	if ours < 3 {
		return ErrNotStore
	}
	state, err := schema.ReadState(ctx, c)
	if err != nil {
		return err
	}
	if err := schema.CheckFormat(state); err != nil {
		return err
	}
	if s.opts.ReadOnly {
		return nil
	}
	if err := s.enterWAL(ctx); err != nil {
		return err
	}
	_, err = s.Write(ctx, "", nothing)
	return err
}

// nothing is a write by which the edits of others become a version.
func nothing(Writer) error { return nil }

// enterWAL lets readers and the writer work side by side. It needs the file for
// itself for a moment. When another program is reading it just then, the store
// works in the mode that the file has: rightly, but a commit waits for readers.
// The mode belongs to the file; it is set through a connection of its own,
// which waits less long than the others.
func (s *Store) enterWAL(ctx context.Context) error {
	const patience = 500 * time.Millisecond
	c, err := s.driver.Connect(s.path, "rw", patience)
	if err != nil {
		return err
	}
	err = c.Exec(ctx, "PRAGMA journal_mode = WAL")
	if lite.Busy(err) {
		err = nil
	}
	return errors.Join(err, c.Close())
}

func (s *Store) connect(ctx context.Context, readOnly bool) (*lite.Conn, error) {
	mode := "rw"
	if s.opts.ReadOnly {
		mode = "ro"
	}
	c, err := s.driver.Connect(s.path, mode, s.opts.BusyTimeout)
	if err != nil {
		return nil, err
	}
	// 16 MiB of pages, which take twice as much memory; with 64 MiB an import is no
	// faster. The writer's temporary b-trees stay in memory.
	script := "PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY"
	if readOnly {
		script = "PRAGMA cache_size = -16384; PRAGMA query_only = 1"
	}
	if err := c.Exec(ctx, script); err != nil {
		return nil, errors.Join(err, c.Close())
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

// inPlace checks that the open file is the one at the path.
func (s *Store) inPlace() error {
	now, err := os.Stat(s.path)
	if err == nil && os.SameFile(now, s.file) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w (%w)", city.ErrUnavailable, err)
	}
	return fmt.Errorf("%w: %w", ErrReplaced, city.ErrUnavailable)
}

func (s *Store) cached() *schema.Catalogue {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cache
}

// keep remembers a catalogue that was committed, and wakes Await.
func (s *Store) keep(cat *schema.Catalogue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cache == nil || cat.Version > s.cache.Version {
		close(s.newer)
		s.newer = make(chan struct{})
	} else if cat.Version < s.cache.Version {
		return
	}
	s.cache = cat
}

// Notices lists what the file holds that is not served as a layer, and why.
func (s *Store) Notices() []string {
	if cat := s.cached(); cat != nil {
		return cat.Notices
	}
	return nil
}

// Close ends Await, waits for the calls in progress and folds the journal into
// the file, so that the file alone is the store. Closing twice does nothing.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.closing)
	s.mu.Unlock()
	s.ops.Wait()
	errs := []error{s.watch.close()}
	for _, c := range s.idle {
		errs = append(errs, c.Close())
	}
	if s.writer != nil {
		// Leaving WAL mode needs the file for itself. While another process has
		// it open too, it stays as it is and the last one to close tidies up.
		_ = s.writer.Exec(context.Background(), "PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE")
		errs = append(errs, s.writer.Close())
	}
	return errors.Join(errs...)
}
