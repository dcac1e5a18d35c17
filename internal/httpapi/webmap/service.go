package webmap

import (
	"fmt"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
)

// Service answers with the files of the web map and its styles. It is safe for
// concurrent use.
type Service struct {
	assets                 assets
	mapPolicy, embedPolicy []string
}

// New returns a Service of the map that is embedded.
func New() (*Service, error) {
	all, err := newAssets()
	if err != nil {
		return nil, fmt.Errorf("web map: %w", err)
	}
	return &Service{assets: all, mapPolicy: []string{mapPolicy + "'self'"}, embedPolicy: []string{mapPolicy + "*"}}, nil
}

// SendMap answers with the page of the map.
func (s *Service) SendMap(x *edge.Exchange) error { return request{x, s}.sendAsset("index.html") }

// request is one request to this package, on its way to an answer.
type request struct {
	*edge.Exchange
	*Service
}

// on lets a method of request answer.
func (s *Service) on(answer func(request) error) edge.Handler {
	return func(x *edge.Exchange) error { return answer(request{x, s}) }
}
