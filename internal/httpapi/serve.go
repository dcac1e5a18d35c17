package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/joined"
)

// Serve answers requests on listener until ctx ends; then it takes no new
// connections, finishes what is in flight for at most Config.ShutdownTimeout,
// and returns nil. It returns an error when it cannot accept connections, or
// when requests had to be cut off.
//
// A client that is slow to send its headers or its body, or to read its
// answer, or that keeps a connection without using it, is disconnected after
// the timeouts in Config.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	c := &s.config
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: c.ReadHeaderTimeout,
		ReadTimeout:       c.ReadTimeout,
		WriteTimeout:      c.WriteTimeout,
		IdleTimeout:       c.IdleTimeout,
		// net/http answers headers beyond its limit with plain text. Ours, which
		// answers with a problem, comes first.
		MaxHeaderBytes: 2 * (c.MaxHeaderBytes + c.MaxURLBytes),
		// "OPTIONS *" is ours to answer too.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		// Requests outlive ctx: they are finished, not cancelled.
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
		ConnContext: joined.ConnContext,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(joined.Listener(listener)) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	s.core.Stop()
	s.log.Info("stopping", "in_flight", s.core.InFlight(), "at_most", c.ShutdownTimeout)
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.ShutdownTimeout)
	defer cancel()
	err := server.Shutdown(grace)
	if err != nil {
		err = fmt.Errorf("shut down: %d requests were cut off after %s: %w", s.core.InFlight(), c.ShutdownTimeout, err)
		_ = server.Close() // what it could say is said
	}
	if served := <-failed; err == nil && !errors.Is(served, http.ErrServerClosed) {
		err = served
	}
	return err
}
