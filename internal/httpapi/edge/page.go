package edge

import (
	"net/http"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
)

// Limits of what is shown on one page for people.
const (
	maxPageRows  = 500
	maxPageBytes = 1 << 20 // of the JSON that it is made from, about
)

// withPage gives what can be had as JSON a page for people too: the same document,
// as package webpage shows it.
func withPage(op *Operation) []media.Format {
	shown := op.Method == http.MethodGet && !op.File && !slices.Contains(op.Formats, media.HTML) && slices.ContainsFunc(op.Formats, func(f media.Format) bool {
		return f == media.JSON || f == media.GeoJSON || f == media.TileJSON || f == media.OpenAPI || f == media.JSONLD || f == media.Schema
	})
	if !shown {
		return op.Formats
	}
	return append(slices.Clip(op.Formats), media.HTML)
}

// PageLimit is how many features a page has when n are asked for.
func (x *Exchange) PageLimit(n int) int {
	if x.Format == media.HTML {
		return min(n, maxPageRows)
	}
	return n
}

// PageBytes is the size at which a page ends early.
func (x *Exchange) PageBytes() int {
	if x.Format == media.HTML {
		return min(x.server.config.MaxPageBytes, maxPageBytes)
	}
	return x.server.config.MaxPageBytes
}
