package tiles

import "github.com/hanoitwin/hanoitwin/tiles/internal/polygon"

// addSimple writes a geometry of one path.
func (e *Encoder) addSimple(id uint64, p path, tags []Tag) bool {
	if p.box != nil {
		if all, _ := e.frame.boxCodes(p.box); all != 0 {
			return false
		}
	}
	if e.minSize > 0 && p.role != rolePoints && e.tooSmall(p) {
		return false
	}
	e.startGeometry(2 * len(p.ranks))
	switch p.role {
	case rolePoints:
		e.addPoints(p)
		return e.finish(id, typePoint, tags)
	case roleLine:
		e.addLine(p)
		return e.finish(id, typeLine, tags)
	default:
		e.rings.Reset()
		e.addRing(p)
		e.writeRings()
		return e.finish(id, typePolygon, tags)
	}
}

func (e *Encoder) tooSmall(p path) bool {
	box := p.box
	if box == nil {
		var own [boxWords]uint32
		putBox(own[:], p.xy)
		box = own[:]
	}
	return e.frame.smaller(box, e.minSize)
}

// finish writes the feature when its geometry has come to anything.
func (e *Encoder) finish(id uint64, kind byte, tags []Tag) bool {
	if len(e.geometry) == 0 {
		return false
	}
	e.writeFeature(id, kind, tags)
	return true
}

// addMulti writes a geometry of several paths: its points, its lines and its
// polygons, which stand in this order.
func (e *Encoder) addMulti(id uint64, words []uint32, tags []Tag) bool {
	box := words[2:multiHead]
	if all, _ := e.frame.boxCodes(box); all != 0 {
		return false
	}
	small := e.minSize > 0 && e.frame.smaller(box, e.minSize)
	rest := words[multiHead:]
	p, rest := readPath(rest)
	more := true
	next := func() {
		more = len(rest) > 0
		if more {
			p, rest = readPath(rest)
		}
	}
	added := false
	if p.role == rolePoints {
		e.startGeometry(2 * len(p.ranks))
		e.addPoints(p)
		added = e.finish(id, typePoint, tags)
		next()
	}
	if small {
		return added
	}
	e.startGeometry(0)
	for ; more && p.role == roleLine; next() {
		if !e.misses(p) {
			e.addLine(p)
		}
	}
	added = e.finish(id, typeLine, tags) || added
	if !more {
		return added
	}
	e.startGeometry(0)
	e.rings.Reset()
	exterior := false
	for ; more; next() {
		if p.role == roleExterior {
			exterior = !e.misses(p) && e.addRing(p)
		} else if exterior && !e.misses(p) {
			e.addRing(p)
		}
	}
	e.writeRings()
	return e.finish(id, typePolygon, tags) || added
}

// misses reports that a long path lies beside the tile. Short ones carry no box
// and are found out while they are traced.
func (e *Encoder) misses(p path) bool {
	if p.box == nil {
		return false
	}
	all, _ := e.frame.boxCodes(p.box)
	return all != 0
}

// addPoints writes the points inside the buffered tile. Points that fall on the
// unit of the one before are left out.
func (e *Encoder) addPoints(p path) {
	e.part = e.part[:0]
	for i := 0; i < len(p.xy); i += 2 {
		at := e.frame.snap(p.xy[i], p.xy[i+1])
		if outcode(at.X, at.Y) != 0 || len(e.part) > 0 && e.part[len(e.part)-1] == at {
			continue
		}
		e.part = append(e.part, at)
	}
	if len(e.part) > 0 {
		e.command(cmdMoveTo, len(e.part))
		e.run(e.part)
	}
}

func (e *Encoder) addLine(p path) {
	if p.box == nil && e.lineInside(p) {
		return
	}
	e.follow(p)
	t := &e.trace
	switch {
	case t.all != 0:
	case t.some == 0:
		if pts := tidyLine(t.pts); len(pts) > 1 {
			e.line(pts)
		}
	default:
		e.clipLine(t.pts)
	}
}

// addRing clips a ring and adds what is left to e.rings. It reports false when
// nothing is.
func (e *Encoder) addRing(p path) bool {
	e.follow(p)
	t := &e.trace
	if t.all != 0 {
		return false
	}
	pts := t.pts
	if t.some != 0 {
		pts = e.clipRing(pts, t.some)
	}
	if len(pts) < 3 {
		return false
	}
	if pts = polygon.TidyRing(pts); len(pts) < 3 {
		return false
	}
	e.rings.Add(pts, p.role == roleHole)
	return true
}

// writeRings makes the gathered polygons valid and writes them.
func (e *Encoder) writeRings() {
	list := &e.rings
	if len(list.Rings) == 0 {
		return
	}
	if !e.checker.Sound(list, 0, len(list.Rings)) {
		list = e.repair()
	}
	for i, r := range list.Rings {
		ring := list.Ring(i)
		polygon.Wind(ring, r.Hole)
		e.ring(ring)
	}
}

// repair returns valid polygons for the unsound ones in e.rings.
//
// First each polygon by itself: a place is inside when the exterior goes round
// it an odd number of times and the holes do not go round it. Then, when
// members of a multipolygon touch or overlap, their union.
func (e *Encoder) repair() *polygon.RingList {
	e.repaired.Reset()
	polygons := 0
	for from := 0; from < len(e.rings.Rings); polygons++ {
		to := e.rings.PolygonEnd(from)
		if e.checker.Sound(&e.rings, from, to) {
			for i := from; i < to; i++ {
				e.repaired.Add(e.rings.Ring(i), e.rings.Rings[i].Hole)
				polygon.Wind(e.repaired.Ring(len(e.repaired.Rings)-1), e.rings.Rings[i].Hole)
			}
		} else if !e.arrange.Clean(&e.repaired, &e.rings, from, to, polygon.OddOfHoles) {
			e.dropped++
		}
		from = to
	}
	if polygons == 1 || e.checker.Sound(&e.repaired, 0, len(e.repaired.Rings)) {
		return &e.repaired
	}
	e.joined.Reset()
	if !e.arrange.Clean(&e.joined, &e.repaired, 0, len(e.repaired.Rings), polygon.Union) {
		return &e.repaired // each polygon is valid, only their members overlap
	}
	return &e.joined
}
