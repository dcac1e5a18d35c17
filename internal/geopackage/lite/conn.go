package lite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	sqlite "modernc.org/sqlite"
)

// sqliteConn is what the driver's connections can do. They are used without
// database/sql, whose pool and conversions cost a fifth of a bulk read and
// which hides on which connection a transaction runs.
type sqliteConn interface {
	driver.Conn
	driver.QueryerContext
	driver.ExecerContext
	driver.ConnPrepareContext
}

// Driver opens connections that know the spatial functions.
type Driver struct{ sqlite sqlite.Driver }

// Connect opens the file in a mode of SQLite's URIs (ro, rw, rwc). Busy is how
// long a statement waits while another connection has the lock.
func (d *Driver) Connect(path, mode string, busy time.Duration) (*Conn, error) {
	raw, err := d.sqlite.Open(uri(path, mode, busy))
	if err != nil {
		return nil, err
	}
	c, ok := raw.(sqliteConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("SQLite driver: %T lacks the context methods", raw), raw.Close())
	}
	return &Conn{raw: c}, nil
}

// uri names the file so that no character of the path means anything.
func uri(path, mode string, busy time.Duration) string {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path)}
	return u.String() + "?mode=" + mode + "&_dqs=0&_busy_timeout=" + strconv.FormatInt(busy.Milliseconds(), 10) +
		"&_synchronous=FULL"
}

// Conn is one connection. It is not safe for concurrent use.
type Conn struct {
	raw  sqliteConn
	kept map[string]*Statement // by query
}

// maxKept bounds the statements that a connection keeps.
const maxKept = 256

// Close closes the connection and rolls back what it had begun.
func (c *Conn) Close() error {
	c.forget()
	return c.raw.Close()
}

func (c *Conn) forget() {
	for _, s := range c.kept {
		_ = s.raw.Close() // it reports the error of its last run again
	}
	c.kept = nil
}

// Keep returns the statement of a query, without arguments. It is compiled once
// for the life of the connection (which with all triggers of a layer costs more
// than to run it), and must not be used while its rows are being read.
func (c *Conn) Keep(ctx context.Context, query string) (*Statement, error) {
	s := c.kept[query]
	if s == nil {
		raw, err := c.raw.PrepareContext(ctx, query)
		if err != nil {
			return nil, err
		}
		if len(c.kept) >= maxKept {
			c.forget()
		}
		if c.kept == nil {
			c.kept = map[string]*Statement{}
		}
		s = &Statement{raw: raw}
		c.kept[query] = s
	}
	s.args = s.args[:0]
	return s, nil
}

// Do runs one statement that is kept.
func (c *Conn) Do(ctx context.Context, query string, args ...driver.Value) error {
	s, err := c.Keep(ctx, query)
	if err != nil {
		return err
	}
	for _, arg := range args {
		s.Bind(arg)
	}
	return s.Run()
}

// Lookup calls fn with each row of a query that is kept; fn must not run the
// same query.
func (c *Conn) Lookup(ctx context.Context, query string, args []driver.Value, fn func(row []driver.Value) error) error {
	s, err := c.Keep(ctx, query)
	if err != nil {
		return err
	}
	for _, arg := range args {
		s.Bind(arg)
	}
	rows, err := s.raw.(driver.StmtQueryContext).QueryContext(ctx, s.args)
	if err != nil {
		return err
	}
	return eachRow(ctx, rows, fn)
}

// End rolls back, unless no transaction has begun or SQLite has rolled it back by
// itself.
func (c *Conn) End(ctx context.Context) error {
	err := c.Do(ctx, "ROLLBACK")
	if err != nil && strings.Contains(err.Error(), "no transaction is active") {
		return nil
	}
	return err
}

// Exec runs one statement or a script; only a single statement takes arguments.
func (c *Conn) Exec(ctx context.Context, query string, args ...driver.Value) error {
	_, err := c.raw.ExecContext(ctx, query, named(args))
	return err
}

// Each calls fn with each row. The slice is reused; text and blobs may be kept.
func (c *Conn) Each(ctx context.Context, query string, args []driver.Value, fn func(row []driver.Value) error) error {
	rows, err := c.raw.QueryContext(ctx, query, named(args))
	if err != nil {
		return err
	}
	return eachRow(ctx, rows, fn)
}

// Scan reads the rows of a query that delivers them without sorting or waiting.
// It keeps the context from the driver, which would look at it in each row in a
// costly way; it is looked at here instead.
func (c *Conn) Scan(ctx context.Context, query string, fn func(row []driver.Value) error) error {
	rows, err := c.raw.QueryContext(context.WithoutCancel(ctx), query, nil)
	if err != nil {
		return err
	}
	return eachRow(ctx, rows, fn)
}

// One reads the first row of a query that is kept; ok tells whether there was one.
func (c *Conn) One(ctx context.Context, query string, args ...driver.Value) (row []driver.Value, ok bool, err error) {
	err = c.Lookup(ctx, query, args, func(r []driver.Value) error {
		if !ok {
			row, ok = append([]driver.Value(nil), r...), true
		}
		return nil
	})
	return row, ok, err
}

// Integer reads the single integer that a query which is kept returns, 0 for none
// or null.
func (c *Conn) Integer(ctx context.Context, query string, args ...driver.Value) (int64, error) {
	row, ok, err := c.One(ctx, query, args...)
	if err != nil || !ok {
		return 0, err
	}
	n, _ := row[0].(int64)
	return n, nil
}

// eachRow drains rows and closes them. The driver watches the context only
// until the first row, so it is checked here.
func eachRow(ctx context.Context, rows driver.Rows, fn func(row []driver.Value) error) (err error) {
	defer func() {
		if e := rows.Close(); e != nil && err == nil {
			err = e
		}
	}()
	row := make([]driver.Value, len(rows.Columns()))
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch err := rows.Next(row); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := fn(row); err != nil {
			return err
		}
	}
}

// Statement is a compiled statement with its arguments' array, which is reused.
type Statement struct {
	raw  driver.Stmt
	args []driver.NamedValue
}

// Bound returns how many arguments there are.
func (s *Statement) Bound() int { return len(s.args) }

// Bind appends an argument.
func (s *Statement) Bind(v driver.Value) {
	s.args = append(s.args, driver.NamedValue{Ordinal: len(s.args) + 1, Value: v})
}

// Run executes with the bound arguments. It does not take the caller's context:
// the driver starts a goroutine for each statement of a context that can end,
// which would double the cost of a Put. Callers check the context themselves.
func (s *Statement) Run() error {
	_, err := s.raw.(driver.StmtExecContext).ExecContext(context.Background(), s.args)
	return err
}

// Each reads the rows, with the context kept from the driver as in Run.
func (s *Statement) Each(ctx context.Context, fn func(row []driver.Value) error) error {
	rows, err := s.raw.(driver.StmtQueryContext).QueryContext(context.WithoutCancel(ctx), s.args)
	if err != nil {
		return err
	}
	return eachRow(ctx, rows, fn)
}

func named(values []driver.Value) []driver.NamedValue {
	args := make([]driver.NamedValue, len(values))
	for i, v := range values {
		args[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return args
}

// Quote makes any text an SQL identifier. It is the only way by which a name
// from outside enters a statement; values are always bound.
func Quote(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
