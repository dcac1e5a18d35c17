package media

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/bbox"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// Acceptance is the weight that Accept gives to a format (RFC 9110, section
// 12.5.1): of the ranges that a media type lies in the narrowest counts, and of
// the types of a format the one that is liked best.
func Acceptance(fields []string, f Format) float64 {
	best := 0.0
	for _, mediaType := range f.mediaTypes() {
		weight, narrow := 0.0, -1
		for _, field := range fields {
			params.Split(field, func(element string) {
				name, parameters, _ := strings.Cut(element, ";")
				name = strings.ToLower(strings.TrimSpace(name))
				if v := parameterOf(parameters, "version"); v != "" {
					name += ";version=" + v
				}
				if p := parameterOf(parameters, "profile"); path.Base(p) == ProfileFG {
					name += "; profile=" + ProfileFG
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

// parameterOf reads a parameter of a range, "" when it is not there. Of the types here
// only those of OpenAPI have versions, and only GeoJSON has profiles, which are named
// or given as URIs that end in the name.
func parameterOf(parameters, wanted string) string {
	for p := range strings.SplitSeq(parameters, ";") {
		if name, value, _ := strings.Cut(strings.TrimSpace(p), "="); strings.EqualFold(name, wanted) {
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

// NotAcceptable is the problem of accepting none of what there is.
func NotAcceptable(offered []Format) *problem.Problem {
	p := problem.New(http.StatusNotAcceptable, "not-acceptable", "No acceptable format", "")
	for _, f := range offered {
		if !slices.Contains(p.Formats, f.MediaType()) {
			p.Formats = append(p.Formats, f.MediaType())
		}
	}
	p.Detail = fmt.Sprintf("Accept allows nothing of what there is here: %s. The parameter f overrules Accept.", strings.Join(p.Formats, ", "))
	return p
}
