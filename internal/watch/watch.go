package watch

import (
	"errors"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Errors that callers branch on.
var (
	// ErrFull means that there are as many watches as there may be.
	ErrFull = errors.New("too many watches")
	// ErrPolicy means an address that webhooks may not go to.
	ErrPolicy = errors.New("not an address that webhooks may go to")
	// ErrConfig marks Options that a Manager cannot work with.
	ErrConfig = errors.New("invalid configuration of watches")
)

// Owner is who made a watch. What the owner may not see, the watch does not tell.
type Owner struct {
	Name string    `json:"name"`
	Role city.Role `json:"role,omitempty"` // when the watch was made
}

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
	Webhook *Webhook
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

// Watch is a Spec that stands. It is immutable.
type Watch struct {
	Spec
	ID      string // unguessable, letters and digits
	Owner   Owner
	Created time.Time
	// Since is the version after which the watch tells.
	Since city.Version
}

// watches tells whether the layer is among those of w.
func (s *Spec) watches(id city.LayerID) bool {
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

func (l Limits) withDefaults() Limits {
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
	// minRadiusMetres is the precision of distances: a polygon holds what is
	// this near to it, so that its own border counts as inside.
	minRadiusMetres = 0.001
	// maxPolygonDegrees bounds the extent of a polygon, far from what the
	// geodesics of its edges can bear.
	maxPolygonDegrees = 10.0
	// maxRadiusMetres is the most that Limits may allow.
	maxRadiusMetres = 100_000.0

	maxLayers     = 64
	maxTitleRunes = 200
)
