package httpapi

import (
	"fmt"
	"slices"
	"strings"
)

// paramProfile asks for one of the profiles of GeoJSON.
const paramProfile = "profile"

// hasProfiles tells whether there is GeoJSON in more than one profile.
func hasProfiles(offered []format) bool {
	return slices.Contains(offered, formatGeoJSON) && slices.Contains(offered, formatJSONFG)
}

// profileParameter describes profile (OGC 21-045r1, requirements class "JSON-FG in
// Web APIs"). That class is not claimed: a single feature, and what is near or
// differs, is GeoJSON of one profile.
func profileParameter() parameter {
	return parameter{
		name: paramProfile, oneOf: []string{"rfc7946", "jsonfg"}, example: "rfc7946",
		about: "The profile of GeoJSON: what f=geojson or f=jsonfg asks for; overrules Accept.",
	}
}

// chooseProfile takes profile, and f beside it, out of the query, and notes the
// format that they name together.
func (x *exchange) chooseProfile(offered []format) {
	known := profileParameter()
	q, _ := x.take(known, formatParameter(offered))
	name, given := q.get(paramProfile)
	form := formatGeoJSON
	if name == "jsonfg" {
		form = formatJSONFG
	}
	switch f, beside := q.get(paramFormat); {
	case given && !slices.Contains(known.oneOf, name):
		q.mistake(Mistake{Parameter: paramProfile, Value: clip(name), Expected: "one of " + strings.Join(known.oneOf, ", "), Detail: "is no profile of this answer"})
	case beside && !slices.Contains(form.names(), f) && !slices.Contains(formatGeoJSON.names(), f):
		q.mistake(Mistake{Parameter: paramProfile, Value: clip(name), Expected: "f=geojson, or no f", Detail: fmt.Sprintf("is a profile of GeoJSON, and f asks for %s", clip(f))})
	}
	x.format, x.formatAsked = form, true
	x.query.carried = q.mistakes
}
