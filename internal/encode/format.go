package encode

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Errors that callers branch on.
var (
	// ErrUnknown means that there is no format of that name.
	ErrUnknown = errors.New("unknown format")
	// ErrBare means that a format cannot leave geometries out.
	ErrBare = errors.New("the format cannot leave geometries out")
	// ErrTooLarge means that a temporary file grew beyond Selection.MaxTempBytes.
	ErrTooLarge = errors.New("too large for the room that temporary files may take")
)

// Name names a format in parameters and links: f=geojson.
type Name string

// The formats.
const (
	GeoJSON    Name = "geojson"    // RFC 7946 FeatureCollection
	Lines      Name = "geojsonl"   // newline-delimited GeoJSON
	Sequence   Name = "geojsonseq" // RFC 8142 text sequence
	JSONFG     Name = "jsonfg"     // OGC 21-045r1
	CSV        Name = "csv"        // RFC 4180
	FlatGeobuf Name = "flatgeobuf" // version 3
	GeoPackage Name = "gpkg"       // OGC 12-128r17
)

// Format is one way of writing features.
type Format struct {
	Name Name
	// Title is what a person calls it.
	Title string
	// MediaType is what answers carry.
	MediaType string
	// Accept lists media types by which clients ask for it beside MediaType.
	Accept []string
	// Extension of a file, without a dot.
	Extension string
	// Binary formats keep their own numbers and are not worth much compressing.
	Binary bool

	write func(context.Context, io.Writer, *Selection) error
}

// All lists the formats, the default first.
func All() []Format {
	return []Format{
		{Name: GeoJSON, Title: "GeoJSON", MediaType: "application/geo+json", Extension: "geojson",
			write: stream(func(s *Selection) encoder { return &collection{s: s, features: NewFeatures(s)} })},
		{Name: JSONFG, Title: "JSON-FG", MediaType: "application/geo+json; profile=jsonfg", Extension: "fg.json",
			Accept: []string{"application/fg+json", "application/vnd.ogc.fg+json"}, write: stream(newJSONFG)},
		{Name: Lines, Title: "Newline-delimited GeoJSON", MediaType: "application/geo+json-lines", Extension: "geojsonl",
			Accept: []string{"application/x-ndjson", "application/jsonl", "application/ndjson"},
			write:  stream(func(s *Selection) encoder { return &lines{layer: s.Layer, features: NewFeatures(s)} })},
		{Name: Sequence, Title: "GeoJSON text sequence", MediaType: "application/geo+json-seq", Extension: "geojsons",
			write: stream(func(s *Selection) encoder {
				return &lines{layer: s.Layer, features: NewFeatures(s), mark: recordSeparator}
			})},
		{Name: CSV, Title: "CSV", MediaType: "text/csv; charset=utf-8; header=present", Extension: "csv",
			Accept: []string{"text/csv"}, write: stream(newCSV)},
		{Name: FlatGeobuf, Title: "FlatGeobuf", MediaType: "application/flatgeobuf", Extension: "fgb", Binary: true,
			Accept: []string{"application/vnd.flatgeobuf"}, write: writeFlatGeobuf},
		{Name: GeoPackage, Title: "GeoPackage", MediaType: "application/geopackage+sqlite3", Extension: "gpkg", Binary: true,
			write: writeGeoPackage},
	}
}

// Find returns the format of a name, or ErrUnknown.
func Find(name Name) (Format, error) {
	all := All()
	i := slices.IndexFunc(all, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, fmt.Errorf("%.40q: %w", string(name), ErrUnknown)
	}
	return all[i], nil
}

// Write writes the selection to w, in pieces of about 64 kB, and stops at the
// first error: one of w, of ctx, or crs.ErrOutside for a feature that lies
// where the coordinate system is not defined. What was written until then stays
// written. It does not close w.
func (f Format) Write(ctx context.Context, w io.Writer, s *Selection) error {
	if err := f.write(ctx, w, s); err != nil {
		return fmt.Errorf("write %s as %s: %w", s.Layer.ID(), f.Name, err)
	}
	return nil
}
