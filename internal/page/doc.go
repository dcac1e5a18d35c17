// Package page answers which features of a layer a question is about, in which
// order, and where one page of the answer begins and ends. It knows no HTTP.
//
//	Question: layer, days, box, property = value, filter, order
//	    │
//	    ├─ everything, by id ─────► walk from the last id: as long as the page
//	    ├─ few of many ───────────► index, keep the first of those that match
//	    └─ most, and their number
//	       is known already ──────► walk from the last id until the page is full
//	    │
//	    ▼
//	Page: features, how many match in all ──► Cursor: behind the last of them
//
// # Cursors
//
// A Cursor holds which question it continues, of which version of the city, how
// many features match, and the last that was given. As versions never change, the
// pages that one leads to hold each feature exactly once, whatever is written
// meanwhile, and the number need not be counted again.
package page
