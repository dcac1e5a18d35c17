package tilechange

import (
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// outline is what tiles of one zoom may show of a feature: its parts, without
// the vertices that are simplified away.
type outline struct {
	vertices []tiles.Vertex
	kinds    []tiles.PartKind
	ends     []int // of each part, in vertices
}

func (o *outline) part(i int) []tiles.Vertex {
	from := 0
	if i > 0 {
		from = o.ends[i-1]
	}
	return o.vertices[from:o.ends[i]]
}

// read sets o to the outline of f, which stands in tiles of zoom z if at all.
func (o *outline) read(l *snapshot.Layer, f *snapshot.Feature, z uint8, stands bool) {
	o.vertices, o.kinds, o.ends = o.vertices[:0], o.kinds[:0], o.ends[:0]
	if !stands {
		return
	}
	if p, ok := f.Geometry().(orb.Point); ok {
		if v, ok := tiles.Project(p); ok {
			o.add(tiles.PartPoints, append(o.vertices, v))
		}
		return
	}
	opt := optionsOf(l)
	small := f.Shape().LeftOut(z, opt)
	for p := range f.Shape().Parts() {
		if !small || p.Kind() == tiles.PartPoints {
			o.add(p.Kind(), p.AppendKept(o.vertices, z, opt))
		}
	}
}

func (o *outline) add(kind tiles.PartKind, vertices []tiles.Vertex) {
	o.vertices = vertices
	o.kinds = append(o.kinds, kind)
	o.ends = append(o.ends, len(vertices))
}

// differences gathers strokes: what one of two outlines has and the other has
// not.
type differences struct {
	strokes
	pairs []pair
	where map[tiles.Vertex]int32
	a, b  []tiles.Vertex // rings that are turned and closed
}

// pair says that vertex a of one path is vertex b of another.
type pair struct{ a, b int }

// between sets d to the differences of two outlines.
//
// Parts are compared with the part of the same number, when the outlines have
// equal kinds of parts in equal order; otherwise all of both differs.
func (d *differences) between(before, after *outline) {
	d.reset()
	if !slices.Equal(before.kinds, after.kinds) {
		d.whole(before)
		d.whole(after)
		return
	}
	for i, kind := range before.kinds {
		a, b := before.part(i), after.part(i)
		switch {
		case slices.Equal(a, b):
		case kind == tiles.PartPoints:
			d.points(a, b)
		case kind == tiles.PartLine:
			d.lines(a, b)
		default:
			d.rings(a, b)
		}
	}
}

// all sets d to the whole of two outlines.
func (d *differences) all(before, after *outline) {
	d.reset()
	d.whole(before)
	d.whole(after)
}

// whole adds everything of o. A polygon's rings go round a place together: in a
// hole they go round it as often one way as the other.
func (d *differences) whole(o *outline) {
	for i, kind := range o.kinds {
		switch kind {
		case tiles.PartPoints:
			for _, v := range o.part(i) {
				d.open(v)
			}
		case tiles.PartLine:
			d.open(o.part(i)...)
		default:
			d.closed(kind == tiles.PartHole, o.part(i)...)
		}
	}
}

func (d *differences) points(a, b []tiles.Vertex) {
	d.match(a, b)
	i, j := 0, 0
	for _, p := range append(d.pairs, pair{len(a), len(b)}) {
		for ; i < p.a; i++ {
			d.open(a[i])
		}
		for ; j < p.b; j++ {
			d.open(b[j])
		}
		i, j = p.a+1, p.b+1
	}
}

// lines adds the stretches between vertices that both have, where they are not
// one segment in both. What a tile shows of a line is its segments there, in
// order: the tiles that no stretch meets show the same of both.
func (d *differences) lines(a, b []tiles.Vertex) {
	d.match(a, b)
	i, j := 0, 0
	for n, p := range append(d.pairs, pair{len(a) - 1, len(b) - 1}) {
		if n == 0 || n == len(d.pairs) || p.a-i > 1 || p.b-j > 1 {
			d.stretch(a, i, p.a)
			d.stretch(b, j, p.b)
		}
		i, j = p.a, p.b
	}
}

// stretch adds the path from vertex i to vertex j.
func (d *differences) stretch(path []tiles.Vertex, i, j int) {
	if i < j {
		d.open(path[i : j+1]...)
	}
}

// rings adds, for each stretch between common vertices that is not one segment
// in both, the way along one ring and back along the other:
//
//	┌──•───────•──┐        The ring that they make goes round the tiles that
//	│   ╲ • • ╱   │        one shape has and the other has not. Round a tile
//	│    ╲___╱    │        that it neither meets nor goes round, both shapes
//	└─────────────┘        go alike.
//
// When they have no vertex in common, the two rings as a whole do that.
func (d *differences) rings(a, b []tiles.Vertex) {
	i, j := 0, 0
	if a[0] != b[0] {
		if i, j = d.common(a, b); i < 0 {
			d.closed(false, a...)
			slices.Reverse(b) // nobody reads it again
			d.closed(true, b...)
			return
		}
	}
	d.a = turned(d.a[:0], a, i)
	d.b = turned(d.b[:0], b, j)
	d.match(d.a, d.b)
	last := d.pairs[0]
	for _, p := range d.pairs[1:] {
		if p.a-last.a > 1 || p.b-last.b > 1 {
			d.startRing(false)
			d.vertices = append(d.vertices, d.a[last.a:p.a+1]...)
			for k := p.b - 1; k > last.b; k-- {
				d.vertices = append(d.vertices, d.b[k])
			}
			d.end()
		}
		last = p
	}
}

// turned appends the ring from vertex i on, closed, to dst.
func turned(dst, ring []tiles.Vertex, i int) []tiles.Vertex {
	dst = append(dst, ring[i:]...)
	dst = append(dst, ring[:i]...)
	return append(dst, ring[i])
}

// common returns where two rings have the first vertex of a that is in b too, or
// -1.
func (d *differences) common(a, b []tiles.Vertex) (i, j int) {
	d.index(b, 0)
	for i, v := range a {
		if j, found := d.where[v]; found {
			return i, int(j)
		}
	}
	return -1, -1
}

// index notes where each vertex of path first is, counting from offset.
func (d *differences) index(path []tiles.Vertex, offset int) {
	if d.where == nil {
		d.where = map[tiles.Vertex]int32{}
	}
	clear(d.where)
	for i, v := range path {
		if _, known := d.where[v]; !known {
			d.where[v] = int32(i + offset)
		}
	}
}

// match sets d.pairs to vertices that the paths have in common, ascending in
// both: those at both ends, and in the middle each that comes next in b behind
// the last. It finds all common ones where nothing has changed places, and may
// miss some where paths visit a vertex twice.
func (d *differences) match(a, b []tiles.Vertex) {
	d.pairs = d.pairs[:0]
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		d.pairs = append(d.pairs, pair{n, n})
		n++
	}
	tail := 0
	for tail < min(len(a), len(b))-n && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	if len(a)-tail > n && len(b)-tail > n {
		d.index(b[n:len(b)-tail], n)
		next := n
		for i := n; i < len(a)-tail; i++ {
			if j, found := d.where[a[i]]; found && int(j) >= next {
				d.pairs = append(d.pairs, pair{i, int(j)})
				next = int(j) + 1
			}
		}
	}
	for ; tail > 0; tail-- {
		d.pairs = append(d.pairs, pair{len(a) - tail, len(b) - tail})
	}
}
