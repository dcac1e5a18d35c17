// Package geojson writes GeoJSON (RFC 7946) by appending to byte slices, and
// tells whether a geometry meets a bounding box.
//
// Everything is WGS 84 lon/lat in degrees. Coordinates keep every digit that
// they have in the store: what is read is what is there.
//
//	AppendFeature ──► {"type":"Feature","id":17, … ,"geometry":{…},"properties":{…}}
//	                                            │
//	                       members of the caller, such as distance_m
//
// Nothing here allocates beyond growing the slice. encoding/json takes about
// ten times as long for the same text and allocates for each coordinate.
package geojson
