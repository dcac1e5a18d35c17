package data_test

import (
	"testing"

	"github.com/hanoitwin/hanoitwin/data"
	"github.com/hanoitwin/hanoitwin/internal/city"
)

func BenchmarkLayers(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := data.Layers(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFeatures reads the whole seed.
func BenchmarkFeatures(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		for _, id := range data.SeedLayers() {
			if err := data.Features(id, func(*city.Feature) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	}
}
