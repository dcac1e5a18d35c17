package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/simplegeom"
)

const polygonForm = "a valid GeoJSON Polygon or MultiPolygon, longitude and latitude in degrees"

// polygon reads a GeoJSON Polygon or MultiPolygon. A third number of a position
// is left out.
func (r *Reader) polygon(raw json.RawMessage, limits Limits) orb.MultiPolygon {
	var g struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	err := json.Unmarshal(raw, &g)
	var parts [][][][]float64
	switch {
	case err != nil:
	case g.Type == "Polygon":
		parts = make([][][][]float64, 1)
		err = json.Unmarshal(g.Coordinates, &parts[0])
	case g.Type == "MultiPolygon":
		err = json.Unmarshal(g.Coordinates, &parts)
	default:
		err = errors.New("neither")
	}
	if err != nil {
		r.wrong("/place/polygon", raw, polygonForm, "is not a Polygon or MultiPolygon")
		return nil
	}
	n := 0
	for _, rings := range parts {
		for _, ring := range rings {
			n += len(ring)
		}
	}
	if n > limits.Vertices {
		r.mistake(Mistake{Pointer: "/place/polygon", Limit: limits.Vertices, Expected: fmt.Sprintf("at most %d positions", limits.Vertices), Detail: fmt.Sprintf("has %d positions", n)})
		return nil
	}
	polygons, err := toPolygons(parts)
	if err == nil {
		err = validPolygons(polygons)
	}
	if err != nil {
		r.wrong("/place/polygon", raw, polygonForm, "is not valid: "+err.Error())
		return nil
	}
	if b := polygons.Bound(); b.Max[0]-b.Min[0] > maxPolygonDegrees || b.Max[1]-b.Min[1] > maxPolygonDegrees {
		r.mistake(Mistake{Pointer: "/place/polygon", Limit: maxPolygonDegrees, Expected: fmt.Sprintf("at most %v degrees wide and high", maxPolygonDegrees), Detail: "is too large"})
		return nil
	}
	return polygons
}

func toPolygons(parts [][][][]float64) (orb.MultiPolygon, error) {
	polygons := make(orb.MultiPolygon, len(parts))
	for i, rings := range parts {
		for _, ring := range rings {
			line, err := toRing(ring)
			if err != nil {
				return nil, err
			}
			polygons[i] = append(polygons[i], line)
		}
	}
	return polygons, nil
}

func toRing(positions [][]float64) (orb.Ring, error) {
	ring := make(orb.Ring, 0, len(positions))
	for _, p := range positions {
		if len(p) < 2 || !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
			return nil, fmt.Errorf("position %v is not a longitude and a latitude", p)
		}
		ring = append(ring, orb.Point{p[0], p[1]})
	}
	if len(ring) < 4 || !ring.Closed() {
		return nil, errors.New("a ring has fewer than 4 positions or is not closed")
	}
	return ring, nil
}

// validPolygons asks for the rules of OGC Simple Features.
func validPolygons(polygons orb.MultiPolygon) error {
	if len(polygons) == 0 {
		return errors.New("it is empty")
	}
	for _, p := range polygons {
		if len(p) == 0 {
			return errors.New("a polygon has no ring")
		}
	}
	return simplegeom.Guard(simplegeom.MultiPolygon(polygons).Validate)
}
