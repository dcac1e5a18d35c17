package snapshot

import (
	"fmt"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// TestLookup tells values apart that differ in kind alone.
func TestLookup(t *testing.T) {
	document, err := city.JSON([]byte(`[1]`))
	if err != nil {
		t.Fatal(err)
	}
	values := []city.Value{
		city.String(""), city.String("[1]"), document, city.Integer(0), city.Integer(1), city.Number(0), city.Number(1),
		city.Boolean(false), city.Boolean(true), city.Date(time.Unix(86400, 0)), city.Instant(time.UnixMicro(1)),
	}
	var l lookup
	for round := range 2 {
		for i, v := range values {
			if at, ok := l.find(v); ok {
				t.Errorf("round %d: %s %v is there, at %d", round, v.Kind(), v, at)
			}
			l.put(v, uint32(i))
		}
		for i, v := range values {
			if at, ok := l.find(v); !ok || at != uint32(i) {
				t.Errorf("round %d: %s %v is at %d, %v; want %d", round, v.Kind(), v, at, ok, i)
			}
		}
		l.clear()
	}
}

// TestRowsOfOneHash gives two rows the place of one: neither may be taken for the
// other.
func TestRowsOfOneHash(t *testing.T) {
	def := &city.Layer{ID: "a", Properties: []city.Property{{Name: "x", Type: city.KindString}}}
	w, order := newWorkshop(def.Properties), tagOrderOf(def)
	row := func(text string) *row {
		return w.row(def, order, &city.Feature{Values: []city.Value{city.String(text)}})
	}
	a, b := row("a"), row("b")
	w.rows[hashOf(a.tags)] = b
	for i, got := range []string{w.table.values[row("a").tags[0].Value].Text(), w.table.values[row("b").tags[0].Value].Text()} {
		if want := string(rune('a' + i)); got != want {
			t.Errorf("row %s says %s", want, got)
		}
	}
	if row("b") != b {
		t.Error("equal rows are not shared")
	}
}

// TestBoundOf compares with orb.
func TestBoundOf(t *testing.T) {
	ring := orb.Ring{{3, 1}, {-4, 5}, {2, -6}, {7, 8}, {3, 1}}
	for _, g := range []orb.Geometry{
		orb.Point{1, 2}, orb.LineString(ring), orb.LineString(ring[:1]), orb.LineString{}, orb.LineString(nil),
		orb.Polygon{ring}, orb.Polygon{{}}, orb.Polygon{}, orb.MultiPolygon{{ring}}, orb.Collection{orb.Point{1, 2}, ring},
	} {
		if got, want := boundOf(g), g.Bound(); got != want {
			t.Errorf("bound of %v is %v, want %v", g, got, want)
		}
	}
	if got, want := fmt.Sprint(union(orb.Bound{Min: orb.Point{0, 1}, Max: orb.Point{2, 3}}, orb.Bound{Min: orb.Point{-1, 2}, Max: orb.Point{1, 5}})), "{[-1 1] [2 5]}"; got != want {
		t.Errorf("union is %s, want %s", got, want)
	}
}
