package simplegeom

import (
	"errors"
	"fmt"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
)

// Line converts a line or a ring.
func Line[S ~[]orb.Point](points S) geom.LineString {
	flat := make([]float64, 0, 2*len(points))
	for _, p := range points {
		flat = append(flat, p[0], p[1])
	}
	return geom.NewLineString(geom.NewSequence(flat, geom.DimXY))
}

// Polygon converts a polygon.
func Polygon(p orb.Polygon) geom.Polygon {
	rings := make([]geom.LineString, len(p))
	for i := range p {
		rings[i] = Line(p[i])
	}
	return geom.NewPolygon(rings)
}

// MultiPolygon converts polygons.
func MultiPolygon(polygons orb.MultiPolygon) geom.MultiPolygon {
	parts := make([]geom.Polygon, len(polygons))
	for i := range polygons {
		parts[i] = Polygon(polygons[i])
	}
	return geom.NewMultiPolygon(parts)
}

// ErrGaveUp stands for a panic of simplefeatures.
var ErrGaveUp = errors.New("the geometry library gave up")

// Guard calls f and turns a panic into an error that wraps ErrGaveUp. The library
// checks its own assumptions by panicking, and multipolygons whose parts touch
// within the last digits do break one ("already established that boundaries only
// intersect at points", v0.59.0). They are not valid either.
func Guard(f func() error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%w: %v", ErrGaveUp, fault)
		}
	}()
	return f()
}
