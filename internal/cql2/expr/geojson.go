package expr

import (
	"encoding/json"
	"strconv"

	"github.com/paulmach/orb"
)

// geometry reads a GeoJSON geometry (RFC 7946, 3.1). Heights are left out.
func (r *reader) geometry(pointer string, members map[string]json.RawMessage, level int) (orb.Geometry, error) {
	if level > r.limits.Depth {
		return nil, r.tooDeep(Place{Pointer: pointer})
	}
	var kind string
	if err := r.decode(pointer+"/type", members["type"], &kind, "the type of a geometry"); err != nil {
		return nil, err
	}
	if kind == "GeometryCollection" {
		return r.collection(pointer, members["geometries"], level)
	}
	c := coordinates{reader: r, pointer: pointer + "/coordinates", raw: members["coordinates"]}
	switch kind {
	case "Point":
		return read(c, c.point)
	case "MultiPoint":
		return read(c, func(p []float64s) (orb.MultiPoint, error) { return pointsAs[orb.MultiPoint](c, p) })
	case "LineString":
		return read(c, c.line)
	case "MultiLineString":
		return read(c, func(l [][]float64s) (orb.MultiLineString, error) { return each[orb.MultiLineString](l, c.line) })
	case "Polygon":
		return read(c, c.polygon)
	case "MultiPolygon":
		return read(c, func(p [][][]float64s) (orb.MultiPolygon, error) { return each[orb.MultiPolygon](p, c.polygon) })
	}
	return nil, r.wrong(pointer+"/type", "%q is no type of a GeoJSON geometry", clip(kind))
}

func (r *reader) collection(pointer string, raw json.RawMessage, level int) (orb.Geometry, error) {
	pointer += "/geometries"
	if raw == nil {
		return nil, r.wrong(pointer, "it is missing")
	}
	var list []map[string]json.RawMessage
	if err := r.decode(pointer, raw, &list, "a list of geometries"); err != nil {
		return nil, err
	}
	if err := r.list(Place{Pointer: pointer}, len(list)); err != nil {
		return nil, err
	}
	var all orb.Collection
	for i, members := range list {
		at := pointer + "/" + strconv.Itoa(i)
		if members["type"] == nil {
			return nil, r.wrong(at, "it is no geometry")
		}
		g, err := r.geometry(at, members, level+1)
		if err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	return all, nil
}

// float64s is a position as JSON has it.
type float64s []float64

// coordinates reads the coordinates of one geometry.
type coordinates struct {
	*reader
	pointer string
	raw     json.RawMessage
}

// read decodes the coordinates and makes a geometry of them.
func read[D any, G orb.Geometry](c coordinates, make func(D) (G, error)) (orb.Geometry, error) {
	var decoded D
	if c.raw == nil {
		return nil, c.wrong(c.pointer, "it is missing")
	}
	if err := c.decode(c.pointer, c.raw, &decoded, "lists of numbers as the type has them"); err != nil {
		return nil, err
	}
	g, err := make(decoded)
	if err != nil {
		return nil, err
	}
	return g, nil
}

func each[S ~[]E, E, D any](list []D, make func(D) (E, error)) (S, error) {
	var all S
	for _, d := range list {
		e, err := make(d)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

func (c coordinates) point(p float64s) (orb.Point, error) {
	if len(p) < 2 || len(p) > 3 {
		return orb.Point{}, c.wrong(c.pointer, "a position has two or three numbers, not %d", len(p))
	}
	return orb.Point{p[0], p[1]}, c.vertex(Place{Pointer: c.pointer}, 1)
}

func pointsAs[S ~[]orb.Point](c coordinates, list []float64s) (S, error) {
	return each[S](list, c.point)
}

func (c coordinates) line(list []float64s) (orb.LineString, error) {
	return pointsAs[orb.LineString](c, list)
}

func (c coordinates) polygon(rings [][]float64s) (orb.Polygon, error) {
	return each[orb.Polygon](rings, func(list []float64s) (orb.Ring, error) { return pointsAs[orb.Ring](c, list) })
}
