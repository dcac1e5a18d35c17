package browser

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// screen is what the page is shown on: so many pixels of CSS, each of so many of
// the screen.
type screen struct {
	name          string
	width, height int64
	scale         float64
	phone         bool
	motion        bool // of who has not asked for less of it
}

// The screens of the tests have a quarter of a pixel for each of CSS: all lies where
// it lies on a real one, and drawing, which software does and which took longer than
// all else together, has a sixteenth of the pixels; pictures are taken with all.
// Their people want no motion, which is drawn in as many frames as there is time for.
var (
	desktop = screen{name: "desktop", width: 1280, height: 800, scale: 0.25}
	phone   = screen{name: "phone", width: 390, height: 844, scale: 0.25, phone: true}
)

// lively is the screen of somebody who has not asked for less motion.
func (s screen) lively() screen { s.motion = true; return s }

// patience is how long something may take: software drawing on a busy machine is
// slow. Nothing waits that long when all is well.
const patience = 90 * time.Second

// pause is between two looks at something that is waited for.
const pause = 50 * time.Millisecond

// page is a tab of a browser that looks at a server.
type page struct {
	t      *testing.T
	ctx    context.Context
	server *server
	screen screen

	proxy *recorder
	close func()

	mu      sync.Mutex
	trouble []string         // console messages, refusals
	allowed []*regexp.Regexp // what a test breaks on purpose
	marks   chan string      // what quiet has written to the console
}

// open opens the map at a link such as #map=… in a profile of its own: nothing is
// in its caches, and a proxy of its own notes what it asks for.
func open(t *testing.T, s *server, sc screen, link string) *page {
	t.Helper()
	p := blank(t, s, sc)
	p.do(chromedp.Navigate(s.base + "/" + link))
	p.idle()
	return p
}

// blank is an empty tab that is about to look at a server.
func blank(t *testing.T, s *server, sc screen) *page {
	t.Helper()
	p := newTab(t, s, sc)
	t.Cleanup(p.close)
	return p
}

func newTab(t *testing.T, s *server, sc screen) *page {
	t.Helper()
	proxy := record(s)
	ctx, cancel := chromedp.NewContext(browser(t), chromedp.WithNewBrowserContext(func(c *target.CreateBrowserContextParams) {
		c.ProxyServer, c.ProxyBypassList = proxy.address, "<-loopback>"
	}))
	p := &page{t: t, ctx: ctx, server: s, screen: sc, proxy: proxy, marks: make(chan string, 1), close: func() { cancel(); proxy.listener.CloseClientConnections() }}
	if err := chromedp.Do(ctx); err != nil { // the tab lives as long as this context
		t.Fatal(err)
	}
	p.size(sc.scale)
	p.emulate("")
	// Tabs are used at the same time, and each is the one that is looked at.
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			switch text := m.String(); {
			case has(text, mark):
				p.marks <- text
			case !has(text, "GPU stall"): // of the driver of tests
				p.note(text)
			}
		}
	}()
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		t.Fatal(err)
	}
	return p
}

// size gives the screen its size, with so many pixels for each of CSS.
func (p *page) size(scale float64) {
	p.t.Helper()
	emulated := []chromedp.EmulateViewportOption{chromedp.EmulateScale(scale)}
	if p.screen.phone {
		emulated = append(emulated, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	p.do(chromedp.EmulateViewport(p.screen.width, p.screen.height, emulated...))
}

// draws has the page drawn with so many pixels for each of CSS.
func (p *page) draws(scale float64) {
	p.t.Helper()
	p.size(scale)
	p.until(fmt.Sprintf("Math.abs(devicePixelRatio - %g) < 0.01", scale))
	js[bool](p, "!!hanoitwin.map.resize()")
}

// emulate shows the page on a screen, or on paper for print.
func (p *page) emulate(media string) {
	p.t.Helper()
	motion := "reduce"
	if p.screen.motion {
		motion = "no-preference"
	}
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media, Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: motion}}})
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *page) note(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.ContainsFunc(p.allowed, func(r *regexp.Regexp) bool { return r.MatchString(text) }) {
		p.trouble = append(p.trouble, text)
	}
}

func (p *page) hear(event any) {
	if e, is := event.(*network.EventResponseReceived); is && e.Response.Status >= 400 {
		p.note(fmt.Sprintf("%d %s", int(e.Response.Status), e.Response.URL))
	}
}

// mark begins what quiet writes to the console.
const mark = "all until here: "

// quiet fails the test when the page has complained, or asked another server.
func (p *page) quiet() {
	p.t.Helper()
	here := mark + rand.Text()
	js[bool](p, "console.debug("+strconv.Quote(here)+") ?? true")
	for end := time.After(patience); ; { // what was written before is noted once this has come
		select {
		case text := <-p.marks:
			if !has(text, here) {
				continue
			}
		case <-end:
			p.t.Fatal("the console has not come to an end")
		}
		break
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, text := range p.trouble {
		p.t.Errorf("the page complains: %s", text)
	}
	asked, foreign := p.proxy.seen()
	if len(asked) < 5 {
		p.t.Errorf("only %d requests seen", len(asked))
	}
	for _, host := range foreign {
		p.t.Errorf("another server is asked: %s", host)
	}
}

// forgive lets the page complain of what a test breaks on purpose, whether it has
// already or does so later: a browser reports what a page was refused when it likes.
func (p *page) forgive(complaints string) {
	r := regexp.MustCompile(complaints)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.allowed = append(p.allowed, r)
	p.trouble = slices.DeleteFunc(p.trouble, r.MatchString)
}

// forget begins anew with complaints, for another test.
func (p *page) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trouble, p.allowed = nil, nil
}

func (p *page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// js evaluates an expression of the page; it may be a promise.
func js[T any](p *page, expression string) T {
	p.t.Helper()
	v, err := evaluate[T](p, expression)
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func evaluate[T any](p *page, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// until waits for an expression of the page to become true, of the next page too
// when this one is left meanwhile. What it asks of may have yet to come.
func (p *page) until(expression string) {
	p.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(pause) {
		is, err := evaluate[bool](p, "!!("+expression+")")
		if is {
			return
		}
		if err != nil && !left(err) && !lacking(err) {
			p.t.Fatalf("%s: %v", expression, err)
		}
		if time.Now().After(end) {
			p.t.Fatalf("it never came to be that %s (%v)\n%s", expression, err, js[string](p, "document.body.innerText"))
		}
	}
}

// left tells whether nothing could be evaluated because the browser was leaving the
// page: "Inspected target navigated or closed", "Execution context was destroyed",
// "Cannot find default execution context", "Promise was collected".
func left(err error) bool {
	refused, is := errors.AsType[*cdproto.Error](err)
	return is && refused.Code == -32000 && slices.ContainsFunc([]string{"navigated", "execution context", "Execution context", "collected"}, func(part string) bool { return has(refused.Message, part) })
}

// lacking tells whether an expression asked something of an element or an object
// that is not there: a TypeError.
func lacking(err error) bool {
	thrown, is := errors.AsType[*chromedp.ExceptionError](err)
	return is && thrown.Exception != nil && thrown.Exception.ClassName == "TypeError"
}

// idle waits until the map has drawn everything that it has to, and no frame is to
// come: names and symbols can be clicked only once they are placed, a frame later.
func (p *page) idle() {
	p.t.Helper()
	p.until("window.hanoitwin && hanoitwin.map.loaded() && !hanoitwin.map.isMoving() && hanoitwin.map.areTilesLoaded() && !hanoitwin.map._placementDirty && !hanoitwin.map._styleDirty && !hanoitwin.map._sourcesDirty && !hanoitwin.map._frameRequest")
}

// text is what a person reads in an element, "" when it is not shown.
func (p *page) text(selector string) string {
	p.t.Helper()
	return js[string](p, "(e => !e || e.closest('[hidden]') ? '' : e.innerText)(document.querySelector("+strconv.Quote(selector)+"))")
}

// texts are those of all elements that a selector finds.
func (p *page) texts(selector string) []string {
	p.t.Helper()
	return js[[]string](p, "[...document.querySelectorAll("+strconv.Quote(selector)+")].map(e => e.innerText)")
}

// reach finds the middle of an element that has come to rest where a finger would
// touch it; what is in the way otherwise.
const reach = `(async selector => {
	const e = document.querySelector(selector);
	if (!e?.checkVisibility()) return {wait: 'it is not shown'};
	e.scrollIntoView({block: 'nearest'});
	const frame = () => new Promise(done => requestAnimationFrame(done)), before = e.getBoundingClientRect();
	await frame();
	await frame();
	const r = e.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2, hit = document.elementFromPoint(x, y);
	if (r.x !== before.x || r.y !== before.y) return {wait: 'it moves'};
	if (hit === e || e.contains(hit) || hit?.closest('label')?.control === e) return {x, y};
	return {wait: 'something lies on it: ' + hit?.outerHTML.slice(0, 120)};
})`

// press clicks or taps the middle of an element, as a person does.
func (p *page) press(selector string) {
	p.t.Helper()
	type place struct {
		X, Y float64
		Wait string
	}
	for end := time.Now().Add(patience); ; time.Sleep(pause) {
		at, err := evaluate[place](p, reach+"("+strconv.Quote(selector)+")")
		if err == nil && at.Wait == "" {
			p.pressAt(at.X, at.Y)
			return
		}
		if err != nil && !left(err) {
			p.t.Fatalf("%s: %v", selector, err)
		}
		if time.Now().After(end) {
			p.t.Fatalf("%s cannot be pressed: %s\n%s", selector, at.Wait, js[string](p, "document.body.innerText"))
		}
	}
}

func (p *page) pressAt(x, y float64) {
	p.t.Helper()
	if p.screen.phone {
		p.do(chromedp.TapXY(x, y))
	} else {
		p.do(chromedp.MouseEvent(chromedp.MouseMoved, x, y), chromedp.MouseClickXY(x, y))
	}
}

// pressMap clicks the place on the map.
func (p *page) pressMap(lon, lat float64) {
	p.t.Helper()
	p.pressAt(p.where(lon, lat))
}

// where a place is on the screen.
func (p *page) where(lon, lat float64) (x, y float64) {
	p.t.Helper()
	at := js[[]float64](p, fmt.Sprintf("(p => [p.x, p.y])(hanoitwin.map.project([%g, %g]))", lon, lat))
	return at[0], at[1]
}

// sees waits until something of a drawing layer is on the screen.
func (p *page) sees(layer string) {
	p.t.Helper()
	p.until("hanoitwin.map.queryRenderedFeatures({layers: [" + strconv.Quote(layer) + "]}).length > 0")
}

func (p *page) keys(text string) { p.t.Helper(); p.do(chromedp.KeyEvent(text)) }

// link is what stands after # in the address, once it is written.
func (p *page) link(part string) string {
	p.t.Helper()
	p.until("decodeURIComponent(location.hash).includes(" + strconv.Quote(part) + ")")
	return js[string](p, "location.hash")
}
