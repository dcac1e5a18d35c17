// Package geodesy measures on the WGS 84 ellipsoid in metres and converts
// between the coordinate systems that Hanoi's data comes in. It imports orb and
// nothing of ours.
//
//	EPSG:5897, 3405, 32648, 3857 …  --Transform-->  lon, lat on WGS 84
//	                                                      |
//	        one place, many others:  Frame  <-------------+------->  Distance, Bearing
//	              N                    |                             Length, Area, Bound
//	              |   * vertex         |  many vertices
//	              |  /                 v
//	      W ------o------ E       SegmentIndex: boxes over the edges of one geometry
//	              |
//	              S          geodesics are straight lines in the frame
//
// Coordinates are longitude, latitude in degrees everywhere outside Transform.
// Edges between vertices are geodesics, as in PostGIS geography, and take the
// shorter way round the earth.
package geodesy
