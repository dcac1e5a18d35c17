package browser

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var update = flag.Bool("update", false, "take the golden pictures anew")

// What all tests of a run share: the built program, a server with the seed data
// that no test changes, and a browser.
var (
	program string
	seed    *server
	chrome  context.Context
)

// without are features of Chromium that are turned off: the first two by chromedp
// itself, the others because each new window would load the pop-up of an address
// bar that nobody sees, which takes as much as the map and at the same time.
const without = "Translate,BlinkGenPropertyTrees,WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup"

// atOnce is how many tests run at the same time at most: all draw by one process.
const atOnce = 4

func TestMain(m *testing.M) {
	flag.Parse()
	if n, err := strconv.Atoi(flag.Lookup("test.parallel").Value.String()); err == nil && n > atOnce {
		_ = flag.Set("test.parallel", strconv.Itoa(atOnce))
	}
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
	if seed, err = launch(filepath.Join(dir, "seed.gpkg")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer seed.stop()
	if path := chromium(); path != "" {
		options := append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...)
		options = append(options, chromedp.ExecPath(path), chromedp.NoSandbox,
			chromedp.Flag("use-angle", "swiftshader"), chromedp.Flag("enable-unsafe-swiftshader", true),
			chromedp.Flag("disable-gpu-compositing", true), // software is slow at being a graphics processor: it does only what WebGL must have
			chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "vi"), chromedp.Flag("disable-features", without))
		allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
		defer stop()
		ctx, cancel := chromedp.NewContext(allocator)
		defer cancel()
		if err := chromedp.Do(ctx); err != nil { // the browser lives as long as this context
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		chrome = ctx
	}
	return m.Run()
}

// browser is the one browser; it skips where there is none, but in CI there must be.
func browser(t *testing.T) context.Context {
	t.Helper()
	if chrome == nil {
		missing(t, "Chromium")
	}
	return chrome
}

// server is a running program.
type server struct {
	base, store string
	cmd         *exec.Cmd
}

var openLine = regexp.MustCompile(`(?m)^Open  http://localhost:(\d+)`)

// start runs the program on a store, at any port.
func start(t *testing.T, store string, more ...string) *server {
	t.Helper()
	s, err := launch(store, more...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.stop)
	return s
}

func launch(store string, more ...string) (*server, error) {
	s := &server{store: store}
	s.cmd = exec.Command(program, append([]string{"serve", "--store", store, "--addr", "127.0.0.1:0"}, more...)...)
	s.cmd.Env = append(os.Environ(), "HANOITWIN_STORE=", "HANOITWIN_ADDR=")
	var talk bytes.Buffer
	s.cmd.Stderr = &talk
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewReader(out)
	for s.base == "" {
		line, err := lines.ReadString('\n')
		if m := openLine.FindStringSubmatch(line); m != nil {
			s.base = "http://127.0.0.1:" + m[1]
		} else if err != nil {
			s.stop()
			return nil, fmt.Errorf("the server ended: %w\n%s", err, talk.String())
		}
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return s, nil
}

// stop ends the server at once; it may be called again.
func (s *server) stop() {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

// own starts the program with a new store of the seed data, for a test that
// changes the city or stops the server.
func own(t *testing.T) *server {
	t.Helper()
	return start(t, filepath.Join(t.TempDir(), "city.gpkg"))
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

// chromium is the path of the browser, "" when there is none.
func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func has(text, part string) bool { return strings.Contains(text, part) }
