// Package webpage shows JSON documents to people: one page for each, in Vietnamese
// or English, with a map where there is something to see on one.
//
// A page is made from the very JSON that programs get, so that it can tell nothing
// that they are not told:
//
//	JSON ─► value (in its order) ─► facts, tables, links ─► templates/*.html
//
// The templates escape whatever stands in the data. Pages have no scripts; their one
// style sheet is Stylesheet.
package webpage
