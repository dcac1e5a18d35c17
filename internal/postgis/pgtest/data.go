package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/jackc/pgx/v5"
)

// keepName names a directory in which the first server that is started leaves its data,
// as they were when they were new, for all others to begin with: a second of the
// processor each. CI makes one for each run.
const keepName = "HANOITWIN_PGTEMPLATE"

// makeData makes the directory of a server's data, with the database that every test's
// own is cloned from, or copies one that was kept.
func (s *server) makeData(bin, data string) error {
	keep := os.Getenv(keepName)
	if keep == "" {
		return s.newData(bin, data)
	}
	kept := filepath.Join(keep, "data")
	if _, err := os.Stat(kept); err == nil {
		return copyData(kept, data)
	}
	if err := s.newData(bin, data); err != nil {
		return err
	}
	// Under its name it is whole. Whoever comes second leaves that of the first.
	draft, err := os.MkdirTemp(keep, "draft-")
	if err != nil {
		return err
	}
	fresh := filepath.Join(draft, "data")
	if err := os.CopyFS(fresh, os.DirFS(data)); err != nil {
		return err
	}
	if err := os.Rename(fresh, kept); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return os.RemoveAll(draft)
}

func copyData(from, to string) error {
	return errors.Join(os.CopyFS(to, os.DirFS(from)), os.Chmod(to, 0o700), ownTree(to))
}

// newData initializes a server's data and makes the database with PostGIS in them. A
// server does that, which is then stopped: without one (postgres --single) types get
// numbers that only PostgreSQL's own have, and are taken for those: geometries in JSON
// became text.
func (s *server) newData(bin, data string) error {
	if err := s.program(filepath.Join(bin, "initdb"), "--pgdata="+data, "--username="+superuser,
		"--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"); err != nil {
		return err
	}
	if err := appendFile(filepath.Join(data, "postgresql.auto.conf"), settings); err != nil {
		return err
	}
	control := filepath.Join(bin, "pg_ctl")
	err := s.program(control, "start", "--pgdata="+data, "--wait", "--silent", "--log="+filepath.Join(s.dir, "log"), "-o", "-c listen_addresses='' -k "+s.dir)
	if err != nil {
		return err
	}
	return errors.Join(s.makeTemplate(), s.program(control, "stop", "--pgdata="+data, "--wait", "--silent", "--mode=fast"))
}

// makeTemplate makes the database that every test's own is cloned from.
func (s *server) makeTemplate() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.dsn("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var available bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'postgis')`).Scan(&available); err != nil {
		return err
	}
	if !available {
		return errAbsent
	}
	for _, sql := range []string{"CREATE DATABASE " + templateName, "CREATE SEQUENCE clone"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	template, err := pgx.Connect(ctx, s.dsn(templateName))
	if err != nil {
		return err
	}
	_, err = template.Exec(ctx, "CREATE EXTENSION postgis")
	return errors.Join(err, template.Close(ctx))
}

// program runs one of PostgreSQL's to its end, as the user who will run the server.
func (s *server) program(path string, arguments ...string) error {
	cmd := exec.Command(path, arguments...)
	cmd.Dir, cmd.Env = s.dir, environment(s.dir)
	asServerUser(cmd)
	out, err := os.Create(filepath.Join(s.dir, filepath.Base(path)+".out")) // no pipe, which a server would keep open
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = out, out
	err = errors.Join(cmd.Run(), out.Close())
	if err == nil {
		return nil
	}
	text, _ := os.ReadFile(out.Name())
	return fmt.Errorf("%s: %w\n%s", filepath.Base(path), err, text)
}
