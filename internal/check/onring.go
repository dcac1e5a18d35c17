package check

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
)

// onRing holds a feature that names a ring against the sections of that ring.
//
//	   ● feature, accuracy_m          allowed: accuracy_m of the feature
//	   │ distance                            + accuracy_m of the section
//	───┴──────────── section                 + Options.JunctionMetres
//
// Farther away is an error, unless the data says why in ring_note: then it is a
// warning.
func (in *inspector) onRing(f *city.Feature) {
	name := in.cols.text(f, propRing)
	if name == "" || in.layer.ID == ringLayer || len(in.rings.rings) == 0 {
		return
	}
	r, ok := in.rings.rings[name]
	if !ok {
		known := slices.Sorted(maps.Keys(in.rings.rings))
		in.report(OnRing, Error, f, "ring %q is none of %s", name, strings.Join(known, ", "))
		return
	}
	base := in.cols.number(f, city.PropAccuracy) + in.opts.JunctionMetres
	for i := range r.sections {
		if _, near := in.metres(f, r.sections[i].index, base+r.sections[i].accuracy); near {
			return
		}
	}
	// Off the ring: only now is it worth finding by how much.
	excess, metres, at := math.Inf(1), 0.0, 0
	for i := range r.sections {
		d, _ := in.metres(f, r.sections[i].index, math.Inf(1))
		if d-base-r.sections[i].accuracy < excess {
			excess, metres, at = d-base-r.sections[i].accuracy, d, i
		}
	}
	nearest, allowed := r.sections[at].label, metres-excess
	if note := in.cols.text(f, propRingNote); note != "" {
		in.report(OnRing, Warning, f, "%.0f m from %s, allowed %.0f m: %s", metres, nearest, allowed, note)
		return
	}
	in.report(OnRing, Error, f, "%.0f m from %s, allowed %.0f m, and no ring_note says why", metres, nearest, allowed)
}

// metres returns the distance from f to an indexed geometry, if it is within
// limit metres. It is 0 where they touch or one lies in the other.
func (in *inspector) metres(f *city.Feature, to *geodesy.SegmentIndex, limit float64) (metres float64, near bool) {
	if p, ok := f.Geometry.(orb.Point); ok {
		frame := geodesy.NewFrame(p)
		n, ok := frame.NearestIndexed(to, limit)
		return n.Metres, ok
	}
	if !in.indexed {
		in.shape.Reset(f.Geometry)
		in.indexed = true
	}
	link, ok := geodesy.Between(&in.shape, to, limit)
	return link.Metres, ok
}

// measured holds length_km_measured, where a line has it, against the line.
func (in *inspector) measured(f *city.Feature) {
	v := in.cols.value(f, propMeasured)
	switch f.Geometry.(type) {
	case orb.LineString, orb.MultiLineString:
	default:
		return
	}
	if v.IsNull() {
		return
	}
	// The property is rounded to 10 m.
	if km := geodesy.Length(f.Geometry) / 1000; math.Abs(km-v.Float()) > 0.0051+0.001*km {
		in.report(LengthMeasured, Warning, f, "length_km_measured is %g, the shape measures %.2f km", v.Float(), km)
	}
}
