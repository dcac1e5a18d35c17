package describe

import (
	"sync"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// extent is where and when the features of a layer are (OGC API Features, part 1,
// 7.13.3).
type extent struct {
	Spatial  *spatialExtent  `json:"spatial,omitempty"`
	Temporal *temporalExtent `json:"temporal,omitempty"`
}

type spatialExtent struct {
	BBox [][4]float64 `json:"bbox"`
	CRS  string       `json:"crs"`
}

// temporalExtent has instants of RFC 3339, null where there is no end.
type temporalExtent struct {
	Interval [][2]*string `json:"interval"`
	TRS      string       `json:"trs"`
}

const gregorian = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"

// maxKnown is how many layers there may be (see package changes), about.
const maxKnown = 1_000

// extents keeps for each layer when its features are: to find that takes a look at
// each. A layer that did not change is the same from version to version.
type extents struct {
	mu    sync.Mutex
	known map[city.LayerID]knownExtent
}

type knownExtent struct {
	layer    *snapshot.Layer
	temporal *temporalExtent
}

// of returns the extent of a layer, nil when it is empty.
func (e *extents) of(l *snapshot.Layer) *extent {
	b, ok := l.Bound()
	if !ok {
		return nil
	}
	return &extent{
		Spatial:  &spatialExtent{BBox: [][4]float64{{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}}, CRS: refsys.CRS84().URI()},
		Temporal: e.temporal(l),
	}
}

func (e *extents) temporal(l *snapshot.Layer) *temporalExtent {
	e.mu.Lock()
	k, ok := e.known[l.ID()]
	e.mu.Unlock()
	if ok && k.layer == l {
		return k.temporal
	}
	var found *temporalExtent
	if from, to, dated := lifetime.Extent(l); dated {
		found = &temporalExtent{Interval: [][2]*string{{instant(from), instant(to)}}, TRS: gregorian}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.known == nil || len(e.known) > 2*maxKnown { // layers come and go
		e.known = map[city.LayerID]knownExtent{}
	}
	e.known[l.ID()] = knownExtent{l, found}
	return found
}

// instant returns the first moment of a day in Hà Nội, in UTC; nil for none.
func instant(d *city.Day) *string {
	if d == nil {
		return nil
	}
	text := time.Unix(int64(*d)*86400, 0).UTC().Add(-hanoiAhead).Format(time.RFC3339)
	return &text
}

// hanoiAhead is how far the clocks of Hà Nội are ahead of UTC, all year round.
const hanoiAhead = 7 * time.Hour
