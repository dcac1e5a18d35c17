package httpapi

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
)

// calls is a listener whose connections count the calls of Write. Several buffers at
// once do not come that way: package net writes them into the connection that these
// embed.
type calls struct {
	net.Listener
	writes atomic.Int64
}

func (l *calls) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &counted{TCPConn: c.(*net.TCPConn), writes: &l.writes}, nil
}

type counted struct {
	*net.TCPConn
	writes *atomic.Int64
}

func (c *counted) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.TCPConn.Write(p)
}

// TestAnswersLeaveAtOnce asks the server as it runs: header and body of an answer are
// one write each time, of a small one by itself, of a large one because package joined
// holds the first piece until the rest comes.
func TestAnswersLeaveAtOnce(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener := &calls{Listener: inner}
	s := newTestedOver(t, Config{}, manyPoints(t, 2_000))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, listener) }()
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	for _, c := range []struct {
		path        string
		least, most int64 // bytes of the body
		single      int64 // calls of Write; 0 says that header and body came together
	}{
		{"/healthz", 1, 4096, 1},
		{"/tiles/all/0/0/0.mvt", 4097, 1 << 20, 0},
		{"/tiles/all/0/0/0.mvt", 4097, 1 << 20, 0}, // out of the cache, over the same connection
		{"/api", 4097, 1 << 24, 0},
	} {
		before := listener.writes.Load()
		res, err := client.Get("http://" + inner.Addr().String() + c.path)
		if err != nil {
			t.Fatal(err)
		}
		n := int64(len(body(t, res)))
		if res.StatusCode != http.StatusOK || n < c.least || n > c.most {
			t.Fatalf("%s: %d, %d bytes, want %d to %d", c.path, res.StatusCode, n, c.least, c.most)
		}
		if got := listener.writes.Load() - before; got != c.single {
			t.Errorf("%s: %d bytes in %d writes of one buffer, want %d", c.path, n, got, c.single)
		}
	}
	client.CloseIdleConnections()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
