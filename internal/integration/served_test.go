package integration

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/geopackage"
	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// served is a store, loaded and served as `hanoitwin serve` does it, within the
// test process.
type served struct {
	*twin.Twin
	server *httpapi.Server
}

// serve loads a store and puts the HTTP interface before it. The store may be
// closed afterwards.
func serve(ctx context.Context, store twin.Store) (*served, error) {
	log := slog.New(slog.DiscardHandler)
	tw, err := twin.Open(ctx, store, log, twin.Options{})
	if err != nil {
		return nil, err
	}
	if rejected := tw.Rejected(); len(rejected) > 0 {
		return nil, fmt.Errorf("%d features are not served, such as %+v", len(rejected), rejected[0])
	}
	server, err := httpapi.New(httpapi.Config{PublicURL: "http://twin.test"}, tw, log)
	if err != nil {
		return nil, err
	}
	return &served{tw, server}, nil
}

// serveFile serves a GeoPackage store.
func serveFile(ctx context.Context, path string) (*served, error) {
	store, err := geopackage.Open(ctx, path, geopackage.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	c, err := serve(ctx, store)
	return c, errors.Join(err, store.Close())
}

// servedCity serves the shared store. It is loaded once for all tests.
func servedCity(t *testing.T) *served {
	t.Helper()
	path := cityStore(t)
	shared.load.Do(func() { shared.city, shared.loadErr = serveFile(context.Background(), path) })
	if shared.loadErr != nil {
		t.Fatal(shared.loadErr)
	}
	return shared.city
}

// get asks the server without a network. It does not fail the test: it may be
// called by any goroutine.
func (c *served) get(target string) (int, []byte) {
	w := httptest.NewRecorder()
	c.server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	body, _ := io.ReadAll(w.Result().Body) // reads from memory
	return w.Code, body
}

// hanoi is a lon/lat box around the city: the bounds of its 126 wards.
func (c *served) hanoi(t *testing.T) orb.Bound {
	t.Helper()
	l := c.Snapshot().Layer("hanoi_wards")
	if l == nil || l.Len() != 126 {
		t.Fatal("no layer hanoi_wards with 126 features")
	}
	b, _ := l.Bound()
	return b
}

// each calls fn with every item, on several goroutines.
func each[T any](items []T, workers int, fn func(T)) {
	var wg sync.WaitGroup
	next := make(chan T)
	for range workers {
		wg.Go(func() {
			for item := range next {
				fn(item)
			}
		})
	}
	for _, item := range items {
		next <- item
	}
	close(next)
	wg.Wait()
}
