package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
)

// The reference systems of OGC API Features, part 2 (18-058r1): what clients name
// in parameters and in Content-Crs.

const (
	paramCRS     = "crs"
	paramBBoxCRS = "bbox-crs"

	// headerCRS says in which system the coordinates of a body are.
	headerCRS = "Content-Crs"
)

// systemSyntax is what names a system.
const systemSyntax = "the URI of a system in the list crs of the collection, such as http://www.opengis.net/def/crs/EPSG/0/5897, or in short EPSG:5897"

func crsParameter() parameter {
	return parameter{
		name: paramCRS, syntax: systemSyntax, example: "http://www.opengis.net/def/crs/EPSG/0/5897",
		about: "The reference system of the answer's coordinates, its axes in their official order; without, longitude and latitude of WGS 84.",
	}
}

func bboxCRSParameter() parameter {
	return parameter{
		name: paramBBoxCRS, syntax: systemSyntax, example: "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
		about: "The reference system of bbox, its axes in their official order; without, longitude and latitude of WGS 84.",
	}
}

// system reads a parameter that names a reference system, without which it is
// CRS84.
func (q *query) system(name string) refsys.System {
	text, ok := q.get(name)
	if !ok {
		return refsys.CRS84()
	}
	system, err := refsys.Parse(text)
	if err != nil {
		q.mistake(Mistake{Parameter: name, Value: clip(text), Expected: "one of " + strings.Join(refsys.URIs(), ", "), Detail: "names no reference system that there is here"})
	}
	return system
}

// setCRS says in which system the answer is.
func (x *exchange) setCRS(system refsys.System) {
	x.header[headerCRS] = x.server.fixed.crs[system]
}

// crsConverters are the conversions to all systems.
func crsConverters() map[refsys.System]*refsys.Converter {
	all := map[refsys.System]*refsys.Converter{}
	for _, system := range refsys.All() {
		all[system] = system.Converter()
	}
	return all
}

// crsHeaders are the values of Content-Crs.
func crsHeaders() map[refsys.System][]string {
	all := map[refsys.System][]string{}
	for _, system := range refsys.All() {
		all[system] = []string{"<" + system.URI() + ">"}
	}
	return all
}

// readBodySystem lets the exchange take features, and answer them, in the system
// that Content-Crs names.
func (x *exchange) readBodySystem() error {
	system, err := x.bodySystem()
	if err == nil && system != refsys.CRS84() {
		x.shown.converter = x.server.converters[system]
	}
	return err
}

// bodySystem reads in which system the coordinates of a request's body are.
func (x *exchange) bodySystem() (refsys.System, error) {
	fields := x.r.Header[headerCRS]
	if len(fields) == 0 {
		return refsys.CRS84(), nil
	}
	text := strings.Trim(strings.Join(fields, ", "), "<> ")
	system, err := refsys.Parse(text)
	if err != nil {
		return system, badParameters([]Mistake{{
			Parameter: headerCRS, Value: clip(text), Expected: "one of <" + strings.Join(refsys.URIs(), ">, <") + ">", Detail: "names no reference system that there is here",
		}})
	}
	return system, nil
}

// outsideSystem is the problem of a feature that has no coordinates in the system
// that was asked for; other errors stay what they are.
func outsideSystem(err error, id int64, system refsys.System) error {
	if !errors.Is(err, crs.ErrOutside) {
		return err
	}
	p := badParameters([]Mistake{{
		Parameter: paramCRS, Value: system.URI(), Expected: "a system that reaches to all features of the answer",
		Detail: fmt.Sprintf("does not reach to where feature %d is", id),
	}})
	p.Status, p.cause = http.StatusBadRequest, err
	return p
}
