package cql2

import "github.com/hanoitwin/hanoitwin/internal/city"

// Names of the queryables that every layer has.
const (
	Geometry = "geometry" // the feature's geometry
	ID       = "id"       // the feature's id, an integer
)

// Queryable is something that a filter on a layer can name.
type Queryable struct {
	city.Property
	// Geometry is the declared type of the layer's geometry where that is what the
	// queryable is; its Type is then null.
	Geometry city.GeometryType
}

// Queryables returns what a filter on a layer can name: geometry, id, and every
// property. A property with the name id is meant instead of the feature's id; one
// with the name geometry cannot be named.
func Queryables(l *city.Layer) []Queryable {
	all := []Queryable{{Property: city.Property{Name: Geometry, Title: "hình dạng", TitleEN: "geometry"}, Geometry: l.Geometry}}
	if l.PropertyIndex(ID) < 0 {
		all = append(all, Queryable{Property: city.Property{Name: ID, Type: city.KindInteger, Title: "mã số", TitleEN: "id"}})
	}
	for _, p := range l.Properties {
		if p.Name != Geometry {
			all = append(all, Queryable{Property: p})
		}
	}
	return all
}
