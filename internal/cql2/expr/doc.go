// Package expr holds filter expressions of CQL2 (OGC 21-065r2): one tree, read
// from and written as CQL2 Text and CQL2 JSON.
//
//	highway = 'primary' AND S_INTERSECTS(geometry, BBOX(105.8,21,105.9,21.1))
//	        │ ParseText                                          ▲ AppendText
//	        ▼                                                    │
//	              Operation and ──┬── Operation = ──┬── Property highway
//	                              │                 └── Literal 'primary'
//	                              └── Operation s_intersects ──┬── Property geometry
//	                                                           └── BBox
//	        ▲ ParseJSON                                          │ AppendJSON
//	        │                                                    ▼
//	{"op":"and","args":[{"op":"=","args":[{"property":"highway"},"primary"]},…]}
//
// The package knows grammar and no schema: that a property exists, and that a
// number is not compared with a text, is for package cql2 to say. Every node
// knows its Place, so that it can.
//
// Parsing takes time in proportion to the length of the text and is bounded by
// Limits. A tree is immutable and may be shared.
package expr
