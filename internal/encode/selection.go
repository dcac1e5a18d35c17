package encode

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/geojson"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Selection is what is to be written: some features of one layer.
type Selection struct {
	Layer *snapshot.Layer
	// Features gives the features in the order in which they are written. It may
	// be ranged over more than once, and then gives the same. nil: all, by id.
	Features iter.Seq[*snapshot.Feature]
	// Tags gives the properties of a feature, until its next call: those of
	// another day, say. nil: as they are recorded.
	Tags func(*snapshot.Feature) []tiles.Tag
	// Columns are the properties that are written, as positions in the schema,
	// ascending. nil: all; empty: none.
	Columns []int
	// NoGeometry leaves geometries out: null in GeoJSON, no column elsewhere.
	NoGeometry bool
	// Space is the coordinate reference system. The zero Space is WGS 84.
	Space Space
	// FG lets NewFeatures write features of JSON-FG, each with its type. Formats
	// know by themselves.
	FG bool
	// Tail is JSON members that stand behind the features of a FeatureCollection:
	// empty, or beginning with a comma. Other formats leave it out.
	Tail []byte
	// Changed is when the layer last changed, for files that tell.
	Changed time.Time
	// TempDir is where temporary files are made, empty for that of the system,
	// and MaxTempBytes how large one may grow, 0 for as large as it gets.
	TempDir      string
	MaxTempBytes int64
}

// Space is a coordinate reference system to write in.
type Space struct {
	// SRID is the system, 0 for WGS 84.
	SRID crs.SRID
	// URI names it in JSON-FG. Empty: the EPSG URI of SRID.
	URI string
	// Swapped writes latitude or northing first, as the registry has the axes of
	// the system. It holds for the formats that are made of GeoJSON: the others
	// have x, y columns or fix the order themselves.
	Swapped bool
	// Projector is one to SRID that nobody else uses meanwhile; nil: a new one.
	Projector *crs.Projector
}

func (s Space) wgs84() bool { return s.SRID == 0 || s.SRID == crs.WGS84 }

func (s Space) srid() crs.SRID {
	if s.SRID == 0 {
		return crs.WGS84
	}
	return s.SRID
}

// decimals are as many as it takes for 1 mm in metres, and 0.1 mm in degrees.
func (s Space) decimals() geojson.Decimals {
	switch {
	case s.wgs84():
		return geojson.Exact
	case s.srid().Geographic():
		return 9
	default:
		return 3
	}
}

// each returns the features to range over.
func (s *Selection) each() iter.Seq[*snapshot.Feature] {
	if s.Features != nil {
		return s.Features
	}
	return s.Layer.All
}

func (s *Selection) tags(f *snapshot.Feature) []tiles.Tag {
	if s.Tags != nil {
		return s.Tags(f)
	}
	return f.Tags()
}

// columns returns the chosen properties, as positions in the schema.
func (s *Selection) columns() []int {
	if s.Columns != nil {
		return s.Columns
	}
	all := make([]int, len(s.Layer.Definition().Properties))
	for i := range all {
		all[i] = i
	}
	return all
}

// properties returns the chosen properties.
func (s *Selection) properties() []city.Property {
	var chosen []city.Property
	for _, i := range s.columns() {
		chosen = append(chosen, s.Layer.Definition().Properties[i])
	}
	return chosen
}

// row spreads the values of a feature over the schema: every property has one,
// null where nothing is recorded. It is used again for the next feature.
type row []city.Value

func newRow(s *Selection) row { return make(row, len(s.Layer.Definition().Properties)) }

func (r row) fill(table *snapshot.Table, tags []tiles.Tag) {
	clear(r)
	for _, tag := range tags {
		r[tag.Key] = table.Value(tag.Value)
	}
}

// columnName returns the first of the names that no property has, whatever its
// case: databases do not tell Id from id.
func columnName(properties []city.Property, names ...string) string {
	for _, name := range names {
		if !slices.ContainsFunc(properties, func(p city.Property) bool { return strings.EqualFold(p.Name, name) }) {
			return name
		}
	}
	return columnName(properties, "_"+names[len(names)-1])
}

// projection brings geometries into a Space.
type projection struct {
	projector *crs.Projector // nil: WGS 84
	err       error          // why there is none
}

func newProjection(s Space) projection {
	if s.wgs84() {
		return projection{}
	}
	if s.Projector != nil {
		return projection{projector: s.Projector}
	}
	p, err := crs.NewProjector(s.SRID)
	return projection{projector: p, err: err}
}

// geometry returns g in x, y of the space, until the next call.
func (p *projection) geometry(g orb.Geometry) (orb.Geometry, error) {
	if p.projector == nil {
		return g, p.err
	}
	return p.projector.Geometry(g)
}

// positions returns what brings positions into the space, with its axes in their order,
// and keeps the last of them; nil where they are written as they are stored.
func (s Space) positions() func([]orb.Point) ([]orb.Point, error) {
	if s.wgs84() && !s.Swapped {
		return nil
	}
	projection := newProjection(s)
	if !s.Swapped {
		return projection.positions
	}
	var swapped []orb.Point
	return func(points []orb.Point) ([]orb.Point, error) {
		points, err := projection.positions(points)
		swapped = swapped[:0]
		for _, p := range points {
			swapped = append(swapped, orb.Point{p[1], p[0]})
		}
		return swapped, err
	}
}

// positions returns points in x, y of the space, until the next call.
func (p *projection) positions(points []orb.Point) ([]orb.Point, error) {
	if p.projector == nil {
		return points, p.err
	}
	return p.projector.Positions(points)
}
