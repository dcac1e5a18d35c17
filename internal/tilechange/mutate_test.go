package tilechange_test

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// someChanges is one to four changes of some features of s, of every kind.
func someChanges(r *rand.Rand, s *snapshot.Snapshot, p place) []city.Change {
	var changes []city.Change
	n := 1
	if r.IntN(3) == 0 {
		n = 4
	}
	for len(changes) < n {
		l := s.Layers()[r.IntN(len(s.Layers()))]
		c := city.Change{Layer: l.ID(), ID: r.Int64N(int64(l.Len())+3) + 1}
		f := l.Feature(c.ID)
		switch {
		case f == nil:
			c.Feature = randomFeature(r, p, l.ID(), c.ID)
		case r.IntN(10) > 0:
			was := l.Exchange(f)
			c.Feature = mutated(r, was.Clone(), p)
			c.Feature.Geometry = orb.Clone(c.Feature.Geometry)
		}
		changes = append(changes, c)
	}
	return changes
}

// mutated changes f a little or a lot.
func mutated(r *rand.Rand, f *city.Feature, p place) *city.Feature {
	for len(f.Values) < 4 {
		f.Values = append(f.Values, city.Null)
	}
	switch r.IntN(8) {
	case 0:
		f.Values[0] = city.String(names[r.IntN(len(names))])
	case 1:
		f.Values[1] = city.String([]string{"trunk", "street", "path"}[r.IntN(3)])
	case 2:
		f.Values[3] = city.String("seen") // no attribute of most tiles
	case 3:
		f.Geometry = shifted(f.Geometry, distance(r, p), distance(r, p))
	default:
		f.Geometry = orb.Clone(f.Geometry)
		f.Geometry = reshaped(r, f.Geometry, p)
	}
	return f
}

// distance is between far below the quantum of tiles and half of the place.
func distance(r *rand.Rand, p place) float64 {
	d := p.spread * math.Exp2(-30*r.Float64())
	if r.IntN(2) == 0 {
		return -d
	}
	return d
}

func shifted(g orb.Geometry, dx, dy float64) orb.Geometry {
	g = orb.Clone(g)
	each(g, func(at *orb.Point) { *at = keep(orb.Point{at[0] + dx, at[1] + dy}) })
	if p, ok := g.(orb.Point); ok {
		return keep(orb.Point{p[0] + dx, p[1] + dy})
	}
	return g
}

// each visits the vertices of all geometries but points, which are values.
func each(g orb.Geometry, visit func(*orb.Point)) {
	switch g := g.(type) {
	case orb.MultiPoint:
		for i := range g {
			visit(&g[i])
		}
	case orb.LineString:
		each(orb.MultiPoint(g), visit)
	case orb.Ring:
		each(orb.MultiPoint(g), visit)
	case orb.MultiLineString:
		for _, part := range g {
			each(part, visit)
		}
	case orb.Polygon:
		for _, part := range g {
			each(part, visit)
		}
	case orb.MultiPolygon:
		for _, part := range g {
			each(part, visit)
		}
	case orb.Collection:
		for _, part := range g {
			each(part, visit)
		}
	}
}

// reshaped changes one part of g: a vertex moves, comes or goes, a ring begins
// elsewhere or is turned round, a hole or a member comes or goes.
func reshaped(r *rand.Rand, g orb.Geometry, p place) orb.Geometry {
	switch g := g.(type) {
	case orb.Point:
		return keep(orb.Point{g[0] + distance(r, p), g[1] + distance(r, p)})
	case orb.MultiPoint:
		return orb.MultiPoint(reshapedPath(r, g, p, 1))
	case orb.LineString:
		return orb.LineString(reshapedPath(r, orb.MultiPoint(g), p, 2))
	case orb.Ring:
		return reshapedRing(r, g, p)
	case orb.MultiLineString:
		if r.IntN(6) == 0 {
			return append(g, p.line(r, p.somewhere(r)))
		}
		i := r.IntN(len(g))
		g[i] = reshaped(r, g[i], p).(orb.LineString)
		return g
	case orb.Polygon:
		switch {
		case r.IntN(6) == 0:
			return append(g, p.ring(r, g[0][0], p.size(r)/4, 5))
		case len(g) > 1 && r.IntN(6) == 0:
			return g[:len(g)-1]
		}
		i := r.IntN(len(g))
		g[i] = reshapedRing(r, g[i], p)
		return g
	case orb.MultiPolygon:
		if len(g) > 1 && r.IntN(6) == 0 {
			return g[1:]
		}
		i := r.IntN(len(g))
		g[i] = reshaped(r, g[i], p).(orb.Polygon)
		return g
	case orb.Collection:
		i := r.IntN(len(g))
		g[i] = reshaped(r, g[i], p)
		return g
	}
	return g
}

func reshapedPath(r *rand.Rand, path orb.MultiPoint, p place, least int) orb.MultiPoint {
	i := r.IntN(len(path))
	switch r.IntN(5) {
	case 0:
		return slices.Insert(path, i, keep(orb.Point{path[i][0] + distance(r, p), path[i][1] + distance(r, p)}))
	case 1:
		if len(path) > least {
			return slices.Delete(path, i, i+1)
		}
	case 2:
		slices.Reverse(path)
		return path
	}
	path[i] = keep(orb.Point{path[i][0] + distance(r, p), path[i][1] + distance(r, p)})
	return path
}

func reshapedRing(r *rand.Rand, ring orb.Ring, p place) orb.Ring {
	open := orb.MultiPoint(ring[:len(ring)-1])
	if r.IntN(5) == 0 {
		i := r.IntN(len(open))
		open = slices.Concat(open[i:], open[:i])
	} else {
		open = reshapedPath(r, open, p, 3)
	}
	return append(orb.Ring(open), open[0])
}
