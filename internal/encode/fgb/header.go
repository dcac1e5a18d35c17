package fgb

import (
	"encoding/binary"
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Magic begins every file: version 3 of the format.
const Magic = "fgb\x03fgb\x00"

// GeometryType is the type of a geometry; the numbers are those of WKB.
type GeometryType uint8

// The geometry types; Unknown in a header means that each feature says it.
const (
	Unknown GeometryType = iota
	Point
	LineString
	Polygon
	MultiPoint
	MultiLineString
	MultiPolygon
	GeometryCollection
)

// TypeOf returns the type of a geometry, Unknown for what is none.
func TypeOf(g orb.Geometry) GeometryType {
	switch g.(type) {
	case orb.Point:
		return Point
	case orb.LineString:
		return LineString
	case orb.Polygon, orb.Ring:
		return Polygon
	case orb.MultiPoint:
		return MultiPoint
	case orb.MultiLineString:
		return MultiLineString
	case orb.MultiPolygon:
		return MultiPolygon
	case orb.Collection:
		return GeometryCollection
	default:
		return Unknown
	}
}

// Declared returns the type of a layer's declared geometry.
func Declared(t city.GeometryType) GeometryType {
	switch t {
	case city.GeometryPoint:
		return Point
	case city.GeometryLineString:
		return LineString
	case city.GeometryPolygon:
		return Polygon
	case city.GeometryMultiPoint:
		return MultiPoint
	case city.GeometryMultiLineString:
		return MultiLineString
	case city.GeometryMultiPolygon:
		return MultiPolygon
	case city.GeometryCollection:
		return GeometryCollection
	default:
		return Unknown
	}
}

// Column is one property of the features.
type Column struct {
	Name, Title string
	Kind        city.Kind
	Key         bool // it is what features are told apart by: unique, never null
}

// columnType gives the number of a kind in the schema's enumeration.
func columnType(k city.Kind) byte {
	switch k {
	case city.KindBoolean:
		return 2
	case city.KindInteger:
		return 7 // Long
	case city.KindNumber:
		return 10 // Double
	case city.KindJSON:
		return 12
	case city.KindDate, city.KindInstant:
		return 13 // DateTime: ISO 8601 text
	default:
		return 11 // String
	}
}

// Header says what is in a file.
type Header struct {
	Name, Title, Description string
	Geometry                 GeometryType
	Bound                    orb.Bound // of everything; used when Bounded
	Bounded                  bool
	Columns                  []Column
	Count                    uint64
	Indexed                  bool // an Index of all features follows
	EPSG                     int  // code of the coordinate reference system
	CRSName                  string
}

// NodeSize is how many boxes a node of the index joins: what readers expect.
const NodeSize = 16

// Append appends the header, behind Magic.
func (h *Header) Append(dst []byte) []byte {
	const (
		name = iota
		envelope
		geometryType
		_
		_
		_
		_
		columns
		count
		nodeSize
		crs
		title
		description
	)
	w := begin(dst)
	fields := append(make([]field, 0, maxFields), field{name, 4}, field{geometryType, 1}, field{columns, 4},
		field{count, 8}, field{nodeSize, 2}, field{crs, 4}, field{title, 4}, field{description, 4})
	if h.Bounded {
		fields = append(fields, field{envelope, 4})
	}
	at := w.table(w.root(), fields...)
	w.b[at[geometryType]] = byte(h.Geometry)
	binary.LittleEndian.PutUint64(w.b[at[count]:], h.Count)
	if h.Indexed {
		binary.LittleEndian.PutUint16(w.b[at[nodeSize]:], NodeSize)
	}
	w.text(at[name], h.Name)
	if h.Bounded {
		w.vector(at[envelope], 4, 8)
		for _, v := range [...]float64{h.Bound.Min[0], h.Bound.Min[1], h.Bound.Max[0], h.Bound.Max[1]} {
			w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(v))
		}
	}
	first := w.offsets(at[columns], len(h.Columns))
	for i := range h.Columns {
		h.Columns[i].append(&w, first+4*i)
	}
	h.appendCRS(&w, at[crs])
	w.text(at[title], h.Title)
	w.text(at[description], h.Description)
	return w.finish()
}

func (c *Column) append(w *buffer, from int) {
	const (
		name       = 0
		kind       = 1
		title      = 2
		nullable   = 7
		unique     = 8
		primaryKey = 9
	)
	at := w.table(from, field{name, 4}, field{kind, 1}, field{title, 4}, field{nullable, 1}, field{unique, 1}, field{primaryKey, 1})
	w.b[at[kind]] = columnType(c.Kind)
	if c.Key {
		w.b[at[unique]], w.b[at[primaryKey]] = 1, 1
	} else {
		w.b[at[nullable]] = 1
	}
	w.text(at[name], c.Name)
	w.text(at[title], c.Title)
}

func (h *Header) appendCRS(w *buffer, from int) {
	const (
		org = iota
		code
		name
	)
	at := w.table(from, field{org, 4}, field{code, 4}, field{name, 4})
	binary.LittleEndian.PutUint32(w.b[at[code]:], uint32(h.EPSG))
	w.text(at[org], "EPSG")
	w.text(at[name], h.CRSName)
}
