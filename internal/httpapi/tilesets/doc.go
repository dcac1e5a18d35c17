// Package tilesets answers with vector tiles, by zoom, column and row and as OGC API
// Tiles has them, and with what describes them: tilesets, tile matrix sets, TileJSON.
// The tiles themselves are built and kept by package tilecache.
//
//	address, layers, look, days ──► tilecache.Key ──► Find ──► Deliver
//	                                                   └ not there: Load
package tilesets
