package tiles

import (
	"errors"
	"fmt"

	"github.com/paulmach/orb"
)

// Errors of Prepare.
var (
	// ErrCoordinate means that a coordinate is NaN or infinite.
	ErrCoordinate = errors.New("coordinate is not a finite number")
	// ErrOutside means that a Preparer's Projection has no place for a vertex.
	ErrOutside = errors.New("coordinate is outside the projection")
	// ErrGeometry means nil, a type that orb does not know, collections nested
	// more than 16 deep, or more than 2^29-1 vertices or parts.
	ErrGeometry = errors.New("geometry cannot be prepared")
)

const (
	slabWords   = 64 << 10 / 4 // 64 KiB, a whole number of the allocator's pages
	firstSlab   = 1 << 10 / 4  // a small layer, or one change, should not cost 64 KiB
	maxNesting  = 16
	ownSlabPart = 4 // geometries above 1/4 of a slab get their own
)

// Preparer turns lon/lat geometry into Geometry handles and packs them into
// slabs of up to 64 KiB. The zero Preparer is ready. It is not safe for
// concurrent use; the geometries it returns are.
//
// Keep one for the life of the data it prepares: each new Preparer opens a slab.
type Preparer struct {
	// Projection places vertices for tiles of another grid than Web Mercator's;
	// nil for Web Mercator. Set it before the first Prepare.
	Projection Projection

	slab   []uint32 // what is left of the current slab
	whole  []uint32 // all of the current slab
	next   int      // words of the next slab
	ranker ranker

	// Scratch of one Prepare call: all coordinates in world units, and where
	// each path lies among them.
	xy    []uint32
	paths []pathSpan
}

type pathSpan struct {
	role     role
	from, to int // indexes into xy
}

// Projection places a lon/lat position in WGS 84 degrees on a square world of
// 2^32 units to each side, x east and y south, which the tiles of zoom z divide
// into 2^z columns and rows. ok is false where it has no place.
type Projection func(lonLat orb.Point) (v Vertex, ok bool)

// Reset gives the memory of all geometries that p has prepared to those that it
// prepares next. The caller must have let go of them: whoever draws a geometry
// once, as it comes, needs no more memory than the largest takes.
func (p *Preparer) Reset() {
	clear(p.whole[:len(p.whole)-len(p.slab)])
	p.slab = p.whole
}

// Prepare projects a geometry in WGS 84 lon/lat degrees to Web Mercator,
// ranks its vertices and packs it. The input is not kept.
//
// With a Projection of its own, p prepares a geometry whole or not at all: a
// vertex without a place is ErrOutside.
//
// Points, lines and polygons of every type may be mixed in collections, nested
// or not. Vertices beyond the square world move to its edge; points there are
// left out, because no tile shows them. Repeated vertices are left out, and so
// are lines with fewer than two distinct vertices and rings with fewer than
// three; rings need not be closed or wound in any particular way. When nothing is left the
// zero Geometry is returned: it is no error, it just draws nothing.
func (p *Preparer) Prepare(g orb.Geometry) (Geometry, error) {
	p.xy, p.paths = p.xy[:0], p.paths[:0]
	// Points, then lines, then polygons: the order in which tiles carry the
	// parts of a mixed geometry.
	for _, want := range []role{rolePoints, roleLine, roleExterior} {
		if err := p.gather(g, want, 0); err != nil {
			return Geometry{}, err
		}
	}
	if len(p.paths) > maxCount || len(p.xy)/2 > maxCount {
		return Geometry{}, fmt.Errorf("%w: %d vertices in %d parts", ErrGeometry, len(p.xy)/2, len(p.paths))
	}
	switch len(p.paths) {
	case 0:
		return Geometry{}, nil
	case 1:
		words := p.carve(1 + bodyWords((p.paths[0].to-p.paths[0].from)/2))
		p.pack(words, p.paths[0])
		return Geometry{head: &words[0]}, nil
	}
	return p.packMulti(), nil
}

// gather appends the paths of one kind that g has.
func (p *Preparer) gather(g orb.Geometry, want role, depth int) error {
	if depth > maxNesting {
		return fmt.Errorf("%w: collections nested more than %d deep", ErrGeometry, maxNesting)
	}
	switch g := g.(type) {
	case orb.Point:
		return p.points(orb.MultiPoint{g}, want)
	case orb.MultiPoint:
		return p.points(g, want)
	case orb.LineString:
		return p.path(g, roleLine, want)
	case orb.MultiLineString:
		for _, line := range g {
			if err := p.path(line, roleLine, want); err != nil {
				return err
			}
		}
	case orb.Ring:
		return p.polygon(orb.Polygon{g}, want)
	case orb.Polygon:
		return p.polygon(g, want)
	case orb.MultiPolygon:
		for _, polygon := range g {
			if err := p.polygon(polygon, want); err != nil {
				return err
			}
		}
	case orb.Bound:
		return p.polygon(g.ToPolygon(), want)
	case orb.Collection:
		for _, member := range g {
			if err := p.gather(member, want, depth+1); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("%w: type %T", ErrGeometry, g)
	}
	return nil
}

// points appends to one common points path.
func (p *Preparer) points(points orb.MultiPoint, want role) error {
	if want != rolePoints {
		return nil
	}
	for _, point := range points {
		if !finite(point) {
			return fmt.Errorf("%w: %v", ErrCoordinate, point)
		}
		var v Vertex
		switch {
		case p.Projection != nil:
			var ok bool
			if v, ok = p.Projection(point); !ok {
				return fmt.Errorf("%w: %v", ErrOutside, point)
			}
		case onMap(point):
			v = Vertex{worldX(point[0]), worldY(point[1])}
		default:
			continue
		}
		if len(p.paths) == 0 {
			p.paths = append(p.paths, pathSpan{role: rolePoints})
		}
		p.xy = append(p.xy, v.X, v.Y)
		p.paths[0].to = len(p.xy)
	}
	return nil
}

// polygon appends an exterior and its holes; without exterior, nothing.
func (p *Preparer) polygon(polygon orb.Polygon, want role) error {
	before := len(p.paths)
	for i, ring := range polygon {
		r := roleHole
		if i == 0 {
			r = roleExterior
		}
		if err := p.path(orb.LineString(ring), r, want); err != nil {
			return err
		}
		if len(p.paths) == before {
			return nil
		}
	}
	return nil
}

func (p *Preparer) path(vertices orb.LineString, r, want role) error {
	if want == rolePoints || (r == roleLine) != (want == roleLine) {
		return nil
	}
	from := len(p.xy)
	for _, v := range vertices {
		if !finite(v) {
			return fmt.Errorf("%w: %v", ErrCoordinate, v)
		}
		var at Vertex
		if p.Projection == nil {
			at = Vertex{worldX(v[0]), worldY(v[1])}
		} else if w, ok := p.Projection(v); ok {
			at = w
		} else {
			return fmt.Errorf("%w: %v", ErrOutside, v)
		}
		if n := len(p.xy); n > from && p.xy[n-2] == at.X && p.xy[n-1] == at.Y {
			continue
		}
		p.xy = append(p.xy, at.X, at.Y)
	}
	least := 2
	if r != roleLine {
		least = 3
		for n := len(p.xy); n-from > 2 && p.xy[n-2] == p.xy[from] && p.xy[n-1] == p.xy[from+1]; n = len(p.xy) {
			p.xy = p.xy[:n-2]
		}
	}
	if (len(p.xy)-from)/2 < least {
		p.xy = p.xy[:from]
		return nil
	}
	if r != roleLine {
		windWorld(p.xy[from:], r == roleHole)
	}
	p.paths = append(p.paths, pathSpan{r, from, len(p.xy)})
	return nil
}

// windWorld gives exteriors positive and holes negative area (y down), which is
// what tiles want. The sign is computed in float64: where rounding decides it,
// the ring is a sliver, and each tile checks again.
func windWorld(xy []uint32, hole bool) {
	n := len(xy) / 2
	sum := 0.0
	for i := range n - 2 {
		ax, ay := float64(xy[2*i+2])-float64(xy[0]), float64(xy[2*i+3])-float64(xy[1])
		bx, by := float64(xy[2*i+4])-float64(xy[0]), float64(xy[2*i+5])-float64(xy[1])
		sum += ax*by - bx*ay
	}
	if (sum < 0) == hole {
		return
	}
	// Vertex 0 stays first.
	for i, j := 1, n-1; i < j; i, j = i+1, j-1 {
		xy[2*i], xy[2*j] = xy[2*j], xy[2*i]
		xy[2*i+1], xy[2*j+1] = xy[2*j+1], xy[2*i+1]
	}
}

// Repack copies a prepared geometry, of this Preparer or another, into p's
// slabs. Geometries that are drawn together are read together: repacking them in
// the order of a space-filling curve spares an Encoder cache misses.
func (p *Preparer) Repack(g Geometry) Geometry {
	if g.IsZero() {
		return g
	}
	from := g.words()
	to := p.carve(len(from))
	copy(to, from)
	return Geometry{head: &to[0]}
}

// carve returns fresh zeroed words.
func (p *Preparer) carve(words int) []uint32 {
	if words > slabWords/ownSlabPart {
		return make([]uint32, words)
	}
	if words > len(p.slab) {
		p.next = min(max(p.next*2, firstSlab, 2*words), slabWords)
		p.whole = make([]uint32, p.next)
		p.slab = p.whole
	}
	cut := p.slab[:words:words]
	p.slab = p.slab[words:]
	return cut
}

// pack writes head and body of one path to the start of words and returns the
// number of words it took.
func (p *Preparer) pack(words []uint32, span pathSpan) int {
	xy := p.xy[span.from:span.to]
	n := len(xy) / 2
	words[0] = packHead(span.role, n)
	packed, _ := readPath(words)
	copy(packed.xy, xy)
	if span.role == rolePoints {
		for i := range packed.ranks {
			packed.ranks[i] = rankAlways
		}
	} else {
		p.ranker.rank(packed.xy, span.role != roleLine, packed.ranks)
	}
	if packed.box != nil {
		putBox(packed.box, packed.xy)
		for c := range chunks(n) {
			putBox(packed.boxes[boxWords*c:], packed.xy[2*chunkSize*c:2*min(chunkSize*(c+1), n)])
		}
	}
	return 1 + bodyWords(n)
}

func (p *Preparer) packMulti() Geometry {
	length := multiHead
	for _, span := range p.paths {
		length += 1 + bodyWords((span.to-span.from)/2)
	}
	words := p.carve(length)
	words[0], words[1] = packHead(roleMulti, len(p.paths)), uint32(length)
	putBox(words[2:], p.xy)
	at := multiHead
	for _, span := range p.paths {
		at += p.pack(words[at:], span)
	}
	return Geometry{head: &words[0]}
}

// putBox writes the box of at least one vertex.
func putBox(box, xy []uint32) {
	minX, minY, maxX, maxY := xy[0], xy[1], xy[0], xy[1]
	for i := 2; i+1 < len(xy); i += 2 {
		minX, maxX = min(minX, xy[i]), max(maxX, xy[i])
		minY, maxY = min(minY, xy[i+1]), max(maxY, xy[i+1])
	}
	box[0], box[1], box[2], box[3] = minX, minY, maxX, maxY
}
