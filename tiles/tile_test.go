package tiles_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/hanoitwin/hanoitwin/tiles"
)

func TestParseTile(t *testing.T) {
	for _, c := range []struct {
		z, x, y string
		want    string // the tile, or the parts that the error names
	}{
		{"0", "0", "0", "0/0/0"},
		{"22", "4194303", "4194303", "22/4194303/4194303"},
		{"14", "13009", "7211", "14/13009/7211"},
		{"23", "0", "0", "z"},
		{"22", "4194304", "0", "x"},
		{"1", "0", "2", "y"},
		{"a", "b", "c", "z x y"},
		{"01", "0", "0", "z"},
		{"1", "+1", "1", "x"},
		{"1", " 1", "1.0", "x y"},
		{"", "", "", "z x y"},
		{"1", "18446744073709551617", "1", "x"},
		{"1", "1", strings.Repeat("9", 1000), "y"},
	} {
		got, err := tiles.ParseTile(c.z, c.x, c.y)
		if strings.Contains(c.want, "/") {
			if err != nil || got.String() != c.want || !got.Valid() {
				t.Errorf("ParseTile(%q, %q, %q) = %v, %v, want %s", c.z, c.x, c.y, got, err, c.want)
			}
			continue
		}
		if !errors.Is(err, tiles.ErrTile) || got != (tiles.Tile{}) {
			t.Errorf("ParseTile(%q, %q, %q) = %v, %v, want ErrTile", c.z, c.x, c.y, got, err)
			continue
		}
		var parts []string
		for _, line := range strings.Split(err.Error(), "\n") {
			parts = append(parts, strings.Fields(strings.TrimPrefix(line, tiles.ErrTile.Error()+": "))[0])
		}
		if named := strings.Join(parts, " "); named != c.want || len(err.Error()) > 300 {
			t.Errorf("ParseTile(%q, %q, %q): %v names %q, want %q", c.z, c.x, c.y, err, named, c.want)
		}
	}
}

func FuzzParseTile(f *testing.F) {
	f.Add("14", "13009", "7211")
	f.Add("0", "00", "-0")
	f.Fuzz(func(t *testing.T, z, x, y string) {
		tile, err := tiles.ParseTile(z, x, y)
		if err == nil && (!tile.Valid() || tile.String() != z+"/"+x+"/"+y) {
			t.Fatalf("%q/%q/%q gives %v", z, x, y, tile)
		}
		if err != nil && !errors.Is(err, tiles.ErrTile) {
			t.Fatal(err)
		}
	})
}

// The oracle is orb's maptile.
func TestGridAgainstMaptile(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		at := orb.Point{r.Float64()*360 - 180, r.Float64()*170 - 85}
		z := uint8(r.IntN(tiles.MaxZoom + 1))
		tile, want := tiles.At(at, z), maptile.At(at, maptile.Zoom(z))
		if tile.X != want.X || tile.Y != want.Y {
			t.Fatalf("At(%v, %d) = %v, want %v", at, z, tile, want)
		}
		got, bound := tile.Bound(), want.Bound()
		for i := range 2 {
			if math.Abs(got.Min[i]-bound.Min[i]) > 1e-9 || math.Abs(got.Max[i]-bound.Max[i]) > 1e-9 {
				t.Fatalf("%v: bound %v, want %v", tile, got, bound)
			}
		}
		if z > 0 {
			p := tile.Parent()
			if c := p.Children(); c[0] != tile && c[1] != tile && c[2] != tile && c[3] != tile {
				t.Fatalf("%v is no child of its parent %v: %v", tile, p, c)
			}
		}
		if b := tile.SearchBound(); !b.Contains(got.Min) || !b.Contains(got.Max) || b == got {
			t.Fatalf("%v: search bound %v does not hold %v", tile, b, got)
		}
	}
}

// Cover and Touched against all tiles of a zoom, one by one.
func TestCover(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		z := uint8(r.IntN(6))
		a := orb.Point{r.Float64()*380 - 190, r.Float64()*180 - 90}
		b := orb.Bound{Min: a, Max: orb.Point{a[0] + r.ExpFloat64()*20, a[1] + r.ExpFloat64()*10}}
		if a[0] > 180 || b.Max[0] < -180 || a[1] > 85 || b.Max[1] < -85 {
			continue // beyond the world counts to its edge
		}
		cover, touched := tiles.Cover(b, z), tiles.Touched(b, z)
		n := uint64(0)
		for tile := range (tiles.Range{Z: z, MaxX: 1<<z - 1, MaxY: 1<<z - 1}).All() {
			if want := tile.Bound().Intersects(b); cover.Contains(tile) != want {
				t.Fatalf("Cover(%v, %d) has %v: %v, want %v", b, z, tile, !want, want)
			}
			if want := tile.SearchBound().Intersects(b); touched.Contains(tile) != want {
				t.Fatalf("Touched(%v, %d) has %v: %v, want %v", b, z, tile, !want, want)
			}
			if cover.Contains(tile) {
				n++
			}
		}
		if cover.Count() != n {
			t.Fatalf("%v counts %d, want %d", cover, cover.Count(), n)
		}
	}
}

func TestCoverOnEdges(t *testing.T) {
	everywhere := orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}
	for _, c := range []struct {
		bound orb.Bound
		z     uint8
		want  uint64
	}{
		{everywhere, 0, 1},
		{everywhere, 3, 64},
		{orb.Bound{}, 1, 4}, // the corner where four tiles meet
		{orb.Bound{Min: orb.Point{1, 1}}, 4, 0},
		{orb.Bound{Min: orb.Point{math.NaN(), 1}, Max: orb.Point{2, 2}}, 4, 0},
		{orb.Bound{Min: orb.Point{math.Inf(-1), 1}, Max: orb.Point{math.Inf(1), 1}}, 2, 4},
		{everywhere, 200, 1 << 44},
	} {
		if got := tiles.Cover(c.bound, c.z).Count(); got != c.want {
			t.Errorf("Cover(%v, %d) has %d tiles, want %d", c.bound, c.z, got, c.want)
		}
	}
	for range tiles.Cover(orb.Bound{Min: orb.Point{1, 1}}, 4).All() {
		t.Fatal("an empty range yields a tile")
	}
}
