package tilesets

import (
	"fmt"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
)

// paramSubset is the parameter of OGC API Tiles that names days as an axis:
// subset=datetime("2027-06-30") says what datetime=2027-06-30 does.
const paramSubset = "subset"

// subsetSyntax is what subset may be.
const subsetSyntax = `datetime("2027-06-30"), datetime("2027-01-01":"2027-12-31") or datetime(*:"2027-12-31")`

func subsetParameter() params.Parameter {
	return params.Parameter{Name: paramSubset, Syntax: subsetSyntax, About: "The city on these days in the world, as an axis; datetime says the same.", Example: `datetime("2027-06-30")`}
}

// subset lets the exchange show the city on the days that subset names, and notes
// what is wrong with it.
func (x request) subset(q *params.Query) {
	text, ok := q.Get(paramSubset)
	if !ok {
		return
	}
	if x.Lens.Asked {
		q.Mistake(problem.Mistake{Parameter: paramSubset, Value: problem.Clip(text), Expected: "subset or datetime, not both", Detail: "stands beside datetime"})
		return
	}
	days, err := axisDays(text)
	if err != nil {
		q.Mistake(problem.Mistake{Parameter: paramSubset, Value: problem.Clip(text), Expected: subsetSyntax, Detail: err.Error()})
		return
	}
	window, err := params.ParseDays(days)
	if err != nil {
		q.Mistake(problem.Mistake{Parameter: paramSubset, Value: problem.Clip(text), Expected: subsetSyntax, Detail: err.Error()})
		return
	}
	x.Lens.Days = view.Days{Asked: true, Window: window}
	x.LensText = params.NameDatetime + "=" + window.String()
}

// axisDays turns datetime("a":"b") into a/b, as datetime has it.
func axisDays(text string) (string, error) {
	axis, rest, found := strings.Cut(text, "(")
	inner, closed := strings.CutSuffix(rest, ")")
	if !found || !closed {
		return "", fmt.Errorf("%.40q is no axis with a value in parentheses", text)
	}
	if axis != params.NameDatetime {
		return "", fmt.Errorf("there is no axis %.40q; there is datetime", axis)
	}
	from, rest, err := axisEnd(inner)
	if err != nil || rest == "" {
		return from, err
	}
	to, rest, err := axisEnd(strings.TrimPrefix(rest, ":"))
	if err != nil {
		return "", err
	}
	if rest != "" {
		return "", fmt.Errorf("%.40q stands behind the interval", rest)
	}
	return from + "/" + to, nil
}

// axisEnd reads one end of an interval, which is in quotes, a date, or a star.
func axisEnd(text string) (end, rest string, err error) {
	if after, star := strings.CutPrefix(text, "*"); star {
		return "..", after, nil
	}
	if after, quoted := strings.CutPrefix(text, `"`); quoted {
		end, rest, closed := strings.Cut(after, `"`)
		if !closed {
			return "", "", fmt.Errorf("%.40q has no end", text)
		}
		return end, rest, nil
	}
	i := strings.IndexByte(text, ':')
	if i < 0 {
		i = len(text)
	}
	return text[:i], text[i:], nil
}
