package geopackage

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"

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

// conn is one connection. It is not safe for concurrent use.
type conn struct {
	raw sqliteConn
}

// connect opens a connection that knows the spatial functions.
func connect(d *sqlite.Driver, dsn string) (*conn, error) {
	raw, err := d.Open(dsn)
	if err != nil {
		return nil, err
	}
	c, ok := raw.(sqliteConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("SQLite driver: %T lacks the context methods", raw), raw.Close())
	}
	return &conn{raw: c}, nil
}

func (c *conn) close() error { return c.raw.Close() }

// exec runs one statement or a script; only a single statement takes arguments.
func (c *conn) exec(ctx context.Context, query string, args ...driver.Value) error {
	_, err := c.raw.ExecContext(ctx, query, named(args))
	return err
}

// each calls fn with each row. The slice is reused; text and blobs may be kept.
func (c *conn) each(ctx context.Context, query string, args []driver.Value, fn func(row []driver.Value) error) error {
	rows, err := c.raw.QueryContext(ctx, query, named(args))
	if err != nil {
		return err
	}
	return eachRow(ctx, rows, fn)
}

// scan reads the rows of a query that delivers them without sorting or waiting.
// It keeps the context from the driver, which would look at it in each row in a
// costly way; it is looked at here instead.
func (c *conn) scan(ctx context.Context, query string, fn func(row []driver.Value) error) error {
	rows, err := c.raw.QueryContext(context.WithoutCancel(ctx), query, nil)
	if err != nil {
		return err
	}
	return eachRow(ctx, rows, fn)
}

// one reads exactly one row of a query; ok tells whether there was one.
func (c *conn) one(ctx context.Context, query string, args ...driver.Value) (row []driver.Value, ok bool, err error) {
	err = c.each(ctx, query, args, func(r []driver.Value) error {
		if !ok {
			row, ok = append([]driver.Value(nil), r...), true
		}
		return nil
	})
	return row, ok, err
}

// integer reads the single integer that a query returns, 0 for none or null.
func (c *conn) integer(ctx context.Context, query string, args ...driver.Value) (int64, error) {
	row, ok, err := c.one(ctx, query, args...)
	if err != nil || !ok {
		return 0, err
	}
	n, _ := row[0].(int64)
	return n, nil
}

func (c *conn) prepare(ctx context.Context, query string) (*statement, error) {
	s, err := c.raw.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &statement{raw: s}, nil
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

// statement is a prepared statement with its arguments' array, which is reused.
type statement struct {
	raw  driver.Stmt
	args []driver.NamedValue
}

func (s *statement) close() error { return s.raw.Close() }

// begin empties the arguments.
func (s *statement) begin() { s.args = s.args[:0] }

func (s *statement) bind(v driver.Value) {
	s.args = append(s.args, driver.NamedValue{Ordinal: len(s.args) + 1, Value: v})
}

// run executes with the bound arguments. It does not take the caller's context:
// the driver starts a goroutine for each statement of a context that can end,
// which would double the cost of a Put. Callers check the context themselves.
func (s *statement) run() error {
	_, err := s.raw.(driver.StmtExecContext).ExecContext(context.Background(), s.args)
	return err
}

// each reads the rows, with the context kept from the driver as in run.
func (s *statement) each(ctx context.Context, fn func(row []driver.Value) error) error {
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

// quote makes any text an SQL identifier. It is the only way by which a name
// from outside enters a statement; values are always bound.
func quote(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
