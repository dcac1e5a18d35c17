package edge

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
)

// HeaderCRS says in which system the coordinates of a body are.
const HeaderCRS = "Content-Crs"

// ConverterTo returns the conversion to a system.
func (x *Exchange) ConverterTo(system refsys.System) *refsys.Converter {
	return x.server.converters[system]
}

// SetCRS says in which system the answer is.
func (x *Exchange) SetCRS(system refsys.System) {
	x.Headers[HeaderCRS] = x.Fixed.crs[system]
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

// ReadBodySystem lets the exchange take features, and answer them, in the system
// that Content-Crs names.
func (x *Exchange) ReadBodySystem() error {
	system, err := x.bodySystem()
	if err == nil && system != refsys.CRS84() {
		x.Shown.Converter = x.server.converters[system]
	}
	return err
}

// bodySystem reads in which system the coordinates of a request's body are.
func (x *Exchange) bodySystem() (refsys.System, error) {
	fields := x.Request.Header[HeaderCRS]
	if len(fields) == 0 {
		return refsys.CRS84(), nil
	}
	text := strings.Trim(strings.Join(fields, ", "), "<> ")
	system, err := refsys.Parse(text)
	if err != nil {
		return system, problem.BadParameters([]problem.Mistake{{
			Parameter: HeaderCRS, Value: problem.Clip(text), Expected: "one of <" + strings.Join(refsys.URIs(), ">, <") + ">", Detail: "names no reference system that there is here",
		}})
	}
	return system, nil
}

// OutsideSystem is the problem of a feature that has no coordinates in the system
// that was asked for; other errors stay what they are.
func OutsideSystem(err error, id int64, system refsys.System) error {
	if !errors.Is(err, crs.ErrOutside) {
		return err
	}
	p := problem.BadParameters([]problem.Mistake{{
		Parameter: params.NameCRS, Value: system.URI(), Expected: "a system that reaches to all features of the answer",
		Detail: fmt.Sprintf("does not reach to where feature %d is", id),
	}})
	p.Status, p.Cause = http.StatusBadRequest, err
	return p
}
