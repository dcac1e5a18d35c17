package httpapi

import (
	"time"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// healthz answers whether the process lives: it does if it answers.
func (x *exchange) healthz() error {
	if err := x.noParameters(); err != nil {
		return err
	}
	x.buf = append(x.buf, `{"status":"ok"}`+"\n"...)
	x.header["Cache-Control"] = x.server.fixed.noStore
	return x.send(x.server.fixed.json)
}

// readyz answers whether requests may be sent here: not before the layers are
// loaded, and not once the server has begun to stop. While the store is away the
// server stays ready: it has the last good state.
func (x *exchange) readyz() error {
	if err := x.noParameters(); err != nil {
		return err
	}
	if x.view.Snapshot == nil || x.server.draining.Load() {
		return problem.NotReady()
	}
	x.buf = append(x.buf, `{"status":"ready","version":`...)
	x.buf = append(x.buf, x.view.Version[0]...)
	if since, stale := x.server.views.Source.Stale(); stale {
		x.buf = append(x.buf, `,"stale_since":"`...)
		x.buf = since.UTC().AppendFormat(x.buf, time.RFC3339)
		x.buf = append(x.buf, '"')
	}
	x.buf = append(x.buf, "}\n"...)
	x.header["Cache-Control"] = x.server.fixed.noStore
	return x.send(x.server.fixed.json)
}

// noParameters refuses a query string where none is known.
func (x *exchange) noParameters() error {
	if x.raw == "" && len(x.query.Carried) == 0 {
		return nil
	}
	x.query.Reset(x.raw)
	return x.query.Problem()
}
