package tiles_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
)

var hanoi14 = tiles.Tile{Z: 14, X: 13009, Y: 7211}

func line(at tiles.Tile, points ...xy) orb.LineString {
	var out orb.LineString
	for _, p := range points {
		out = append(out, grid{at}.lonLat(p.x, p.y))
	}
	return out
}

// Known shapes, drawn by hand.
func TestKnownShapes(t *testing.T) {
	g := grid{hanoi14}
	square := func(x, y, s float64) orb.Ring {
		return g.ring([]xy{{x, y}, {x + s, y}, {x + s, y + s}, {x, y + s}})
	}
	for _, c := range []struct {
		name string
		in   orb.Geometry
		opt  tiles.LayerOptions
		want []string // points, lines or polygons of each feature
	}{
		{"straight vertices go", line(hanoi14, xy{10, 10}, xy{20, 20}, xy{30, 30}), tiles.LayerOptions{},
			[]string{"[[{10 10} {30 30}]]"}},
		{"turning back stays", line(hanoi14, xy{10, 10}, xy{30, 10}, xy{20, 10}), tiles.LayerOptions{},
			[]string{"[[{10 10} {30 10} {20 10}]]"}},
		{"a line within one unit goes", line(hanoi14, xy{10, 10}, xy{10.3, 10.2}), tiles.LayerOptions{}, nil},
		{"a line out and in again is cut in two", line(hanoi14, xy{-10, 50}, xy{-200, 50}, xy{-200, 90}, xy{10, 90}), tiles.LayerOptions{},
			[]string{"[[{-10 50} {-64 50}] [{-64 90} {10 90}]]"}},
		{"a line through", line(hanoi14, xy{-9000, 100}, xy{9000, 100}), tiles.LayerOptions{},
			[]string{"[[{-64 100} {4160 100}]]"}},
		{"a line past a corner", line(hanoi14, xy{-100, 50}, xy{50, -100}, xy{90, -90}), tiles.LayerOptions{},
			[]string{"[[{-64 14} {14 -64}]]"}},
		{"a line touching the buffer's corner", line(hanoi14, xy{-128, 0}, xy{0, -128}), tiles.LayerOptions{}, nil},
		{"a square", orb.Polygon{square(100, 100, 50)}, tiles.LayerOptions{},
			[]string{"[[[{100 100} {150 100} {150 150} {100 150}]]]"}},
		{"a square around all", orb.Polygon{square(-9000, -9000, 20000)}, tiles.LayerOptions{},
			[]string{"[[[{-64 -64} {4160 -64} {4160 4160} {-64 4160}]]]"}},
		{"a hole around all", orb.Polygon{square(-9000, -9000, 20000), square(-8000, -8000, 18000)}, tiles.LayerOptions{}, nil},
		{"a polygon below a unit", orb.Polygon{square(100, 100, 0.4)}, tiles.LayerOptions{}, nil},
		{"too small", orb.Polygon{square(100, 100, 5)}, tiles.LayerOptions{MinSize: 6}, nil},
		{"large enough", line(hanoi14, xy{10, 10}, xy{10, 18}), tiles.LayerOptions{MinSize: 6},
			[]string{"[[{10 10} {10 18}]]"}},
		{"simplified", line(hanoi14, xy{0, 0}, xy{100, 3}, xy{200, 0}, xy{300, 30}, xy{400, 0}), tiles.LayerOptions{Simplify: 10},
			[]string{"[[{0 0} {200 0} {300 30} {400 0}]]"}},
		{"points of the buffer", orb.MultiPoint{g.lonLat(-64, 5), g.lonLat(-65, 5), g.lonLat(4160, 4160), g.lonLat(4161, 0)}, tiles.LayerOptions{},
			[]string{"[{-64 5} {4160 4160}]"}},
		{"a mixed collection", orb.Collection{
			orb.Polygon{square(100, 100, 50)},
			orb.Collection{line(hanoi14, xy{10, 10}, xy{30, 10}), g.lonLat(1, 2)},
			g.lonLat(3, 4),
		}, tiles.LayerOptions{}, []string{
			"[{1 2} {3 4}]",
			"[[{10 10} {30 10}]]",
			"[[[{100 100} {150 100} {150 150} {100 150}]]]",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			layer := encodeOne(t, hanoi14, c.in, c.opt)
			var got []string
			if layer != nil {
				for _, f := range layer.Features {
					if f.ID != 7 {
						t.Errorf("id %d, want 7", f.ID)
					}
					switch f.Type {
					case mvttest.Point:
						got = append(got, fmt.Sprint(f.Points))
					case mvttest.LineString:
						got = append(got, fmt.Sprint(f.Lines))
					default:
						got = append(got, fmt.Sprint(f.Polygons))
					}
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %v\nwant %v", got, c.want)
			}
		})
	}
}

// AddPoint and Prepare with Add are the same, at and beyond every edge.
func TestAddPointIsAdd(t *testing.T) {
	seeded(t, 200, func(t *testing.T, r *rand.Rand) {
		at := someTile(r)
		for _, p := range []orb.Point{
			grid{at}.lonLat(r.Float64()*5000-400, r.Float64()*5000-400),
			grid{at}.lonLat(-64.49+r.Float64(), 4160.49-r.Float64()),
			grid{at}.lonLat(0, 4096),
			{180, 0}, {-180, 85.0511}, {0, 90}, {181, 3}, {math.NaN(), 2}, {3, math.Inf(1)},
		} {
			var e tiles.Encoder
			e.Begin(at)
			e.BeginLayer("layer", newTable(), tiles.LayerOptions{})
			added := e.AddPoint(7, p, nil)
			e.EndLayer()
			direct := string(e.Bytes())
			var prepare tiles.Preparer
			g, err := prepare.Prepare(p)
			if err != nil && !errors.Is(err, tiles.ErrCoordinate) {
				t.Fatal(err)
			}
			e.Begin(at)
			e.BeginLayer("layer", newTable(), tiles.LayerOptions{})
			if e.Add(7, g, nil) != added {
				t.Fatalf("%v in %v: AddPoint %v, Add %v", p, at, added, !added)
			}
			e.EndLayer()
			if string(e.Bytes()) != direct {
				t.Fatalf("%v in %v: %x, want %x", p, at, e.Bytes(), direct)
			}
		}
	})
}

// Attributes of every type come back, with layers of every size class of their
// length prefix, and empty layers leave nothing.
func TestAttributes(t *testing.T) {
	for _, n := range []int{1, 20, 3000, 40000} {
		tab := newTable()
		var e tiles.Encoder
		e.Begin(hanoi14)
		e.BeginLayer("empty", tab, tiles.LayerOptions{})
		e.EndLayer()
		e.BeginLayer("đường", tab, tiles.LayerOptions{})
		var want []map[string]any
		var tags [][]tiles.Tag
		for i := range n {
			m := map[string]any{"tên": "Phố Huế", "n": float64(i), "odd": i%2 == 1, "minus": -i - 1, "half": 0.5}
			if i%7 == 0 {
				m["long"] = string(make([]byte, 100+i%200))
			}
			want = append(want, m)
			var list []tiles.Tag
			for k, v := range m {
				list = append(list, tab.tag(k, v))
			}
			tags = append(tags, append(list, list[0])) // a repeated key
		}
		e.BeginLayer("never ended", tab, tiles.LayerOptions{})
		e.Begin(hanoi14)
		e.BeginLayer("đường", tab, tiles.LayerOptions{})
		for i := range tags {
			e.AddPoint(uint64(i)<<40, grid{hanoi14}.lonLat(5, 5), tags[i])
		}
		e.EndLayer()
		e.BeginLayer("empty", tab, tiles.LayerOptions{})
		e.EndLayer()
		tile, err := mvttest.Decode(e.Bytes())
		if err != nil || len(tile.Layers) != 1 || tile.Layers[0].Extent != tiles.Extent || tile.Layers[0].Version != 2 {
			t.Fatalf("%d features: %v, %d layers", n, err, len(tile.Layers))
		}
		for i, f := range tile.Layers[0].Features {
			got := f.Tags
			w := want[i]
			w["n"], w["minus"] = uint64(i), int64(-i-1)
			if f.ID != uint64(i)<<40 || !reflect.DeepEqual(got, w) {
				t.Fatalf("feature %d: %d %v, want %v", i, f.ID, got, w)
			}
		}
		e.Begin(hanoi14)
		e.BeginLayer("empty", tab, tiles.LayerOptions{})
		e.EndLayer()
		if len(e.Bytes()) != 0 {
			t.Fatalf("an empty tile has %d bytes", len(e.Bytes()))
		}
	}
}

func TestNothingAllocated(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var p tiles.Preparer
	var list []tiles.Geometry
	for i := range 9 {
		rings := orb.MultiPolygon{}
		for range 1 + i%3 {
			rings = append(rings, orb.Polygon{
				grid{hanoi14}.ring(scatter(r, 20, 2000, 2000, 5000)),
				grid{hanoi14}.ring(star(r, 200, 2000, 2000, 3000)),
			})
		}
		l := line(hanoi14, scatter(r, 100, 2000, 2000, 9000)...)
		for _, g := range []orb.Geometry{rings, l, orb.MultiPoint(l), orb.Collection{l, rings, orb.MultiPoint(l)}} {
			prepared, err := p.Prepare(g)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, prepared)
		}
	}
	tab := newTable()
	tags := []tiles.Tag{tab.tag("name", "Hà Nội"), tab.tag("n", 5.0)}
	var e tiles.Encoder
	work := func() {
		e.Begin(hanoi14)
		e.BeginLayer("layer", tab, tiles.LayerOptions{Simplify: 0.5, MinSize: 1})
		for i, g := range list {
			e.Add(uint64(i), g, tags)
			e.AddPoint(uint64(i), orb.Point{105.85, 21.02}, tags)
		}
		e.EndLayer()
	}
	work()
	if n := testing.AllocsPerRun(5, work); n != 0 {
		t.Errorf("%v allocations a tile, want 0", n)
	}
}
