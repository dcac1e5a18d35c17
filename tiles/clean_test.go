package tiles

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

// TestNodingEnds counts the rounds that noding takes on rings with many edges
// in little room, where each rounded crossing makes new ones.
func TestNodingEnds(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	most := 0
	for trial := range 800 {
		var in, out ringList
		var a arrangement
		size := 2 + r.Int64N(1<<(1+trial%11))
		for range 1 + r.IntN(3) {
			ring := make([]vec, 3+r.IntN(60))
			for i := range ring {
				ring[i] = vec{r.Int64N(size), r.Int64N(size)}
			}
			if ring = tidyRing(ring); len(ring) >= 3 {
				in.add(ring, false)
			}
		}
		for i, ring := range in.rings {
			a.spans = a.spans[:0]
			p := in.pts[ring.to-1]
			for _, q := range in.ring(i) {
				a.spans = append(a.spans, spanOf(p, q, lanes{1, 0}))
				p = q
			}
			rounds := 0
			for a.merge(oddOfHoles); ; rounds++ {
				if a.findCuts(); len(a.cuts) == 0 {
					break
				}
				a.applyCuts()
				a.merge(oddOfHoles)
			}
			most = max(most, rounds)
		}
		if !a.clean(&out, &in, 0, len(in.rings), oddOfHoles) {
			t.Fatalf("trial %d: gave up", trial)
		}
	}
	t.Logf("at most %d rounds", most)
	if most > maxRounds/2 {
		t.Errorf("noding took %d rounds of %d", most, maxRounds)
	}
}

// A scribble all across the tile has too many crossings to keep. It is dropped,
// counted, and does not stop what comes after it.
func TestScribbleIsDropped(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	scribble := make(orb.Ring, 5000)
	for i := range scribble {
		scribble[i] = orb.Point{105.83 + r.Float64()*0.01, 21 + r.Float64()*0.01}
	}
	var p Preparer
	g, err := p.Prepare(orb.MultiPolygon{{scribble}, {{{105.841, 21}, {105.844, 21}, {105.844, 21.01}}}})
	if err != nil {
		t.Fatal(err)
	}
	var e Encoder
	e.Begin(At(orb.Point{105.835, 21.005}, 13))
	e.BeginLayer("layer", none{}, LayerOptions{})
	if !e.Add(1, g, nil) || e.Dropped() != 1 {
		t.Errorf("dropped %d polygons, want 1 of 2", e.Dropped())
	}
}

// none is a Table without entries.
type none struct{}

func (none) NumKeys() int                            { return 0 }
func (none) NumValues() int                          { return 0 }
func (none) Key(uint32) string                       { return "" }
func (none) AppendValue(dst []byte, _ uint32) []byte { return dst }
