package wkb

import "github.com/paulmach/orb"

// Finite reports whether no coordinate of g is NaN or infinite. Append writes
// such coordinates; Decode refuses them.
func Finite(g orb.Geometry) bool {
	switch g := g.(type) {
	case orb.Point:
		return finite(g) == nil
	case orb.Bound:
		return finite(g.Min) == nil && finite(g.Max) == nil
	case orb.MultiPoint:
		return finiteRun(g)
	case orb.LineString:
		return finiteRun(g)
	case orb.Ring:
		return finiteRun(g)
	case orb.MultiLineString:
		return finiteRuns(g)
	case orb.Polygon:
		return finiteRuns(g)
	case orb.MultiPolygon:
		for _, p := range g {
			if !finiteRuns(p) {
				return false
			}
		}
	case orb.Collection:
		for _, m := range g {
			if !Finite(m) {
				return false
			}
		}
	}
	return true
}

func finiteRuns[S ~[]E, E ~[]orb.Point](runs S) bool {
	for _, ps := range runs {
		if !finiteRun(ps) {
			return false
		}
	}
	return true
}

func finiteRun[S ~[]orb.Point](ps S) bool {
	for _, p := range ps {
		if finite(p) != nil {
			return false
		}
	}
	return true
}

// IsEmpty reports whether g is nil or has no coordinate at all.
func IsEmpty(g orb.Geometry) bool {
	switch g := g.(type) {
	case nil:
		return true
	case orb.MultiPoint:
		return len(g) == 0
	case orb.LineString:
		return len(g) == 0
	case orb.Ring:
		return len(g) == 0
	case orb.MultiLineString:
		return emptyRuns(g)
	case orb.Polygon:
		return emptyRuns(g)
	case orb.MultiPolygon:
		for _, p := range g {
			if !emptyRuns(p) {
				return false
			}
		}
		return true
	case orb.Collection:
		for _, m := range g {
			if !IsEmpty(m) {
				return false
			}
		}
		return true
	default:
		return false
	}
}

func emptyRuns[S ~[]E, E ~[]orb.Point](runs S) bool {
	for _, ps := range runs {
		if len(ps) != 0 {
			return false
		}
	}
	return true
}
