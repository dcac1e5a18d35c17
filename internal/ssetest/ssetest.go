// Package ssetest reads Server-Sent Events as a client does (WHATWG HTML, section
// 9.2), for tests.
//
//	Listen ──► GET, the answer stays open ──► Listener.Events, Next
package ssetest

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
)

// unread is how many events wait in a Listener before it stops reading, and
// longest the length of a line, in bytes.
const (
	unread  = 10_000
	longest = 64 << 20
)

// Event is one event; a field that was not sent is empty. Comments, which keep a
// connection alive, are no events.
type Event struct {
	Name, ID, Data string
}

// Listener reads one stream.
type Listener struct {
	// Events are those that nobody has read yet. It is closed when the stream ends.
	Events <-chan Event
}

// Listen opens a stream; headers are pairs of name and value. The test fails when
// the answer is no stream of events. The stream ends with the test.
func Listen(tb testing.TB, url string, headers ...string) *Listener {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
		tb.Fatalf("%s: %d %s", url, res.StatusCode, res.Header.Get("Content-Type"))
	}
	events, done := make(chan Event, unread), make(chan struct{})
	go func() {
		defer close(done)
		defer close(events)
		defer res.Body.Close()
		read(ctx, bufio.NewScanner(res.Body), events)
	}()
	tb.Cleanup(func() { cancel(); <-done })
	return &Listener{events}
}

// read sends events until the stream or the context ends.
func read(ctx context.Context, lines *bufio.Scanner, to chan<- Event) {
	lines.Buffer(nil, longest)
	var e Event
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "event":
			e.Name = value
		case "id":
			e.ID = value
		case "data":
			e.Data = value
		case "":
			if e.Name != "" {
				select {
				case to <- e:
				case <-ctx.Done():
					return
				}
			}
			e = Event{}
		}
	}
}

// Next waits for an event, which must have the name.
func (l *Listener) Next(tb testing.TB, name string) Event {
	tb.Helper()
	e, open := <-l.Events
	if !open || e.Name != name {
		tb.Fatalf("event %+v (open: %v), want %s", e, open, name)
	}
	return e
}
