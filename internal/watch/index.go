package watch

import (
	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/watch/spec"
)

// target is a watch as the engine holds it.
type target struct {
	watch *Watch
	// shape is where the place is now; nil for a watch of whole layers, and while
	// a followed feature does not exist.
	shape *shape
	// followed is the layer's definition of the followed feature as it is now; nil for others.
	followed *city.Layer
	seen     uint64 // the last search that found it
}

// ref returns the followed feature, or nil.
func (t *target) ref() *spec.FeatureRef {
	if t.watch.Place == nil {
		return nil
	}
	return t.watch.Place.Feature
}

// settle puts the place where it is in a state of the city.
func (t *target) settle(snap *snapshot.Snapshot) {
	p := t.watch.Place
	t.shape, t.followed = nil, nil
	switch {
	case p == nil:
	case p.Point != nil:
		t.shape = pointShape(*p.Point, p.RadiusMetres)
	case p.Feature != nil:
		if l := snap.Layer(p.Feature.Layer); l != nil {
			t.followed = l.Definition()
			if f := l.Feature(p.Feature.ID); f != nil {
				t.shape = geometryShape(f.Geometry(), f.Index(), p.RadiusMetres)
			}
		}
	default:
		t.shape = geometryShape(p.Polygon, nil, spec.MinRadiusMetres)
	}
}

type featureKey struct {
	layer city.LayerID
	id    int64
}

// index finds the watches that a change may concern. Followed features move:
// whoever moves one takes its targets out and puts them in anew. One goroutine
// uses it.
type index struct {
	places    rtree.RTreeG[*target]
	layers    map[city.LayerID]map[*target]struct{} // watches of whole layers
	following map[featureKey]map[*target]struct{}
	search    uint64
}

func newIndex() *index {
	return &index{layers: map[city.LayerID]map[*target]struct{}{}, following: map[featureKey]map[*target]struct{}{}}
}

func (ix *index) add(t *target) {
	if ref := t.ref(); ref != nil {
		enter(ix.following, featureKey{ref.Layer, ref.ID}, t)
	}
	if t.watch.Place == nil {
		for _, id := range t.watch.Layers {
			enter(ix.layers, id, t)
		}
	}
	ix.place(t)
}

func (ix *index) remove(t *target) {
	if ref := t.ref(); ref != nil {
		quit(ix.following, featureKey{ref.Layer, ref.ID}, t)
	}
	if t.watch.Place == nil {
		for _, id := range t.watch.Layers {
			quit(ix.layers, id, t)
		}
	}
	ix.displace(t)
}

func (ix *index) place(t *target) {
	if t.shape != nil {
		ix.places.Insert(t.shape.bound.Min, t.shape.bound.Max, t)
	}
}

func (ix *index) displace(t *target) {
	if t.shape != nil {
		ix.places.Delete(t.shape.bound.Min, t.shape.bound.Max, t)
	}
}

func enter[K comparable](sets map[K]map[*target]struct{}, k K, t *target) {
	if sets[k] == nil {
		sets[k] = map[*target]struct{}{}
	}
	sets[k][t] = struct{}{}
}

func quit[K comparable](sets map[K]map[*target]struct{}, k K, t *target) {
	delete(sets[k], t)
	if len(sets[k]) == 0 {
		delete(sets, k)
	}
}

// concerned calls fn once with every target that a feature of the layer, which
// was at one place and is at another (nil: nowhere), may concern.
func (ix *index) concerned(layer city.LayerID, was, is *subject, fn func(*target)) {
	ix.search++
	once := func(_, _ [2]float64, t *target) bool {
		if t.seen != ix.search {
			t.seen = ix.search
			fn(t)
		}
		return true
	}
	for _, s := range []*subject{was, is} {
		if s != nil {
			b := reach(s.feature.Geometry().Bound())
			ix.places.Search(b.Min, b.Max, once)
		}
	}
	for t := range ix.layers[layer] {
		once([2]float64{}, [2]float64{}, t)
	}
}

var _ [2]float64 = orb.Point{} // the R-tree takes points as they are
