package browser

import (
	"strconv"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// pool are tabs that look at the city of the seed, and that tests take and give
// back: most links need no new page, and loading one is what takes longest.
type pool struct {
	mu    sync.Mutex
	free  map[screen][]*page
	taken map[taking]*page
}

// taking is what a test has of each screen: one tab.
type taking struct {
	t      *testing.T
	screen screen
}

var tabs = pool{free: map[screen][]*page{}, taken: map[taking]*page{}}

// visit opens a link in a tab that other tests have used before and will use again.
func visit(t *testing.T, sc screen, link string) *page {
	t.Helper()
	p := tabs.take(t, sc)
	if p == nil {
		p = newTab(t, seed, sc)
		tabs.give(t, p)
		p.do(chromedp.Navigate(seed.base + "/" + link))
	}
	p.t = t
	p.forget()
	p.idle()
	p.tidy()
	p.follow(link)
	p.idle()
	return p
}

// tidy does away with what those before have left and no link says: words in the
// search box, messages, panels that are scrolled, the focus, and where the mouse is.
// Panels are closed too: what one waits for to be in them is of one's own link then.
func (p *page) tidy() {
	p.t.Helper()
	js[bool](p, `(() => {
		const search = document.querySelector('#search');
		search.value = '';
		search.dispatchEvent(new Event('input'));
		for (const e of document.querySelectorAll('.panel, .panel *')) e.scrollTop = 0;
		document.querySelector('#messages').replaceChildren();
		hanoitwin.store.send({type: 'select', target: null});
		hanoitwin.store.send({type: 'ask', question: null});
		hanoitwin.store.send({type: 'date', date: null});
		document.activeElement?.blur();
		return true;
	})()`)
	if !p.screen.phone {
		p.do(chromedp.MouseEvent(chromedp.MouseMoved, 1, 1))
	}
}

// take finds a tab for the test: the one that it has, or one that is free; nil
// where there is none.
func (l *pool) take(t *testing.T, sc screen) *page {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.taken[taking{t, sc}]; p != nil {
		return p
	}
	free := l.free[sc]
	if len(free) == 0 {
		return nil
	}
	p := free[len(free)-1]
	l.free[sc] = free[:len(free)-1]
	l.until(t, p)
	return p
}

// give lets the test have a new tab.
func (l *pool) give(t *testing.T, p *page) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until(t, p)
}

// until the end of the test the tab is the test's. Who fails leaves it in a state
// that nobody knows: it is closed then.
func (l *pool) until(t *testing.T, p *page) {
	mine := taking{t, p.screen}
	l.taken[mine] = p
	t.Cleanup(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.taken, mine)
		if t.Failed() {
			p.close()
			return
		}
		l.free[p.screen] = append(l.free[p.screen], p)
	})
}

// look is true once the style is in the look and the language that the page is in.
const look = `hanoitwin.map.style.stylesheet.metadata['hanoitwin:dark'] === (document.documentElement.dataset.theme === 'dark')
	&& hanoitwin.map.getLayoutProperty('wards-name', 'text-field')[1][1] === (document.documentElement.lang === 'en' ? 'name_en' : 'name')`

// follow opens a link in the page that is open. Where the address is the link, what
// is shown may be something else by now: pages write their address a moment later.
func (p *page) follow(link string) {
	p.t.Helper()
	js[bool](p, "(l => new Promise(done => { addEventListener('hashchange', () => done(true), {once: true}); if (location.hash === l) dispatchEvent(new HashChangeEvent('hashchange', {newURL: location.href})); else location.hash = l }))("+strconv.Quote(link)+")")
	p.until(look)
}
