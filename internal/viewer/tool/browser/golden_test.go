package browser

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// picture compares the screen with a golden one. Drawing differs a little from
// one machine to the next: a pixel is off when a channel differs by more than 40
// of 255, and one in fifty may be.
func (p *page) picture(name string) {
	p.t.Helper()
	p.idle()
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error { return nil }))
	// Labels fade in, panels too; the picture is of what stays.
	p.until("document.getAnimations().length === 0 && (window.stillSince ??= performance.now(), performance.now() - window.stillSince > 1000)")
	js[bool](p, "delete window.stillSince")
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	path := filepath.Join("testdata", name+"-"+p.screen.name+".png")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			p.t.Fatal(err)
		}
		if err := os.WriteFile(path, shot, 0o644); err != nil {
			p.t.Fatal(err)
		}
		return
	}
	golden, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatal(err)
	}
	if off, all := difference(p.t, golden, shot); off*50 > all {
		now := filepath.Join(os.TempDir(), filepath.Base(path))
		_ = os.WriteFile(now, shot, 0o644)
		p.t.Errorf("%s: %d of %d pixels differ; it looks like %s now", path, off, all, now)
	}
}

func difference(t *testing.T, a, b []byte) (off, all int) {
	t.Helper()
	p, errP := png.Decode(bytes.NewReader(a))
	q, errQ := png.Decode(bytes.NewReader(b))
	if errP != nil || errQ != nil || p.Bounds() != q.Bounds() {
		t.Fatalf("pictures of %v and %v: %v %v", bounds(p), bounds(q), errP, errQ)
	}
	const most = 40 * 257
	far := func(u, v uint32) bool { return max(u, v)-min(u, v) > most }
	for y := range p.Bounds().Dy() {
		for x := range p.Bounds().Dx() {
			r, g, b, _ := p.At(x, y).RGBA()
			r2, g2, b2, _ := q.At(x, y).RGBA()
			if far(r, r2) || far(g, g2) || far(b, b2) {
				off++
			}
			all++
		}
	}
	return off, all
}

func bounds(i image.Image) image.Rectangle {
	if i == nil {
		return image.Rectangle{}
	}
	return i.Bounds()
}
