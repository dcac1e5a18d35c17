package pgtest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/internal/wkb"
)

// DSN returns the connection string of a fresh, empty database with PostGIS
// that only this test uses; the user is a superuser. It is dropped when the
// test ends. The test is skipped, or fails with CI=true, where there is no
// PostGIS.
func DSN(tb testing.TB) string {
	tb.Helper()
	s, err := start()
	if errors.Is(err, errAbsent) {
		realdata.Missing(tb, "%v", err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	name, err := s.clone(tb.Context())
	if err != nil {
		tb.Fatalf("clone a database: %v", err)
	}
	tb.Cleanup(func() {
		if err := s.drop(context.Background(), name); err != nil {
			tb.Errorf("drop database %s: %v", name, err)
		}
	})
	return s.dsn(name)
}

// DB is one connection to a database. It is not safe for concurrent use. Its
// methods fail the test at the first error. They work in clean-ups too, where
// the test's own context is over.
type DB struct {
	tb   testing.TB
	dsn  string
	conn *pgx.Conn
}

// Open connects to a fresh database, as DSN makes it, until the test ends.
func Open(tb testing.TB) *DB {
	tb.Helper()
	return Connect(tb, DSN(tb))
}

// Connect connects to the database that dsn names until the test ends.
func Connect(tb testing.TB, dsn string) *DB {
	tb.Helper()
	conn, err := pgx.Connect(tb.Context(), dsn)
	if err != nil {
		tb.Fatalf("connect: %v", err)
	}
	tb.Cleanup(func() { conn.Close(context.Background()) })
	if err := registerGeometry(tb.Context(), conn); err != nil {
		tb.Fatalf("geometry types: %v", err)
	}
	return &DB{tb: tb, dsn: dsn, conn: conn}
}

// registerGeometry lets geometries travel in PostGIS's binary format, EWKB,
// like bytea; the driver takes types it does not know for text.
func registerGeometry(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `SELECT typname::text, oid FROM pg_type WHERE typname IN ('geometry', 'geography')`)
	if err != nil {
		return err
	}
	var name string
	var oid uint32
	_, err = pgx.ForEachRow(rows, []any{&name, &oid}, func() error {
		conn.TypeMap().RegisterType(&pgtype.Type{Name: name, OID: oid, Codec: pgtype.ByteaCodec{}})
		return nil
	})
	return err
}

// DSN returns the connection string of the database.
func (db *DB) DSN() string { return db.dsn }

// Exec runs a statement and returns the number of rows that it affected.
// Without args, sql may hold several statements.
func (db *DB) Exec(sql string, args ...any) int64 {
	db.tb.Helper()
	tag, err := db.conn.Exec(context.Background(), sql, db.arguments(args)...)
	if err != nil {
		db.tb.Fatalf("%s\n%v", sql, err)
	}
	return tag.RowsAffected()
}

// QueryRows returns all rows. Values have Go types: int16, int32, int64,
// float32, float64, string, bool, []byte (bytea, and geometry as EWKB),
// time.Time, nil for NULL.
func (db *DB) QueryRows(sql string, args ...any) [][]any {
	db.tb.Helper()
	rows, err := db.conn.Query(context.Background(), sql, db.arguments(args)...)
	if err != nil {
		db.tb.Fatalf("%s\n%v", sql, err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
	if err != nil {
		db.tb.Fatalf("%s\n%v", sql, err)
	}
	return all
}

// Row is the answer of a query that must have exactly one row.
type Row struct {
	db  *DB
	sql string
	row pgx.Rows
}

// QueryRow asks for one row; call Scan on it.
func (db *DB) QueryRow(sql string, args ...any) Row {
	db.tb.Helper()
	rows, err := db.conn.Query(context.Background(), sql, db.arguments(args)...)
	if err != nil {
		db.tb.Fatalf("%s\n%v", sql, err)
	}
	return Row{db: db, sql: sql, row: rows}
}

// Scan stores the columns of the row in what dest points to. A pointer to a
// pointer takes NULL as nil.
func (r Row) Scan(dest ...any) {
	r.db.tb.Helper()
	_, err := pgx.CollectExactlyOneRow(r.row, func(row pgx.CollectableRow) (struct{}, error) {
		return struct{}{}, row.Scan(dest...)
	})
	if err != nil {
		r.db.tb.Fatalf("%s\n%v", r.sql, err)
	}
}

// Copy loads rows into a table, named table or schema.table, as fast as
// PostgreSQL can: 100,000 roads take about a second.
func (db *DB) Copy(table string, columns []string, rows [][]any) {
	db.tb.Helper()
	source := pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
		return db.arguments(rows[i]), nil
	})
	name := pgx.Identifier(strings.Split(table, "."))
	if _, err := db.conn.CopyFrom(context.Background(), name, columns, source); err != nil {
		db.tb.Fatalf("copy into %s: %v", table, err)
	}
}

// arguments turns geometries into EWKB.
func (db *DB) arguments(args []any) []any {
	db.tb.Helper()
	out := make([]any, len(args))
	for i, arg := range args {
		out[i] = arg
		if g, ok := arg.(orb.Geometry); ok {
			ewkb, err := wkb.AppendEWKB(nil, g, 4326)
			if err != nil {
				db.tb.Fatalf("argument %d: %v", i+1, err)
			}
			out[i] = ewkb
		}
	}
	return out
}
