package proximity

import (
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// candidate is a feature that has been measured.
type candidate struct {
	metres  float64
	layer   *snapshot.Layer
	feature *snapshot.Feature
	nearest geodesy.Nearest // from a point
	link    geodesy.Link    // from a geometry
}

// after is the order of an answer: by distance, then layer, then id.
func (c *candidate) after(o *candidate) bool {
	switch {
	case c.metres != o.metres:
		return c.metres > o.metres
	case c.layer != o.layer:
		return c.layer.ID() > o.layer.ID()
	default:
		return c.feature.ID() > o.feature.ID()
	}
}

// heap holds the best candidates so far, the last of them at the top.
type heap []candidate

// offer adds c, or puts it in the place of the last one when there are k and c
// comes before it. It reports whether c was taken.
func (h *heap) offer(c candidate, k int) bool {
	if len(*h) == k {
		if c.after(&(*h)[0]) {
			return false
		}
		(*h)[0] = c
		h.sink()
		return true
	}
	*h = append(*h, c)
	s := *h
	for i := len(s) - 1; i > 0; {
		up := (i - 1) / 2
		if !s[i].after(&s[up]) {
			break
		}
		s[i], s[up] = s[up], s[i]
		i = up
	}
	return true
}

// pop removes and returns the last candidate.
func (h *heap) pop() candidate {
	s := *h
	top := s[0]
	last := len(s) - 1
	s[0] = s[last]
	s[last] = candidate{}
	*h = s[:last]
	h.sink()
	return top
}

// sink moves the top down to where it belongs.
func (h *heap) sink() {
	s := *h
	for i := 0; ; {
		down := 2*i + 1
		if down >= len(s) {
			return
		}
		if right := down + 1; right < len(s) && s[right].after(&s[down]) {
			down = right
		}
		if !s[down].after(&s[i]) {
			return
		}
		s[i], s[down] = s[down], s[i]
		i = down
	}
}
