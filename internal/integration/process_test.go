package integration

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/contracttest"
	"github.com/hanoitwin/hanoitwin/internal/logtest"
)

// process is a running `hanoitwin serve`.
type process struct {
	base   string // such as http://localhost:43210
	banner string // what it printed when it was ready to listen

	cmd   *exec.Cmd
	talk  logtest.Buffer // standard error
	ended chan struct{}
	err   error // of the end

	contract contracttest.Served
}

var openLine = regexp.MustCompile(`(?m)^Open  (http://localhost:\d+)$`)

// startServer starts the program in dir on a free port. It is stopped when the
// test ends, if it still runs.
func startServer(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	p := &process{ended: make(chan struct{})}
	p.cmd = exec.Command(program(t), append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
	p.cmd.Dir, p.cmd.Env, p.cmd.Stderr = dir, cleanEnvironment(), &p.talk
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // an error when it has ended, as it should
		<-p.ended
	})
	lines := bufio.NewReader(out)
	for !strings.Contains(p.banner, ".mvt'\n") {
		line, err := lines.ReadString('\n')
		if err != nil {
			p.err = p.cmd.Wait()
			close(p.ended)
			t.Fatalf("%v: %v\n%s%s", p.cmd.Args, p.err, p.banner, p.talk.String())
		}
		p.banner += line
	}
	go func() {
		rest, _ := io.ReadAll(lines)
		p.err = p.cmd.Wait()
		p.banner += string(rest)
		close(p.ended)
	}()
	m := openLine.FindStringSubmatch(p.banner)
	if m == nil {
		t.Fatalf("the banner does not say what to open:\n%s", p.banner)
	}
	p.base = m[1]
	return p
}

// stop asks the server to stop and waits for it.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-p.ended
	if p.err != nil {
		t.Errorf("SIGTERM: %v\n%s", p.err, p.talk.String())
	}
}

// kill ends the server without warning.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.ended
}

// ask sends a request to a path, or to an address; headers are pairs of name and
// value.
func (p *process) ask(t *testing.T, method, target, body string, headers ...string) reply {
	t.Helper()
	if strings.HasPrefix(target, "/") {
		target = p.base + target
	}
	r, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	p.contract.Hold(t, func() []byte { return p.described(t) }, r, []byte(body), &contracttest.Answer{Status: res.StatusCode, Header: res.Header, Body: text})
	return reply{method + " " + target, res.StatusCode, res.Header, text}
}

// described returns the OpenAPI document of the server, nil where it tells that not to
// everybody, or nobody yet.
func (p *process) described(t *testing.T) []byte {
	t.Helper()
	res, err := http.Get(p.base + "/api")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return nil
	}
	return text
}

// get returns status, header and body of an answer.
func (p *process) get(t *testing.T, path string) (int, http.Header, string) {
	t.Helper()
	a := p.ask(t, http.MethodGet, path, "")
	return a.status, a.header, string(a.body)
}

// TestFirstStart runs `hanoitwin serve` where there is nothing: it makes
// hanoi.gpkg, and answers after less than 3 s of a processor's time. By the clock it
// takes longer where other tests run beside.
func TestFirstStart(t *testing.T) {
	const limit = 3 * time.Second
	program(t) // not to be timed
	dir, start := t.TempDir(), time.Now()
	p := startServer(t, dir)
	code, header, body := p.get(t, "/readyz")
	t.Logf("ready after %s", time.Since(start).Round(time.Millisecond))
	if code != http.StatusOK || header.Get("Twin-Version") != "1" {
		t.Fatalf("/readyz: %d, version %q\n%s", code, header.Get("Twin-Version"), body)
	}
	if code, _, body := p.get(t, "/collections/ring_roads/items?limit=100"); code != http.StatusOK || !strings.Contains(body, `"numberReturned":55`) {
		t.Errorf("not the 55 sections of the ring roads: %d\n%.300s", code, body)
	}
	p.stop(t)
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 || entries[0].Name() != "hanoi.gpkg" {
		t.Errorf("the directory has %v (%v), want hanoi.gpkg alone", entries, err)
	}
	took := p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
	if took > limit {
		t.Errorf("it took %s of a processor, want %s at most", took, limit)
	}
	t.Logf("it took %s of a processor", took.Round(time.Millisecond))
}

// TestSecondStart finds the store that the first made, and leaves it as it is.
func TestSecondStart(t *testing.T) {
	dir := t.TempDir()
	startServer(t, dir).stop(t)
	before := storeText(t, filepath.Join(dir, "hanoi.gpkg"))
	p := startServer(t, dir)
	if strings.Contains(p.talk.String(), "seed") {
		t.Errorf("it writes the seed again:\n%s", p.talk.String())
	}
	p.stop(t)
	if after := storeText(t, filepath.Join(dir, "hanoi.gpkg")); after != before {
		t.Errorf("the store has changed:\n%s", firstDifference(before, after))
	}
}

// TestStopFinishesRequests stops the server while a client is reading a large
// answer slowly. The client gets all of it; others are refused meanwhile.
func TestStopFinishesRequests(t *testing.T) {
	t.Parallel()
	// More than the sockets of both sides hold.
	var features strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&features, `{"type":"Feature","id":%d,"geometry":{"type":"Point","coordinates":[105.8,21]},"properties":{"note":"%s"}}`+"\n",
			i+1, strings.Repeat("đường ", 500))
	}
	dir := t.TempDir()
	store := filepath.Join(dir, "store.gpkg")
	run(t, "import", "--store", store, "--empty", writeFile(t, features.String(), dir, "notes.geojsonl")).want(t, 0)
	p := startServer(t, dir, "--store", store)
	u, err := url.Parse(p.base)
	if err != nil {
		t.Fatal(err)
	}
	address := "127.0.0.1:" + u.Port()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(64 << 10); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET /collections/notes/items?limit=10000 HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", u.Host)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(err, res)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; {
		other, err := net.Dial("tcp", address)
		if err != nil {
			break // refused, as it should be
		}
		other.Close()
		if time.Now().After(deadline) {
			t.Fatal("the server still takes connections")
		}
	}
	body, err := io.ReadAll(res.Body)
	if err != nil || int64(len(body)) != res.ContentLength || !json.Valid(body) {
		t.Errorf("%d bytes of %d: %v", len(body), res.ContentLength, err)
	}
	<-p.ended
	if p.err != nil {
		t.Errorf("the server ends with %v", p.err)
	}
	if !strings.Contains(p.talk.String(), "in_flight=1") {
		t.Errorf("the request was not in flight, so this proves nothing:\n%s", p.talk.String())
	}
}
