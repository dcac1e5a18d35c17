package view

import (
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/proximity"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Days is the days that a client asks for, if it does. Without, features are
// as they are recorded.
type Days struct {
	Asked  bool
	Window lifetime.Window
}

// Lens shows the layers of a view on those days. It serves one request.
type Lens struct {
	Days
	layers  []*lifetime.Layer
	scratch []tiles.Tag
}

var _ proximity.Lens = (*Lens)(nil)

// On returns how a layer is on the days asked for.
func (n *Lens) On(l *snapshot.Layer) *lifetime.Layer {
	for _, shown := range n.layers {
		if shown.Recorded() == l {
			return shown
		}
	}
	shown := lifetime.Of(l, n.Window)
	n.layers = append(n.layers, shown)
	return shown
}

// Of implements proximity.Lens.
func (n *Lens) Of(l *snapshot.Layer) proximity.LayerLens { return n.On(l) }

// Tags returns all properties of f as they are on the days asked for, until the
// next call; there tells whether f is.
func (n *Lens) Tags(l *snapshot.Layer, f *snapshot.Feature) (tags []tiles.Tag, there bool) {
	if !n.Asked {
		return f.Tags(), true
	}
	return n.On(l).Tags(f, f.Tags(), &n.scratch)
}

// Forget lets go of the state that it showed.
func (n *Lens) Forget() {
	clear(n.layers)
	n.layers, n.Days = n.layers[:0], Days{}
}
