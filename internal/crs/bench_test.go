package crs

import (
	"testing"

	"github.com/paulmach/orb"
)

func BenchmarkTransform(b *testing.B) {
	t := mustTransform(b, VN2000TM3482, WGS84)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.Point(orb.Point{588394.324, 2326366.399}); err != nil {
			b.Fatal(err)
		}
	}
}
