// Package params reads the parameters of a query, and describes them: the reader and
// the description of the API have the same declarations.
//
//	Parameter, Parameter, … ──► Query.Reset(raw) ──► Number, Integer, Choice, …
//	                                 │                        │
//	                                 └── unknown, twice, ──► Mistakes ──► Problem
//	                                     empty, missing         all of them at once
//
// The properties of a layer are parameters of its features, too (OGC API Features,
// part 1, 7.15.5); OfLayer declares them, and Query learns one when it comes.
package params
