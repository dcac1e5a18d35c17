package tiles_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/tiles"
)

// rawTile encodes one geometry without attributes.
func rawTile(t *testing.T, at tiles.Tile, g orb.Geometry) []byte {
	t.Helper()
	var p tiles.Preparer
	prepared, err := p.Prepare(g)
	if err != nil {
		t.Fatal(err)
	}
	var e tiles.Encoder
	e.Begin(at)
	e.BeginLayer("x", noAttributes{}, tiles.LayerOptions{})
	e.Add(7, prepared, nil)
	e.EndLayer()
	return e.Bytes()
}

type noAttributes struct{}

func (noAttributes) NumKeys() int                            { return 0 }
func (noAttributes) NumValues() int                          { return 0 }
func (noAttributes) Key(uint32) string                       { return "" }
func (noAttributes) AppendValue(dst []byte, _ uint32) []byte { return dst }

// TestOutsideLeavesNoMark changes a ring in ways that a tile cannot show: it
// begins elsewhere, and makes detours that come back the same way and stay away
// from the buffered tile. The bytes must be the same.
func TestOutsideLeavesNoMark(t *testing.T) {
	drawn := 0
	seeded(t, 3000, func(t *testing.T, r *rand.Rand) {
		at := someTile(r)
		size := someSize(r)
		shape := star
		if r.IntN(2) == 0 {
			shape = scatter
		}
		ring := shape(r, 3+r.IntN(12), r.Float64()*4096, r.Float64()*4096, size)
		want := rawTile(t, at, orb.Polygon{grid{at}.ring(ring)})
		if len(want) > 0 {
			drawn++
		}
		changed := slices.Clone(ring)
		for range 3 {
			i := r.IntN(len(changed))
			p, far := changed[i], xy{(r.Float64() - 0.5) * 30000, (r.Float64() - 0.5) * 30000}
			if !meetsBuffer(p, far) {
				changed = slices.Insert(changed, i+1, far, p)
			}
		}
		i := r.IntN(len(changed))
		changed = slices.Concat(changed[i:], changed[:i])
		if got := rawTile(t, at, orb.Polygon{grid{at}.ring(changed)}); !bytes.Equal(got, want) {
			t.Fatalf("%s\nring    %v\nchanged %v\nbytes %x\nthen  %x", at, ring, changed, want, got)
		}
	})
	if drawn < 100 {
		t.Errorf("only %d of the rings show in their tile", drawn)
	}
}

// meetsBuffer tells whether a–b comes within two units of the buffered tile.
func meetsBuffer(a, b xy) bool {
	from, to := within(a, b, -tiles.Buffer-2, tiles.Extent+tiles.Buffer+2)
	return from <= to
}
