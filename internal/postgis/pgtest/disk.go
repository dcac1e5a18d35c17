package pgtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// Disk is a small file system on which a part of a server's data lies.
type Disk struct {
	tb  testing.TB
	dir string
}

// errNoMount means that this process may not mount file systems, or that there are
// none of a fixed size here.
var errNoMount = errors.New("a small file system cannot be mounted")

// SmallTables puts the tables that are made from now on on a file system of that
// many bytes of its own, in memory. Where none can be mounted, which takes the rights
// of root, the test is skipped.
func (s *Server) SmallTables(bytes int64) *Disk {
	s.tb.Helper()
	d := s.disk("small", bytes)
	db := Connect(s.tb, s.dsn)
	db.Exec(`CREATE TABLESPACE small LOCATION '` + d.dir + `'`)
	db.Exec(`ALTER SYSTEM SET default_tablespace = small`)
	db.Exec(`SELECT pg_reload_conf()`)
	return d
}

// SmallLog moves the log of all changes (pg_wal), by which the server recovers, to
// such a file system, with room for so many bytes more than it has now. It stops and
// starts the server.
func (s *Server) SmallLog(bytes int64) *Disk {
	s.tb.Helper()
	s.Stop(Fast)
	log := filepath.Join(s.server.dir, "data", "pg_wal")
	size, err := sizeOf(log)
	if err != nil {
		s.tb.Fatal(err)
	}
	d := s.disk("wal", size+bytes)
	if err := errors.Join(os.CopyFS(d.dir, os.DirFS(log)), os.RemoveAll(log), os.Symlink(d.dir, log), ownTree(d.dir)); err != nil {
		s.tb.Fatal(err)
	}
	s.Start()
	return d
}

func (s *Server) disk(name string, bytes int64) *Disk {
	s.tb.Helper()
	d := &Disk{tb: s.tb, dir: filepath.Join(s.server.dir, name)}
	if err := errors.Join(os.Mkdir(d.dir, 0o700), chownToServer(d.dir)); err != nil {
		s.tb.Fatal(err)
	}
	unmount, err := mountSmall(d.dir, bytes)
	if errors.Is(err, errNoMount) {
		realdata.Missing(s.tb, "a small file system: %v", err)
	}
	if err != nil {
		s.tb.Fatal(err)
	}
	s.tb.Cleanup(func() {
		if err := unmount(); err != nil {
			s.tb.Errorf("unmount %s: %v", d.dir, err)
		}
	})
	if err := chownToServer(d.dir); err != nil {
		s.tb.Fatal(err)
	}
	return d
}

// filler is the file that takes the room.
const filler = "filler"

// Fill takes all room that is left.
func (d *Disk) Fill() {
	d.tb.Helper()
	f, err := os.OpenFile(filepath.Join(d.dir, filler), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		d.tb.Fatal(err)
	}
	for size := 1 << 20; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
	if !isFull(err) {
		d.tb.Fatalf("fill %s: %v", d.dir, err)
	}
	if err := f.Close(); err != nil {
		d.tb.Fatal(err)
	}
}

// Empty gives back what Fill took.
func (d *Disk) Empty() {
	d.tb.Helper()
	if err := os.Remove(filepath.Join(d.dir, filler)); err != nil {
		d.tb.Fatal(err)
	}
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
