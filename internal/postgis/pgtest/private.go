package pgtest

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// Server is a server that one test has for itself, with one database. Its
// methods fail the test at the first error.
type Server struct {
	tb     testing.TB
	server *server
	dsn    string
}

// Private starts a server (about 2 s) that runs until the test ends. What it has
// answered survives an Immediate stop.
func Private(tb testing.TB) *Server {
	tb.Helper()
	s, err := startServer()
	if errors.Is(err, errAbsent) {
		realdata.Missing(tb, "%v", err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.alive.Close(); err != nil {
			tb.Errorf("stop the server: %v", err)
		}
	})
	name, err := s.clone(tb.Context())
	if err != nil {
		tb.Fatalf("clone a database: %v", err)
	}
	db := Connect(tb, s.dsn(name))
	db.Exec(`ALTER SYSTEM SET synchronous_commit = on`)
	db.Exec(`SELECT pg_reload_conf()`)
	return &Server{tb: tb, server: s, dsn: s.dsn(name)}
}

// DSN returns the connection string of the server's database.
func (s *Server) DSN() string { return s.dsn }

// Ways to stop a server.
const (
	Fast      = "INT"  // connections are ended, everything is written
	Immediate = "QUIT" // as in a crash: the next start has to recover
)

// Stop ends the server and returns when it is gone.
func (s *Server) Stop(how string) {
	s.tb.Helper()
	s.command(how)
	pid := filepath.Join(s.server.dir, "data", "postmaster.pid")
	s.until("the server is still there", func() bool {
		_, err := os.Stat(pid)
		return errors.Is(err, fs.ErrNotExist)
	})
}

// Start starts it again and returns when it answers.
func (s *Server) Start() {
	s.tb.Helper()
	s.command("start")
	s.until("the server does not answer", s.answers)
}

func (s *Server) answers() bool {
	conn, err := pgx.Connect(context.Background(), s.dsn)
	return err == nil && conn.Close(context.Background()) == nil
}

func (s *Server) command(line string) {
	s.tb.Helper()
	if _, err := io.WriteString(s.server.alive, line+"\n"); err != nil {
		s.tb.Fatalf("command the server: %v", err)
	}
}

func (s *Server) until(what string, done func() bool) {
	s.tb.Helper()
	for deadline := time.Now().Add(startTimeout); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(s.server.dir, "log"))
			s.tb.Fatalf("%s; its log ends with\n%s", what, log[max(0, len(log)-4096):])
		}
	}
}
