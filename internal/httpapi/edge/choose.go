package edge

import (
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// choose takes f out of the query and notes in which of the formats to answer:
// the one that f names, else the one that Accept likes best, the earlier of two
// that it likes as much; and of GeoJSON the profile that is asked for. Accepting none
// of them is a 406 problem.
func (x *Exchange) choose(offered []media.Format) error {
	if len(offered) > 1 {
		x.Headers["Vary"] = x.Fixed.VaryAccept
		if x.Op != nil && x.Op.spoken {
			x.Headers["Vary"] = x.Fixed.varyLanguage
		}
	}
	x.Format = offered[0]
	err := x.chooseFormat(offered)
	if strings.Contains(x.Raw, paramProfile+"=") && hasProfiles(offered) {
		x.chooseProfile()
	}
	return err
}

// chooseFormat is choose without profiles.
func (x *Exchange) chooseFormat(offered []media.Format) error {
	if strings.Contains(x.Raw, media.Name+"=") {
		known := media.Parameter(offered)
		q, taken := x.take(known)
		name, given := q.Get(media.Name)
		if given {
			i := slices.IndexFunc(offered, func(f media.Format) bool { return slices.Contains(f.Names(), name) })
			if i < 0 {
				q.Mistake(problem.Mistake{Parameter: media.Name, Value: problem.Clip(name), Expected: "one of " + strings.Join(known.OneOf, ", "), Detail: "is no format of this answer"})
			} else {
				x.Format, x.formatAsked = offered[i], true
			}
		}
		x.Query.Carried = q.Mistakes
		if len(taken) > 0 {
			return nil
		}
	}
	fields := x.Request.Header["Accept"]
	if len(fields) == 0 || len(fields) == 1 && (fields[0] == "*/*" || fields[0] == "") {
		return nil
	}
	best := 0.0
	for _, f := range offered {
		if weight := media.Acceptance(fields, f); weight > best {
			x.Format, best = f, weight
		}
	}
	if best == 0 {
		return media.NotAcceptable(offered)
	}
	return nil
}

// SendFormat answers with x.Buf in the format that was chosen.
func (x *Exchange) SendFormat() error {
	x.SetProfile()
	return x.Send(x.Fixed.Format[x.Format])
}

// take moves known parameters out of the query, so that x.Raw is what is left. It
// returns them read, with what was wrong before, and as they were spelt.
func (x *Exchange) take(known ...params.Parameter) (q params.Query, taken []string) {
	var rest []string
	for pair := range strings.SplitSeq(x.Raw, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if slices.ContainsFunc(known, func(p params.Parameter) bool { return p.Name == name }) {
			taken = append(taken, pair)
		} else {
			rest = append(rest, pair)
		}
	}
	q.Carried = x.Query.Carried
	q.Reset(strings.Join(taken, "&"), known...)
	if len(taken) > 0 {
		x.Raw = strings.Join(rest, "&")
	}
	return q, taken
}
