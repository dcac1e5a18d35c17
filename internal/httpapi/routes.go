package httpapi

import (
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
)

// probeOperations are those that answer also while there is no state, and when all is busy.
func (s *Server) probeOperations() []edge.Operation {
	const get = "GET"
	return []edge.Operation{
		{Method: get, Path: "/healthz", ID: "getHealth", Summary: "Whether the server lives", Answer: healthz},
		{Method: get, Path: "/readyz", ID: "getReadiness", Summary: "Whether requests may be sent here", Answer: s.readyz},
		{Method: get, Path: "/metrics", ID: "getMetrics", Summary: "Counters for Prometheus", Answer: s.metricsPage},
	}
}
