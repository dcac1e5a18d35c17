package realdata

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// shape is a GeoJSON geometry that decodes itself: with the race detector, package
// geojson takes ten times as long for the layers as most tests for what they ask.
type shape struct{ orb.Geometry }

// UnmarshalJSON reads a geometry, which is valid JSON; null is none.
func (s *shape) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	_, kind, _ := bytes.Cut(text, []byte(`"type"`))
	_, coordinates, _ := bytes.Cut(text, []byte(`"coordinates"`))
	r := &reader{rest: bytes.TrimLeft(coordinates, ": ")}
	switch kind = bytes.TrimLeft(kind, `: "`); {
	case bytes.HasPrefix(kind, []byte("GeometryCollection")):
		g, err := geojson.UnmarshalGeometry(text)
		if err == nil {
			s.Geometry = g.Geometry()
		}
		return err
	case bytes.HasPrefix(kind, []byte("Point")):
		s.Geometry = r.position()
	case bytes.HasPrefix(kind, []byte("MultiPoint")):
		s.Geometry = orb.MultiPoint(list(r, r.position))
	case bytes.HasPrefix(kind, []byte("LineString")):
		s.Geometry = r.line()
	case bytes.HasPrefix(kind, []byte("MultiLineString")):
		s.Geometry = orb.MultiLineString(list(r, r.line))
	case bytes.HasPrefix(kind, []byte("Polygon")):
		s.Geometry = r.polygon()
	case bytes.HasPrefix(kind, []byte("MultiPolygon")):
		s.Geometry = orb.MultiPolygon(list(r, r.polygon))
	default:
		return fmt.Errorf("a geometry of type %.20s", kind)
	}
	return r.err
}

// reader reads nested arrays of numbers. After the first error it stands still.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) line() orb.LineString { return list(r, r.position) }

func (r *reader) ring() orb.Ring { return list(r, r.position) }

func (r *reader) polygon() orb.Polygon { return list(r, r.ring) }

// position reads two numbers; a third, the height, is left out.
func (r *reader) position() orb.Point {
	numbers := list(r, r.number)
	if len(numbers) < 2 {
		r.fail("a position of %d numbers", len(numbers))
		return orb.Point{}
	}
	return orb.Point{numbers[0], numbers[1]}
}

func (r *reader) number() float64 {
	n := bytes.IndexAny(r.rest, ",] \n\t\r")
	v, err := strconv.ParseFloat(string(r.rest[:max(n, 0)]), 64)
	if err != nil {
		r.fail("%v", err)
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

// next skips space, and the byte when it comes next.
func (r *reader) next(b byte) bool {
	r.rest = bytes.TrimLeft(r.rest, " \n\t\r")
	if len(r.rest) == 0 || r.rest[0] != b {
		return false
	}
	r.rest = bytes.TrimLeft(r.rest[1:], " \n\t\r")
	return true
}

// list reads an array.
func list[T any](r *reader, one func() T) []T {
	all := []T{}
	if !r.next('[') {
		r.fail("no array at %.20q", r.rest)
		return nil
	}
	for len(r.rest) > 0 && r.rest[0] != ']' && r.err == nil {
		all = append(all, one())
		if !r.next(',') {
			break
		}
	}
	if !r.next(']') {
		r.fail("an array without an end at %.20q", r.rest)
	}
	return all
}
