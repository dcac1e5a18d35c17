package edge

import (
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// Profiles of GeoJSON (OGC 21-045r1, requirements classes "GeoJSON Profiles" and
// "JSON-FG in Web APIs"): plain GeoJSON, and JSON-FG. They are asked for by profile
// (OGC 23-058r2, requirements class "Profile query parameter"), by their names in the
// register of the OGC or by their URIs there.
const (
	paramProfile    = "profile"
	profileRFC7946  = "rfc7946"
	profileJSONFG   = media.ProfileFG
	profileRegister = "http://www.opengis.net/def/profile/OGC/0/"
)

// hasProfiles tells whether there is GeoJSON in more than one profile.
func hasProfiles(offered []media.Format) bool {
	return slices.Contains(offered, media.GeoJSON) && slices.Contains(offered, media.JSONFG)
}

// profileParameter describes profile.
func profileParameter() params.Parameter {
	return params.Parameter{
		Name: paramProfile, Kind: params.List, Example: profileRFC7946,
		OneOf: []string{profileRFC7946, profileJSONFG, profileRegister + profileRFC7946, profileRegister + profileJSONFG},
		About: "The profile of the answer where it is GeoJSON: the first of the list. In other formats there are no profiles.",
	}
}

// chooseProfile takes profile out of the query. Which profile there is depends on the
// format, which was chosen before: one that has no profiles stays as it is, for asking
// in vain is no mistake (/rec/profile-parameter/profile-negotiation).
func (x *Exchange) chooseProfile() {
	known := profileParameter()
	q, _ := x.take(known)
	list, given := q.Get(paramProfile)
	form, wrong := media.Count, false
	if given {
		params.Split(list, func(name string) {
			wrong = wrong || !slices.Contains(known.OneOf, name)
			switch {
			case form != media.Count:
			case strings.TrimPrefix(name, profileRegister) == profileJSONFG:
				form = media.JSONFG
			default:
				form = media.GeoJSON
			}
		})
	}
	if wrong {
		q.Mistake(problem.Mistake{Parameter: paramProfile, Value: problem.Clip(list), Expected: "some of " + strings.Join(known.OneOf, ", "), Detail: "is no profile of this answer"})
	}
	x.Query.Carried = q.Mistakes
	if form != media.Count && (x.Format == media.GeoJSON || x.Format == media.JSONFG) {
		x.Format, x.formatAsked = form, true
	}
}

// profileOf returns the name of the profile that the format is of, "" for one without.
// What is neither is not chosen: the answer to a change, which is as GET answers.
func profileOf(f media.Format) string {
	switch f {
	case media.GeoJSON, media.JSON:
		return profileRFC7946
	case media.JSONFG:
		return profileJSONFG
	default:
		return ""
	}
}

// AppendProfile appends a link to the profile of an answer with features, and a comma
// behind it; nothing where the format has no profiles.
func (x *Exchange) AppendProfile() {
	if name := profileOf(x.Format); name != "" {
		x.appendTitled(profileRegister+name, relProfile, media.TypeHTML, x.Say("Hồ sơ của câu trả lời này", "The profile of this answer"))
		x.Buf = append(x.Buf, ',')
	}
}

const relProfile = "profile"

// SetProfile says in the header of which profile an answer is (RFC 6906,
// /rec/profile-parameter/profile-link-header), where its operation has profiles.
func (x *Exchange) SetProfile() {
	if x.Op != nil && x.Op.profiled {
		if link := x.Fixed.profile[x.Format]; link != nil {
			x.Headers["Link"] = link
		}
	}
}
