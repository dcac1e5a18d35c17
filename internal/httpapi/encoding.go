package httpapi

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/encode"
)

// featureFormats are those in which features of one layer can be had, a page of
// them or all.
func featureFormats() []format {
	return []format{formatGeoJSON, formatJSONFG, formatLines, formatSequence, formatCSV, formatFlatGeobuf, formatGeoPackage}
}

// encoding returns what writes features in the format.
func (f format) encoding() encode.Format {
	found, err := encode.Find(encode.Name(f.names()[0]))
	if err != nil {
		panic("httpapi: a format without a writer: " + err.Error()) // a test asks for all of them
	}
	return found
}

// encodingProblem tells what of an error of package encode the client can mend.
func encodingProblem(err error, s *encode.Selection) error {
	var p *Problem
	switch {
	case errors.Is(err, crs.ErrOutside):
		p = badParameters([]Mistake{{Parameter: "crs", Value: s.Space.URI, Expected: "a system that reaches to all features of the answer",
			Detail: "does not reach to all features"}})
	case errors.Is(err, encode.ErrBare):
		p = badParameters([]Mistake{{Parameter: "skipGeometry", Expected: "another format", Detail: "is not possible in this format"}})
	case errors.Is(err, encode.ErrTooLarge):
		p = problem(http.StatusInsufficientStorage, "too-large", "Too large for a temporary file",
			fmt.Sprintf("The file would need more room than the %d bytes that one may take; ask for another format.", s.MaxTempBytes))
	default:
		return err
	}
	p.cause = err
	return p
}
