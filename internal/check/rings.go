package check

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
)

// sameVertex is the distance in metres below which two ends are one vertex: a
// store may round the ninth decimal of a degree.
const sameVertex = 0.001

// ringSet holds the ring roads by name.
type ringSet struct {
	rings map[string]*ring
}

// ring is one ring road: its sections in order and what they say of the whole.
type ring struct {
	id, name string
	why      string // note on the official length
	closed   bool
	official []float64 // kilometres, each figure that a section gives, once
	sections []section
}

type section struct {
	id       int64
	number   int64
	label    string
	name     string
	line     orb.LineString
	index    *geodesy.SegmentIndex
	accuracy float64 // metres
	gapNote  string
}

func newRingSet() *ringSet { return &ringSet{rings: map[string]*ring{}} }

// add takes one section. Sections without a ring or with another shape than a
// line are left out here; other checks report them.
func (s *ringSet) add(cols columns, f *city.Feature) {
	id := cols.text(f, propRing)
	line, ok := f.Geometry.(orb.LineString)
	if id == "" || !ok || validLine(line) != nil {
		return
	}
	r := s.rings[id]
	if r == nil {
		r = &ring{id: id, name: cols.text(f, propRingName), why: cols.text(f, propRingWhy)}
		s.rings[id] = r
	}
	r.closed = r.closed || cols.value(f, propRingClosed).Bool()
	if km := cols.number(f, propRingLength); km > 0 && !slices.Contains(r.official, km) {
		r.official = append(r.official, km)
	}
	r.sections = append(r.sections, section{
		id: f.ID, number: cols.value(f, propSection).Int(),
		label: cols.label(f), name: cols.text(f, city.PropName),
		line: line, index: geodesy.NewSegmentIndex(line), accuracy: cols.number(f, city.PropAccuracy),
		gapNote: cols.text(f, propGapNote),
	})
}

// order sorts the sections by number, and by id where numbers are equal.
func (s *ringSet) order() {
	for _, r := range s.rings {
		slices.SortFunc(r.sections, func(a, b section) int {
			return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.id, b.id))
		})
	}
}

// check reports on every ring, in the order of their names.
func (s *ringSet) check(rec *recorder, opts Options) {
	for _, id := range slices.Sorted(maps.Keys(s.rings)) {
		r := s.rings[id]
		r.checkLength(rec, opts.RingLengthShare)
		r.checkNumbers(rec)
		r.checkJoins(rec)
	}
}

func (r *ring) report(rec *recorder, check Check, severity Severity, feature, name, format string, args ...any) {
	rec.add(Row{
		Check: check, Severity: severity, Layer: ringLayer, Feature: feature, Name: name,
		Message: fmt.Sprintf(format, args...),
	})
}

// checkLength always reports: the difference is a fact about the data, and a
// warning when it is large.
func (r *ring) checkLength(rec *recorder, share float64) {
	km := 0.0
	for _, s := range r.sections {
		km += geodesy.Length(s.line) / 1000
	}
	switch len(r.official) {
	case 0:
		r.report(rec, RingLength, Warning, r.id, r.name, "sections sum to %.1f km, no official length is given", km)
		return
	case 1:
	default:
		r.report(rec, RingLength, Error, r.id, r.name, "sections give different official lengths: %v km", r.official)
		return
	}
	off := km - r.official[0]
	severity := Info
	if math.Abs(off) > share*r.official[0] {
		severity = Warning
	}
	note := ""
	if r.why != "" {
		note = ". " + r.why
	}
	r.report(rec, RingLength, severity, r.id, r.name, "sections sum to %.1f km, official %g km: %+.1f km, %+.1f %%%s",
		km, r.official[0], off, 100*off/r.official[0], note)
}

// checkNumbers reports section numbers that do not run 1, 2, 3, …
func (r *ring) checkNumbers(rec *recorder) {
	for i, s := range r.sections {
		if s.number != int64(i+1) {
			r.report(rec, RingJoined, Error, s.label, s.name, "section number %d where %s should have %d", s.number, r.id, i+1)
			return
		}
	}
}

// checkJoins reports consecutive sections that do not share a vertex. A gap
// that the data explains is a warning, any other an error.
func (r *ring) checkJoins(rec *recorder) {
	for i := range r.sections {
		next := i + 1
		if next == len(r.sections) {
			if !r.closed || next == 1 {
				return
			}
			next = 0
		}
		a, b := &r.sections[i], &r.sections[next]
		gap := geodesy.Distance(a.line[len(a.line)-1], b.line[0])
		switch {
		case gap <= sameVertex && a.gapNote != "":
			r.report(rec, RingJoined, Warning, a.label, a.name, "joined to %s, but explains a gap: %s", b.label, a.gapNote)
		case gap <= sameVertex:
		case a.gapNote != "":
			r.report(rec, RingJoined, Warning, a.label, a.name, "%.0f m open to %s: %s", gap, b.label, a.gapNote)
		default:
			r.report(rec, RingJoined, Error, a.label, a.name, "%.1f m open to %s, and no gap_note says why", gap, b.label)
		}
	}
}
