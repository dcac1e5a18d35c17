package edge

import (
	"errors"
	"net/http"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// Operation is one method on one path: what the router serves and what the
// description of the API tells of it, so that both are always the same.
type Operation struct {
	Method, Path string
	ID           string // unique, such as getItems; OpenAPI's operationId
	Summary      string
	Scope        Scope
	// Query are the parameters beside those that the scope and formats bring.
	Query []params.Parameter
	// AnyOf are parameters of which at least one is needed.
	AnyOf []string
	// Properties says that every property of the layer in the path is a parameter
	// too: those that params.OfLayer returns.
	Properties bool
	// Formats are what a GET can answer with, the default first. Without any
	// there is nothing to choose, and neither f nor Accept is read.
	Formats []media.Format
	// File says that the answer is a file, of which there is no page.
	File bool
	// Takes are the media types that a body may have; nil where there is none.
	Takes  []string
	Answer Handler
	// Keyless answers in the format Map where reading takes a key and none is given;
	// nil: that is refused.
	Keyless Handler
	// Early are the parameters of scope and formats, which are read first.
	Early []params.Parameter
	// profiled tells that there is GeoJSON in more than one profile.
	profiled bool
	// spoken tells that answers have texts in one language or another.
	spoken bool
}

// Complete returns op with what its scope and its formats bring: a page for people
// of what can be had as JSON, and the parameters that are read first.
func (op Operation) Complete() *Operation {
	op.Formats = withPage(&op)
	op.profiled, op.spoken = hasProfiles(op.Formats), speaks(&op)
	op.Early = op.earlyParameters()
	return &op
}

// Scope says which state of the city an operation is about.
type Scope uint8

// The scopes of operations.
const (
	Always Scope = iota // none: it answers in any condition
	Now                 // the newest, or the record of all
	State               // the newest, or one that version or as_of pins
	Dated               // the same, as it is on the days that datetime names
	Change              // it changes the newest
)

// earlyParameters returns what scope and formats read from the query.
func (op *Operation) earlyParameters() (all []params.Parameter) {
	if op.Scope == State || op.Scope == Dated {
		all = append(all, pinParameters()...)
	}
	if op.Scope == Dated {
		all = append(all, params.Datetime())
	}
	if len(op.Formats) > 0 {
		all = append(all, media.Parameter(op.Formats))
	}
	if op.profiled {
		all = append(all, profileParameter())
	}
	return all
}

// name is what counters call the operation: its path, with the method when that
// is not GET.
func (op *Operation) name() string {
	if op.Method == http.MethodGet {
		return op.Path
	}
	return op.Method + " " + op.Path
}

// within returns what an operation does, after what its scope and its formats ask
// of every request.
func (c *Core) within(op *Operation) Handler {
	read := func(x *Exchange) error {
		if op.spoken {
			x.chooseLanguage()
		}
		if len(op.Formats) > 0 {
			if err := x.choose(op.Formats); err != nil {
				return err
			}
		}
		if op.Scope == State || op.Scope == Dated {
			if err := x.pin(); err != nil {
				return err
			}
		}
		if op.Scope == Dated {
			x.aim()
		}
		return op.Answer(x)
	}
	switch op.Scope {
	case Always:
		return read
	case Change:
		return c.ready(access.Write, read)
	default:
		return op.orKeyless(c.ready(access.Read, read))
	}
}

// orKeyless gives browsers what they get without a key: there is no data in it, and it
// asks for the key.
func (op *Operation) orKeyless(answer Handler) Handler {
	if op.Keyless == nil {
		return answer
	}
	return func(x *Exchange) error {
		err := answer(x)
		if errors.Is(err, access.ErrNoCredentials) && x.choose(op.Formats) == nil && x.Format == media.Map {
			return op.Keyless(x)
		}
		return err
	}
}

// Handler answers one kind of request. The error it returns becomes a problem.
type Handler func(*Exchange) error

// ready refuses while there is no state, when all is busy, and whoever may not
// ask. Whoever may sees what their role may see, and nothing else.
func (c *Core) ready(action access.Action, answer Handler) Handler {
	return func(x *Exchange) error {
		if x.View.Snapshot == nil {
			return problem.NotReady()
		}
		if c.inFlight.Load() > int64(c.config.MaxInFlight) {
			return problem.Overloaded(c.config.MaxInFlight)
		}
		var err error
		if x.Who, err = x.Identify(c.config.Guard, action); err != nil {
			return err
		}
		if x.Who.Role != "" {
			x.View = c.views.Load(x.Who.Role)
			x.Headers["Twin-Version"] = x.View.Version
		}
		return answer(x)
	}
}

// Handler returns what answers requests of an operation; their ResponseWriter must
// be what Begin has returned. It counts them under the operation's name.
func (c *Core) Handler(op *Operation) http.HandlerFunc {
	answer := c.within(op)
	rt := c.metrics.Route(op.name())
	return func(w http.ResponseWriter, r *http.Request) {
		x := w.(*Exchange)
		x.Request, x.route, x.Op = r, rt, op
		x.Query.Also = op.Early
		if err := answer(x); err != nil {
			x.Fail(err)
		}
	}
}
