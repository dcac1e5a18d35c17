// Package pmtiles writes vector tiles into one file, a PMTiles archive (version
// 3 of its specification, github.com/protomaps/PMTiles), which maps read from a
// disk or from any web server that knows range requests.
//
//	0        127      ≤ 16384
//	┌────────┬────────┬──────────┬─────────────┬─────────────────────────┐
//	│ header │ root   │ metadata │ leaves      │ tiles, in order of ID   │
//	└────────┴──┬─────┴──────────┴──┬──────────┴──▲──────────────────────┘
//	            └── ID ► leaf ──────┴── ID ► tile ┘
//
// Tiles are numbered zoom by zoom, each along a Hilbert curve, so that
// neighbours on the map are mostly neighbours in the file. Equal tiles stand
// there once. A Writer takes them in that order, in which Tiles lists them, and
// keeps in memory what the directories hold: 24 bytes for each.
//
// Reading is the business of others: the tests have the reader of the format's
// authors read what is written here.
package pmtiles
