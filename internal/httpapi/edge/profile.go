package edge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// paramProfile asks for one of the profiles of GeoJSON.
const paramProfile = "profile"

// hasProfiles tells whether there is GeoJSON in more than one profile.
func hasProfiles(offered []media.Format) bool {
	return slices.Contains(offered, media.GeoJSON) && slices.Contains(offered, media.JSONFG)
}

// profileParameter describes profile (OGC 21-045r1, requirements class "JSON-FG in
// Web APIs"). That class is not claimed: a single feature, and what is near or
// differs, is GeoJSON of one profile.
func profileParameter() params.Parameter {
	return params.Parameter{
		Name: paramProfile, OneOf: []string{"rfc7946", "jsonfg"}, Example: "rfc7946",
		About: "The profile of GeoJSON: what f=geojson or f=jsonfg asks for; overrules Accept.",
	}
}

// chooseProfile takes profile, and f beside it, out of the query, and notes the
// format that they name together.
func (x *Exchange) chooseProfile(offered []media.Format) {
	known := profileParameter()
	q, _ := x.take(known, media.Parameter(offered))
	name, given := q.Get(paramProfile)
	form := media.GeoJSON
	if name == "jsonfg" {
		form = media.JSONFG
	}
	switch f, beside := q.Get(media.Name); {
	case given && !slices.Contains(known.OneOf, name):
		q.Mistake(problem.Mistake{Parameter: paramProfile, Value: problem.Clip(name), Expected: "one of " + strings.Join(known.OneOf, ", "), Detail: "is no profile of this answer"})
	case beside && !slices.Contains(form.Names(), f) && !slices.Contains(media.GeoJSON.Names(), f):
		q.Mistake(problem.Mistake{Parameter: paramProfile, Value: problem.Clip(name), Expected: "f=geojson, or no f", Detail: fmt.Sprintf("is a profile of GeoJSON, and f asks for %s", problem.Clip(f))})
	}
	x.Format, x.formatAsked = form, true
	x.Query.Carried = q.Mistakes
}
