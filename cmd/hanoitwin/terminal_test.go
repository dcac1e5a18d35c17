package main

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// TestBannerNamesTheAddress opens what a browser on this machine can reach.
func TestBannerNamesTheAddress(t *testing.T) {
	for host, want := range map[string]string{"127.0.0.1": "localhost", "0.0.0.0": "localhost", "::": "localhost", "10.1.2.3": "10.1.2.3", "fd00::1": "[fd00::1]"} {
		if got := openAt(&net.TCPAddr{IP: net.ParseIP(host), Port: 8080}); got != "http://"+want+":8080" {
			t.Errorf("%s: %s", host, got)
		}
	}
}

// TestTable shows a feature that somebody has named so that it clears the screen.
func TestTable(t *testing.T) {
	var out bytes.Buffer
	east := 90.0
	err := new(nearCommand).table(console{out: &out, err: &out}, []neighbour{
		{Layer: city.LayerID("roads"), Code: "A\x1b[2J", Name: "Cầu\nB"}, // here: in no direction
		{DistanceMetres: 7, BearingDegrees: &east, Layer: city.LayerID("roads"), ID: 3},
	})
	if err != nil || strings.Contains(out.String(), "\x1b") || strings.Count(out.String(), "\n") != 3 || strings.Count(out.String(), "°") != 1 || !strings.Contains(out.String(), " 90° Đ ") {
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
