package pgtest

import (
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// Standby starts a second server that follows s, and lets s answer a commit only
// when the other has it too: what was answered outlives the loss of s. It runs
// until the test ends.
func (s *Server) Standby() *Server {
	s.tb.Helper()
	primary := Connect(s.tb, s.dsn)
	for _, setting := range []string{`wal_level = replica`, `max_wal_senders = 4`} {
		primary.Exec(`ALTER SYSTEM SET ` + setting)
	}
	s.Stop(Fast)
	s.Start()
	bin, err := programs()
	if err != nil {
		realdata.Missing(s.tb, "%v", err)
	}
	dir, err := makeDir()
	if err != nil {
		s.tb.Fatal(err)
	}
	backup := exec.Command(filepath.Join(bin, "pg_basebackup"), "--pgdata="+filepath.Join(dir, "data"), "--host="+s.server.dir,
		"--username="+superuser, "--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync")
	backup.Dir, backup.Env = dir, environment(dir)
	asServerUser(backup)
	if out, err := backup.CombinedOutput(); err != nil {
		s.tb.Fatalf("pg_basebackup: %v\n%s", err, out)
	}
	other := &server{dir: dir}
	if _, err := other.guarded(bin); err != nil {
		s.tb.Fatal(err)
	}
	s.tb.Cleanup(func() {
		if err := other.alive.Close(); err != nil {
			s.tb.Errorf("stop the standby: %v", err)
		}
	})
	standby := &Server{tb: s.tb, server: other, dsn: strings.Replace(s.dsn, url.QueryEscape(s.server.dir), url.QueryEscape(dir), 1)}
	standby.until("the standby does not answer", standby.answers)
	primary = Connect(s.tb, s.dsn)
	primary.Exec(`ALTER SYSTEM SET synchronous_standby_names = '*'`)
	primary.Exec(`SELECT pg_reload_conf()`)
	s.until("the standby does not follow", func() bool {
		var follows bool
		primary.QueryRow(`SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')`).Scan(&follows)
		return follows
	})
	return standby
}

// Promote makes a standby a server of its own.
func (s *Server) Promote() {
	s.tb.Helper()
	Connect(s.tb, s.dsn).Exec(`SELECT pg_promote()`)
}

// Either is the connection string of the one of the two that can be written to.
func Either(a, b *Server) string {
	hosts := url.QueryEscape(a.server.dir) + "," + url.QueryEscape(b.server.dir)
	return strings.Replace(a.dsn, url.QueryEscape(a.server.dir), hosts, 1) + "&target_session_attrs=read-write"
}
