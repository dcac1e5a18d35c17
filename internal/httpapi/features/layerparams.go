package features

import (
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/jsonschema"
	"github.com/hanoitwin/hanoitwin/internal/page"
)

// readOf is read for an operation whose parameters the properties of a layer are,
// too.
func (x request) readOf(l *city.Layer) *params.Query {
	x.Query.Layer = l
	return x.Read()
}

// whereOf returns the values of properties that the query asks for.
func whereOf(q *params.Query) (all []page.Equal) {
	for _, p := range q.Learned() {
		name := p.Name
		text, ok := q.Get(name)
		if !ok {
			continue
		}
		if q.Layer.PropertyIndex(name) < 0 { // the id of the features
			if id, ok := q.Integer(name); ok {
				all = append(all, page.Equal{Property: page.ByID, Value: city.Integer(int64(id))})
			}
			continue
		}
		at := q.Layer.PropertyIndex(name)
		kind := q.Layer.Properties[at].Type
		if len(p.OneOf) > 0 {
			q.Choice(name)
		}
		v, err := propertyValue(kind, text)
		if err != nil {
			q.Mistake(problem.Mistake{Parameter: name, Value: problem.Clip(text), Expected: params.ValueSyntax(kind), Detail: fmt.Sprintf("is no %s", kind)})
			continue
		}
		all = append(all, page.Equal{Property: at, Value: v})
	}
	return all
}

// propertyValue reads the value of a property as a parameter has it: text in
// normal form C, as it is stored, and numbers without words.
func propertyValue(k city.Kind, text string) (city.Value, error) {
	switch k {
	case city.KindString:
		return city.String(norm.NFC.String(text)), nil
	case city.KindBoolean:
		if text != "true" && text != "false" {
			return city.Null, city.ErrUnknownKind
		}
	case city.KindInstant:
		text = strings.Replace(text, " ", "+", 1) // a plus that was not escaped
	case city.KindNumber:
		if strings.ContainsAny(text, "xXpP_iInN") {
			return city.Null, city.ErrUnknownKind
		}
	}
	return city.ParseValue(k, text)
}

const sortSyntax = "names of properties or the id, with commas between, each with - before it to go down"

func sortbyParameter() params.Parameter {
	return params.Parameter{
		Name: "sortby", Kind: params.List, Syntax: sortSyntax, Example: "-valid_from,name",
		About: "The order of the features; what has no value comes last, and what is equal by id. Without, by id.",
	}
}

// orderOf reads sortby.
func orderOf(q *params.Query) (keys []page.Key) {
	text, ok := q.Get("sortby")
	if !ok {
		return nil
	}
	bad := func(limit any, detail string) {
		q.Mistake(problem.Mistake{Parameter: "sortby", Value: problem.Clip(text), Limit: limit, Expected: "some of " + strings.Join(sortable(q.Layer), ", ") + ", each with + or - before it or not", Detail: detail})
	}
	var unknown []string
	params.Split(text, func(part string) {
		name := strings.TrimPrefix(strings.TrimPrefix(part, "+"), " ") // a plus that was not escaped
		down := len(name) == len(part) && strings.HasPrefix(part, "-")
		if down {
			name = part[1:]
		}
		at, ok := sortIndex(q.Layer, name)
		if !ok {
			unknown = append(unknown, name)
			return
		}
		keys = append(keys, page.Key{Property: at, Descending: down})
	})
	seen := map[int]bool{}
	for _, k := range keys {
		if seen[k.Property] {
			bad(nil, "names a property twice")
			break
		}
		seen[k.Property] = true
	}
	if len(unknown) > 0 {
		bad(nil, "names what cannot be sorted by: "+problem.Quote(unknown[:min(len(unknown), params.Max)]))
	}
	if len(keys) > page.MaxKeys {
		bad(page.MaxKeys, fmt.Sprintf("has more than %d names", page.MaxKeys))
	}
	return keys
}

// sortIndex returns the property of a name that features can be sorted by.
func sortIndex(l *city.Layer, name string) (at int, ok bool) {
	if at = l.PropertyIndex(name); at >= 0 {
		return at, page.Sortable(l.Properties[at].Type)
	}
	return page.ByID, name == jsonschema.IDName(l)
}

func sortable(l *city.Layer) []string {
	names := []string{jsonschema.IDName(l)}
	for i := range l.Properties {
		if page.Sortable(l.Properties[i].Type) {
			names = append(names, l.Properties[i].Name)
		}
	}
	return names
}
