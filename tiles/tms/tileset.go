package tms

import (
	"strconv"
	"time"

	"github.com/paulmach/orb"
)

// Tileset describes tiles by the schema tileSet.json of 17-083r4. What is empty is
// left out.
type Tileset struct {
	Title       string    `json:"title,omitempty"`
	Description string    `json:"description,omitempty"`
	Attribution string    `json:"attribution,omitempty"`
	Version     string    `json:"version,omitempty"`
	Updated     time.Time `json:"updated,omitzero"`
	MediaTypes  []string  `json:"mediaTypes,omitempty"`
	DataType    string    `json:"dataType"` // always vector
	CRS         string    `json:"crs"`
	// SetURI names the tile matrix set where it is registered.
	SetURI      string   `json:"tileMatrixSetURI,omitempty"`
	Limits      []Limits `json:"tileMatrixSetLimits,omitzero"`
	BoundingBox *Box     `json:"boundingBox,omitempty"`
	CenterPoint *Center  `json:"centerPoint,omitempty"`
	Layers      []Layer  `json:"layers,omitempty"`
	Links       []Link   `json:"links"`
}

// Layer describes a layer of a Tileset by the schema geospatialData.json.
type Layer struct {
	ID          string `json:"id"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	Attribution string `json:"attribution,omitempty"`
	DataType    string `json:"dataType"`
	// GeometryDimension is 0 for points, 1 for curves, 2 for surfaces, and nil
	// where they are mixed.
	GeometryDimension *int    `json:"geometryDimension,omitempty"`
	MinTileMatrix     string  `json:"minTileMatrix,omitempty"`
	MaxTileMatrix     string  `json:"maxTileMatrix,omitempty"`
	MinCellSize       float64 `json:"minCellSize,omitempty"`
	MaxCellSize       float64 `json:"maxCellSize,omitempty"`
	BoundingBox       *Box    `json:"boundingBox,omitempty"`
	PropertiesSchema  Schema  `json:"propertiesSchema"`
	Links             []Link  `json:"links"`
}

// Schema is the part of JSON Schema in which 17-083r4 describes attributes.
type Schema struct {
	Type       string              `json:"type"` // always object
	Properties map[string]Property `json:"properties"`
}

// Property describes one attribute as tiles carry it.
type Property struct {
	Title     string `json:"title,omitempty"`
	Type      string `json:"type"`
	Format    string `json:"format,omitempty"`
	MediaType string `json:"contentMediaType,omitempty"`
	UOM       string `json:"uom,omitempty"`
}

// Center is a place and a matrix that show a Tileset well, by the schema
// tileSet.json of 17-083r4. The coordinates are in the order of the axes of CRS.
type Center struct {
	Coordinates      [2]float64 `json:"coordinates"`
	CRS              string     `json:"crs"`
	TileMatrix       string     `json:"tileMatrix"`
	ScaleDenominator float64    `json:"scaleDenominator"`
	CellSize         float64    `json:"cellSize"`
}

// Link is a web link by the schema link.json.
type Link struct {
	Href      string `json:"href"`
	Rel       string `json:"rel"`
	Type      string `json:"type,omitempty"`
	Title     string `json:"title,omitempty"`
	Lang      string `json:"hreflang,omitempty"`
	Templated bool   `json:"templated,omitempty"`
}

// Describe returns what a set says of every Tileset in it.
func (s *Set) Describe() Tileset {
	return Tileset{DataType: "vector", CRS: s.crs, SetURI: s.uri}
}

// AllLimits returns the limits of every matrix that is served, for features within
// a lon/lat box. There is none for a matrix in which nothing shows.
func (s *Set) AllLimits(extent orb.Bound) []Limits {
	all := make([]Limits, 0, s.served)
	for m := range s.served {
		if l, ok := s.Limits(extent, m); ok {
			all = append(all, l)
		}
	}
	return all
}

// Whole returns the limits of all tiles that are served.
func (s *Set) Whole() []Limits {
	all := make([]Limits, 0, s.served)
	for m := range s.served {
		columns, rows := s.Size(m)
		all = append(all, Limits{Matrix: m, MaxRow: rows - 1, MaxCol: columns - 1})
	}
	return all
}

// Center returns the middle of a lon/lat box, in OGC:CRS84, and the finest matrix that shows the
// box in two rows and two columns of tiles. ok is false where no tile shows it.
func (s *Set) Center(extent orb.Bound) (c Center, ok bool) {
	box, ok := s.plane.box(extent)
	if !ok {
		return Center{}, false
	}
	found := false
	m := uint8(0)
	for i := range s.served {
		l, ok := s.cover(box, i)
		if !ok || found && (l.MaxRow-l.MinRow > 1 || l.MaxCol-l.MinCol > 1) {
			break
		}
		m, found = i, true
	}
	middle := extent.Center()
	return Center{
		Coordinates: middle, CRS: "http://www.opengis.net/def/crs/OGC/1.3/CRS84", TileMatrix: strconv.Itoa(int(m)),
		ScaleDenominator: s.ScaleDenominator(m), CellSize: s.CellSize(m),
	}, found
}

// FirstMatrix returns the first matrix in which what shows from a zoom of Web
// Mercator on is shown.
func (s *Set) FirstMatrix(zoom uint8) uint8 {
	for m := range s.served {
		if s.Zoom(m) >= zoom {
			return m
		}
	}
	return s.served - 1
}
