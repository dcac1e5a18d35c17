package params

import (
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
)

// The reference systems of OGC API Features, part 2 (18-058r1): what clients name
// in parameters and in Content-Crs.

// The names of the parameters.
const (
	NameCRS     = "crs"
	NameBBoxCRS = "bbox-crs"
)

// SystemSyntax is what names a system.
const SystemSyntax = "the URI of a system in the list crs of the collection, such as http://www.opengis.net/def/crs/EPSG/0/5897, or in short EPSG:5897"

// CRS is the reference system of an answer.
func CRS() Parameter {
	return Parameter{
		Name: NameCRS, Syntax: SystemSyntax, Example: "http://www.opengis.net/def/crs/EPSG/0/5897",
		About: "The reference system of the answer's coordinates, its axes in their official order; without, longitude and latitude of WGS 84.",
	}
}

// BBoxCRS is the reference system of bbox.
func BBoxCRS() Parameter {
	return Parameter{
		Name: NameBBoxCRS, Syntax: SystemSyntax, Example: "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
		About: "The reference system of bbox, its axes in their official order; without, longitude and latitude of WGS 84.",
	}
}

// System reads a parameter that names a reference system, without which it is
// CRS84.
func (q *Query) System(name string) refsys.System {
	text, ok := q.Get(name)
	if !ok {
		return refsys.CRS84()
	}
	system, err := refsys.Parse(text)
	if err != nil {
		q.Mistake(problem.Mistake{Parameter: name, Value: problem.Clip(text), Expected: "one of " + strings.Join(refsys.URIs(), ", "), Detail: "names no reference system that there is here"})
	}
	return system
}
