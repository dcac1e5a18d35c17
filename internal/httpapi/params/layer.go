package params

import (
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2"
)

// PropertyNames are the names of all properties of a layer.
func PropertyNames(l *city.Layer) []string {
	var names []string
	for i := range l.Properties {
		names = append(names, l.Properties[i].Name)
	}
	return names
}

// OfLayer are the parameters that items of a layer have beside those of
// the operation: one for the id and for each property with a simple value (OGC API
// Features, part 1, 7.15.5; part 3, queryables as query parameters). A property
// that is called like a parameter of the operation has none: filter reaches it.
func OfLayer(l *city.Layer) []Parameter {
	var all []Parameter
	if l.PropertyIndex(cql2.ID) < 0 {
		all = append(all, Parameter{
			Name: cql2.ID, Kind: Integer, Low: -1 << 53, High: 1 << 53,
			About: "Only the feature with this id.", Example: "1",
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
		of := Parameter{Name: p.Name, About: "Only features with this value: " + title + ".", Syntax: ValueSyntax(p.Type)}
		if p.Name == city.PropStatus && p.Type == city.KindString {
			for _, status := range city.Statuses() {
				of.OneOf = append(of.OneOf, string(status))
			}
			of.Example = string(city.InOperation)
		}
		all = append(all, of)
	}
	return all
}

// ValueSyntax is what the value of a property may be, for people.
func ValueSyntax(k city.Kind) string {
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
