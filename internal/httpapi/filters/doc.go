// Package filters reads the filters of OGC API Features, part 3 (19-079r2), in CQL2
// (21-065r2), out of a query, and fits them to layers.
package filters
