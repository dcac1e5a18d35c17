// Package jsonschema tells the schema of a layer as JSON Schema (2020-12) in the
// vocabulary of OGC API Common, part 3: Schemas (23-058r2), which is also part 5 of
// OGC API Features.
//
//	city.Layer ──► Of(layer, Returnables)   what features have, and what may be sent
//	           ──► Of(layer, Queryables)    what a filter and the parameters may name
//	           ──► Of(layer, Sortables)     what sortby may name
//
// Titles are in Vietnamese and, behind a dot, in English.
package jsonschema
