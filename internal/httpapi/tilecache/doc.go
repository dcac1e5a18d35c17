// Package tilecache builds vector tiles and keeps them, compressed, from version to
// version.
//
//	Find ── a tile of this version is there ──────────────► payload
//	   └─── of another version: compare what changed ──► the same tile? payload
//	Load ── none: one builder encodes, the others wait ───► payload, and an entry
//
// What a tile is: Key. For which versions an entry is the tile: entry. Which features
// a filter lets through: sieve. How tiles of other matrix sets are drawn: abroad.
package tilecache
