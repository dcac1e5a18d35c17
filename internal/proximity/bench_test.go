package proximity

import (
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// benchmarkNearest measures the nearest 10 from random places of the city.
func benchmarkNearest(b *testing.B, file string) {
	geometries := realdata.Geometries(b, file)
	s := build(b, map[city.LayerID][]orb.Geometry{"it": geometries})
	r := seeded(b)
	places := make([]orb.Point, 1024)
	for i := range places {
		places[i] = somewhere(r)
	}
	b.Run("searched", func(b *testing.B) {
		var searcher Searcher
		var hits []Hit
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			q := Query{Point: places[i%len(places)], K: 10}
			var err error
			if hits, err = searcher.Nearby(b.Context(), s, q, hits[:0]); err != nil || len(hits) != 10 {
				b.Fatal(err, len(hits))
			}
			i++
		}
	})
	b.Run("naive", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			if hits := naive(s, places[i%len(places)], 10); len(hits) != 10 {
				b.Fatal(len(hits))
			}
			i++
		}
	})
}

// naive measures every feature and sorts.
func naive(s *snapshot.Snapshot, p orb.Point, k int) []Hit {
	f := geodesy.NewFrame(p)
	var hits []Hit
	for _, l := range s.Layers() {
		l.All(func(feature *snapshot.Feature) bool {
			if n, ok := f.Nearest(feature.Geometry(), math.Inf(1)); ok {
				hits = append(hits, Hit{Layer: l, Feature: feature, DistanceMetres: n.Metres})
			}
			return true
		})
	}
	slices.SortFunc(hits, order)
	return hits[:min(k, len(hits))]
}

func BenchmarkNearestRoads(b *testing.B)  { benchmarkNearest(b, "layers/hanoi_roads.geojsonl") }
func BenchmarkNearestPoints(b *testing.B) { benchmarkNearest(b, "layers/hanoi_intersections.geojsonl") }
func BenchmarkNearestWards(b *testing.B)  { benchmarkNearest(b, "layers/hanoi_wards.geojsonl") }

// BenchmarkNearestOfFeature looks from whole features: a ward, and the longest
// lines there are, the ring roads taken as one.
func BenchmarkNearestOfFeature(b *testing.B) {
	var ring orb.MultiLineString
	for _, g := range realdata.Geometries(b, "ring_roads/ring_1_2_2.5_3_3.5_osm.geojsonl") {
		switch g := g.(type) {
		case orb.LineString:
			ring = append(ring, g)
		case orb.MultiLineString:
			ring = append(ring, g...)
		}
	}
	s := build(b, map[city.LayerID][]orb.Geometry{
		"roads": realdata.Geometries(b, "layers/hanoi_roads.geojsonl"), "wards": realdata.Geometries(b, "layers/hanoi_wards.geojsonl"),
		"rings": {ring},
	})
	for _, c := range []struct {
		name string
		q    Query
	}{
		{"ward/nearest 10", Query{Feature: s.Layer("wards").Feature(10), K: 10}},
		{"ward/within 800 m", Query{Feature: s.Layer("wards").Feature(10), RadiusMetres: 800}},
		{"rings/nearest 10", Query{Feature: s.Layer("rings").Feature(1), K: 10}},
		{"rings/within 100 m", Query{Feature: s.Layer("rings").Feature(1), RadiusMetres: 100}},
		{"road/nearest 10", Query{Feature: s.Layer("roads").Feature(1234), K: 10}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var searcher Searcher
			var hits []Hit
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if hits, err = searcher.Nearby(b.Context(), s, c.q, hits[:0]); err != nil || len(hits) == 0 {
					b.Fatal(err, len(hits))
				}
			}
		})
	}
}
