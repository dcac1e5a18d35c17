package httpapi

import (
	"time"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// healthz answers whether the process lives: it does if it answers.
func healthz(x *edge.Exchange) error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	x.Buf = append(x.Buf, `{"status":"ok"}`+"\n"...)
	x.Headers["Cache-Control"] = x.Fixed.NoStore
	return x.Send(x.Fixed.JSON)
}

// readyz answers whether requests may be sent here: not before the layers are
// loaded, and not once the server has begun to stop. While the store is away the
// server stays ready: it has the last good state.
func (s *Server) readyz(x *edge.Exchange) error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	if x.View.Snapshot == nil || s.core.Stopped() {
		return problem.NotReady()
	}
	x.Buf = append(x.Buf, `{"status":"ready","version":`...)
	x.Buf = append(x.Buf, x.View.Version[0]...)
	if since, stale := s.source.Stale(); stale {
		x.Buf = append(x.Buf, `,"stale_since":"`...)
		x.Buf = since.UTC().AppendFormat(x.Buf, time.RFC3339)
		x.Buf = append(x.Buf, '"')
	}
	x.Buf = append(x.Buf, "}\n"...)
	x.Headers["Cache-Control"] = x.Fixed.NoStore
	return x.Send(x.Fixed.JSON)
}
