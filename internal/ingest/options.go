package ingest

import (
	"context"
	"errors"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/ingest/osm"
)

// Errors that callers branch on.
var (
	// ErrFormat means that a file is none that can be imported.
	ErrFormat = errors.New("not a file format that can be imported (OSM PBF or XML, GeoJSON, shapefile, GeoPackage, CSV)")
	// ErrStrict means that a strict import met a fault.
	ErrStrict = errors.New("strict import")
	// ErrNoCRS means that a file does not say its coordinate system and that
	// its coordinates are no longitudes and latitudes.
	ErrNoCRS = errors.New("the coordinate system is not known; give it, such as --crs 5897")
	// ErrNoKey means that features cannot be recognised in the layer.
	ErrNoKey = errors.New("the file lacks the key of the layer")
	// ErrNoProfile means that an OSM file was given without a profile.
	ErrNoProfile = errors.New("an OSM file needs a profile")
	// ErrNoLayer means that the file has no such layer.
	ErrNoLayer = errors.New("the file has no such layer")
	// ErrTooWide means that a file has more properties than a table can hold.
	ErrTooWide = errors.New("too many different properties")
)

// Sink receives layers and features, inside one transaction: a twin.Writer is
// one.
type Sink interface {
	Layers() []city.Layer
	PutLayer(ctx context.Context, layer city.Layer) error
	// Put does not keep f or its slices.
	Put(ctx context.Context, layer city.LayerID, f *city.Feature) error
}

// Progress is told how far the reading is. Calls come from one goroutine.
type Progress interface {
	// Start begins one reading of a file; total is the number of bytes to
	// come, 0 when unknown. What says what for.
	Start(path, what string, total int64)
	Advance(bytes int64)
	Done()
}

// GeoPackage is a foreign GeoPackage opened for reading.
type GeoPackage interface {
	// Tables describes the feature tables; Table is the name in the file, ID
	// need not be valid.
	Tables() []city.Layer
	// Key names the integer primary key of a table, which Rows gives as ID; ""
	// when it has none, as views and tables keyed by text.
	Key(table string) string
	// CRS returns WKT or a code such as EPSG:32648 for a table; "" when the
	// file says that it is undefined.
	CRS(table string) string
	// Rows calls yield with each row: the primary key as ID (0 without one), the geometry in
	// the table's CRS (nil when null), values in the order of Properties. Bad
	// is not nil when the geometry could not be read. The feature is reused.
	Rows(ctx context.Context, table string, yield func(f *city.Feature, bad error) error) error
	Close() error
}

// Options of an import. The zero value imports everything but OSM and
// GeoPackage files, leniently.
type Options struct {
	// Layer is the layer to import into; of a file with several layers it
	// chooses one. Empty: the file's layer names, or the file's name.
	Layer city.LayerID
	// CRS overrides what the file says; 0 means the file's.
	CRS crs.SRID
	// Key is the property, or the identifier of the file, that tells features
	// apart; see the package comment.
	Key string
	// Strict fails on the first fault instead of reporting it.
	Strict bool
	// Profile maps OSM tags to layers; needed for OSM files only.
	Profile *osm.Profile
	// Catalogue describes layers that the store may not have yet, so that
	// they are created with their titles and rules.
	Catalogue []city.Layer
	// OpenGeoPackage opens GeoPackages; nil when they cannot be imported.
	OpenGeoPackage func(ctx context.Context, path string) (GeoPackage, error)
	// Progress may be nil.
	Progress Progress
	// Examples is how many places are listed for each reason; 0 means 10.
	Examples int
}

const defaultExamples = 10

// maxProperties bounds the columns of a layer: PostgreSQL holds 1,600.
const maxProperties = 1000
