// Package feed is what file readers and the importer agree on: a reader turns
// a file into Records and Problems, the importer turns Records into features.
//
//	file ──► reader ──► Record ──► importer ──► feature of a layer
//	            └─────► Problem ─► report
//
// A Record is as raw as the file: its own CRS, its own property types, nothing
// repaired. Readers never guess what the importer can decide better with the
// whole file in view.
package feed
