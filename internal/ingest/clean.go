package ingest

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
	"github.com/hanoitwin/hanoitwin/internal/ingest/repair"
)

// Reasons of problems that the importer finds itself.
const (
	reasonNull       = "null geometry"
	reasonEmpty      = "empty geometry"
	reasonNaN        = "coordinate is not a number"
	reasonRange      = "coordinates out of range"
	reasonShort      = "line with fewer than two points"
	reasonZeroLength = "zero-length line"
	reasonOpenRing   = "unclosed ring"
	reasonNoArea     = "polygon without area"
	reasonCrossing   = "invalid polygon"
	reasonBeyond     = "polygon cannot be repaired"
	reasonMember     = "bad part of a geometry"
	reasonFlat       = "third dimension left out"
	reasonType       = "geometry is not of the layer's type"
	reasonNFC        = "text normalised to NFC"
	reasonUTF8       = "text is not UTF-8"
	reasonNUL        = "text holds a NUL character"
	reasonMojibake   = "text looks like UTF-8 read in another encoding"
	reasonBlob       = "unreadable geometry"
	reasonKeyTwice   = "key occurs twice"
	reasonNoKey      = "feature without a key"
	reasonValueType  = "value is not of the property's type"
	reasonRenamed    = "property renamed"
	reasonKeyless    = "property is no key"
	reasonAssumedCRS = "coordinate system assumed"
)

// fault is one thing that cleaning a geometry met.
type fault struct {
	reason, detail string
	action         feed.Action
}

// skip is the error that leaves a geometry out.
type skip struct{ reason, detail string }

func (s *skip) Error() string { return s.reason + ": " + s.detail }

// cleaner makes geometries sound, in whatever plane they are. It is reused.
type cleaner struct{ faults []fault }

func (c *cleaner) note(action feed.Action, reason, format string, args ...any) {
	c.faults = append(c.faults, fault{reason: reason, detail: fmt.Sprintf(format, args...), action: action})
}

// clean returns a sound geometry and in c.faults what had to be done. The
// error says why there is none. It may change g.
func (c *cleaner) clean(g orb.Geometry) (orb.Geometry, *skip) {
	c.faults = c.faults[:0]
	return c.one(g)
}

// cleanAgain is clean for a geometry that was clean and whose coordinates were
// then converted: vertices that were 1e-9 m apart round to one degree, and a
// sliver that was valid is no longer. What was a fault before is not told twice.
func (c *cleaner) cleanAgain(g orb.Geometry) (orb.Geometry, *skip) {
	before := slices.Clip(c.faults)
	c.faults = nil
	g, bad := c.one(g)
	for _, f := range c.faults {
		told := func(b fault) bool { return b.reason == f.reason && b.action == f.action }
		if !slices.ContainsFunc(before, told) {
			before = append(before, f)
		}
	}
	c.faults = before
	return g, bad
}

func (c *cleaner) one(g orb.Geometry) (orb.Geometry, *skip) {
	switch g := g.(type) {
	case nil:
		return nil, &skip{reason: reasonNull}
	case orb.Point:
		return g, finite([]orb.Point{g})
	case orb.MultiPoint:
		if len(g) == 0 {
			return nil, &skip{reason: reasonEmpty}
		}
		return g, finite(g)
	case orb.LineString:
		return g, c.line(g)
	case orb.MultiLineString:
		return members(c, g, func(l orb.LineString) (orb.LineString, *skip) { return l, c.line(l) })
	case orb.Ring:
		return c.polygon(orb.Polygon{g})
	case orb.Polygon:
		return c.polygon(g)
	case orb.MultiPolygon:
		return c.multiPolygon(g)
	case orb.Bound:
		return c.polygon(g.ToPolygon())
	case orb.Collection:
		return members(c, g, c.one)
	default:
		return nil, &skip{reasonType, fmt.Sprintf("%T", g)}
	}
}

// members cleans the parts of a geometry and leaves out the bad ones.
func members[G ~[]E, E any](c *cleaner, parts G, clean func(E) (E, *skip)) (orb.Geometry, *skip) {
	kept := parts[:0:0]
	var last *skip
	for _, part := range parts {
		sound, bad := clean(part)
		if bad != nil {
			last = bad
			continue
		}
		kept = append(kept, sound)
	}
	switch {
	case len(kept) == 0 && last != nil:
		return nil, last
	case len(kept) == 0:
		return nil, &skip{reason: reasonEmpty}
	case last != nil:
		c.note(feed.Dropped, reasonMember, "%d of %d parts left out, the last because of %v", len(parts)-len(kept), len(parts), last)
	}
	return any(kept).(orb.Geometry), nil
}

func finite(points []orb.Point) *skip {
	for i, p := range points {
		// x-x is 0 for all but infinities and NaN.
		if p[0]-p[0] != 0 || p[1]-p[1] != 0 {
			return &skip{reasonNaN, fmt.Sprintf("vertex %d is %v, %v", i+1, p[0], p[1])}
		}
	}
	return nil
}

func (c *cleaner) line(l orb.LineString) *skip {
	switch len(l) {
	case 0:
		return &skip{reason: reasonEmpty}
	case 1:
		return &skip{reasonShort, fmt.Sprintf("at %v, %v", l[0][0], l[0][1])}
	}
	if bad := finite(l); bad != nil {
		return bad
	}
	for _, p := range l[1:] {
		if p != l[0] {
			return nil
		}
	}
	c.note(feed.Kept, reasonZeroLength, "%d vertices at %v, %v", len(l), l[0][0], l[0][1])
	return nil
}

// rings closes rings and leaves out those that are too short; an exterior that
// is leaves nothing.
func (c *cleaner) rings(p orb.Polygon) (orb.Polygon, *skip) {
	if len(p) == 0 || len(p[0]) == 0 {
		return nil, &skip{reason: reasonEmpty}
	}
	out := make(orb.Polygon, 0, len(p))
	for i, ring := range p {
		if bad := finite(ring); bad != nil {
			return nil, bad
		}
		if n := len(ring); n > 0 && ring[0] != ring[n-1] {
			c.note(feed.Repaired, reasonOpenRing, "ring %d of %d vertices closed", i+1, n)
			ring = append(slices.Clip(ring), ring[0])
		}
		switch {
		case len(ring) >= 4:
			out = append(out, ring)
		case i == 0:
			return nil, &skip{reasonNoArea, fmt.Sprintf("exterior of %d vertices", len(ring))}
		default:
			c.note(feed.Dropped, reasonNoArea, "hole %d of %d vertices left out", i, len(ring))
		}
	}
	return out, nil
}

func (c *cleaner) polygon(p orb.Polygon) (orb.Geometry, *skip) {
	closed, bad := c.rings(p)
	if bad != nil {
		return nil, bad
	}
	return c.valid(closed)
}

func (c *cleaner) multiPolygon(m orb.MultiPolygon) (orb.Geometry, *skip) {
	g, bad := members(c, m, c.rings)
	if bad != nil {
		return nil, bad
	}
	g, bad = c.valid(g)
	if p, ok := g.(orb.Polygon); ok {
		g = orb.MultiPolygon{p} // repairing may leave one part of several
	}
	return g, bad
}

// valid makes a polygon or multipolygon valid.
func (c *cleaner) valid(g orb.Geometry) (orb.Geometry, *skip) {
	fixed, why, err := repair.Polygon(g)
	switch {
	case errors.Is(err, repair.ErrNoArea):
		return nil, &skip{reasonNoArea, err.Error()}
	case err != nil:
		return nil, &skip{reasonBeyond, err.Error()}
	case why != "":
		c.note(feed.Repaired, reasonCrossing, "%s; its rings enclose %.3g, the repaired polygon %.3g", why, area(g), area(fixed))
	}
	return fixed, nil
}

// area adds up what the rings enclose, in the square of their unit. Where a
// ring crosses itself its lobes count against each other.
func area(g orb.Geometry) float64 {
	sum := 0.0
	eachPolygon(g, func(p orb.Polygon) {
		for i, ring := range p {
			if a := math.Abs(repair.SignedArea(ring)); i == 0 {
				sum += a
			} else {
				sum -= a
			}
		}
	})
	return sum
}

func eachPolygon(g orb.Geometry, yield func(orb.Polygon)) {
	switch g := g.(type) {
	case orb.Polygon:
		yield(g)
	case orb.MultiPolygon:
		for _, p := range g {
			yield(p)
		}
	case orb.Collection:
		for _, part := range g {
			eachPolygon(part, yield)
		}
	}
}

// orient turns rings in place so that outer ones run counter-clockwise and
// holes clockwise (RFC 7946 section 3.1.6).
func orient(g orb.Geometry) {
	eachPolygon(g, func(p orb.Polygon) {
		for i, ring := range p {
			if (repair.SignedArea(ring) < 0) == (i == 0) {
				slices.Reverse(ring)
			}
		}
	})
}
