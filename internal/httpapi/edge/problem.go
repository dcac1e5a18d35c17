package edge

import (
	"fmt"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
)

// TooManyLayers is the problem of a list that names more layers than limit.
func TooManyLayers(list string, limit int) *problem.Problem {
	return problem.BadParameters([]problem.Mistake{{
		Parameter: "layers", Value: problem.Clip(list), Limit: limit,
		Expected: fmt.Sprintf("at most %d names, or %s", limit, view.AllLayers),
		Detail:   fmt.Sprintf("has more than %d names", limit),
	}})
}
