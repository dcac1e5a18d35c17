// Package bbox reads the bbox parameter of OGC APIs and tells what lies in such a
// box: in degrees, across the antimeridian, or in the coordinates of any reference
// system.
//
//	bbox=105.7,20.9,106,21.2         one rectangle of lon, lat
//	bbox=170,10,-170,20              two: 170 to 180, -180 to -170
//	bbox=580000,2320000,590000,…     a rectangle in metres, and the rectangle of
//	 &bbox-crs=EPSG:5897             lon, lat that holds it
//
//	     ┌───────────────┐  Bounds: for the spatial index
//	     │ ╭───────────╮ │
//	     │ │           │ │  Meets: is it really in the box?
//	     │ ╰───────────╯ │
//	     └───────────────┘
package bbox
