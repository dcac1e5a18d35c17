package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// TestTable shows a feature that somebody has named so that it clears the screen.
func TestTable(t *testing.T) {
	var out bytes.Buffer
	err := new(nearCommand).table(console{out: &out, err: &out}, []neighbour{{Layer: city.LayerID("roads"), Code: "A\x1b[2J", Name: "Cầu\nB"}})
	if err != nil || strings.Contains(out.String(), "\x1b") || strings.Count(out.String(), "\n") != 2 {
		t.Errorf("%v: %q", err, out.String())
	}
}

// TestProgressBeforeStart reads some of a file, to know its format, before the work
// on it begins: there is nothing to tell of it yet.
func TestProgressBeforeStart(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	p.Advance(10)
	p.Start("roads.csv", "survey", 100)
	p.last = p.last.Add(-2 * linesEvery)
	p.Advance(50)
	if got, want := out.String(), "roads.csv: survey: 50 %\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
