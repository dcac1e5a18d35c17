package tilechange

import "github.com/hanoitwin/hanoitwin/tiles"

// strokes are paths that tiles are looked for along, and, where they are closed,
// inside.
type strokes struct {
	vertices []tiles.Vertex
	paths    []stroke
}

// stroke is one path: a single vertex, an open line, or a ring whose closing
// vertex is left out. Joined rings go round a place together with those before.
type stroke struct {
	end          int // in strokes.vertices
	ring, joined bool
}

func (s *strokes) reset() { s.vertices, s.paths = s.vertices[:0], s.paths[:0] }

func (s *strokes) open(vertices ...tiles.Vertex) {
	s.vertices = append(s.vertices, vertices...)
	s.paths = append(s.paths, stroke{end: len(s.vertices)})
}

func (s *strokes) closed(joined bool, vertices ...tiles.Vertex) {
	s.startRing(joined)
	s.vertices = append(s.vertices, vertices...)
	s.end()
}

// startRing begins a ring whose vertices are then appended; end ends it.
func (s *strokes) startRing(joined bool) {
	s.paths = append(s.paths, stroke{ring: true, joined: joined})
}

func (s *strokes) end() { s.paths[len(s.paths)-1].end = len(s.vertices) }

// cover adds the tiles that the strokes meet or go round to c.
func (s *strokes) cover(c *cover) {
	from := 0
	for i, p := range s.paths {
		path := s.vertices[from:p.end]
		from = p.end
		if p.ring && !p.joined {
			c.inside()
		}
		last := path[0]
		if p.ring {
			last = path[len(path)-1]
		}
		for _, v := range path {
			c.segment(last, v)
			if p.ring {
				c.edge(last, v)
			}
			last = v
		}
		if c.over {
			return
		}
		if i == len(s.paths)-1 {
			c.inside()
		}
	}
}
