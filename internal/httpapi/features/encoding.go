package features

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/encode"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// encodingOf returns what writes features in the format.
func encodingOf(f media.Format) encode.Format {
	found, err := encode.Find(encode.Name(f.Names()[0]))
	if err != nil {
		panic("features: a format without a writer: " + err.Error()) // a test asks for all of them
	}
	return found
}

// encodingProblem tells what of an error of package encode the client can mend.
func encodingProblem(err error, s *encode.Selection) error {
	var p *problem.Problem
	switch {
	case errors.Is(err, crs.ErrOutside):
		p = problem.BadParameters([]problem.Mistake{{Parameter: "crs", Value: s.Space.URI, Expected: "a system that reaches to all features of the answer",
			Detail: "does not reach to all features"}})
	case errors.Is(err, encode.ErrBare):
		p = problem.BadParameters([]problem.Mistake{{Parameter: "skipGeometry", Expected: "another format", Detail: "is not possible in this format"}})
	case errors.Is(err, encode.ErrTooLarge):
		p = problem.New(http.StatusInsufficientStorage, "too-large", "Too large for a temporary file",
			fmt.Sprintf("The file would need more room than the %d bytes that one may take; ask for another format.", s.MaxTempBytes))
	default:
		return err
	}
	p.Cause = err
	return p
}
