// Package catalogue knows each layer as the tables of PostgreSQL that it is: where
// its rows lie, how they are read and written, and the table that keeps what they
// were.
//
//	twin_layer ──Catalogue.Load──► Entry: the layer's definition, its generation
//	                                 │
//	      ┌──────────────────────────┼───────────────────────────┐
//	      ▼                          ▼                           ▼
//	Source: table, columns     Was: table of before       triggers that fill it,
//	and their Readings         images, twin_was_17        indexes, ids
//	      │                          │
//	      └───────► Decoder ◄────────┘  rows in binary ──► city.Feature
//
// Names get into statements through Quote alone. Geometry leaves and enters the
// database as EWKB in WGS 84, longitude first.
package catalogue
