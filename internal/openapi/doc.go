// Package openapi describes an HTTP API as an OpenAPI document: 3.1, and 3.0 for
// the clients and standards that know no later one.
//
// It knows no server. What a server declares goes in as data, and comes out as one
// document with the schemas of the layers that the reader may know:
//
//	operations ─┐
//	layers ─────┼─► Document ─► OpenAPI 3.1 ─► Downgrade ─► OpenAPI 3.0.3
//	schemas.json┘
//
// Sources: OpenAPI Specification 3.1.1 and 3.0.3; JSON Schema 2020-12; the class
// "OpenAPI 3.0" of OGC API Features, part 1 (17-069r4, clause 9).
package openapi
