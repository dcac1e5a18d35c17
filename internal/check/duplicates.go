package check

import (
	"encoding/binary"
	"hash/fnv"
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// shapeSet remembers shape and name of each feature of a layer by a 64-bit
// hash: at a million features the chance of one false finding is 3e-8.
type shapeSet map[uint64]string

func newShapeSet() shapeSet { return shapeSet{} }

// duplicate finds features with the same shape and the same name as an earlier
// one of the layer.
func (in *inspector) duplicate(f *city.Feature) {
	sum := shapeHash(f.Geometry, in.cols.text(f, city.PropName))
	if first, ok := in.shapes[sum]; ok {
		in.report(Duplicate, Warning, f, "same shape and name as %s", first)
		return
	}
	in.shapes[sum] = in.cols.label(f)
}

// shapeHash tells exact copies only: the same ring begun elsewhere, or the same
// line the other way round, is another shape.
func shapeHash(g orb.Geometry, name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	h.Write([]byte{0})
	h.Write([]byte(g.GeoJSONType()))
	var b [16]byte
	paths(g, func(run []orb.Point) bool {
		// Where one part ends counts.
		binary.LittleEndian.PutUint64(b[:8], uint64(len(run)))
		h.Write(b[:8])
		for _, p := range run {
			// + 0 turns negative zero into zero.
			binary.LittleEndian.PutUint64(b[:8], math.Float64bits(p[0]+0))
			binary.LittleEndian.PutUint64(b[8:], math.Float64bits(p[1]+0))
			h.Write(b[:])
		}
		return true
	})
	return h.Sum64()
}
