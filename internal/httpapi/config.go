package httpapi

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"reflect"
	"runtime"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/edit"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/proximity"
	"github.com/hanoitwin/hanoitwin/internal/watch"
)

// Config sets what a server does and where it stops. The zero value of each
// field means its default, so Config{} is ready to use.
type Config struct {
	// PublicURL is the address under which clients reach the server, such as
	// https://twin.example.vn/api. Links start with it. Empty: links are made
	// from the Host of the request, and from forwarded headers when the peer
	// is one of TrustedProxies.
	PublicURL string
	// TrustedProxies are the addresses whose Forwarded and X-Forwarded-*
	// headers are believed. Empty: nobody's.
	TrustedProxies []netip.Prefix
	// Guard says who may ask and who may write. nil: everybody reads what is
	// public, and nobody writes.
	Guard *access.Guard
	// Watches are the standing watches over the same twin; nil: there are none, and
	// no routes for them.
	Watches *watch.Manager
	// CORS says whose web pages may read answers.
	CORS edge.CORS
	// Title and Description of the landing page, in Vietnamese and English. Without
	// them, those of Hanoi Twin; the English ones alone are not needed.
	Title, Description     string
	TitleEN, DescriptionEN string
	// Licence and LicenceURL are those of the data. Default: ODbL 1.0, that of the
	// seed dataset.
	Licence, LicenceURL string

	// MaxRadiusMetres is the largest radius of a proximity question. Default,
	// and most: proximity.MaxRadiusMetres.
	MaxRadiusMetres float64
	// MaxNeighbours is the most features that one proximity answer holds.
	// Default, and most: proximity.MaxK.
	MaxNeighbours int
	// DefaultPage and MaxPage are the number of features on a page when the
	// client does not say, and the most it can ask for. Default 100 and 10,000.
	DefaultPage, MaxPage int
	// MaxPageBytes ends a page early, with a link to the next. Default 32 MiB.
	MaxPageBytes int
	// MaxLayers is the most layers that one request can name. Default 64.
	MaxLayers int
	// MaxURLBytes limits path and query. Default 8 KiB.
	MaxURLBytes int
	// MaxHeaderBytes limits all request headers together. Default 32 KiB.
	MaxHeaderBytes int
	// MaxBodyBytes limits a request's body: a feature or a change set. Default 16 MiB.
	MaxBodyBytes int64
	// EditLimits bound what one change set may ask for, a revert included.
	EditLimits edit.Limits
	// MaxSubscribers is how many clients may listen to events at a time; more
	// get 503. Default 10,000.
	MaxSubscribers int
	// MaxWrites is how many requests that change something are worked on at a
	// time, their bodies in memory; more wait. Default 64.
	MaxWrites int
	// MaxDownloads is how many downloads of whole layers are sent at a time; more
	// get 503. Default 16.
	MaxDownloads int
	// DownloadTimeout is how long one download may take, however slow the client.
	// Default 10 min.
	DownloadTimeout time.Duration
	// MaxTempBytes is how large the temporary file of one GeoPackage may grow, and
	// TempDir where it is made. Default 1 GiB, and the directory of the system.
	MaxTempBytes int64
	TempDir      string
	// MaxInFlight is how many requests are worked on at a time; more get 503.
	// Default 4,096.
	MaxInFlight int

	// ReadHeaderTimeout, ReadTimeout, WriteTimeout and IdleTimeout bound the
	// phases of a connection: until the headers are read, until the body is
	// read, until the answer is written (counted from the headers), and
	// between requests. Default 5 s, 15 s, 60 s and 120 s.
	ReadHeaderTimeout, ReadTimeout, WriteTimeout, IdleTimeout time.Duration
	// WorkTimeout bounds the making of one answer. Default 20 s.
	WorkTimeout time.Duration
	// ShutdownTimeout is how long requests in flight may take to finish when
	// the server stops. Default 15 s.
	ShutdownTimeout time.Duration
	// SlowAfter is the duration from which a good answer is logged. Default 1 s.
	SlowAfter time.Duration

	// CacheBytes is the weight of the tile cache. Default 256 MiB.
	CacheBytes int64
	// AnswerBytes is the most that pages of features take which are kept because
	// they were asked for twice of the newest version, for each of the roles.
	// Default 32 MiB; below 512 KiB none are kept.
	AnswerBytes int64
	// TextBytes is the most that the GeoJSON of features takes which is kept because
	// they were shown twice, whatever the version and the role. Default 32 MiB; below
	// 4 KiB none is kept.
	TextBytes int64
	// TileWorkers is how many tiles are built at a time, each with buffers of
	// its own. Default: the number of processors.
	TileWorkers int
	// MaxTileBytes is the largest tile before compression. Default 64 MiB.
	MaxTileBytes int
	wideFrom     int // tilecache.Config.WideFrom, which only tests set
}

// withDefaults returns c with each zero field replaced.
func (c Config) withDefaults() Config {
	if c.Title == "" && c.TitleEN == "" {
		c.Title, c.TitleEN = "Bản sao số Hà Nội", "Hanoi Twin"
	}
	if c.Description == "" && c.DescriptionEN == "" {
		c.Description = "Hạ tầng Hà Nội hiện tại, quá khứ và quy hoạch: đối tượng, ô véc-tơ và khoảng cách, tất cả từ cùng một phiên bản."
		c.DescriptionEN = "The present, past and planned infrastructure of Hà Nội: features, vector tiles and proximity, all from one version."
	}
	if c.Licence == "" && c.LicenceURL == "" {
		c.Licence, c.LicenceURL = "ODbL-1.0", "https://opendatacommons.org/licenses/odbl/1-0/"
	}
	c.MaxRadiusMetres = cmp.Or(c.MaxRadiusMetres, proximity.MaxRadiusMetres)
	c.MaxNeighbours = cmp.Or(c.MaxNeighbours, proximity.MaxK)
	c.MaxPage = cmp.Or(c.MaxPage, 10_000)
	c.DefaultPage = cmp.Or(c.DefaultPage, min(100, c.MaxPage))
	c.MaxPageBytes = cmp.Or(c.MaxPageBytes, 32<<20)
	c.MaxLayers = cmp.Or(c.MaxLayers, 64)
	c.MaxURLBytes = cmp.Or(c.MaxURLBytes, 8<<10)
	c.MaxHeaderBytes = cmp.Or(c.MaxHeaderBytes, 32<<10)
	c.MaxBodyBytes = cmp.Or(c.MaxBodyBytes, 16<<20)
	c.EditLimits = c.EditLimits.WithDefaults()
	c.MaxWrites = cmp.Or(c.MaxWrites, 64)
	c.MaxDownloads = cmp.Or(c.MaxDownloads, 16)
	c.DownloadTimeout = cmp.Or(c.DownloadTimeout, 10*time.Minute)
	c.MaxTempBytes = cmp.Or(c.MaxTempBytes, 1<<30)
	c.MaxInFlight = cmp.Or(c.MaxInFlight, 4_096)
	c.MaxSubscribers = cmp.Or(c.MaxSubscribers, 10_000)
	c.ReadHeaderTimeout = cmp.Or(c.ReadHeaderTimeout, 5*time.Second)
	c.ReadTimeout = cmp.Or(c.ReadTimeout, 15*time.Second)
	c.WriteTimeout = cmp.Or(c.WriteTimeout, time.Minute)
	c.IdleTimeout = cmp.Or(c.IdleTimeout, 2*time.Minute)
	c.WorkTimeout = cmp.Or(c.WorkTimeout, 20*time.Second)
	c.ShutdownTimeout = cmp.Or(c.ShutdownTimeout, 15*time.Second)
	c.SlowAfter = cmp.Or(c.SlowAfter, time.Second)
	c.CacheBytes = cmp.Or(c.CacheBytes, 256<<20)
	c.AnswerBytes = cmp.Or(c.AnswerBytes, 32<<20)
	c.TextBytes = cmp.Or(c.TextBytes, 32<<20)
	c.TileWorkers = cmp.Or(c.TileWorkers, runtime.GOMAXPROCS(0))
	c.MaxTileBytes = cmp.Or(c.MaxTileBytes, 64<<20)
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	return c
}

// Validate reports everything that is wrong with c; zero fields are right.
// The errors wrap ErrConfig.
func (c Config) Validate() error {
	c = c.withDefaults()
	var errs []error
	bad := func(field string, value any, want string) {
		errs = append(errs, fmt.Errorf("%s is %v, want %s: %w", field, value, want, edge.ErrConfig))
	}
	if err := c.CORS.Validate(); err != nil {
		errs = append(errs, err)
	}
	if c.PublicURL != "" && !validPublicURL(c.PublicURL) {
		bad("PublicURL", c.PublicURL, "http:// or https://, a host, and no query")
	}
	if !validPublicURL(c.LicenceURL) {
		bad("LicenceURL", c.LicenceURL, "http:// or https://, a host, and no query")
	}
	for _, p := range c.TrustedProxies {
		if !p.IsValid() {
			bad("TrustedProxies", p, "address prefixes such as 10.0.0.0/8")
		}
	}
	if !(c.MaxRadiusMetres > 0 && c.MaxRadiusMetres <= proximity.MaxRadiusMetres) {
		bad("MaxRadiusMetres", c.MaxRadiusMetres, fmt.Sprintf("more than 0, at most %d", proximity.MaxRadiusMetres))
	}
	if c.MaxNeighbours > proximity.MaxK {
		bad("MaxNeighbours", c.MaxNeighbours, fmt.Sprintf("at most %d", proximity.MaxK))
	}
	if c.DefaultPage > c.MaxPage {
		bad("DefaultPage", c.DefaultPage, fmt.Sprintf("at most MaxPage, %d", c.MaxPage))
	}
	for _, s := range c.sizes() {
		if reflect.ValueOf(s.value).Int() <= 0 {
			bad(s.field, s.value, "more than 0")
		}
	}
	return errors.Join(errs...)
}

// size is a field that must be more than 0.
type size struct {
	field string
	value any // int, int64 or time.Duration
}

func (c *Config) sizes() []size {
	return []size{
		{"MaxNeighbours", c.MaxNeighbours},
		{"DefaultPage", c.DefaultPage},
		{"MaxPage", c.MaxPage},
		{"MaxPageBytes", c.MaxPageBytes},
		{"MaxLayers", c.MaxLayers},
		{"MaxURLBytes", c.MaxURLBytes},
		{"MaxHeaderBytes", c.MaxHeaderBytes},
		{"MaxBodyBytes", c.MaxBodyBytes},
		{"EditLimits.Edits", c.EditLimits.Edits},
		{"EditLimits.PolygonPositions", c.EditLimits.PolygonPositions},
		{"MaxInFlight", c.MaxInFlight},
		{"MaxDownloads", c.MaxDownloads},
		{"DownloadTimeout", c.DownloadTimeout},
		{"MaxTempBytes", c.MaxTempBytes},
		{"MaxWrites", c.MaxWrites},
		{"MaxSubscribers", c.MaxSubscribers},
		{"ReadHeaderTimeout", c.ReadHeaderTimeout},
		{"ReadTimeout", c.ReadTimeout},
		{"WriteTimeout", c.WriteTimeout},
		{"IdleTimeout", c.IdleTimeout},
		{"WorkTimeout", c.WorkTimeout},
		{"ShutdownTimeout", c.ShutdownTimeout},
		{"SlowAfter", c.SlowAfter},
		{"CacheBytes", c.CacheBytes},
		{"AnswerBytes", c.AnswerBytes},
		{"TextBytes", c.TextBytes},
		{"TileWorkers", c.TileWorkers},
		{"MaxTileBytes", c.MaxTileBytes},
	}
}

func validPublicURL(text string) bool {
	// It is copied into JSON as it stands.
	if strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c > '~' || strings.ContainsRune(`"\<>`, c) }) {
		return false
	}
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" &&
		u.RawQuery == "" && u.Fragment == "" && u.User == nil
}
