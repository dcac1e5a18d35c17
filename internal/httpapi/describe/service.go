package describe

import (
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/openapi"
	"github.com/hanoitwin/hanoitwin/internal/webpage"
)

// Config says what is told of the server. The fields mean what those of the same
// name in httpapi.Config do, which checks them and has their defaults.
type Config struct {
	Title, Description     string
	TitleEN, DescriptionEN string
	Licence, LicenceURL    string
	// Writable tells that something can be changed.
	Writable bool
}

func (c *Config) title(l media.Language) string { return l.Choose(c.Title, c.TitleEN) }

func (c *Config) description(l media.Language) string {
	return l.Choose(c.Description, c.DescriptionEN)
}

// Routes are what the server answers.
type Routes interface {
	// Operations are all that there are.
	Operations() []*edge.Operation
	// Methods lists what may be done with a path, "" when there is nothing there.
	Methods(path string) string
}

// Map is the web map.
type Map interface {
	// SendMap answers with the page of the map.
	SendMap(*edge.Exchange) error
}

// Service describes the server and its layers, to programs and to people. It is safe
// for concurrent use.
type Service struct {
	config     Config
	routes     Routes
	webMap     Map
	codecs     *coding.Codecs
	described  descriptions
	extents    extents
	pages      *webpage.Renderer
	pagePolicy []string
}

// New returns a Service that describes routes, of which webMap is one.
func New(config Config, routes Routes, webMap Map, codecs *coding.Codecs) (*Service, error) {
	pages, err := webpage.New()
	if err != nil {
		return nil, err
	}
	return &Service{config: config, routes: routes, webMap: webMap, codecs: codecs, pages: pages, pagePolicy: []string{pagePolicy}}, nil
}

// Operations are those of this package.
func (s *Service) Operations() []edge.Operation {
	return slices.Concat(s.describeOperations(), s.metadataOperations())
}

var _ edge.Pages = (*Service)(nil)

// ShowPage makes the page of the JSON that the body is.
func (s *Service) ShowPage(x *edge.Exchange) error { return request{x, s}.showPage() }

// Describe gathers what the description of the interface tells whoever sees the view
// of x.
func (s *Service) Describe(x *edge.Exchange) *openapi.API { return request{x, s}.describeAPI() }

// operation returns the one of an id, nil when there is none.
func (s *Service) operation(id string) *edge.Operation {
	for _, op := range s.routes.Operations() {
		if op.ID == id {
			return op
		}
	}
	return nil
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
