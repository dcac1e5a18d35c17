package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// key makes an editor's key, as an admin does in a terminal.
func (s *server) key(t *testing.T, name string, more ...string) string {
	t.Helper()
	cmd := exec.Command(program, append([]string{"key", "create", name, "--store", s.store}, more...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("key create: %v", err)
	}
	key := strings.TrimSpace(string(out))
	// A server reads its keys each second, and listens to ten wrong ones at once.
	for end := time.Now().Add(patience); ; time.Sleep(300 * time.Millisecond) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.base+"/whoami", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+key)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return key
		}
		if time.Now().After(end) {
			t.Fatalf("the key is not known: %d", answer.StatusCode)
		}
	}
}

// write changes the city beside the browser, as another editor.
func (s *server) write(t *testing.T, key, method, path, body string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, s.base+path, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	if method == http.MethodPatch || method == http.MethodDelete {
		r.Header.Set("If-Match", "*")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		var problem map[string]any
		_ = json.NewDecoder(answer.Body).Decode(&problem)
		t.Fatalf("%s %s: %d %v", method, path, answer.StatusCode, problem)
	}
}

// beginEdit opens the editor and gives it a key.
func (p *page) beginEdit(key string) {
	p.t.Helper()
	p.press("#tool-edit")
	p.until("document.activeElement?.id === 'edit-key'")
	p.keys(key + kb.Enter)
	p.until("document.querySelector('#edit[data-screen=list]')")
}

// fill types into a control of the form, and leaves it.
func (p *page) fill(id, text string) {
	p.t.Helper()
	js[bool](p, fmt.Sprintf("(e => { e.closest('details') && (e.closest('details').open = true); e.focus(); e.value = %s; e.dispatchEvent(new Event('change', {bubbles: true})); e.blur(); return true })(document.getElementById(%s))", strconv.Quote(text), strconv.Quote(id)))
}

// shot writes a picture of the screen where HANOITWIN_SHOTS says, for people.
func (p *page) shot(name string) {
	p.t.Helper()
	dir := os.Getenv("HANOITWIN_SHOTS")
	if dir == "" {
		return
	}
	_ = os.WriteFile(dir+"/"+name+".png", p.screenshot(), 0o600)
}

// drag presses the button of the mouse at a place, moves it there and to another
// in small steps.
func (p *page) drag(x, y, toX, toY float64) {
	p.t.Helper()
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, x, y), chromedp.MouseEvent(chromedp.MousePressed, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	for i := 1.0; i <= 4; i++ {
		p.do(chromedp.MouseEvent(chromedp.MouseMoved, x+(toX-x)*i/4, y+(toY-y)*i/4, chromedp.ButtonLeft))
	}
}

func (p *page) release(x, y float64) {
	p.t.Helper()
	p.do(chromedp.MouseEvent(chromedp.MouseReleased, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
}

// item is a feature as the server has it.
type item struct {
	Geometry struct {
		Type        string
		Coordinates json.RawMessage
	}
	Properties map[string]any
}

func (s *server) item(t *testing.T, layer, key string) item {
	t.Helper()
	return ask[item](t, s, "/collections/"+layer+"/items/"+key)
}

func (i item) line(t *testing.T) [][2]float64 {
	t.Helper()
	var line [][2]float64
	if err := json.Unmarshal(i.Geometry.Coordinates, &line); err != nil {
		t.Fatalf("%s: %v", i.Geometry.Coordinates, err)
	}
	return line
}

func (i item) point(t *testing.T) [2]float64 {
	t.Helper()
	var at [2]float64
	if err := json.Unmarshal(i.Geometry.Coordinates, &at); err != nil {
		t.Fatalf("%s: %v", i.Geometry.Coordinates, err)
	}
	return at
}

// reload loads the page anew and agrees to leave it.
func (p *page) reload() {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, cdppage.Enable, cdppage.EnableParams{}); err != nil {
		p.t.Fatal(err)
	}
	asked := make(chan struct{}, 1)
	if err := chromedp.Listen(p.ctx, func(event any) {
		if _, is := event.(*cdppage.EventJavascriptDialogOpening); is {
			select {
			case asked <- struct{}{}:
			default:
			}
			go func() {
				_, _ = chromedp.Call(p.ctx, cdppage.HandleJavaScriptDialog, cdppage.HandleJavaScriptDialogParams{Accept: true})
			}()
		}
	}); err != nil {
		p.t.Fatal(err)
	}
	js[bool](p, "setTimeout(() => location.reload()) > 0")
	select {
	case <-asked:
	case <-time.After(patience):
		p.t.Fatal("the browser did not ask whether to leave the unsaved changes")
	}
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		// While one page goes and the other comes there is nobody to ask.
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		there, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!window.hanoitwin && !document.querySelector('#edit')"))
		cancel()
		if err == nil && there {
			break
		}
		if time.Now().After(end) {
			p.t.Fatalf("the page did not come back: %v", err)
		}
	}
	p.idle()
}

func (p *page) undo() {
	p.t.Helper()
	js[bool](p, "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'z', ctrlKey: true, bubbles: true})) || true")
}

// readable holds that all on the screen has a name and can be told from what is
// behind it.
func (p *page) readable(when string) {
	p.t.Helper()
	for _, e := range js[[]string](p, nameless) {
		p.t.Errorf("%s: no name: %s", when, e)
	}
	for _, e := range js[[]string](p, worstContrast) {
		p.t.Errorf("%s: contrast %s", when, e)
	}
}

// swipe puts a finger down, moves it and lifts it.
func (p *page) swipe(x, y, toX, toY float64) {
	p.t.Helper()
	touch := func(kind input.DispatchTouchEventType, points ...*input.TouchPoint) {
		p.t.Helper()
		if _, err := chromedp.Call(p.ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: append([]*input.TouchPoint{}, points...)}); err != nil {
			p.t.Fatal(err)
		}
	}
	touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: x, Y: y})
	for i := 1.0; i <= 4; i++ {
		touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: x + (toX-x)*i/4, Y: y + (toY-y)*i/4})
	}
	touch(input.DispatchTouchEventTypeTouchEnd)
}
