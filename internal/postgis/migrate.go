package postgis

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
)

//go:embed migrations/*.sql
var migrations embed.FS

// lockMigrate is the key of an advisory lock, which all processes that use one
// database share: the letters twin, then a number. 2 was the turn of writers in
// older programs; 3 is that of commits, see twin_place.
const lockMigrate = 0x7477696e_00000001

// minServer is PostgreSQL 13: the first with xid8 and pg_current_xact_id.
const minServer = 130000

// prepare makes the database ready and returns the schema that PostGIS is
// installed in.
func prepare(ctx context.Context, config *pgx.ConnConfig, existing bool) (postgisSchema string, err error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrConnect, away(err))
	}
	defer func() { err = errors.Join(err, closeConn(ctx, conn)) }()
	var server int
	if err := conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::int`).Scan(&server); err != nil {
		return "", err
	}
	if server < minServer {
		return "", fmt.Errorf("PostgreSQL %d is older than 13: %w", server/10000, ErrUnsuitable)
	}
	there, err := hasSchema(ctx, conn)
	if err != nil {
		return "", err
	}
	if existing && !there {
		return "", fmt.Errorf("the database has no schema %q: %w", catalogue.Schema, fs.ErrNotExist)
	}
	unlock, err := lock(ctx, config)
	if err != nil {
		return "", fmt.Errorf("lock for migration: %w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if postgisSchema, err = ensurePostGIS(ctx, conn); err != nil {
		return "", err
	}
	if err := ensureSchema(ctx, conn); err != nil {
		return "", err
	}
	if err := migrate(ctx, config); err != nil {
		return "", fmt.Errorf("migrate schema %s: %w", catalogue.Schema, err)
	}
	if err := upgrade(ctx, conn, postgisSchema); err != nil {
		return "", err
	}
	return postgisSchema, nil
}

// lock lets one at a time migrate, also among processes, until unlock is called. It
// is that of a transaction which does nothing else: a pooler of transactions would
// leave one of a session behind, in a connection that others get.
func lock(ctx context.Context, config *pgx.ConnConfig) (unlock func() error, err error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConnect, away(err))
	}
	unlock = func() error { return closeConn(ctx, conn) }
	tx, err := conn.Begin(ctx)
	if err != nil {
		return nil, errors.Join(err, unlock())
	}
	for _, sql := range []string{
		`SET LOCAL idle_in_transaction_session_timeout = 0`, // a migration may take longer
		fmt.Sprintf(`SELECT pg_advisory_xact_lock(%d)`, int64(lockMigrate)),
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return nil, errors.Join(err, unlock())
		}
	}
	return func() error {
		rollback(ctx, tx)
		return closeConn(ctx, conn)
	}, nil
}

// away marks the errors of a first connection that may pass by themselves: a wrong
// password or name of a database does not.
func away(err error) error {
	if code := sqlState(err); code == "" || unavailable(code) {
		return fmt.Errorf("%w: %w", city.ErrUnavailable, err)
	}
	return err
}

// ensurePostGIS makes the extension if it is missing and returns its schema.
func ensurePostGIS(ctx context.Context, conn *pgx.Conn) (string, error) {
	const find = `SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'`
	var name string
	err := conn.QueryRow(ctx, find).Scan(&name)
	if !errors.Is(err, pgx.ErrNoRows) {
		return name, err
	}
	if _, err := conn.Exec(ctx, `CREATE EXTENSION postgis`); err != nil {
		return "", fmt.Errorf("%w: install PostGIS on the server and let an administrator run CREATE EXTENSION postgis in this database: %w", ErrUnsuitable, err)
	}
	err = conn.QueryRow(ctx, find).Scan(&name)
	return name, err
}

// ensureSchema asks before it creates, because CREATE SCHEMA IF NOT EXISTS wants
// the right to create also where there is nothing to do.
func ensureSchema(ctx context.Context, conn *pgx.Conn) error {
	if exists, err := hasSchema(ctx, conn); err != nil || exists {
		return err
	}
	if _, err := conn.Exec(ctx, `CREATE SCHEMA `+pgx.Identifier{catalogue.Schema}.Sanitize()); err != nil {
		return fmt.Errorf("%w: the role needs CREATE on the database, or a schema %q that it owns: %w", ErrUnsuitable, catalogue.Schema, err)
	}
	return nil
}

func hasSchema(ctx context.Context, conn *pgx.Conn) (exists bool, err error) {
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)`, catalogue.Schema).Scan(&exists)
	return exists, err
}

// migrate brings our schema to the state that this program knows. A schema of a
// newer program is refused.
func migrate(ctx context.Context, config *pgx.ConnConfig) (err error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	db := stdlib.OpenDB(*config)
	defer func() { err = errors.Join(err, db.Close()) }()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithTableName(catalogue.Schema+".twin_migration"), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	found, err := provider.GetDBVersion(ctx)
	if err != nil {
		return explainRights(err)
	}
	sources := provider.ListSources()
	if known := sources[len(sources)-1].Version; found > known {
		return fmt.Errorf("%w: its schema has version %d, this program knows %d: use a newer hanoitwin", ErrUnsuitable, found, known)
	}
	_, err = provider.Up(ctx)
	return explainRights(err)
}

// explainRights adds what to do to an error about missing privileges.
func explainRights(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42501" { // insufficient_privilege
		return fmt.Errorf("%w: the role needs to own the schema %q: %w", ErrUnsuitable, catalogue.Schema, err)
	}
	return err
}

// closeConn says good-bye also when ctx is done, but does not wait long.
func closeConn(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return conn.Close(ctx)
}
