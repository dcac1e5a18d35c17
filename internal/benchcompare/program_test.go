//go:build compare

package benchcompare

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// programUnderTest is `hanoitwin serve` in a process of its own, on the seed.
type programUnderTest struct {
	addr, key string
	pid       int
}

func startProgram(t *testing.T) *programUnderTest {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "hanoitwin")
	build := exec.Command("go", "build", "-o", binary, "github.com/hanoitwin/hanoitwin/cmd/hanoitwin")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &programUnderTest{addr: l.Addr().String()}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	store := filepath.Join(dir, "hanoi.gpkg")
	serve := exec.Command(binary, "serve", "--store", store, "--addr", s.addr, "--limit-reads", "0", "--limit-key-reads", "0", "--limit-writes", "0")
	var log bytes.Buffer
	serve.Stderr = &log
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	s.pid = serve.Process.Pid
	t.Cleanup(func() {
		_ = serve.Process.Signal(os.Interrupt)
		_ = serve.Wait()
	})
	for deadline := time.Now().Add(20 * time.Second); ; {
		conn, err := net.Dial("tcp", s.addr)
		if err == nil {
			conn.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server does not start: %s", log.String())
		}
		time.Sleep(20 * time.Millisecond)
	}
	fetch(t, "http://"+s.addr+"/readyz")
	key, err := exec.Command(binary, "key", "create", "bench", "--role", "editor", "--store", store).Output()
	if err != nil {
		t.Fatal(err)
	}
	s.key = strings.TrimSpace(string(key))
	time.Sleep(2 * time.Second) // keys are read each second
	return s
}

// memory returns the resident set of the server in bytes.
func (s *programUnderTest) memory(t *testing.T) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/" + strconv.Itoa(s.pid) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if value, found := strings.CutPrefix(line, "VmRSS:"); found {
			kB, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kB << 10
		}
	}
	t.Fatal("no VmRSS")
	return 0
}
