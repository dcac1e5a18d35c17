package tiles

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

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
