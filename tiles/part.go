package tiles

import (
	"iter"

	"github.com/paulmach/orb"
)

// Vertex is a position on the Web Mercator square in world units: 2^32 to each
// side, x east from 180° W, y south from 85.0511° N.
type Vertex struct{ X, Y uint32 }

// Project returns the vertex that a lon/lat position in degrees is prepared as.
// ok is false for points that no tile shows, as AddPoint does not.
func Project(lonLat orb.Point) (v Vertex, ok bool) {
	if !onMap(lonLat) {
		return Vertex{}, false
	}
	return Vertex{worldX(lonLat[0]), worldY(lonLat[1])}, true
}

// PartKind says what a Part is to its geometry.
type PartKind uint8

// The kinds of parts. Each exterior is followed by its holes.
const (
	PartPoints   = PartKind(rolePoints)
	PartLine     = PartKind(roleLine)
	PartExterior = PartKind(roleExterior)
	PartHole     = PartKind(roleHole)
)

// Ring tells whether the part is an exterior or a hole. Rings leave out the
// closing vertex; exteriors have positive area (y down), holes negative.
func (k PartKind) Ring() bool { return k == PartExterior || k == PartHole }

// Part is one point list, line or ring of a Geometry.
type Part struct{ path path }

// Parts yields the parts of g in the order in which tiles carry them.
func (g Geometry) Parts() iter.Seq[Part] {
	return func(yield func(Part) bool) {
		if g.head == nil {
			return
		}
		rest := g.words()
		if r, _ := unpackHead(rest[0]); r == roleMulti {
			rest = rest[multiHead:]
		}
		for len(rest) > 0 {
			var p path
			if p, rest = readPath(rest); !yield(Part{p}) {
				return
			}
		}
	}
}

// Kind says what p is.
func (p Part) Kind() PartKind { return PartKind(p.path.role) }

// AppendKept appends to dst the vertices of p that an Encoder does not simplify
// away in tiles of zoom z.
func (p Part) AppendKept(dst []Vertex, z uint8, opt LayerOptions) []Vertex {
	f := frameOf(Tile{Z: z})
	least := f.minRank(opt.Simplify)
	for i, r := range p.path.ranks {
		if r >= least {
			dst = append(dst, Vertex{p.path.xy[2*i], p.path.xy[2*i+1]})
		}
	}
	return dst
}

// Detail tells zooms apart at which AppendKept gives other vertices: where it is
// equal, so are they.
func (opt LayerOptions) Detail(z uint8) uint8 {
	f := frameOf(Tile{Z: z})
	return f.minRank(opt.Simplify)
}

// LeftOut tells whether the lines and polygons of g are too small for tiles of
// zoom z under opt.
func (g Geometry) LeftOut(z uint8, opt LayerOptions) bool {
	if g.head == nil || !(opt.MinSize > 0) {
		return false
	}
	f := frameOf(Tile{Z: z})
	words := g.words()
	if r, _ := unpackHead(words[0]); r == roleMulti {
		return f.smaller(words[2:multiHead], opt.MinSize)
	}
	p, _ := readPath(words)
	var own [boxWords]uint32
	putBox(own[:], p.xy)
	return f.smaller(own[:], opt.MinSize)
}
