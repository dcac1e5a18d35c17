package changes

import (
	"log/slog"

	"github.com/hanoitwin/hanoitwin/internal/edit"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Config sets the limits of changes and of lists of them. The fields mean what those of the same
// name in httpapi.Config do, which checks them and has their defaults.
type Config struct {
	DefaultPage, MaxPage int
	// Limits bound what one change set may ask for, a revert included.
	Limits edit.Limits
}

// Items writes features as GET answers them: what their ETags are made from.
type Items interface {
	// AppendItem appends a feature to the body, which is empty.
	AppendItem(x *edge.Exchange, l *snapshot.Layer, f *snapshot.Feature, shown edge.Shown, query string) error
}

// Service answers what changes something, and what was changed. It is safe for
// concurrent use.
type Service struct {
	config  Config
	changer Changer
	views   *view.Views
	items   Items
	log     *slog.Logger
}

// New returns a Service that changes what views are of through changer.
func New(config Config, changer Changer, views *view.Views, items Items, log *slog.Logger) *Service {
	return &Service{config: config, changer: changer, views: views, items: items, log: log}
}

// request is one request to this package, on its way to an answer.
type request struct {
	*edge.Exchange
	*Service
}

// on lets a method of request answer.
func (s *Service) on(answer func(request) error) edge.Handler {
	return func(x *edge.Exchange) error { return answer(request{x, s}) }
}
