// Package storetest holds the table of tests that every twin.Store passes: one
// contract, two stores, no drift between them.
//
//	            ┌ layers.go       create, grow, refuse to shrink
//	            │ features.go     values, geometries, names, order
//	            │ keys.go         which feature a Put means, and its tally
//	            │ edits.go        single features, signatures, documents
//	            │ drops.go        layers that are removed
//	Run ────────┤ commits.go      versions, rollback, cancellation, reopening
//	            │ readers.go      consistent reads beside a writer
//	            │ changes.go      what changed, what was before, waiting for more
//	            │ definitions.go  layers that came, changed and went, afterwards
//	            └ past.go         random change sets against package model
//
// A store's own tests add what only it can have: a killed process, an edit by
// GDAL, a slow transaction in psql.
package storetest
