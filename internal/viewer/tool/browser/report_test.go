package browser

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// downloads has what the page saves from now on written to a folder.
func (p *page) downloads() (dir string) {
	p.t.Helper()
	dir = p.t.TempDir()
	if _, err := chromedp.Call(p.ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
		Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID, DownloadPath: dir,
	}); err != nil {
		p.t.Fatal(err)
	}
	return dir
}

// saved waits for a file: it has its name once it is whole.
func saved(t *testing.T, path string) []byte {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(pause) {
		if file, err := os.ReadFile(path); err == nil {
			return file
		}
		if time.Now().After(end) {
			entries, _ := os.ReadDir(filepath.Dir(path))
			t.Fatalf("%s was not saved; there are %v", path, entries)
		}
	}
}

// part is a rectangle of a picture, in pixels of CSS, of which it has two each way.
type part struct {
	image.Image
	in image.Rectangle
}

func partOf(img image.Image, x, y, width, height int) part {
	return part{img, image.Rect(2*x, 2*y, 2*(x+width), 2*(y+height))}
}

// like counts the pixels that have a colour, or nearly.
func (p part) like(red, green, blue int) int {
	near := func(v uint32, want int) bool { return math.Abs(float64(v>>8)-float64(want)) < 12 }
	n := 0
	for y := p.in.Min.Y; y < p.in.Max.Y; y++ {
		for x := p.in.Min.X; x < p.in.Max.X; x++ {
			if r, g, b, _ := p.At(x, y).RGBA(); near(r, red) && near(g, green) && near(b, blue) {
				n++
			}
		}
	}
	return n
}

// run is the length of the longest row of pixels of a colour.
func (p part) run(red, green, blue int) int {
	longest := 0
	for y := p.in.Min.Y; y < p.in.Max.Y; y++ {
		length := 0
		for x := p.in.Min.X; x < p.in.Max.X; x++ {
			if p.at(x, y).like(red, green, blue) == 1 {
				length++
				longest = max(longest, length)
			} else {
				length = 0
			}
		}
	}
	return longest
}

// at is one pixel.
func (p part) at(x, y int) part { return part{p.Image, image.Rect(x, y, x+1, y+1)} }

// TestImage saves the map for a report: the file is a picture of twice the pixels
// of the screen, with the map in a frame, title, legend, a scale bar that is true,
// an arrow to the north, and the sources.
func TestImage(t *testing.T) {
	t.Parallel()
	p := visit(t, desktop, "#map=13/20.96575/105.842076&near=intersections/NG01&r=1000")
	p.answered()
	js[bool](p, "!!hanoitwin.map.jumpTo({center: [105.842076, 20.96575], zoom: 13})") // the question may have moved it
	p.idle()
	dir := p.downloads()
	p.press("#tool-image")
	file := saved(t, filepath.Join(dir, "ha-noi.png"))
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("what is saved is no PNG: %v", err)
	}
	// Around the map are a margin of 20 pixels, a head of 62 and a legend of 250.
	const margin, head, side, width, height = 20, 62, 250, 1280, 800
	wide, high := img.Bounds().Dx(), img.Bounds().Dy()
	if wide != 2*(3*margin+width+side) || high < 2*(head+height+margin) {
		t.Fatalf("the image has %d × %d pixels", wide, high)
	}
	ink := [3]int{0x22, 0x30, 0x3c}
	type rgb = [3]int
	for _, c := range []struct {
		what                string
		x, y, width, height int
		colour              rgb
		least               int
	}{
		{"title", margin, 0, 400, head, ink, 800},
		{"ring 3 on the map", margin, head, width, height, rgb{0x0b, 0x8a, 0x5f}, 5000},
		{"legend, ring 1", 2*margin + width, head, side, height, rgb{0xc8, 0x1d, 0x3c}, 100},
		{"legend, ring 4", 2*margin + width, head, side, height, rgb{0x67, 0x41, 0xd9}, 100},
		{"legend, words", 2*margin + width, head, side, height, ink, 3000},
		{"arrow", margin + width - 70, head + 10, 60, 60, ink, 300},
		{"sources", margin, head + height + 8, 600, 20, rgb{0x4a, 0x55, 0x60}, 300},
	} {
		if n := partOf(img, c.x, c.y, c.width, c.height).like(c.colour[0], c.colour[1], c.colour[2]); n < c.least {
			t.Errorf("%s: %d pixels of #%02x%02x%02x", c.what, n, c.colour[0], c.colour[1], c.colour[2])
		}
	}
	// A kilometre here; half of the bar is dark. MapLibre's world has 512 pixels at zoom 0.
	metre := 512 * math.Exp2(13) / (40_075_016.686 * math.Cos(20.96575*math.Pi/180))
	if bar := partOf(img, margin+20, head+height-26, 200, 1).run(ink[0], ink[1], ink[2]); math.Abs(float64(bar)-1000*metre) > 4 {
		t.Errorf("half of the bar is %d pixels long, half a kilometre %.0f", bar, 1000*metre)
	}
	p.golden("image", file)
	p.quiet()
}

var pages = regexp.MustCompile(`/Type /Pages\s[^>]*?/Count (\d+)|/Count (\d+)[^>]*?/Type /Pages\s`)

// TestPaper prints the map: all is on one sheet of A4, lengthwise and across, and
// nothing of the page's own panels.
func TestPaper(t *testing.T) {
	t.Parallel()
	p := visit(t, desktop, "#map=11/21.02/105.83&off=projects&date=2030-01-01&sel=intersections/NG01")
	p.until("document.querySelector('#card h2')?.checkVisibility()")
	p.idle()
	for name, across := range map[string]bool{"paper": false, "paper-across": true} {
		options := []chromedp.PDFOption{chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPreferCSSPageSize()}
		if across {
			options = append(options, chromedp.PDFLandscape())
		}
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		file, err := chromedp.Run(ctx, chromedp.PrintToPDF(options...))
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		if dir := os.Getenv("HANOITWIN_SHOTS"); dir != "" {
			_ = os.WriteFile(filepath.Join(dir, name+".pdf"), file, 0o600)
		}
		m := pages.FindSubmatch(file)
		if m == nil {
			t.Fatalf("%s: no PDF of pages, %d bytes", name, len(file))
		}
		if n, err := strconv.Atoi(string(m[1]) + string(m[2])); err != nil || n != 1 {
			t.Errorf("%s: %d sheets, %v", name, n, err)
		}
		if !bytes.Contains(file, []byte("/Subtype /Image")) || bytes.Count(file, []byte("/FontFile")) < 2 {
			t.Errorf("%s: no map, or no words", name)
		}
		p.until("document.querySelector('#print') === null") // the sheet is gone again
	}
	p.quiet()
}

// TestPrint reads the sheet that is printed.
func TestPrint(t *testing.T) {
	t.Parallel()
	p := visit(t, desktop, "#map=11/21.02/105.83&off=projects&date=2030-01-01&near=intersections/NG01&r=3000")
	p.answered()
	js[bool](p, "window.dispatchEvent(new Event('beforeprint'))")
	p.emulate("print")
	defer func() {
		p.emulate("")
		js[bool](p, "window.dispatchEvent(new Event('afterprint'))")
		if js[bool](p, "document.querySelector('#print') !== null") {
			t.Error("the sheet stays")
		}
	}()
	p.until("document.querySelector('#print img').complete")
	text := p.text("#print")
	for _, part := range []string{"Bản sao số Hà Nội", "Gần Nút giao Pháp Vân, trong vòng 3 km", "Thành phố ngày 01/01/2030", "km", "Chú giải", "Vành đai 3", "Nút giao cửa ngõ", "Đang xây dựng", "OpenStreetMap", "không phải hồ sơ chính thức"} {
		if !has(text, part) {
			t.Errorf("the sheet does not say %q:\n%s", part, text)
		}
	}
	if has(text, "Dự án trọng điểm") {
		t.Error("the sheet lists a layer that is off")
	}
	if shown := js[int](p, "[...document.body.children].filter(e => e.id !== 'print' && e.checkVisibility()).length"); shown != 0 {
		t.Errorf("%d other parts of the page would be printed", shown)
	}
	// the map is on it, not an empty canvas, and finer than the screen
	if wide := js[int](p, "document.querySelector('#print img').naturalWidth"); wide != 2*int(desktop.width) {
		t.Errorf("the map on the sheet is %d pixels wide", wide)
	}
	colours := js[int](p, `(() => { const i = document.querySelector('#print img'), c = document.createElement('canvas'); c.width = c.height = 64; const g = c.getContext('2d'); g.drawImage(i, 0, 0, 64, 64); const d = g.getImageData(0, 0, 64, 64).data; return new Set(Array.from({length: 4096}, (_, k) => d[4 * k] << 16 | d[4 * k + 1] << 8 | d[4 * k + 2])).size })()`)
	if colours < 50 {
		t.Errorf("the map on the sheet has %d colours", colours)
	}
	p.quiet()
}
