package pgtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/smalldisk"
)

// MayMount says whether the test may go on to SmallTables or SmallLog: see
// smalldisk.Allowed.
func MayMount(t *testing.T) bool {
	t.Helper()
	credential, err := serverUser()
	if err != nil {
		t.Fatal(err)
	}
	if credential == nil {
		return smalldisk.Allowed(t)
	}
	return smalldisk.Allowed(t, smalldisk.User{UID: int(credential.Uid), GID: int(credential.Gid)})
}

// SmallTables puts the tables that are made from now on on a file system of that
// many bytes of its own, in memory.
func (s *Server) SmallTables(bytes int64) *smalldisk.Disk {
	s.tb.Helper()
	d := s.disk("small", bytes)
	db := Connect(s.tb, s.dsn)
	db.Exec(`CREATE TABLESPACE small LOCATION '` + d.Dir() + `'`)
	db.Exec(`ALTER SYSTEM SET default_tablespace = small`)
	db.Exec(`SELECT pg_reload_conf()`)
	return d
}

// SmallLog moves the log of all changes (pg_wal), by which the server recovers, to
// such a file system, with room for so many bytes more than it has now. It stops and
// starts the server.
func (s *Server) SmallLog(bytes int64) *smalldisk.Disk {
	s.tb.Helper()
	s.Stop(Fast)
	log := filepath.Join(s.server.dir, "data", "pg_wal")
	size, err := sizeOf(log)
	if err != nil {
		s.tb.Fatal(err)
	}
	d := s.disk("wal", size+bytes)
	if err := errors.Join(os.CopyFS(d.Dir(), os.DirFS(log)), os.RemoveAll(log), os.Symlink(d.Dir(), log), ownTree(d.Dir())); err != nil {
		s.tb.Fatal(err)
	}
	s.Start()
	return d
}

func (s *Server) disk(name string, bytes int64) *smalldisk.Disk {
	s.tb.Helper()
	dir := filepath.Join(s.server.dir, name)
	if err := errors.Join(os.Mkdir(dir, 0o700), chownToServer(dir)); err != nil {
		s.tb.Fatal(err)
	}
	d := smalldisk.New(s.tb, dir, bytes)
	if err := chownToServer(dir); err != nil {
		s.tb.Fatal(err)
	}
	return d
}

// Revive waits until the server answers, and starts it when it has ended by itself.
func (s *Server) Revive() {
	s.tb.Helper()
	pid := filepath.Join(s.server.dir, "data", "postmaster.pid")
	s.until("the server neither answers nor ends", func() bool {
		if s.answers() {
			return true
		}
		_, err := os.Stat(pid)
		if errors.Is(err, os.ErrNotExist) {
			s.Start()
			return true
		}
		return false
	})
}

func sizeOf(dir string) (bytes int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	return bytes, err
}

// ownTree gives the server what lies in a directory.
func ownTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		return errors.Join(err, chownToServer(path))
	})
}

// NextSegment lets the server begin the next file of its log, if it can.
func (s *Server) NextSegment() {
	conn, err := pgx.Connect(context.Background(), s.dsn)
	if err != nil {
		return
	}
	_, _ = conn.Exec(context.Background(), `SELECT pg_switch_wal()`) // it may end the server
	_ = conn.Close(context.Background())
}
