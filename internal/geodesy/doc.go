// Package geodesy measures on the WGS 84 ellipsoid in metres. It imports orb and
// nothing of ours.
//
//	  one place, many others:  Frame               Distance, Bearing
//	        N                                      Length, Area, Bound
//	        |   * vertex            many vertices
//	        |  /                  ────────────────► SegmentIndex: boxes over the
//	W ------o------ E                               edges of one geometry
//	        |
//	        S          geodesics are straight lines in the frame
//
// Coordinates are longitude, latitude in degrees. Edges between vertices are
// geodesics, as in PostGIS geography, and take the shorter way round the earth.
package geodesy
