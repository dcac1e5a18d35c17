package check

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
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
	accuracy := in.cols.number(f, city.PropAccuracy)
	excess, metres, at := math.Inf(1), 0.0, 0
	paths(f.Geometry, func(run []orb.Point) bool {
		for _, p := range run {
			for i := range r.sections {
				s := &r.sections[i]
				allowed := accuracy + s.accuracy + in.opts.JunctionMetres
				if d := s.distance(p, excess+allowed); d-allowed < excess {
					excess, metres, at = d-allowed, d, i
				}
			}
		}
		return true
	})
	if excess <= 0 {
		return
	}
	nearest, allowed := r.sections[at].label, metres-excess
	if note := in.cols.text(f, propRingNote); note != "" {
		in.report(OnRing, Warning, f, "%.0f m from %s, allowed %.0f m: %s", metres, nearest, allowed, note)
		return
	}
	in.report(OnRing, Error, f, "%.0f m from %s, allowed %.0f m, and no ring_note says why", metres, nearest, allowed)
}

// distance returns the metres from p to the section, or infinity when its bound
// alone is farther than limit.
func (s *section) distance(p orb.Point, limit float64) float64 {
	// One degree of latitude is 110.5 km or more, one of longitude at least its
	// cosine's share: a box test that never discards a near section.
	if dLat := max(s.bound.Min[1]-p[1], p[1]-s.bound.Max[1]); dLat*110_000 > limit {
		return math.Inf(1)
	}
	return distanceToLine(p, s.line)
}

// measured holds length_km_measured, where a line has it, against the line.
func (in *inspector) measured(f *city.Feature) {
	v := in.cols.value(f, propMeasured)
	if v.IsNull() {
		return
	}
	var metres float64
	switch g := f.Geometry.(type) {
	case orb.LineString:
		metres = lineMetres(g)
	case orb.MultiLineString:
		for _, line := range g {
			metres += lineMetres(line)
		}
	default:
		return
	}
	// The property is rounded to 10 m.
	if km := metres / 1000; math.Abs(km-v.Float()) > 0.0051+0.001*km {
		in.report(LengthMeasured, Warning, f, "length_km_measured is %g, the shape measures %.2f km", v.Float(), km)
	}
}
