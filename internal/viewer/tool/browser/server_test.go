package browser

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "take the golden pictures anew")

// program is the built binary, made once.
var program string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "hanoitwin-browser-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "hanoitwin")
	build := exec.Command("go", "build", "-o", program, "./cmd/hanoitwin")
	build.Dir = filepath.Join("..", "..", "..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		_, _ = os.Stderr.Write(out)
		return 1
	}
	return m.Run()
}

// server is a running program.
type server struct {
	base, store string
	cmd         *exec.Cmd
}

var openLine = regexp.MustCompile(`(?m)^Open  http://localhost:(\d+)`)

// start runs the program on a store; addr 127.0.0.1:0 takes any port.
func start(t *testing.T, store, addr string) *server {
	t.Helper()
	s := &server{store: store}
	s.cmd = exec.Command(program, "serve", "--store", store, "--addr", addr)
	s.cmd.Env = append(os.Environ(), "HANOITWIN_STORE=", "HANOITWIN_ADDR=")
	var talk bytes.Buffer
	s.cmd.Stderr = &talk
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.stop)
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if m := openLine.FindStringSubmatch(line); m != nil {
			s.base = "http://127.0.0.1:" + m[1]
			break
		}
		if err != nil {
			t.Fatalf("the server ended: %v\n%s", err, talk.String())
		}
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return s
}

// stop ends the server at once; it may be called again.
func (s *server) stop() {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

// seeded starts the program with a new store of the seed data.
func seeded(t *testing.T) *server {
	t.Helper()
	return start(t, filepath.Join(t.TempDir(), "city.gpkg"), "127.0.0.1:0")
}

// importFeature changes the city from outside the server, as a GIS would.
func (s *server) importFeature(t *testing.T, layer, message string, feature map[string]any) {
	t.Helper()
	text, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": []any{feature}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "change.geojson")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, "import", "--store", s.store, "--layer", layer, "-m", message, path).CombinedOutput(); err != nil {
		t.Fatalf("import: %v\n%s", err, out)
	}
}

// ask gets a document from the server, beside the browser.
func ask[T any](t *testing.T, s *server, path string) T {
	t.Helper()
	client := http.Client{Timeout: 30 * time.Second}
	answer, err := client.Get(s.base + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var out T
	if err := json.NewDecoder(answer.Body).Decode(&out); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return out
}

// missing skips where something is not installed; in CI nothing may be.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("missing in CI: %s", what)
	}
	t.Skipf("skipped, missing: %s", what)
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, "Chromium")
	return ""
}

func has(text, part string) bool { return strings.Contains(text, part) }
