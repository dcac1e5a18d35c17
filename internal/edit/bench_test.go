package edit

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
)

// star is the JSON of a polygon of n positions that winds in and out: simple,
// and hard on whoever has to tell.
func star(n int) []byte {
	var b strings.Builder
	b.WriteString(`{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[`)
	for i := range n - 1 {
		r := 0.3 + 0.1*float64(i%2)
		a := 2 * math.Pi * float64(i) / float64(n-1)
		fmt.Fprintf(&b, "[%.9f,%.9f],", 105.5+r*math.Cos(a), 20.5+r*math.Sin(a))
	}
	b.WriteString(`[105.8,20.5]]]},"properties":{}}`)
	return []byte(b.String())
}

// BenchmarkLargestPolygon says what one feature at the limit costs.
func BenchmarkLargestPolygon(b *testing.B) {
	for _, n := range []int{1_000, Limits{}.WithDefaults().PolygonPositions} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := planner(b)
			body := bytes.ReplaceAll(star(n), []byte("105.800000000,20.500000000"), []byte("105.8,20.5"))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Plan(context.Background(), []Step{{Op: Create, Layer: "zones", Body: body}}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPatch(b *testing.B) {
	p := planner(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Plan(context.Background(), []Step{{Op: Patch, Layer: "nodes", Feature: "A", Body: []byte(`{"properties":{"lanes":4}}`)}}); err != nil {
			b.Fatal(err)
		}
	}
}
