package edge

import (
	"log/slog"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// logAccess writes one line for the request. Good answers are the metrics'
// business: they are logged at Debug, which costs one comparison when Debug is
// off, and at Info when they were slow or broke off. The client's mistakes are Warn, ours
// are Error.
func (x *Exchange) logAccess(took time.Duration) {
	level := slog.LevelDebug
	switch {
	case x.status >= 500:
		level = slog.LevelError
	case x.status >= 400:
		level = slog.LevelWarn
	case took >= x.server.config.SlowAfter, x.err != nil: // an answer that broke off
		level = slog.LevelInfo
	}
	ctx := x.Request.Context()
	if !x.server.log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("request_id", x.ID),
		slog.String("method", problem.Clip(x.Request.Method)),
		slog.String("path", problem.Clip(x.Request.URL.Path)),
		slog.String("query", problem.Clip(x.Request.URL.RawQuery)),
		slog.String("route", x.route.Pattern()),
		slog.Int("status", x.status),
		slog.Int64("bytes", x.sent),
		slog.Duration("took", took),
		slog.String("version", x.View.Version[0]),
		slog.String("client", x.clientAddress()),
		slog.String("agent", problem.Clip(x.Request.UserAgent())),
	}
	if x.err != nil {
		attrs = append(attrs, slog.Any("err", x.err))
	}
	x.server.log.LogAttrs(ctx, level, "request", attrs...)
}
