// Package simplegeom shows geometries to simplefeatures, which judges them by the
// rules of OGC Simple Features (06-103r4):
//
//	orb.Polygon ─► Polygon ─► geom.Polygon ─► Validate ─► what is wrong with it
//
// Coordinates are planar, and copied.
package simplegeom
