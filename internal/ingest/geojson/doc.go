// Package geojson reads GeoJSON (RFC 7946) of any size, one feature at a time:
// FeatureCollections, newline-delimited features, text sequences (RFC 8142),
// and features simply written one after the other.
//
//	{"type":"FeatureCollection","features":[ {…} , {…} ]}   ─┐
//	{…}⏎{…}⏎{…}⏎                                            ├─► raw bytes of one
//	␞{…}⏎␞{…}⏎                                              │   feature ─► Record
//	{                                                       ─┘
//	  "type": "Feature" …
//
// Framing finds where a feature ends without understanding it, so that a
// feature that is wrong inside is reported with its place and the next one is
// read. Only one feature is in memory at a time.
package geojson
