package tms

import "slices"

// Names of the sets.
const (
	WebMercatorQuad = "WebMercatorQuad"
	WorldCRS84Quad  = "WorldCRS84Quad"
	// VN2000 is a set for EPSG:5897, VN-2000 / TM-3 105°, in which the engineers
	// of Hà Nội work. It is not registered with the OGC.
	//
	// Its tiles are squares of whole metres down to matrix 14, whose cells are
	// 1 m: matrix m has cells of 2^(14-m) m. The top left corner is easting
	// -1,597,152 m, northing 4,194,304 m, so that the central meridian is the
	// middle and the equator the bottom edge:
	//
	//	-1597.152    500    2597.152 km E
	//	    ┌─────────┬─────────┐ 4194.304 km N (37.9° N)
	//	    │      Hà ┊         │
	//	    │     Nội•┊         │
	//	    │         ┊ Hoàng Sa│
	//	    │         ┊ Trường Sa
	//	    └─────────┴─────────┘ 0
	//	         105° E
	VN2000 = "VN2000TM3-105"
)

// Sets lists the tile matrix sets that there are.
func Sets() []*Set {
	return []*Set{webMercatorQuad(), worldCRS84Quad(), vn2000()}
}

// Find returns the set of the name among some, or nil.
func Find(sets []*Set, id string) *Set {
	if i := slices.IndexFunc(sets, func(s *Set) bool { return s.id == id }); i >= 0 {
		return sets[i]
	}
	return nil
}

// webMercatorQuad is 17-083r4, D.1.
func webMercatorQuad() *Set {
	const side = 2 * mercatorEdge
	return &Set{
		id: WebMercatorQuad, title: "Google Maps Compatible for the World",
		uri:      "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad",
		crs:      "http://www.opengis.net/def/crs/EPSG/0/3857",
		axes:     [2]string{"X", "Y"},
		scaleSet: "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
		origin:   [2]float64{-mercatorEdge, mercatorEdge}, cellSize: side / TileSize, unitMetres: 1,
		width: 1, height: 1, defined: 25, served: 23,
		plane: mercator{},
	}
}

// worldCRS84Quad is 17-083r4, D.4. Its matrix m is zoom m+1 of the square world.
func worldCRS84Quad() *Set {
	return &Set{
		id: WorldCRS84Quad, title: "CRS84 for the World",
		uri:      "http://www.opengis.net/def/tilematrixset/OGC/1.0/WorldCRS84Quad",
		crs:      "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
		axes:     [2]string{"Lon", "Lat"},
		scaleSet: "http://www.opengis.net/def/wkss/OGC/1.0/GoogleCRS84Quad",
		origin:   [2]float64{-180, 90}, cellSize: 180.0 / TileSize, unitMetres: degreeMetres,
		width: 2, height: 1, defined: 24, served: 22,
		zoom: 1, scale: 1, plane: plateCarree{},
	}
}

func vn2000() *Set {
	return &Set{
		id: VN2000, title: "VN-2000 / TM-3, kinh tuyến trục 105° · central meridian 105°",
		description: "Cells of 2^(14-m) metres; the central meridian is the middle, the equator the bottom edge.",
		crs:         "http://www.opengis.net/def/crs/EPSG/0/5897",
		axes:        [2]string{"E", "N"},
		origin:      [2]float64{vnWest, vnNorth}, cellSize: vnSide / TileSize, unitMetres: 1,
		width: 1, height: 1, defined: 19, served: 19,
		// At 21° N a cell of Web Mercator is 146,146 m at zoom 0, 2^3.16 times as
		// large as one of matrix 0.
		zoom: 2, left: 1, top: 1, scale: 3, plane: newTransverse(),
	}
}
