package simplegeom

import (
	"errors"
	"testing"

	"github.com/paulmach/orb"
)

func TestConversion(t *testing.T) {
	hole := orb.Ring{{1, 1}, {1, 2}, {2, 1}, {1, 1}}
	outer := orb.Ring{{0, 0}, {9, 0}, {0, 9}, {0, 0}}
	for want, got := range map[string]string{
		"LINESTRING(1 2,3 4)":                                   Line(orb.LineString{{1, 2}, {3, 4}}).AsText(),
		"LINESTRING EMPTY":                                      Line(orb.Ring{}).AsText(),
		"POLYGON EMPTY":                                         Polygon(nil).AsText(),
		"MULTIPOLYGON EMPTY":                                    MultiPolygon(nil).AsText(),
		"LINESTRING(1 1,1 2,2 1,1 1)":                           Line(hole).AsText(),
		"POLYGON((0 0,9 0,0 9,0 0),(1 1,1 2,2 1,1 1))":          Polygon(orb.Polygon{outer, hole}).AsText(),
		"MULTIPOLYGON(((0 0,9 0,0 9,0 0)),((1 1,1 2,2 1,1 1)))": MultiPolygon(orb.MultiPolygon{{outer}, {hole}}).AsText(),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestGuard(t *testing.T) {
	crossed := Polygon(orb.Polygon{{{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0, 0}}})
	if err := Guard(crossed.Validate); err == nil {
		t.Error("a polygon that crosses itself is valid")
	}
	if err := Guard(Polygon(orb.Polygon{{{0, 0}, {1, 0}, {0, 1}, {0, 0}}}).Validate); err != nil {
		t.Error(err)
	}
	if err := Guard(func() error { panic("touching") }); !errors.Is(err, ErrGaveUp) || err.Error() != "the geometry library gave up: touching" {
		t.Error(err)
	}
	mine := errors.New("mine")
	if err := Guard(func() error { return mine }); err != mine {
		t.Error(err)
	}
}
