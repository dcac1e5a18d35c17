// Package reader answers from one transaction that sees one state of the store: the
// features there are, the change sets that led there, and what was before.
//
//	change sets, in the order of commits:  1 ── 2 ── 3 ── 4 = the version
//	                                            │
//	Features: what is now                       └─ the first before image after a
//	Undo, LayersAt, History, Revisions: from       version is what was then, else
//	the before images backwards                    what is now
package reader
