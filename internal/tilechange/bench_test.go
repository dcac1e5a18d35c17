package tilechange_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
	"github.com/hanoitwin/hanoitwin/internal/tilechange"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// benchCity has 100,000 roads of 6 vertices, as many points, and 30 wards, over
// the size of Hanoi; road 0 is a ring section of 500 vertices and 30 km.
func benchCity(b *testing.B) *snapshot.Snapshot {
	r := rand.New(rand.NewPCG(1, 14))
	p := place{"bench", orb.Point{105.8524, 21.0288}, 0.25, 0}
	return snapshottest.Load(b, 1, randomLayers(), func(layer city.LayerID, add func(*city.Feature) error) error {
		n := map[city.LayerID]int64{"areas": 30, "lines": 100_000, "points": 100_000}[layer]
		for id := range n {
			f := randomFeature(r, p, "points", id)
			f.Values[1] = city.String("trunk")
			at := f.Geometry.(orb.Point)
			switch layer {
			case "areas":
				f.Geometry = orb.Polygon{arc(at, 0.02, 800, 2*math.Pi)}
			case "lines":
				line := orb.LineString{at}
				for len(line) < 6 {
					line = append(line, p.near(r, line[len(line)-1], 0.0008))
				}
				f.Geometry = line
				if id == 0 {
					f.Geometry = orb.LineString(arc(p.centre, 0.12, 500, 2.4))
				}
			}
			if err := add(f); err != nil {
				return err
			}
		}
		return nil
	})
}

// arc is part of a wavy circle, closed when it goes all round.
func arc(centre orb.Point, radius float64, n int, angle float64) orb.Ring {
	var ring orb.Ring
	for i := range n {
		a := angle * float64(i) / float64(n)
		d := radius * (1 + 0.02*math.Sin(17*a))
		ring = append(ring, orb.Point{centre[0] + d*math.Cos(a), centre[1] + d*math.Sin(a)})
	}
	if angle == 2*math.Pi {
		ring = append(ring, ring[0])
	}
	return ring
}

// BenchmarkFind measures what it costs to find the tiles that one edit changed.
func BenchmarkFind(b *testing.B) {
	s := benchCity(b)
	rename := func(f *city.Feature) { f.Values[0] = city.String("Đường mới") }
	note := func(f *city.Feature) { f.Values[3] = city.String("Ghi chú") }
	move := func(vertex int, metres float64) func(*city.Feature) {
		return func(f *city.Feature) {
			f.Geometry = orb.Clone(f.Geometry)
			i := 0
			if p, ok := f.Geometry.(orb.Point); ok {
				f.Geometry = orb.Point{p[0] + metres/111e3, p[1]}
			}
			each(f.Geometry, func(at *orb.Point) {
				if i == vertex {
					at[0] += metres / 111e3
				}
				i++
			})
		}
	}
	for _, c := range []struct {
		name   string
		layer  city.LayerID
		id     int64
		change func(*city.Feature)
	}{
		{"point/move", "points", 500, move(0, 50)},
		{"point/rename", "points", 500, rename},
		{"point/note", "points", 500, note},
		{"road/move", "lines", 500, move(3, 20)},
		{"road/rename", "lines", 500, rename},
		{"ring/move", "lines", 0, move(250, 20)},
		{"ring/stretch", "lines", 0, move(1, 1500)},
		{"ring/rename", "lines", 0, rename},
		{"ward/move", "areas", 5, move(100, 20)},
		{"ward/rename", "areas", 5, rename},
	} {
		was := s.Layer(c.layer).Exchange(s.Layer(c.layer).Feature(c.id))
		f := was.Clone()
		c.change(f)
		_, edits, _ := s.Take(snapshot.Step{Version: 2, Changes: []city.Change{{Layer: c.layer, ID: c.id, Feature: f}}})
		for _, z := range []uint8{16, 22} {
			b.Run(fmt.Sprintf("%s/z%d", c.name, z), func(b *testing.B) {
				var d tilechange.Differ
				b.ReportAllocs()
				told, ranged := 0, 0
				for b.Loop() {
					levels, err := d.Find(context.Background(), edits, nil, tilechange.Query{MaxZoom: z})
					if err != nil {
						b.Fatal(err)
					}
					told, ranged = 0, 0
					for _, l := range levels {
						told += len(l.Tiles)
						ranged += min(1, len(l.Ranges))
					}
				}
				b.ReportMetric(float64(told), "tiles")
				b.ReportMetric(float64(ranged), "ranged-zooms")
			})
		}
		b.Run(c.name+"/naive-z16", func(b *testing.B) {
			var d tilechange.Differ
			bound := edits[0].Before.Geometry().Bound().Union(edits[0].After.Geometry().Bound())
			told := 0
			for b.Loop() {
				told = 0
				for z := range uint8(17) {
					for at := range tiles.Touched(bound, z).All() {
						if d.Differs(&edits[0], at) {
							told++
						}
					}
				}
			}
			b.ReportMetric(float64(told), "tiles")
		})
	}
}

// BenchmarkDiffers asks for one tile.
func BenchmarkDiffers(b *testing.B) {
	s := benchCity(b)
	for layer, id := range map[city.LayerID]int64{"points": 500, "lines": 0, "areas": 5} {
		was := s.Layer(layer).Exchange(s.Layer(layer).Feature(id))
		f := was.Clone()
		f.Geometry = shifted(f.Geometry, 0.0001, 0)
		_, edits, _ := s.Take(snapshot.Step{Version: 2, Changes: []city.Change{{Layer: layer, ID: id, Feature: f}}})
		for name, at := range map[string]tiles.Tile{
			"here": tiles.At(f.Geometry.Bound().Max, 14), "elsewhere": {Z: 14, X: 13000, Y: 7300},
		} {
			b.Run(fmt.Sprintf("%s/%s", layer, name), func(b *testing.B) {
				var d tilechange.Differ
				b.ReportAllocs()
				for b.Loop() {
					d.Differs(&edits[0], at)
				}
			})
		}
	}
}
