package browser

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"golang.org/x/image/draw"
)

// picture compares the screen with a golden one.
func (p *page) picture(name string) {
	p.t.Helper()
	p.golden(name, p.screenshot())
}

// screenshot is the screen with all its pixels.
func (p *page) screenshot() []byte {
	p.t.Helper()
	fine := 1.0
	if p.screen.width > 2000 { // half of that is kept
		fine = 0.5
	}
	p.draws(fine)
	defer p.draws(p.screen.scale)
	p.idle()
	// Labels fade in, panels too; the picture is of what stays.
	p.until("document.fonts.status === 'loaded' && document.getAnimations().length === 0 && !hanoitwin.map.style.hasTransitions() && !hanoitwin.map._placementDirty && !hanoitwin.map._repaint")
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	return shot
}

// golden compares a picture with the one that is kept. Drawing differs a little
// from one machine to the next: a pixel is off when a channel differs by more than
// 40 of 255, and one in fifty may be. Very large pictures are taken, or kept, at half their size.
func (p *page) golden(name string, file []byte) {
	p.t.Helper()
	shot, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		p.t.Fatal(err)
	}
	if shot.Bounds().Dx() > 2000 {
		half := image.NewRGBA(image.Rect(0, 0, shot.Bounds().Dx()/2, shot.Bounds().Dy()/2))
		draw.ApproxBiLinear.Scale(half, half.Bounds(), shot, shot.Bounds(), draw.Src, nil)
		shot = half
	}
	path := filepath.Join("testdata", name+"-"+p.screen.name+".png")
	if *update {
		writePNG(p.t, path, shot)
		return
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatal(err)
	}
	want, err := png.Decode(bytes.NewReader(kept))
	if err != nil {
		p.t.Fatal(err)
	}
	if off, all := difference(p.t, want, shot); off*50 > all {
		now := filepath.Join(os.TempDir(), filepath.Base(path))
		writePNG(p.t, now, shot)
		p.t.Errorf("%s: %d of %d pixels differ; it looks like %s now", path, off, all, now)
	}
}

func writePNG(t *testing.T, path string, img image.Image) {
	t.Helper()
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func difference(t *testing.T, p, q image.Image) (off, all int) {
	t.Helper()
	if p.Bounds() != q.Bounds() {
		t.Fatalf("pictures of %v and %v", p.Bounds(), q.Bounds())
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

// TestViews compares fixed views, in both looks and languages, from phone to wall.
func TestViews(t *testing.T) {
	t.Parallel()
	wall := screen{name: "4k", width: 3840, height: 2160, scale: 0.25}
	for _, v := range []struct {
		name string
		sc   screen
		link string
	}{
		{"region", desktop, "#map=8.3/21.03/105.75&legend=1"},
		{"zones", desktop, "#map=12.5/21.008/105.56"},
		{"inner", desktop, "#map=12.6/21.02/105.82"},
		{"junction", desktop, "#map=15.2/20.966/105.842&theme=dark&lang=en&sel=intersections/NG01"},
		{"city", phone, "#map=10.3/21.02/105.83&lang=en"},
		{"card", phone, "#map=13/20.96/105.842&theme=dark&sel=intersections/NG01"},
		{"city", wall, ""},
		{"embed", desktop, "viewer/embed.html#map=10.3/21.02/105.83"},
	} {
		var p *page
		if v.sc == wall || v.name == "embed" {
			p = open(t, seed, v.sc, v.link)
		} else {
			p = visit(t, v.sc, v.link)
		}
		if has(v.link, "sel=") {
			p.until("document.querySelector('#card h2')?.checkVisibility()")
		}
		p.picture(v.name)
		p.quiet()
	}
}

// TestZoneNames holds that each zone is named once, however many tiles it lies in:
// Hòa Lạc lies in several at each of these zooms.
func TestZoneNames(t *testing.T) {
	t.Parallel()
	for _, zoom := range []float64{12, 13, 14, 15} {
		p := visit(t, desktop, fmt.Sprintf("#map=%g/21.01/105.54", zoom))
		p.until("hanoitwin.map.queryRenderedFeatures({layers: ['high_tech_zones-area-name']}).some(f => f.properties.code === 'Z1')")
		names := js[[]string](p, "hanoitwin.map.queryRenderedFeatures({layers: ['high_tech_zones-area-name']}).map(f => f.properties.code)")
		if slices.Sort(names); len(slices.Compact(slices.Clone(names))) != len(names) {
			t.Errorf("at zoom %g the zones %v are named", zoom, names)
		}
		p.quiet()
	}
}
