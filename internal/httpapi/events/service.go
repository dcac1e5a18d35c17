package events

import (
	"sync/atomic"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/internal/watch"
)

// Config sets who may listen. The fields mean what those of the same name in
// httpapi.Config do, which checks them and has their defaults.
type Config struct {
	// Watches are the standing watches; nil: there are none.
	Watches              *watch.Manager
	DefaultPage, MaxPage int
	MaxLayers            int
	MaxSubscribers       int
}

// Source tells what happens; a twin does.
type Source interface {
	view.Source
	// At returns the state of a version that is kept.
	At(city.Version) (*twin.State, error)
	// Since returns the states after a version, and a channel that is closed
	// when there are more; a *twin.GoneError when some are not kept any more.
	Since(city.Version) ([]*twin.State, <-chan struct{}, error)
}

// Service tells what happens, of everything or of what a watch is about. It is safe
// for concurrent use.
type Service struct {
	config      Config
	source      Source
	news        *news
	subscribers atomic.Int64
}

// New returns a Service that tells what source does.
func New(config Config, source Source) *Service {
	return &Service{config: config, source: source, news: newNews(source)}
}

// Operations are those of this package; those on watches only when there are some.
func (s *Service) Operations() []edge.Operation {
	if s.config.Watches == nil {
		return s.eventOperations()
	}
	return append(s.eventOperations(), s.watchOperations()...)
}

// Subscribers is how many clients listen.
func (s *Service) Subscribers() int64 { return s.subscribers.Load() }

// request is one request to this package, on its way to an answer.
type request struct {
	*edge.Exchange
	*Service
}

// on lets a method of request answer.
func (s *Service) on(answer func(request) error) edge.Handler {
	return func(x *edge.Exchange) error { return answer(request{x, s}) }
}
