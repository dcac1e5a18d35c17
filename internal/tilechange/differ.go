package tilechange

import (
	"bytes"
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Differ compares what edits draw. The zero Differ is ready. Reuse it: it keeps
// buffers. It is not safe for concurrent use.
type Differ struct {
	encoder tiles.Encoder
	work    work
}

// Differs tells whether ed changes the bytes of tile t, in any set of layers
// that has its layer. With several edits of one step the tile differs
// exactly when some of them differs.
//
// It takes as long as drawing the feature twice: about 0.2 µs for a point, 1 µs
// for a line of 500 vertices that is mostly elsewhere.
func (d *Differ) Differs(ed *snapshot.Edit, t tiles.Tile) bool {
	return d.differs(ed, t, nil)
}

// Touches tells whether t shows the feature of ed at all, before or after. Views
// that hide features or draw other attributes than the recorded ones, such as that
// of a date, can only differ in tiles that an edit touches.
func (d *Differ) Touches(ed *snapshot.Edit, t tiles.Tile) bool {
	before, after := shown(ed, t.Z)
	return before && d.draws(ed.Was, ed.Before, t) || after && d.draws(ed.Is, ed.After, t)
}

// differs is Differs with the features that ed.After has passed, when they are
// known.
func (d *Differ) differs(ed *snapshot.Edit, t tiles.Tile, p *passed) bool {
	before, after := shown(ed, t.Z)
	switch {
	case !before && !after:
		return false
	case !after:
		return d.draws(ed.Was, ed.Before, t)
	case !before:
		return d.draws(ed.Is, ed.After, t)
	case !slices.Equal(ed.Before.TileTags(), ed.After.TileTags()):
		return d.Touches(ed, t)
	}
	same, drawn := d.compare(ed, t)
	return !same || drawn && d.overtakes(ed, t, p)
}

// shown tells whether the feature stands in tiles of zoom z before and after ed.
func shown(ed *snapshot.Edit, z uint8) (before, after bool) {
	return stands(ed.Before, z), stands(ed.After, z)
}

func stands(f *snapshot.Feature, z uint8) bool {
	return f != nil && f.MinZoom() <= z
}

// optionsOf returns the drawing rules of a layer.
func optionsOf(l *snapshot.Layer) tiles.LayerOptions {
	rules := &l.Definition().Tiles
	return tiles.LayerOptions{Simplify: rules.Simplify, MinSize: rules.MinSize}
}

// draws tells whether anything of f shows in t.
func (d *Differ) draws(l *snapshot.Layer, f *snapshot.Feature, t tiles.Tile) bool {
	d.encoder.Begin(t)
	d.encoder.BeginLayer("", bare{}, optionsOf(l))
	return d.add(f)
}

// compare tells whether the feature has the same geometry in t before and after
// ed, and whether it has any.
func (d *Differ) compare(ed *snapshot.Edit, t tiles.Tile) (same, drawn bool) {
	d.encoder.Begin(t)
	d.encoder.BeginLayer("", bare{}, optionsOf(ed.Is))
	from := len(d.encoder.Bytes())
	drawn = d.add(ed.Before)
	to := len(d.encoder.Bytes())
	d.add(ed.After)
	all := d.encoder.Bytes()
	return bytes.Equal(all[from:to], all[to:]), drawn
}

// add draws f without attributes.
func (d *Differ) add(f *snapshot.Feature) bool {
	if p, ok := f.Geometry().(orb.Point); ok {
		return d.encoder.AddPoint(uint64(f.ID()), p, nil)
	}
	return d.encoder.Add(uint64(f.ID()), f.Shape(), nil)
}

// bare is the table of features without attributes.
type bare struct{}

func (bare) NumKeys() int                            { return 0 }
func (bare) NumValues() int                          { return 0 }
func (bare) Key(uint32) string                       { return "" }
func (bare) AppendValue(dst []byte, _ uint32) []byte { return dst }
