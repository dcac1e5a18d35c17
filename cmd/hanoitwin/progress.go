package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
)

// newProgress returns a bar where w is a terminal, and otherwise a line every
// few seconds, so that logs stay readable.
func newProgress(w io.Writer) *progress {
	p := &progress{w: w}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

// linesEvery is the pause between two lines where no bar can be drawn.
const linesEvery = 5 * time.Second

type progress struct {
	w        io.Writer
	terminal bool
	bar      *progressbar.ProgressBar
	things   bool // that are counted are no bytes

	label       string
	done, total int64
	last        time.Time
}

func (p *progress) Start(path, what string, total int64) {
	p.label = fmt.Sprintf("%s: %s", filepath.Base(path), what)
	p.done, p.total, p.last = 0, total, time.Now()
	if !p.terminal {
		return
	}
	if total == 0 {
		total = -1 // a spinner
	}
	p.bar = progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(p.w), progressbar.OptionSetDescription(p.label),
		progressbar.OptionShowBytes(!p.things), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish())
}

func (p *progress) Advance(by int64) {
	if p.label == "" { // a look at what the file is
		return
	}
	p.done += by
	if p.bar != nil {
		_ = p.bar.Add64(by) // a bar that cannot be drawn is no reason to stop
		return
	}
	if time.Since(p.last) < linesEvery {
		return
	}
	p.last = time.Now()
	if p.total > 0 {
		fmt.Fprintf(p.w, "%s: %d %%\n", p.label, 100*p.done/p.total)
	} else {
		fmt.Fprintf(p.w, "%s: %d MB\n", p.label, p.done>>20)
	}
}

func (p *progress) Done() {
	if p.bar != nil {
		_ = p.bar.Finish()
		p.bar = nil
	}
}
