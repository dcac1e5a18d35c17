package browser

import (
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// heap returns what scripts of the page hold in memory, in bytes, after the
// garbage has been collected.
func (p *page) heap() int {
	p.t.Helper()
	for range 2 {
		if _, err := chromedp.Call(p.ctx, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
			p.t.Fatal(err)
		}
	}
	usage, err := chromedp.Call(p.ctx, runtime.GetHeapUsage, cdp.Empty{})
	if err != nil {
		p.t.Fatal(err)
	}
	return int(usage.UsedSize)
}

// TestNoGrowth switches layers 200 times and goes through time 200 times: memory
// ends where it was.
func TestNoGrowth(t *testing.T) {
	t.Parallel()
	small := screen{name: "small", width: 160, height: 120, scale: 0.25}
	p := open(t, seed, small, "#map=11/21.03/105.85&legend=1&date=2026-01-01")
	const through = `(async () => {
		const frame = () => new Promise(done => requestAnimationFrame(done));
		for (let i = 0; i < 20; i++) {
			hanoitwin.store.send({type: 'layer', layer: 'projects', shown: i % 2 === 1, startsOff: false});
			await frame();
			hanoitwin.store.send({type: 'date', date: (2000 + i % 30) + '-06-01'});
			await frame();
		}
		return true;
	})()`
	repeat := func(times int) {
		for range times { // each is done before anybody loses patience
			js[bool](p, through)
		}
		p.idle()
	}
	repeat(1) // caches fill
	before := p.heap()
	repeat(10)
	after := p.heap()
	t.Logf("%.1f MB before, %.1f MB after", float64(before)/1e6, float64(after)/1e6)
	const slack = 6_000_000 // bytes: what compiled code and caches come to
	if after-before > slack {
		t.Errorf("%d bytes more after 200 switches and 200 steps", after-before)
	}
	p.quiet()
}
