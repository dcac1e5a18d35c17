package media

import (
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/jsonschema"
)

// Name is the parameter that overrules the Accept header.
const Name = "f"

// Format is a form in which an answer can be had.
type Format uint8

// The formats that there are.
const (
	JSON Format = iota
	GeoJSON
	HTML // a page for people
	Map  // the web map
	MVT
	TileJSON
	Events
	Style
	OpenAPI
	OpenAPI30
	JSONLD
	Linkset
	JSONFG
	Lines    // newline-delimited GeoJSON
	Sequence // GeoJSON text sequence
	CSV
	FlatGeobuf
	GeoPackage
	Schema
	Count // how many there are
)

// mediaTypes are the types under which clients accept the format, the one that it
// is sent as first.
func (f Format) mediaTypes() []string {
	switch f {
	case GeoJSON:
		return []string{TypeGeoJSON, TypeJSON}
	case HTML, Map:
		return []string{TypeHTML, "application/xhtml+xml"}
	case MVT:
		return []string{TypeMVT, "application/x-protobuf", "application/octet-stream"}
	case TileJSON:
		return []string{TypeJSON, "application/vnd.mapbox.tile+json"}
	case Events:
		return []string{"text/event-stream"}
	case Style:
		return []string{TypeJSON, "application/vnd.mapbox.style+json"}
	case OpenAPI:
		return []string{TypeOpenAPI + ";version=3.1", TypeOpenAPI, TypeJSON}
	case OpenAPI30:
		return []string{TypeOpenAPI + ";version=3.0"}
	case JSONLD:
		return []string{TypeJSONLD, TypeJSON}
	case Linkset:
		return []string{typeLinkset, TypeJSON}
	case JSONFG:
		// The standard's own type is that of GeoJSON, told apart by a profile (OGC
		// 21-045r1, clauses 14 to 16): who accepts or follows a link to plain
		// GeoJSON must not get null geometries. The others are of its drafts.
		return []string{TypeGeoJSON + "; profile=" + ProfileFG, "application/fg+json", "application/vnd.ogc.fg+json"}
	case Lines:
		return []string{"application/geo+json-lines", "application/x-ndjson", "application/jsonl", "application/ndjson"}
	case Sequence:
		return []string{"application/geo+json-seq"}
	case CSV:
		return []string{"text/csv"}
	case FlatGeobuf:
		return []string{"application/flatgeobuf", "application/vnd.flatgeobuf"}
	case GeoPackage:
		return []string{"application/geopackage+sqlite3"}
	case Schema:
		return []string{jsonschema.MediaType, TypeJSON}
	default:
		return []string{TypeJSON}
	}
}

// MediaType is what the format is sent as, without parameters.
func (f Format) MediaType() string { return f.mediaTypes()[0] }

// Names are what f may be to ask for the format, the proper one first.
func (f Format) Names() []string {
	switch f {
	case GeoJSON:
		return []string{"geojson", "json"}
	case HTML:
		return []string{"html"}
	case Map:
		return []string{"map"}
	case MVT:
		return []string{"mvt"}
	case TileJSON:
		return []string{"tilejson", "json"}
	case Events:
		return []string{"events"}
	case Style:
		return []string{"json", "mapbox"}
	case OpenAPI:
		return []string{"json", "oas31"}
	case OpenAPI30:
		return []string{"oas30"}
	case JSONLD:
		return []string{"jsonld", "json"}
	case Linkset:
		return []string{"linkset", "json"}
	case JSONFG:
		return []string{"jsonfg"}
	case Lines:
		return []string{"geojsonl", "ndjson"}
	case Sequence:
		return []string{"geojsonseq"}
	case CSV:
		return []string{"csv"}
	case FlatGeobuf:
		return []string{"flatgeobuf", "fgb"}
	case GeoPackage:
		return []string{"gpkg"}
	case Schema:
		return []string{"schema", "json"}
	default:
		return []string{"json"}
	}
}

// Title is what people call the format.
func (f Format) Title(l Language) string {
	switch f {
	case GeoJSON:
		return "GeoJSON"
	case HTML:
		return "HTML"
	case Map:
		return l.Say("bản đồ", "a map")
	case MVT:
		return l.Say("ô véc-tơ", "vector tiles")
	case TileJSON:
		return "TileJSON"
	case Events:
		return l.Say("luồng sự kiện", "events")
	case Style:
		return l.Say("kiểu hiển thị", "a style")
	case Schema:
		return "JSON Schema"
	case OpenAPI:
		return "OpenAPI 3.1"
	case OpenAPI30:
		return "OpenAPI 3.0"
	case JSONLD:
		return "JSON-LD"
	case Linkset:
		return l.Say("bộ liên kết", "a linkset")
	case JSONFG:
		return "JSON-FG"
	case Lines:
		return l.Say("GeoJSON từng dòng", "newline-delimited GeoJSON")
	case Sequence:
		return l.Say("chuỗi GeoJSON", "a GeoJSON text sequence")
	case CSV:
		return "CSV"
	case FlatGeobuf:
		return "FlatGeobuf"
	case GeoPackage:
		return "GeoPackage"
	default:
		return "JSON"
	}
}

// AlternateTitle is what a link to the same in this format is called.
func (f Format) AlternateTitle(l Language) string {
	if f == Map {
		return l.Say("Bản đồ web", "The web map")
	}
	return l.Say("Cùng nội dung dưới dạng ", "The same as ") + f.Title(l)
}

// Spoken tells whether answers in the format have texts in one language, that which
// is asked for. The web map chooses by itself, and catalogues have both.
func (f Format) Spoken() bool {
	switch f {
	case JSON, GeoJSON, JSONFG, HTML, TileJSON, OpenAPI, OpenAPI30:
		return true
	}
	return false
}

// ContentType is the header for the format.
func (f Format) ContentType() string {
	switch f {
	case HTML, Map, Events:
		return f.MediaType() + "; charset=utf-8"
	case Linkset:
		return f.MediaType() + `; profile="https://www.rfc-editor.org/info/rfc9727"`
	case CSV:
		return f.MediaType() + "; charset=utf-8; header=present" // RFC 4180, section 3
	default:
		return f.MediaType()
	}
}

// Parameter describes f for an operation with these formats.
func Parameter(offered []Format) params.Parameter {
	p := params.Parameter{Name: Name, About: "The format of the answer; overrules Accept.", Example: offered[0].Names()[0]}
	for _, f := range offered {
		for _, name := range f.Names() {
			if !slices.Contains(p.OneOf, name) {
				p.OneOf = append(p.OneOf, name)
			}
		}
	}
	return p
}

// GeoJSONFormats are those of answers that are GeoJSON alone: its profiles.
func GeoJSONFormats() []Format { return []Format{GeoJSON, JSONFG} }

// FeatureFormats are those in which features of one layer can be had, a page of
// them or all.
func FeatureFormats() []Format {
	return []Format{GeoJSON, JSONFG, Lines, Sequence, CSV, FlatGeobuf, GeoPackage}
}
