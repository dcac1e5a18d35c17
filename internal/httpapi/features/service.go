package features

import (
	"slices"
	"sync"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/encode"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/page"
	"github.com/hanoitwin/hanoitwin/internal/proximity"
	"github.com/hanoitwin/hanoitwin/internal/search"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// Config sets the limits of answers with features. The fields mean what those of
// the same name in httpapi.Config do, which checks them and has their defaults.
type Config struct {
	MaxRadiusMetres      float64
	MaxNeighbours        int
	DefaultPage, MaxPage int
	MaxPageBytes         int
	MaxLayers            int
	MaxDownloads         int
	DownloadTimeout      time.Duration
	WriteTimeout         time.Duration
	MaxTempBytes         int64
	TempDir              string
	TextBytes            int64
}

// Source tells which versions are kept; a twin does.
type Source interface {
	// At returns the state of a version that is kept.
	At(city.Version) (*twin.State, error)
}

// Service answers with features. It is safe for concurrent use.
type Service struct {
	config    Config
	source    Source
	codecs    *coding.Codecs
	searcher  proximity.Searcher
	names     search.Index
	downloads chan struct{} // holds a token for each download
	near      sync.Pool     // of *nearScratch
	rooms     sync.Pool     // of *page.Room
	texts     *encode.Texts
	alone     []media.Format // in which one feature can be had
}

// New returns a Service over the states of source.
func New(config Config, source Source, codecs *coding.Codecs) *Service {
	s := &Service{config: config, source: source, codecs: codecs, downloads: make(chan struct{}, config.MaxDownloads), texts: encode.NewTexts(config.TextBytes)}
	s.near.New = func() any { return &nearScratch{} }
	s.rooms.New = func() any { return &page.Room{} }
	for _, op := range s.featureOperations() {
		if op.ID == "getItem" {
			s.alone = op.Complete().Formats
		}
	}
	return s
}

// Operations are those of this package.
func (s *Service) Operations() []edge.Operation {
	return slices.Concat(s.featureOperations(), s.schemaOperations())
}

// Downloads is how many downloads are being sent.
func (s *Service) Downloads() int { return len(s.downloads) }

// AppendItem appends a feature with its links to the body of x, which is empty, as
// GET of the feature answers it. query is what links to it as it is shown end with.
func (s *Service) AppendItem(x *edge.Exchange, l *snapshot.Layer, f *snapshot.Feature, shown edge.Shown, query string) error {
	return request{x, s}.appendItem(l, f, f.Tags(), shown, query)
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
