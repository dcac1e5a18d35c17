package httpapi

import (
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2"
	"github.com/hanoitwin/hanoitwin/internal/jsonschema"
	"github.com/hanoitwin/hanoitwin/internal/page"
)

// layerParameters are the parameters that items of a layer have beside those of
// the operation: one for the id and for each property with a simple value (OGC API
// Features, part 1, 7.15.5; part 3, queryables as query parameters). A property
// that is called like a parameter of the operation has none: filter reaches it.
func layerParameters(l *city.Layer) []parameter {
	var all []parameter
	if l.PropertyIndex(cql2.ID) < 0 {
		all = append(all, parameter{
			name: cql2.ID, kind: integerParameter, low: -1 << 53, high: 1 << 53,
			about: "Only the feature with this id.", example: "1",
		})
	}
	for i := range l.Properties {
		p := &l.Properties[i]
		if p.Type == city.KindJSON {
			continue
		}
		title := p.TitleEN
		if title == "" {
			title = p.Name
		}
		of := parameter{name: p.Name, about: "Only features with this value: " + title + ".", syntax: valueSyntax(p.Type)}
		if p.Name == city.PropStatus && p.Type == city.KindString {
			for _, status := range city.Statuses() {
				of.oneOf = append(of.oneOf, string(status))
			}
			of.example = string(city.InOperation)
		}
		all = append(all, of)
	}
	return all
}

func valueSyntax(k city.Kind) string {
	switch k {
	case city.KindInteger:
		return "a whole number"
	case city.KindNumber:
		return "a decimal number"
	case city.KindBoolean:
		return "true or false"
	case city.KindDate:
		return "a date such as 2027-06-30"
	case city.KindInstant:
		return "an RFC 3339 instant such as 2027-06-30T08:00:00Z"
	default:
		return "a text"
	}
}

// readOf is read for an operation whose parameters the properties of a layer are,
// too.
func (x *exchange) readOf(l *city.Layer) *query {
	x.query.layer = l
	return x.read()
}

// where returns the values of properties that the query asks for.
func (q *query) where() (all []page.Equal) {
	for i := q.fixed; i < len(q.known); i++ {
		name := q.known[i].name
		text, ok := q.get(name)
		if !ok {
			continue
		}
		if q.layer.PropertyIndex(name) < 0 { // the id of the features
			if id, ok := q.integer(name); ok {
				all = append(all, page.Equal{Property: page.ByID, Value: city.Integer(int64(id))})
			}
			continue
		}
		at := q.layer.PropertyIndex(name)
		kind := q.layer.Properties[at].Type
		if len(q.known[i].oneOf) > 0 {
			q.choice(name)
		}
		v, err := propertyValue(kind, text)
		if err != nil {
			q.mistake(Mistake{Parameter: name, Value: clip(text), Expected: valueSyntax(kind), Detail: fmt.Sprintf("is no %s", kind)})
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

func sortbyParameter() parameter {
	return parameter{
		name: "sortby", kind: listParameter, syntax: sortSyntax, example: "-valid_from,name",
		about: "The order of the features; what has no value comes last, and what is equal by id. Without, by id.",
	}
}

// order reads sortby.
func (q *query) order() (keys []page.Key) {
	text, ok := q.get("sortby")
	if !ok {
		return nil
	}
	bad := func(limit any, detail string) {
		q.mistake(Mistake{Parameter: "sortby", Value: clip(text), Limit: limit, Expected: "some of " + strings.Join(sortable(q.layer), ", ") + ", each with + or - before it or not", Detail: detail})
	}
	var unknown []string
	splitList(text, func(part string) {
		name := strings.TrimPrefix(strings.TrimPrefix(part, "+"), " ") // a plus that was not escaped
		down := len(name) == len(part) && strings.HasPrefix(part, "-")
		if down {
			name = part[1:]
		}
		at, ok := sortIndex(q.layer, name)
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
		bad(nil, "names what cannot be sorted by: "+quoteAll(unknown[:min(len(unknown), maxParameters)]))
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
