package features

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
)

func propertiesParameter() params.Parameter {
	return params.Parameter{
		Name: "properties", Kind: params.List, Syntax: "names of properties of the layer, with commas between", Example: "name,status",
		About: "Only these properties of the features; without, all.",
	}
}

func skipGeometryParameter() params.Parameter {
	return params.Parameter{Name: "skipGeometry", Kind: params.Boolean, About: "Leave out where the features are.", Example: "true"}
}

// show reads how the client wants to see features of a layer, and says in the
// header in which system it will.
func (x request) show(l *city.Layer) (s edge.Shown) {
	q := &x.Query
	s.Texts = x.texts
	if system := q.System(params.NameCRS); system != refsys.CRS84() {
		s.Converter = x.ConverterTo(system)
	}
	s.Bare, s.FG = q.Truth("skipGeometry"), x.Format == media.JSONFG
	if text, ok := q.Get("properties"); ok {
		s.Columns = []int{}
		var unknown []string
		params.Split(text, func(name string) {
			if i := l.PropertyIndex(name); i >= 0 {
				s.Columns = append(s.Columns, i)
			} else {
				unknown = append(unknown, name)
			}
		})
		slices.Sort(s.Columns)
		s.Columns = slices.Compact(s.Columns)
		if len(unknown) > 0 {
			q.Mistake(problem.Mistake{
				Parameter: "properties", Value: problem.Clip(text), Expected: "some of " + strings.Join(params.PropertyNames(l), ", "),
				Detail: fmt.Sprintf("names what layer %s does not have: %s", l.ID, problem.Quote(unknown[:min(len(unknown), params.Max)])),
			})
		}
	}
	x.SetCRS(s.System())
	return s
}
