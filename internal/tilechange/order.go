package tilechange

import (
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// maxPassed is how many passed features are remembered. Beyond it they are
// looked for in each tile.
const maxPassed = 256

// passed lists the features of the layer that an edited feature had before it
// and has behind it, or the other way: those with which it changed the order of
// drawing. They are as after the edit.
type passed struct {
	features []*snapshot.Feature
	many     bool // there are more than features
}

// first tells whether f is drawn before g.
func first(f, g *snapshot.Feature) bool {
	if f.Place() != g.Place() {
		return f.Place() < g.Place()
	}
	return f.ID() < g.ID()
}

// passes tells whether ed, an edit that moves a feature along the curve, swaps
// it with the feature g of one of the two states.
func passes(ed *snapshot.Edit, g *snapshot.Feature) (is *snapshot.Feature, swapped bool) {
	if g.ID() == ed.After.ID() {
		return nil, false
	}
	was, is := ed.Was.Feature(g.ID()), ed.Is.Feature(g.ID())
	if was == nil || is == nil {
		return nil, false // that edit differs by itself wherever it is drawn
	}
	return is, first(ed.Before, was) != first(ed.After, is)
}

// span returns the places between which ed moves its feature.
func span(ed *snapshot.Edit) (low, high uint32) {
	low, high = ed.Before.Place(), ed.After.Place()
	return min(low, high), max(low, high)
}

// passing calls fn with the features that ed passes, some of them twice, until
// fn returns false. When another edit of the same step passes them, one of the
// two tells it.
func passing(ed *snapshot.Edit, fn func(*snapshot.Feature) bool) {
	low, high := span(ed)
	if low == high {
		return
	}
	more := true
	visit := func(g *snapshot.Feature) bool {
		if is, swapped := passes(ed, g); swapped {
			more = fn(is)
		}
		return more
	}
	ed.Is.Between(low, high, visit)
	if more {
		ed.Was.Between(low, high, visit)
	}
}

// gather finds the features that ed passes, seen by nobody yet.
func (p *passed) gather(ed *snapshot.Edit) {
	p.features, p.many = p.features[:0], false
	passing(ed, func(g *snapshot.Feature) bool {
		if len(p.features) == 2*maxPassed {
			p.many = true
			return false
		}
		p.features = append(p.features, g)
		return true
	})
}

// overtakes tells whether the feature of ed, which t shows alike before and
// after, passes another that t shows.
func (d *Differ) overtakes(ed *snapshot.Edit, t tiles.Tile, p *passed) bool {
	low, high := span(ed)
	if low == high {
		return false
	}
	found := false
	look := func(g *snapshot.Feature) bool {
		found = stands(g, t.Z) && d.draws(ed.Is, g, t)
		return !found
	}
	switch {
	case p != nil && !p.many:
		for _, g := range p.features {
			if !look(g) {
				break
			}
		}
	case t.Z < wideTile:
		passing(ed, look)
	default:
		visit := func(g *snapshot.Feature) bool {
			if g.Place() < low || g.Place() > high {
				return true
			}
			is, swapped := passes(ed, g)
			return !swapped || look(is)
		}
		bound := t.SearchBound()
		ed.Is.Search(bound, visit)
		if !found {
			ed.Was.Search(bound, visit)
		}
	}
	return found
}

// wideTile is the zoom from which a tile has fewer features than lie between two
// usual places: tiles of zoom 12 are 10 km wide.
const wideTile = 12
