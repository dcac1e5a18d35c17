package features

import (
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/filters"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/proximity"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// nearFilter shows only the features that match a filter, on the days asked for.
type nearFilter struct {
	lens    *view.Lens
	filters map[city.LayerID]filters.Filter
}

var _ proximity.Lens = (*nearFilter)(nil)

// nearFilter reads the filter on what is near, which must fit each of the layers;
// nil when there is none.
func (x request) nearFilter(layers []*snapshot.Layer) *nearFilter {
	q := &x.Query
	tree, options, ok := filters.Tree(q)
	if !ok {
		return nil
	}
	options.Check = x.Working().Err
	n := &nearFilter{lens: &x.Lens, filters: make(map[city.LayerID]filters.Filter, len(layers))}
	for _, l := range layers {
		f, ok := filters.Compile(q, tree, l, options)
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
	if n.lens.Asked {
		near.days = n.lens.On(l)
	}
	return near
}

// nearLayer is a nearFilter on one layer.
type nearLayer struct {
	filter  filters.Filter
	days    *lifetime.Layer // nil: as recorded
	scratch []tiles.Tag
}

// See implements proximity.LayerLens.
func (n *nearLayer) See(f *snapshot.Feature) (status city.Status, there bool) {
	tags := f.Tags()
	if n.days == nil {
		status = n.filter.Layer.Status(f)
	} else {
		if status, there = n.days.See(f); !there {
			return status, false
		}
		tags, _ = n.days.Tags(f, tags, &n.scratch)
	}
	return status, n.filter.Match(f, tags)
}
