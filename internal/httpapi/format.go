package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/bbox"
	"github.com/hanoitwin/hanoitwin/internal/jsonschema"
)

// paramFormat is the parameter that overrules the Accept header.
const paramFormat = "f"

// format is a form in which an answer can be had.
type format uint8

const (
	formatJSON format = iota
	formatGeoJSON
	formatHTML // a page for people
	formatMap  // the web map
	formatMVT
	formatTileJSON
	formatEvents
	formatStyle
	formatOpenAPI
	formatOpenAPI30
	formatJSONLD
	formatLinkset
	formatJSONFG
	formatLines    // newline-delimited GeoJSON
	formatSequence // GeoJSON text sequence
	formatCSV
	formatFlatGeobuf
	formatGeoPackage
	formatSchema
	formats // how many there are
)

// mediaTypes are the types under which clients accept the format, the one that it
// is sent as first.
func (f format) mediaTypes() []string {
	switch f {
	case formatGeoJSON:
		return []string{typeGeoJSON, typeJSON}
	case formatHTML, formatMap:
		return []string{typeHTML, "application/xhtml+xml"}
	case formatMVT:
		return []string{typeMVT, "application/x-protobuf", "application/octet-stream"}
	case formatTileJSON:
		return []string{typeJSON, "application/vnd.mapbox.tile+json"}
	case formatEvents:
		return []string{"text/event-stream"}
	case formatStyle:
		return []string{typeJSON, "application/vnd.mapbox.style+json"}
	case formatOpenAPI:
		return []string{typeOpenAPI + ";version=3.1", typeOpenAPI, typeJSON}
	case formatOpenAPI30:
		return []string{typeOpenAPI + ";version=3.0"}
	case formatJSONLD:
		return []string{typeJSONLD, typeJSON}
	case formatLinkset:
		return []string{typeLinkset, typeJSON}
	case formatJSONFG:
		// The standard's own type is that of GeoJSON, told apart by a profile (OGC
		// 21-045r1, clauses 14 to 16): who accepts or follows a link to plain
		// GeoJSON must not get null geometries. The others are of its drafts.
		return []string{typeGeoJSON + "; profile=jsonfg", "application/fg+json", "application/vnd.ogc.fg+json"}
	case formatLines:
		return []string{"application/geo+json-lines", "application/x-ndjson", "application/jsonl", "application/ndjson"}
	case formatSequence:
		return []string{"application/geo+json-seq"}
	case formatCSV:
		return []string{"text/csv"}
	case formatFlatGeobuf:
		return []string{"application/flatgeobuf", "application/vnd.flatgeobuf"}
	case formatGeoPackage:
		return []string{"application/geopackage+sqlite3"}
	case formatSchema:
		return []string{jsonschema.MediaType, typeJSON}
	default:
		return []string{typeJSON}
	}
}

// mediaType is what the format is sent as, without parameters.
func (f format) mediaType() string { return f.mediaTypes()[0] }

// names are what f may be to ask for the format, the proper one first.
func (f format) names() []string {
	switch f {
	case formatGeoJSON:
		return []string{"geojson", "json"}
	case formatHTML:
		return []string{"html"}
	case formatMap:
		return []string{"map"}
	case formatMVT:
		return []string{"mvt"}
	case formatTileJSON:
		return []string{"tilejson", "json"}
	case formatEvents:
		return []string{"events"}
	case formatStyle:
		return []string{"json", "mapbox"}
	case formatOpenAPI:
		return []string{"json", "oas31"}
	case formatOpenAPI30:
		return []string{"oas30"}
	case formatJSONLD:
		return []string{"jsonld", "json"}
	case formatLinkset:
		return []string{"linkset", "json"}
	case formatJSONFG:
		return []string{"jsonfg"}
	case formatLines:
		return []string{"geojsonl", "ndjson"}
	case formatSequence:
		return []string{"geojsonseq"}
	case formatCSV:
		return []string{"csv"}
	case formatFlatGeobuf:
		return []string{"flatgeobuf", "fgb"}
	case formatGeoPackage:
		return []string{"gpkg"}
	case formatSchema:
		return []string{"schema", "json"}
	default:
		return []string{"json"}
	}
}

// title is what people call the format.
func (f format) title() string {
	switch f {
	case formatGeoJSON:
		return "GeoJSON"
	case formatHTML:
		return "HTML"
	case formatMap:
		return "a map"
	case formatMVT:
		return "vector tiles"
	case formatTileJSON:
		return "TileJSON"
	case formatEvents:
		return "events"
	case formatStyle:
		return "a style"
	case formatSchema:
		return "JSON Schema"
	case formatOpenAPI:
		return "OpenAPI 3.1"
	case formatOpenAPI30:
		return "OpenAPI 3.0"
	case formatJSONLD:
		return "JSON-LD"
	case formatLinkset:
		return "a linkset"
	case formatJSONFG:
		return "JSON-FG"
	case formatLines:
		return "newline-delimited GeoJSON"
	case formatSequence:
		return "a GeoJSON text sequence"
	case formatCSV:
		return "CSV"
	case formatFlatGeobuf:
		return "FlatGeobuf"
	case formatGeoPackage:
		return "GeoPackage"
	default:
		return "JSON"
	}
}

// alternateTitle is what a link to the same in this format is called.
func (f format) alternateTitle() string {
	if f == formatMap {
		return "The web map"
	}
	return "The same as " + f.title()
}

// lang is the language of a format for people, "" where there is none: what
// programs read has texts in both.
func (f format) lang() string {
	if f == formatHTML || f == formatMap {
		return "vi"
	}
	return ""
}

// contentType is the header for the format.
func (f format) contentType() string {
	switch f {
	case formatHTML, formatMap, formatEvents:
		return f.mediaType() + "; charset=utf-8"
	case formatLinkset:
		return f.mediaType() + `; profile="https://www.rfc-editor.org/info/rfc9727"`
	case formatCSV:
		return f.mediaType() + "; charset=utf-8; header=present" // RFC 4180, section 3
	default:
		return f.mediaType()
	}
}

// formatParameter describes f for an operation with these formats.
func formatParameter(offered []format) parameter {
	p := parameter{name: paramFormat, about: "The format of the answer; overrules Accept.", example: offered[0].names()[0]}
	for _, f := range offered {
		for _, name := range f.names() {
			if !slices.Contains(p.oneOf, name) {
				p.oneOf = append(p.oneOf, name)
			}
		}
	}
	return p
}

// choose takes f out of the query and notes in which of the formats to answer:
// the one that f names, else the one that Accept likes best, the earlier of two
// that it likes as much. Accepting none of them is a 406 problem.
func (x *exchange) choose(offered []format) error {
	if len(offered) > 1 {
		x.header["Vary"] = x.server.fixed.varyAccept
	}
	x.format = offered[0]
	if hasProfiles(offered) && strings.Contains(x.raw, paramProfile+"=") {
		x.chooseProfile(offered)
		return nil
	}
	if strings.Contains(x.raw, paramFormat+"=") {
		known := formatParameter(offered)
		q, taken := x.take(known)
		name, given := q.get(paramFormat)
		if given {
			i := slices.IndexFunc(offered, func(f format) bool { return slices.Contains(f.names(), name) })
			if i < 0 {
				q.mistake(Mistake{Parameter: paramFormat, Value: clip(name), Expected: "one of " + strings.Join(known.oneOf, ", "), Detail: "is no format of this answer"})
			} else {
				x.format, x.formatAsked = offered[i], true
			}
		}
		x.query.carried = q.mistakes
		if len(taken) > 0 {
			return nil
		}
	}
	fields := x.r.Header["Accept"]
	if len(fields) == 0 || len(fields) == 1 && (fields[0] == "*/*" || fields[0] == "") {
		return nil
	}
	best := 0.0
	for _, f := range offered {
		if weight := acceptance(fields, f); weight > best {
			x.format, best = f, weight
		}
	}
	if best == 0 {
		return notAcceptable(offered)
	}
	return nil
}

// acceptance is the weight that Accept gives to a format (RFC 9110, section
// 12.5.1): of the ranges that a media type lies in the narrowest counts, and of
// the types of a format the one that is liked best.
func acceptance(fields []string, f format) float64 {
	best := 0.0
	for _, mediaType := range f.mediaTypes() {
		weight, narrow := 0.0, -1
		for _, field := range fields {
			splitList(field, func(element string) {
				name, parameters, _ := strings.Cut(element, ";")
				name = strings.ToLower(strings.TrimSpace(name))
				if v := versionOf(parameters); v != "" {
					name += ";version=" + v
				}
				if n := narrowness(name, mediaType); n > narrow {
					narrow, weight = n, quality(parameters)
				}
			})
		}
		best = max(best, weight)
	}
	return best
}

// narrowness tells how narrow a media range is that holds a type: 2 for the type
// itself, 1 for its family, 0 for everything, -1 for one that does not hold it.
func narrowness(mediaRange, mediaType string) int {
	family, _, _ := strings.Cut(mediaType, "/")
	switch mediaRange {
	case mediaType:
		return 2
	case family + "/*":
		return 1
	case "*/*":
		return 0
	}
	return -1
}

// versionOf reads version from the parameters of a range, "" when it is not there.
// Of the types here only those of OpenAPI have versions.
func versionOf(parameters string) string {
	for p := range strings.SplitSeq(parameters, ";") {
		if name, value, _ := strings.Cut(strings.TrimSpace(p), "="); strings.EqualFold(name, "version") {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

// quality reads q from the parameters of a range: 1 when it is not there, 0 when it
// is no number.
func quality(parameters string) float64 {
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(name, "q") {
			q, _ := bbox.ParseNumber(value)
			return min(max(q, 0), 1)
		}
	}
	return 1
}

// notAcceptable is the problem of accepting none of what there is.
func notAcceptable(offered []format) *Problem {
	p := problem(http.StatusNotAcceptable, "not-acceptable", "No acceptable format", "")
	for _, f := range offered {
		if !slices.Contains(p.Formats, f.mediaType()) {
			p.Formats = append(p.Formats, f.mediaType())
		}
	}
	p.Detail = fmt.Sprintf("Accept allows nothing of what there is here: %s. The parameter f overrules Accept.", strings.Join(p.Formats, ", "))
	return p
}

// sendFormat answers with x.buf in the format that was chosen.
func (x *exchange) sendFormat() error { return x.send(x.server.fixed.format[x.format]) }

// take moves known parameters out of the query, so that x.raw is what is left. It
// returns them read, with what was wrong before, and as they were spelt.
func (x *exchange) take(known ...parameter) (q query, taken []string) {
	var rest []string
	for pair := range strings.SplitSeq(x.raw, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if slices.ContainsFunc(known, func(p parameter) bool { return p.name == name }) {
			taken = append(taken, pair)
		} else {
			rest = append(rest, pair)
		}
	}
	q.carried = x.query.carried
	q.reset(strings.Join(taken, "&"), known...)
	if len(taken) > 0 {
		x.raw = strings.Join(rest, "&")
	}
	return q, taken
}
