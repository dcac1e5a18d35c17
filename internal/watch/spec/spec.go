package spec

import (
	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/watch/webhook"
)

// Spec says what to watch for. It is immutable once made by Parse.
type Spec struct {
	Title string
	// Place is where; nil means everywhere in Layers.
	Place *Place
	// Layers are the layers to watch; empty means all, also later ones.
	Layers []city.LayerID
	// Filter is what features must satisfy; nil means nothing.
	Filter *Filter
	// Webhook is where events are sent; nil means nowhere.
	Webhook *webhook.Webhook
}

// Place is a neighbourhood: of a point, of a feature wherever it moves, or the
// inside of a polygon. One of the three is set.
type Place struct {
	Point   *orb.Point // lon/lat, WGS 84
	Feature *FeatureRef
	Polygon orb.MultiPolygon // lon/lat, WGS 84
	// RadiusMetres is the largest geodesic distance from Point or Feature,
	// inclusive.
	RadiusMetres float64
}

// FeatureRef names a feature. Parse finds the id of a code: a watch follows the
// feature, not whoever has its code later.
type FeatureRef struct {
	Layer city.LayerID
	ID    int64
	Code  string // as given; "" when the id was
}

// Watches tells whether the layer is among those of w.
func (s *Spec) Watches(id city.LayerID) bool {
	if len(s.Layers) == 0 {
		return true
	}
	for _, l := range s.Layers {
		if l == id {
			return true
		}
	}
	return false
}

// Limits bound what watches cost. Zero fields mean the defaults.
type Limits struct {
	PerOwner     int     // watches of one owner; default 100
	Total        int     // watches in all; default 10,000
	RadiusMetres float64 // about a point; default 50,000
	// FollowMetres is the largest radius about a feature: when it moves, all that
	// is near is looked at. Default 5,000.
	FollowMetres float64
	Vertices     int // of a polygon; default 1,000
}

// WithDefaults fills the zero fields.
func (l Limits) WithDefaults() Limits {
	if l.PerOwner == 0 {
		l.PerOwner = 100
	}
	if l.Total == 0 {
		l.Total = 10_000
	}
	if l.RadiusMetres == 0 {
		l.RadiusMetres = 50_000
	}
	if l.FollowMetres == 0 {
		l.FollowMetres = 5_000
	}
	if l.Vertices == 0 {
		l.Vertices = 1_000
	}
	return l
}

const (
	// MinRadiusMetres is the precision of distances: a polygon holds what is
	// this near to it, so that its own border counts as inside.
	MinRadiusMetres = 0.001
	// maxPolygonDegrees bounds the extent of a polygon, far from what the
	// geodesics of its edges can bear.
	maxPolygonDegrees = 10.0
	// MaxRadiusMetres is the most that Limits may allow.
	MaxRadiusMetres = 100_000.0

	maxLayers     = 64
	maxTitleRunes = 200
)
