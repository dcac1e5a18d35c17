package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
)

// headerCRS says in which system the coordinates of a body are.
const headerCRS = "Content-Crs"

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
		return system, problem.BadParameters([]problem.Mistake{{
			Parameter: headerCRS, Value: problem.Clip(text), Expected: "one of <" + strings.Join(refsys.URIs(), ">, <") + ">", Detail: "names no reference system that there is here",
		}})
	}
	return system, nil
}

// outsideSystem is the problem of a feature that has no coordinates in the system
// that was asked for; other errors stay what they are.
func outsideSystem(err error, id int64, system refsys.System) error {
	if !errors.Is(err, geodesy.ErrOutside) {
		return err
	}
	p := problem.BadParameters([]problem.Mistake{{
		Parameter: params.NameCRS, Value: system.URI(), Expected: "a system that reaches to all features of the answer",
		Detail: fmt.Sprintf("does not reach to where feature %d is", id),
	}})
	p.Status, p.Cause = http.StatusBadRequest, err
	return p
}
