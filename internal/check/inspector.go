package check

import (
	"fmt"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
)

// inspector holds the features of one layer against every check that looks at
// one feature at a time, or at a feature and what was seen before it.
type inspector struct {
	rec     *recorder
	opts    Options
	cols    columns
	layer   *city.Layer
	rings   *ringSet
	outline *outline
	keys    keyring
	shapes  shapeSet

	shape   geodesy.SegmentIndex // of the feature in hand, once indexed
	indexed bool
}

func newInspector(rec *recorder, layer *city.Layer, opts Options, rings *ringSet, outline *outline) *inspector {
	return &inspector{
		rec: rec, opts: opts, layer: layer, cols: newColumns(layer), rings: rings, outline: outline,
		keys: newKeyring(), shapes: newShapeSet(),
	}
}

// report adds a row about f.
func (in *inspector) report(check Check, severity Severity, f *city.Feature, format string, args ...any) {
	in.rec.add(Row{
		Check: check, Severity: severity, Layer: in.layer.ID,
		Feature: in.cols.label(f), Name: in.cols.text(f, city.PropName),
		Message: fmt.Sprintf(format, args...),
	})
}

// feature runs all checks on f. A geometry that is not valid is not measured.
func (in *inspector) feature(f *city.Feature) {
	in.indexed = false
	in.types(f)
	in.text(f)
	in.key(f)
	in.status(f)
	in.dates(f)
	in.doubt(f)
	if !in.geometry(f) {
		return
	}
	in.duplicate(f)
	in.inside(f)
	in.measured(f)
	in.onRing(f)
}

// doubt lists what its author marked as uncertain.
func (in *inspector) doubt(f *city.Feature) {
	if !in.cols.value(f, propDoubtful).Bool() {
		return
	}
	for _, name := range []string{propStatusNote, propNote} {
		if why := in.cols.text(f, name); why != "" {
			in.report(NeedsVerifying, Info, f, "%s", why)
			return
		}
	}
	in.report(NeedsVerifying, Info, f, "marked doubtful")
}
