package proximity

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Limits of a Query. They bound the work and the size of an answer.
const (
	// MaxRadiusMetres is the largest radius, and the one that holds when none
	// is given: nothing farther is ever an answer.
	MaxRadiusMetres = 100_000
	// MaxK is the largest number of hits, and the one that holds when none is
	// given.
	MaxK = 1000
)

// Errors that callers branch on. Their texts name the limits.
var (
	ErrNoLimit = errors.New("neither radius nor k is given: at least one is needed")
	ErrRadius  = fmt.Errorf("radius must be more than 0 and at most %d metres", MaxRadiusMetres)
	ErrK       = fmt.Errorf("k must be from 1 to %d", MaxK)
	ErrPlace   = errors.New("not a place on the globe (longitude within ±180, latitude within ±90)")
)

// Query says what to look for.
type Query struct {
	// Feature is what to look from: a feature of the snapshot that is asked. It
	// is not part of the answer.
	Feature *snapshot.Feature
	// Geometry is what to look from where Feature is nil: any lon/lat geometry.
	Geometry orb.Geometry
	// Point is the lon/lat place to look from where both are nil.
	Point orb.Point

	// RadiusMetres is the largest distance of a hit, inclusive; 0 means none
	// given: MaxRadiusMetres.
	RadiusMetres float64
	// K is the largest number of hits; 0 means none given: MaxK.
	K int
	// Layers are the layers to look in; none means all.
	Layers []city.LayerID
	// Statuses are the stages of life to look for; none means all, features of
	// layers without a status included.
	Statuses []city.Status
	// Lens shows the features in another light: some are not there, others have
	// another status. nil shows them as they are recorded. Feature, what is
	// looked from, need not be there.
	Lens Lens
}

// Lens shows the features of any layer of the snapshot that is asked.
type Lens interface {
	// Of returns what it shows of one layer. It is called once a layer.
	Of(l *snapshot.Layer) LayerLens
}

// LayerLens shows the features of one layer.
type LayerLens interface {
	// See returns the status of f, "" for none, and whether f is there.
	See(f *snapshot.Feature) (status city.Status, there bool)
}

// limits returns the radius and k that hold, or everything wrong with them.
func (q *Query) limits() (radius float64, k int, err error) {
	radius, k = q.RadiusMetres, q.K
	var wrong []error
	if radius == 0 && k == 0 {
		wrong = append(wrong, ErrNoLimit)
	}
	if radius != 0 && !(radius > 0 && radius <= MaxRadiusMetres) {
		wrong = append(wrong, fmt.Errorf("radius %v: %w", radius, ErrRadius))
	}
	if k < 0 || k > MaxK {
		wrong = append(wrong, fmt.Errorf("k %d: %w", k, ErrK))
	}
	for _, s := range q.Statuses {
		if _, err := city.ParseStatus(string(s)); err != nil {
			wrong = append(wrong, err)
		}
	}
	if len(wrong) > 0 {
		return 0, 0, errors.Join(wrong...)
	}
	if radius == 0 {
		radius = MaxRadiusMetres
	}
	if k == 0 {
		k = MaxK
	}
	return radius, k, nil
}

// origin returns the geometry to look from, or nil for q.Point.
func (q *Query) origin() (orb.Geometry, error) {
	g := q.Geometry
	if q.Feature != nil {
		g = q.Feature.Geometry()
	}
	if g == nil {
		return nil, checkPoint(q.Point)
	}
	b := g.Bound()
	if b.IsEmpty() {
		return nil, fmt.Errorf("an empty %s: %w", g.GeoJSONType(), ErrPlace)
	}
	if err := checkPoint(b.Min); err != nil {
		return nil, err
	}
	return g, checkPoint(b.Max)
}

func checkPoint(p orb.Point) error {
	if math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90 {
		return nil
	}
	return fmt.Errorf("%v, %v: %w", p[0], p[1], ErrPlace)
}

// layers appends the layers to look in, each once, in the order of their ids.
func (q *Query) layers(s *snapshot.Snapshot, dst []*snapshot.Layer) ([]*snapshot.Layer, error) {
	if len(q.Layers) == 0 {
		return append(dst, s.Layers()...), nil
	}
	for _, id := range q.Layers {
		if s.Layer(id) == nil {
			return nil, unknownLayer(s, id)
		}
	}
	for _, l := range s.Layers() {
		for _, id := range q.Layers {
			if l.ID() == id {
				dst = append(dst, l)
				break
			}
		}
	}
	return dst, nil
}

func unknownLayer(s *snapshot.Snapshot, id city.LayerID) error {
	var known []string
	for _, l := range s.Layers() {
		known = append(known, string(l.ID()))
	}
	return fmt.Errorf("layer %q: %w (there are %s)", id, city.ErrNotFound, strings.Join(known, ", "))
}
