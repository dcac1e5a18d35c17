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

// Conformance returns the URIs of the conformance classes of CQL2 (21-065r2,
// clause 2) that filters of this package meet, in both encodings.
func Conformance() []string {
	const base = "http://www.opengis.net/spec/cql2/1.0/conf/"
	names := []string{
		"cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
		"accent-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions",
		"temporal-functions", "array-functions", "property-property", "functions", "arithmetic",
	}
	for i := range names {
		names[i] = base + names[i]
	}
	return names
}
