package httpapi

import (
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
)

// read reads the parameters of the operation, those aside that were read before.
func (x *exchange) read() *params.Query {
	x.query.Reset(x.raw, x.op.query...)
	return &x.query
}
