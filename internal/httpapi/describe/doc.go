// Package describe tells what there is, to programs and to people: the landing page,
// the layers as collections, the standards that are met, the API as OpenAPI, the data as
// DCAT, and every JSON answer as a page.
//
//	Operations ── contract ──► openapi.Document ──► /api
//	Layers ──────────────────► collections, catalogue
//	the JSON of any answer ──► ShowPage ──► webpage ──► HTML
package describe
