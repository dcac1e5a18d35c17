package contracttest

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
)

// Served holds the answers of one server. The zero value is ready; it may be used by
// any number of goroutines.
type Served struct {
	once     sync.Once
	document *Document
	err      error
}

// Hold holds an answer, and the body that was sent for it. get returns what the server
// answers to GET /api when it is asked, nil where it does not: then nothing is held.
func (s *Served) Hold(tb testing.TB, get func() []byte, r *http.Request, sent []byte, a *Answer) {
	tb.Helper()
	s.once.Do(func() {
		if text := get(); text != nil {
			if s.document, s.err = New(text); s.err == nil {
				s.document.LayersChange = true
			}
		}
	})
	if s.err != nil {
		tb.Fatal(s.err)
	}
	if s.document == nil {
		return
	}
	pattern := s.document.Pattern(r.Method, r.URL.EscapedPath())
	err := s.document.Hold(r.Method, pattern, a)
	if err == nil {
		err = s.document.HoldRequest(r, pattern, a.Status, sent)
	}
	if err != nil {
		tb.Error(fmt.Errorf("%s %s breaks the contract: %w\n%.500s", r.Method, r.URL, err, a.Body))
	}
}
