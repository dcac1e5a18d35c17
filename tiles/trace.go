package tiles

import "github.com/hanoitwin/hanoitwin/tiles/internal/polygon"

// trace is a path as one tile sees it: snapped to tile units, without the
// vertices below the wanted rank, without repeats, and without what happens far
// outside.
//
//	      •───•            Vertices that share an outside half-plane with the
//	     /     \           one before and the one after draw nothing, and the
//	────•·······•────      straight line past them draws nothing either: only
//	┌───────────────┐      the first and the last of such a run are kept. A
//	│     tile      │      chunk of 64 vertices whose box lies in such a
//	                       half-plane is passed over as a whole.
type trace struct {
	pts []polygon.Vec
	// Outcodes of the last two positions kept.
	last, before uint8
	// Outcodes that all vertices shared, and that any had.
	all, some uint8
}

// follow traces a path into e.trace.
func (e *Encoder) follow(p path) {
	t := &e.trace
	t.pts, t.last, t.before = t.pts[:0], 0, 0
	t.all, t.some = 0xff, 0
	n := len(p.ranks)
	if p.box == nil {
		t.add(&e.frame, p.xy, p.ranks, e.minRank)
		return
	}
	for c := range chunks(n) {
		from, to := chunkSize*c, min(chunkSize*(c+1), n)
		all, _ := e.frame.boxCodes(p.boxes[boxWords*c : boxWords*(c+1)])
		if all != 0 {
			// First and last vertex that count; the same one twice is a repeat.
			from, to = keptSpan(p.ranks, from, to, e.minRank)
			if from == to {
				continue
			}
			t.add(&e.frame, p.xy[2*from:2*from+2], p.ranks[from:from+1], 0)
			from = to - 1
		}
		t.add(&e.frame, p.xy[2*from:2*to], p.ranks[from:to], e.minRank)
	}
}

// keptSpan narrows [from, to) until both ends have at least the given rank.
func keptSpan(ranks []byte, from, to int, least uint8) (int, int) {
	for from < to && ranks[from] < least {
		from++
	}
	for from < to && ranks[to-1] < least {
		to--
	}
	return from, to
}

// add appends vertices.
func (t *trace) add(f *frame, xy []uint32, ranks []byte, least uint8) {
	pts := t.pts
	if cap(pts)-len(pts) < len(ranks) {
		pts = append(make([]polygon.Vec, 0, 2*(len(pts)+len(ranks))), pts...)
	}
	n := len(pts)
	pts = pts[:cap(pts)]
	last, before, all, some := t.last, t.before, t.all, t.some
	xy = xy[:2*len(ranks)]
	local := *f // on the stack: the stores to pts cannot change it
	for i, r := range ranks {
		if r < least {
			continue
		}
		p := local.snap(xy[2*i], xy[2*i+1])
		if n > 0 && pts[n-1] == p {
			continue
		}
		code := outcode(p.X, p.Y)
		all, some = all&code, some|code
		if code&last&before != 0 {
			n--
		} else {
			before = last
		}
		last = code
		pts[n] = p
		n++
	}
	t.last, t.before, t.all, t.some = last, before, all, some
	t.pts = pts[:n]
}
