package tiles_test

import (
	"bytes"
	"maps"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/simplify"

	"github.com/hanoitwin/hanoitwin/internal/realdata/tilelist"
	"github.com/hanoitwin/hanoitwin/tiles"
)

var benchLayers = []string{"roads", "intersections", "wards", "buildings"}

// BenchmarkTiles goes through the list of tiles once an iteration. Encode
// leaves compression out, Compress does it alone on the same tiles, Both is
// what a cold tile costs, with the share of compression in it, Naive is the twin
// on orb's packages. ns/tile compares them.
func BenchmarkTiles(b *testing.B) {
	layers := loadHanoi(b, benchLayers...)
	list := tilelist.Read(b)
	run := func(b *testing.B, one func(tiles.Tile) int) {
		b.ReportAllocs()
		size := 0
		for b.Loop() {
			size = 0
			for _, at := range list {
				size += one(at)
			}
		}
		n := float64(b.N * len(list))
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/n, "ns/tile")
		b.ReportMetric(n/b.Elapsed().Seconds(), "tiles/s")
		b.ReportMetric(float64(size)/float64(len(list)), "B/tile")
	}
	var e tiles.Encoder
	b.Run("Encode", func(b *testing.B) {
		run(b, func(at tiles.Tile) int { return len(build(&e, at, layers, tiles.LayerOptions{})) })
	})
	b.Run("EncodeSimplified", func(b *testing.B) {
		opt := tiles.LayerOptions{Simplify: 1, MinSize: 1}
		run(b, func(at tiles.Tile) int { return len(build(&e, at, layers, opt)) })
	})
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	compress := func(data []byte) int {
		out.Reset()
		w.Reset(&out)
		_, _ = w.Write(data) // a bytes.Buffer does not fail
		_ = w.Close()
		return out.Len()
	}
	ready := map[tiles.Tile][]byte{}
	for _, at := range list {
		ready[at] = bytes.Clone(build(&e, at, layers, tiles.LayerOptions{}))
	}
	b.Run("Compress", func(b *testing.B) {
		run(b, func(at tiles.Tile) int { return compress(ready[at]) })
	})
	b.Run("Both", func(b *testing.B) {
		var encoding, compressing time.Duration
		run(b, func(at tiles.Tile) int {
			start := time.Now()
			data := build(&e, at, layers, tiles.LayerOptions{})
			middle := time.Now()
			size := compress(data)
			encoding += middle.Sub(start)
			compressing += time.Since(middle)
			return size
		})
		b.ReportMetric(100*float64(compressing)/float64(encoding+compressing), "%compression")
	})
	b.Run("Naive", func(b *testing.B) {
		run(b, func(at tiles.Tile) int { return len(naive(b, at, layers, 0)) })
	})
	b.Run("NaiveSimplified", func(b *testing.B) {
		run(b, func(at tiles.Tile) int { return len(naive(b, at, layers, 1)) })
	})
}

// naive makes the tile by the obvious means. Its polygons may be invalid.
func naive(tb testing.TB, at tiles.Tile, layers []*hanoiLayer, tolerance float64) []byte {
	tb.Helper()
	bound := at.SearchBound()
	var out mvt.Layers
	for _, l := range layers {
		collection := geojson.NewFeatureCollection()
		l.index.Search(low32(bound), high32(bound), func(_, _ [2]float32, i int32) bool {
			feature := geojson.NewFeature(orb.Clone(l.sources[i]))
			feature.ID = l.features[i].id
			feature.Properties = maps.Clone(l.names[i])
			collection.Append(feature)
			return true
		})
		layer := mvt.NewLayer(l.name, collection)
		layer.Version = 2
		layer.ProjectToTile(maptile.New(at.X, at.Y, maptile.Zoom(at.Z)))
		if tolerance > 0 {
			layer.Simplify(simplify.DouglasPeucker(tolerance))
		}
		layer.Clip(orb.Bound{
			Min: orb.Point{-tiles.Buffer, -tiles.Buffer},
			Max: orb.Point{tiles.Extent + tiles.Buffer, tiles.Extent + tiles.Buffer},
		})
		if tolerance > 0 {
			layer.RemoveEmpty(tolerance, tolerance)
		}
		if len(layer.Features) > 0 {
			out = append(out, layer)
		}
	}
	data, err := mvt.Marshal(out)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// BenchmarkPrepare prepares each layer once an iteration and reports what it
// takes in memory.
func BenchmarkPrepare(b *testing.B) {
	for _, l := range loadHanoi(b, "roads", "wards", "buildings") {
		b.Run(l.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var p tiles.Preparer
				for i := range l.features {
					if _, err := p.Prepare(l.sources[i]); err != nil {
						b.Fatal(err)
					}
				}
			}
			n := float64(b.N)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/n/float64(l.vertices), "ns/vertex")
			b.ReportMetric(float64(l.bytes)/float64(len(l.features)), "B/feature")
		})
	}
}
