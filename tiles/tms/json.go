package tms

import (
	"encoding/json"
	"strconv"

	"github.com/paulmach/orb"
)

// setJSON is a tile matrix set by the schema tileMatrixSet.json of 17-083r4.
type setJSON struct {
	ID                string       `json:"id"`
	Title             string       `json:"title"`
	Description       string       `json:"description,omitempty"`
	URI               string       `json:"uri,omitempty"`
	CRS               string       `json:"crs"`
	OrderedAxes       [2]string    `json:"orderedAxes"`
	WellKnownScaleSet string       `json:"wellKnownScaleSet,omitempty"`
	BoundingBox       Box          `json:"boundingBox"`
	TileMatrices      []matrixJSON `json:"tileMatrices"`
}

type matrixJSON struct {
	ID               string     `json:"id"`
	ScaleDenominator float64    `json:"scaleDenominator"`
	CellSize         float64    `json:"cellSize"`
	CornerOfOrigin   string     `json:"cornerOfOrigin"`
	PointOfOrigin    [2]float64 `json:"pointOfOrigin"`
	TileWidth        int        `json:"tileWidth"`
	TileHeight       int        `json:"tileHeight"`
	MatrixWidth      uint32     `json:"matrixWidth"`
	MatrixHeight     uint32     `json:"matrixHeight"`
}

// limitsJSON has the names of the standard.
type limitsJSON struct {
	TileMatrix string `json:"tileMatrix"`
	MinTileRow uint32 `json:"minTileRow"`
	MaxTileRow uint32 `json:"maxTileRow"`
	MinTileCol uint32 `json:"minTileCol"`
	MaxTileCol uint32 `json:"maxTileCol"`
}

// Box is a rectangle by the schema 2DBoundingBox.json of 17-083r4, coordinates in
// the order of the axes of its CRS.
type Box struct {
	LowerLeft   [2]float64 `json:"lowerLeft"`
	UpperRight  [2]float64 `json:"upperRight"`
	CRS         string     `json:"crs,omitempty"`
	OrderedAxes *[2]string `json:"orderedAxes,omitempty"`
}

// BoxOf returns a rectangle in lon/lat degrees.
func BoxOf(lonLat orb.Bound) Box {
	return Box{
		LowerLeft: lonLat.Min, UpperRight: lonLat.Max,
		CRS:         "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
		OrderedAxes: &[2]string{"Lon", "Lat"},
	}
}

// MarshalJSON writes the definition of the set, all of its matrices included,
// those that are not served too.
func (s *Set) MarshalJSON() ([]byte, error) {
	extent := s.Extent()
	out := setJSON{
		ID: s.id, Title: s.title, Description: s.description, URI: s.uri, CRS: s.crs, OrderedAxes: s.axes,
		WellKnownScaleSet: s.scaleSet,
		BoundingBox:       Box{LowerLeft: extent.Min, UpperRight: extent.Max, CRS: s.crs, OrderedAxes: &s.axes},
		TileMatrices:      make([]matrixJSON, s.defined),
	}
	for m := range s.defined {
		columns, rows := s.Size(m)
		out.TileMatrices[m] = matrixJSON{
			ID: strconv.Itoa(int(m)), ScaleDenominator: s.ScaleDenominator(m), CellSize: s.CellSize(m),
			CornerOfOrigin: "topLeft", PointOfOrigin: s.origin,
			TileWidth: TileSize, TileHeight: TileSize, MatrixWidth: columns, MatrixHeight: rows,
		}
	}
	return json.Marshal(out)
}

// MarshalJSON writes limits by the schema tileMatrixLimits.json of 17-083r4.
func (l Limits) MarshalJSON() ([]byte, error) {
	return json.Marshal(limitsJSON{strconv.Itoa(int(l.Matrix)), l.MinRow, l.MaxRow, l.MinCol, l.MaxCol})
}
