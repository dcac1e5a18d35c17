package polygon

import (
	"math/rand/v2"
	"testing"
)

// TestNodingEnds counts the rounds that noding takes on rings with many edges
// in little room, where each rounded crossing makes new ones.
func TestNodingEnds(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	most := 0
	for trial := range 800 {
		var in, out RingList
		var a Arrangement
		size := 2 + r.Int64N(1<<(1+trial%11))
		for range 1 + r.IntN(3) {
			ring := make([]Vec, 3+r.IntN(60))
			for i := range ring {
				ring[i] = Vec{r.Int64N(size), r.Int64N(size)}
			}
			if ring = TidyRing(ring); len(ring) >= 3 {
				in.Add(ring, false)
			}
		}
		for i, ring := range in.Rings {
			a.spans = a.spans[:0]
			p := in.pts[ring.to-1]
			for _, q := range in.Ring(i) {
				a.spans = append(a.spans, spanOf(p, q, lanes{1, 0}))
				p = q
			}
			rounds := 0
			for a.merge(OddOfHoles); ; rounds++ {
				if a.findCuts(); len(a.cuts) == 0 {
					break
				}
				a.applyCuts()
				a.merge(OddOfHoles)
			}
			most = max(most, rounds)
		}
		if !a.Clean(&out, &in, 0, len(in.Rings), OddOfHoles) {
			t.Fatalf("trial %d: gave up", trial)
		}
	}
	t.Logf("at most %d rounds", most)
	if most > maxRounds/2 {
		t.Errorf("noding took %d rounds of %d", most, maxRounds)
	}
}
