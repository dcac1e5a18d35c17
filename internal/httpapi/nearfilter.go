package httpapi

import (
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/proximity"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// nearFilter shows only the features that match a filter, on the days asked for.
type nearFilter struct {
	lens    *lens
	filters map[city.LayerID]layerFilter
}

var _ proximity.Lens = (*nearFilter)(nil)

// nearFilter reads the filter on what is near, which must fit each of the layers;
// nil when there is none.
func (x *exchange) nearFilter(layers []*snapshot.Layer) *nearFilter {
	q := &x.query
	tree, options, ok := q.filterTree()
	if !ok {
		return nil
	}
	options.Check = x.working().Err
	n := &nearFilter{lens: &x.lens, filters: make(map[city.LayerID]layerFilter, len(layers))}
	for _, l := range layers {
		f, ok := q.compiled(tree, l, options)
		if !ok {
			return nil // it says enough
		}
		n.filters[l.ID()] = f
	}
	return n
}

// Of implements proximity.Lens.
func (n *nearFilter) Of(l *snapshot.Layer) proximity.LayerLens {
	near := &nearLayer{filter: n.filters[l.ID()]}
	if n.lens.asked {
		near.days = n.lens.on(l)
	}
	return near
}

// nearLayer is a nearFilter on one layer.
type nearLayer struct {
	filter  layerFilter
	days    *lifetime.Layer // nil: as recorded
	scratch []tiles.Tag
}

// See implements proximity.LayerLens.
func (n *nearLayer) See(f *snapshot.Feature) (status city.Status, there bool) {
	tags := f.Tags()
	if n.days == nil {
		status = n.filter.layer.Status(f)
	} else {
		if status, there = n.days.See(f); !there {
			return status, false
		}
		tags, _ = n.days.Tags(f, tags, &n.scratch)
	}
	return status, n.filter.Match(f, tags)
}
