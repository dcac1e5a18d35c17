package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

// newData initializes a server's data and, without starting the server, makes the
// database with PostGIS in them.
func (s *server) newData(bin, data string) error {
	initdb := exec.Command(filepath.Join(bin, "initdb"), "--pgdata="+data, "--username="+superuser,
		"--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
	initdb.Dir, initdb.Env = s.dir, environment(s.dir)
	asServerUser(initdb)
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := appendFile(filepath.Join(data, "postgresql.auto.conf"), settings); err != nil {
		return err
	}
	for _, do := range []struct{ database, sql string }{
		{"postgres", "CREATE DATABASE " + templateName},
		{"postgres", "CREATE SEQUENCE clone"},
		{templateName, "CREATE EXTENSION postgis"},
	} {
		if err := s.alone(bin, data, do.database, do.sql); err != nil {
			return err
		}
	}
	return nil
}

// alone runs a statement by a server without connections (postgres --single), which
// prints errors and goes on.
func (s *server) alone(bin, data, database, sql string) error {
	cmd := exec.Command(filepath.Join(bin, "postgres"), "--single", "-D", data, database)
	cmd.Dir, cmd.Env, cmd.Stdin = s.dir, environment(s.dir), strings.NewReader(sql+"\n")
	asServerUser(cmd)
	out, err := cmd.CombinedOutput()
	text := string(out)
	if strings.Contains(text, "postgis.control") {
		return errAbsent
	}
	if err == nil && (strings.Contains(text, "ERROR:") || strings.Contains(text, "FATAL:")) {
		err = errors.New("it complains")
	}
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", sql, err, text)
	}
	return nil
}
