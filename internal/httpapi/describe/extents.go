package describe

import (
	"math"
	"sync"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// extent is where and when the features of a layer are (OGC API Features, part 1,
// 7.13.3): a box and an interval that hold them all. Neither is as small as it could
// be: see roomy and closed.
type extent struct {
	Spatial  *spatialExtent  `json:"spatial,omitempty"`
	Temporal *temporalExtent `json:"temporal,omitempty"`
}

type spatialExtent struct {
	BBox [][4]float64 `json:"bbox"`
	CRS  string       `json:"crs"`
}

// temporalExtent has instants of RFC 3339.
type temporalExtent struct {
	Interval [][2]string `json:"interval"`
	TRS      string      `json:"trs"`
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
		Spatial:  &spatialExtent{BBox: [][4]float64{roomy(b)}, CRS: refsys.CRS84().URI()},
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
		found = &temporalExtent{Interval: [][2]string{closed(from, to)}, TRS: gregorian}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.known == nil || len(e.known) > 2*maxKnown { // layers come and go
		e.known = map[city.LayerID]knownExtent{}
	}
	e.known[l.ID()] = knownExtent{l, found}
	return found
}

// How much room an extent leaves around what it holds, and how it is rounded.
const (
	extentRoom  = 0.05  // of the longer side, and at least
	leastRoom   = 0.001 // degrees, some 110 m
	extentSteps = 1e4   // in a degree: 11 m
)

// roomy returns a box around b that also holds what b holds when its positions have
// gone through single precision, and whose image in each of our reference systems,
// spanned by two corners as the executable test suite of the OGC spans it, still
// holds it: meridians lean by up to 2° there, which is 3.5 % of a side. Edges of a
// box that is exact are lost either way.
func roomy(b orb.Bound) [4]float64 {
	by := max(extentRoom*max(b.Max[0]-b.Min[0], b.Max[1]-b.Min[1]), leastRoom)
	down := func(v, least float64) float64 { return max(math.Floor((v-by)*extentSteps)/extentSteps, least) }
	up := func(v, most float64) float64 { return min(math.Ceil((v+by)*extentSteps)/extentSteps, most) }
	return [4]float64{down(b.Min[0], -180), down(b.Min[1], -90), up(b.Max[0], 180), up(b.Max[1], 90)}
}

// The first and the last moment that RFC 3339 and datetime= can say.
const beginningOfTime, endOfTime = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"

// closed returns the interval from one day to another in Hà Nội, in UTC. Where there
// is no day it reaches to the end of time. The standard has null for that, which the
// executable test suite of the OGC takes for a failure, as some clients do.
func closed(from, to *city.Day) [2]string {
	interval := [2]string{beginningOfTime, endOfTime}
	for i, d := range []*city.Day{from, to} {
		if d != nil {
			interval[i] = time.Unix(int64(*d)*86400, 0).UTC().Add(-hanoiAhead).Format(time.RFC3339)
		}
	}
	return interval
}

// hanoiAhead is how far the clocks of Hà Nội are ahead of UTC, all year round.
const hanoiAhead = 7 * time.Hour
