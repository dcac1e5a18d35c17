// Package crs converts between the coordinate reference systems that Hanoi's data
// comes in, and finds them by the names and the well-known text that files give.
//
//	EPSG:5897, 3405, 32648, 3857 …  ──Transform──►  lon, lat on WGS 84  ──►  to x, y
//	       ▲                                                 │
//	       │ ParseSRID, ParseWKT                             └──Projector──►  to x, y
//	"urn:ogc:def:crs:EPSG::5897", the .prj of a Shapefile        (fast, near what it
//	                                                              converted before)
//
// The systems are those of Việt Nam: VN-2000 (geographic, the provinces' zones of
// 3°, UTM), UTM 48N, Web Mercator and WGS 84. VN-2000 has the ellipsoid of WGS 84,
// placed elsewhere. Geographic coordinates are longitude, latitude in degrees,
// projected ones east, north in metres, whatever order the EPSG registry has.
package crs
