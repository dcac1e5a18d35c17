package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// errAbsent means that this machine has no PostgreSQL or no PostGIS.
var errAbsent = errors.New("PostgreSQL with PostGIS (Debian: apt-get install postgresql-15-postgis-3)")

const (
	superuser    = "postgres"
	templateName = "template"
	startTimeout = 60 * time.Second
)

// start is the one piece of state that tests of a process share: its server,
// started by whoever asks first.
var start = sync.OnceValues(startServer)

// server is a running PostgreSQL.
type server struct {
	dir string // of the socket, the data and the log
	// alive is the write end of the pipe that the guard reads. That of the
	// server which all tests share is never written and never closed: its end is
	// the end of this process.
	alive io.WriteCloser
}

// guard is the life of the server as a shell script: it runs until its standard
// input ends. $1 is the postgres program, $2 the directory. Programs get no
// standard input or output of ours, or `go test` would wait for them. SIGQUIT
// is PostgreSQL's immediate shutdown. A line of the input is a signal to end the
// server with, or start.
const guard = `
trap '' HUP INT TERM
start() {
	"$program" -D "$dir/data" -k "$dir" -c listen_addresses= </dev/null >>"$dir/log" 2>&1 &
	pid=$!
}
program=$1 dir=$2
start
while read -r command; do
	case $command in
	start) start ;;
	*) kill -"$command" "$pid"; wait "$pid" ;;
	esac
done
kill -QUIT "$pid"
wait "$pid"
cd / && rm -rf "$dir"
`

// settings trade durability, which a test does not need, for speed.
const settings = `
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
max_connections = 200
max_prepared_transactions = 4
shared_buffers = 64MB
wal_level = minimal
max_wal_senders = 0
jit = off
`

func startServer() (*server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := makeDir()
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir}
	if err := s.launch(bin); err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "log"))
		if s.alive == nil {
			err = errors.Join(err, os.RemoveAll(dir)) // no guard that would
		} else {
			err = errors.Join(err, s.alive.Close())
		}
		return nil, fmt.Errorf("start PostgreSQL in %s: %w\n%s", dir, err, log)
	}
	return s, nil
}

// makeDir makes the server's directory, owned by the user who will run it.
func makeDir() (string, error) {
	parent := os.TempDir()
	// A socket's path is limited to 107 bytes; /.s.PGSQL.5432 is appended.
	if len(parent) > 60 {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "pgtest-")
	if err != nil {
		return "", err
	}
	if err := chownToServer(dir); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	return dir, nil
}

func (s *server) launch(bin string) error {
	if err := s.makeData(bin, filepath.Join(s.dir, "data")); err != nil {
		return err
	}
	exited, err := s.guarded(bin)
	if err != nil {
		return err
	}
	return s.await(exited)
}

// guarded starts the server under its guard; exited tells of the guard's end.
func (s *server) guarded(bin string) (exited <-chan error, err error) {
	cmd := exec.Command("/bin/sh", "-c", guard, "guard", filepath.Join(bin, "postgres"), s.dir)
	cmd.Dir, cmd.Env = s.dir, environment(s.dir)
	asServerUser(cmd)
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s.alive = pipe
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	return ended, nil
}

// await waits until the server answers.
func (s *server) await(exited <-chan error) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.dsn("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no answer: %w", err)
		case <-exited:
			return fmt.Errorf("it ended: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// clone makes a database with PostGIS and returns its name.
func (s *server) clone(ctx context.Context) (string, error) {
	conn, err := pgx.Connect(ctx, s.dsn("postgres"))
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	var n int64
	if err := conn.QueryRow(ctx, "SELECT nextval('clone')").Scan(&n); err != nil {
		return "", err
	}
	name := "clone_" + strconv.FormatInt(n, 10)
	_, err = conn.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+templateName)
	return name, err
}

// drop removes a clone, whoever is still connected to it.
func (s *server) drop(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, s.dsn("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
	return err
}

func (s *server) dsn(database string) string {
	query := url.Values{"host": {s.dir}, "user": {superuser}}
	return "postgres:///" + database + "?" + query.Encode()
}

// programs finds the directory of the newest PostgreSQL.
func programs() (string, error) {
	dirs := []string{os.Getenv("HANOITWIN_PGBIN")}
	if dirs[0] == "" {
		dirs, _ = filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is good
		slices.SortFunc(dirs, func(a, b string) int { return major(b) - major(a) })
		if path, err := exec.LookPath("initdb"); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	for _, dir := range dirs {
		_, errInit := os.Stat(filepath.Join(dir, "initdb"))
		_, errServer := os.Stat(filepath.Join(dir, "postgres"))
		if errInit == nil && errServer == nil {
			return dir, nil
		}
	}
	return "", errAbsent
}

// major is the N of /usr/lib/postgresql/N/bin.
func major(bin string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(bin))) // anything else sorts last
	return n
}

// environment is ours without the settings that would send PostgreSQL's
// programs elsewhere.
func environment(home string) []string {
	env := slices.DeleteFunc(os.Environ(), func(kv string) bool {
		return strings.HasPrefix(kv, "PG") || strings.HasPrefix(kv, "HOME=")
	})
	return append(env, "HOME="+home)
}

func appendFile(name, text string) error {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
