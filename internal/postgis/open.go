package postgis

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
)

// Errors that callers branch on.
var (
	// ErrConnect means that the server did not answer or refused us.
	ErrConnect = errors.New("cannot connect to PostgreSQL")
	// ErrUnsuitable means a server, database or role that the store cannot use
	// as it is; the message says what an administrator has to do.
	ErrUnsuitable = errors.New("the database is not ready for the twin")
	// ErrNotPublishable means a table that cannot be served as a layer.
	ErrNotPublishable = errors.New("the table cannot be published as a layer")
)

// Options tune a Store. The zero value is good.
type Options struct {
	// Existing refuses a database that no twin is in, rather than making one.
	Existing bool
	// MaxConns bounds the connections to the server; 0 means 8. A read and a
	// write hold one each while they run.
	MaxConns int32
	// ConnectTimeout bounds the making of one connection; 0 means 10 s.
	ConnectTimeout time.Duration
	// ApplicationName is what pg_stat_activity shows where the connection string
	// does not say; empty means hanoitwin.
	ApplicationName string
}

// Validate reports values out of range.
func (o Options) Validate() error {
	if o.MaxConns < 0 || o.MaxConns > 1000 {
		return fmt.Errorf("postgis: MaxConns %d is not in 0–1000", o.MaxConns)
	}
	if o.ConnectTimeout < 0 {
		return fmt.Errorf("postgis: ConnectTimeout %s is negative", o.ConnectTimeout)
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.MaxConns == 0 {
		o.MaxConns = 8
	}
	if o.ConnectTimeout == 0 {
		o.ConnectTimeout = 10 * time.Second
	}
	if o.ApplicationName == "" {
		o.ApplicationName = "hanoitwin"
	}
	return o
}

// Store keeps the twin in one PostgreSQL database. It is safe for concurrent
// use.
type Store struct {
	pool *pgxpool.Pool
	// turn holds a token while no Write of this process runs, so that those
	// that wait hold no connection: the pool stays free for reads, also for one
	// inside a Write.
	turn chan struct{}

	catalogue catalogue.Catalogue

	// listener is Await's, nil while there is none; guarded by listening.
	listener  *listener
	listening sync.Mutex
	closing   chan struct{} // closed by Close
	closeOnce sync.Once
}

// Open connects to the database that dsn names (a postgres:// URL or keywords
// and values; PG* environment variables fill in), makes the extension postgis
// and our schema where they are missing, and migrates. Several processes may
// open one database at once. Errors wrap ErrConnect, ErrUnsuitable, or, where
// Options.Existing is set and there is none, fs.ErrNotExist; they never hold a password.
func Open(ctx context.Context, dsn string, options Options) (*Store, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	options = options.withDefaults()
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, parseError(err)
	}
	config.MaxConns = options.MaxConns
	config.ConnConfig.ConnectTimeout = options.ConnectTimeout
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = options.ApplicationName
	}
	// Most statements are few and heavy, and layers change shape: pgx's cache of
	// prepared ones would save nothing and break on the next ALTER TABLE. Those of
	// every small change are kept prepared by the catalogue.
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec
	// A context that ends cancels the statement in the server, at once.
	config.ConnConfig.BuildContextWatcherHandler = cancelRequests
	postgisSchema, err := prepare(ctx, config.ConnConfig, options.Existing)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", where(config.ConnConfig), err)
	}
	// Whatever search_path the role has, ST_ functions are found and nothing
	// else is: every other name in a statement is qualified.
	config.ConnConfig.RuntimeParams["search_path"] = pgx.Identifier{postgisSchema}.Sanitize()
	s := &Store{turn: make(chan struct{}, 1), closing: make(chan struct{})}
	// A new connection may lead to another server, or to one that was put back.
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		s.catalogue.Forget()
		return catalogue.KeepPlans(ctx, conn)
	}
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, fmt.Errorf("open store %s: %w", where(config.ConnConfig), err)
	}
	s.turn <- struct{}{}
	return s, nil
}

// Close ends all connections, when the reads and writes that use them are done,
// and ends Await. It may be called twice.
func (s *Store) Close() error {
	s.closeOnce.Do(func() { close(s.closing) })
	s.listening.Lock()
	s.hangUp()
	s.listening.Unlock()
	s.pool.Close()
	return nil
}

// cancelRequests sends a cancel request when a context ends, and gives the server
// a second to answer with the statement's error before the connection is given up.
func cancelRequests(c *pgconn.PgConn) ctxwatch.Handler {
	return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: time.Second}
}

// errClosed is the answer of a store after Close.
var errClosed = errors.New("the store is closed")

func (s *Store) isClosed() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}

// where names a database without the password.
func where(c *pgx.ConnConfig) string {
	return fmt.Sprintf("postgres://%s@%s:%d/%s", c.User, c.Host, c.Port, c.Database)
}

// parseError keeps the reason and leaves out the connection string, which a
// message about a bad one would have to quote.
func parseError(err error) error {
	var bad *pgconn.ParseConfigError
	if errors.As(err, &bad) {
		return fmt.Errorf("%w: the connection string is not valid; it looks like postgres://user:password@host:5432/database", ErrConnect)
	}
	return fmt.Errorf("%w: %w", ErrConnect, err)
}
