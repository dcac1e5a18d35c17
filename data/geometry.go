package data

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// geometry is a GeoJSON geometry (RFC 7946) before its type is known. The
// package reads it itself: orb/geojson would let a third coordinate pass
// unseen.
type geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

// orb converts g. Coordinates are WGS 84 lon/lat, two to a position; lines
// have two positions or more, rings four or more and are closed.
func (g *geometry) orb() (orb.Geometry, error) {
	switch g.Type {
	case "Point":
		var c []float64
		if err := json.Unmarshal(g.Coordinates, &c); err != nil {
			return nil, err
		}
		return position(c)
	case "LineString":
		var c [][]float64
		if err := json.Unmarshal(g.Coordinates, &c); err != nil {
			return nil, err
		}
		return line(c)
	case "MultiLineString":
		var c [][][]float64
		if err := json.Unmarshal(g.Coordinates, &c); err != nil {
			return nil, err
		}
		return each[orb.MultiLineString](c, line)
	case "Polygon":
		var c [][][]float64
		if err := json.Unmarshal(g.Coordinates, &c); err != nil {
			return nil, err
		}
		return each[orb.Polygon](c, ring)
	case "MultiPolygon":
		var c [][][][]float64
		if err := json.Unmarshal(g.Coordinates, &c); err != nil {
			return nil, err
		}
		return each[orb.MultiPolygon](c, func(rings [][][]float64) (orb.Polygon, error) {
			return each[orb.Polygon](rings, ring)
		})
	default:
		return nil, fmt.Errorf("geometry type %q", g.Type)
	}
}

func position(c []float64) (orb.Point, error) {
	if len(c) != 2 || math.Abs(c[0]) > 180 || math.Abs(c[1]) > 90 {
		return orb.Point{}, fmt.Errorf("position %v is no lon, lat", c)
	}
	return orb.Point{c[0], c[1]}, nil
}

func line(c [][]float64) (orb.LineString, error) {
	if len(c) < 2 {
		return nil, fmt.Errorf("line of %d positions", len(c))
	}
	return each[orb.LineString](c, position)
}

func ring(c [][]float64) (orb.Ring, error) {
	r, err := each[orb.Ring](c, position)
	if err != nil {
		return nil, err
	}
	if len(r) < 4 || !r.Closed() {
		return nil, fmt.Errorf("ring of %d positions is not closed", len(r))
	}
	return r, nil
}

// each converts the members of c one by one; none at all is an error.
func each[To ~[]P, C, P any](c []C, convert func(C) (P, error)) (To, error) {
	if len(c) == 0 {
		return nil, fmt.Errorf("empty geometry")
	}
	out := make(To, len(c))
	for i := range c {
		p, err := convert(c[i])
		if err != nil {
			return nil, err
		}
		out[i] = p
	}
	return out, nil
}
