package tilecache

import (
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/tms"
)

// abroad draws features in tiles of other matrix sets than the one that they are
// prepared for: it prepares each as it comes, in memory that it uses again. That
// takes some 0.5 µs a vertex.
type abroad struct {
	set      *tms.Set // nil at home, in Web Mercator
	finder   tms.Search
	zoom     uint8 // by which the rules of layers go
	preparer tiles.Preparer
	of       *tms.Set // whose projection the preparer has
}

// lookEveryDear is lookEvery where a feature may cost a hundred times as much: in
// tiles of other sets, and where a filter may compare geometries.
const lookEveryDear = 8

// enter begins a tile of a set, nil for Web Mercator.
func (a *abroad) enter(set *tms.Set, square tiles.Tile) {
	a.set = set
	if set == nil {
		return
	}
	at := set.OfSquare(square)
	a.finder, a.zoom = set.Search(at), set.Zoom(at.Matrix)
	if a.of != set {
		a.of, a.preparer = set, tiles.Preparer{Projection: set.Projection()}
	}
}

// search calls yield with the features of l that the tile may show.
func (a *abroad) search(l *snapshot.Layer, yield func(*snapshot.Feature) bool) {
	extent, _ := l.Bound()
	bound := a.finder.Bound(l.Widest(), extent.Max[1]-extent.Min[1])
	l.SearchBoxes(bound, snapshot.Nowhere(), func(low, high [2]float32, f *snapshot.Feature) bool {
		return a.finder.Misses(low, high) || yield(f)
	})
}

// draw adds f to the current layer. What has no place in the set's CRS is in none
// of its tiles.
func (a *abroad) draw(e *tiles.Encoder, f *snapshot.Feature, tags []tiles.Tag) {
	a.preparer.Reset()
	if shape, err := a.preparer.Prepare(f.Geometry()); err == nil {
		e.Add(uint64(f.ID()), shape, tags)
	}
}

// mayDiffer tells whether an edit may change a tile of a set: whether it is of a
// feature that the tile may show, before or after.
func mayDiffer(set *tms.Set, square tiles.Tile, ed *snapshot.Edit) bool {
	search := set.Search(set.OfSquare(square))
	return ed.Before != nil && search.Meets(ed.Before.Geometry().Bound()) ||
		ed.After != nil && search.Meets(ed.After.Geometry().Bound())
}
