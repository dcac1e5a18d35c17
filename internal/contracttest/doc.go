// Package contracttest holds what a server answers, and what it accepts, against the
// OpenAPI document that it has of itself:
//
//	/api ─► Document ◄─ answers, bodies of requests that were carried out, events
//
// A status, a header, a media type or a member that the document does not declare is
// an error. Only tests use it.
package contracttest
