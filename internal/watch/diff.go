package watch

import (
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// edit is a feature before and after a step; nil where it did not exist.
type edit struct {
	layer   city.LayerID
	id      int64
	was, is *subject
}

func editOf(ed *snapshot.Edit) edit {
	return edit{layer: ed.Layer(), id: ed.ID(), was: subjectOf(ed.Was, ed.Before), is: subjectOf(ed.Is, ed.After)}
}

// compareLayers appends the features that differ between two states of a layer,
// nil where there was none. Where the layer is seen by others than before, all
// its features count as edited.
func compareLayers(edits []edit, was, is *snapshot.Layer) []edit {
	var id city.LayerID
	all := false
	switch {
	case was != nil && is != nil:
		id = was.ID()
		all = !slices.Equal(was.Definition().VisibleTo, is.Definition().VisibleTo)
	case was != nil:
		id = was.ID()
	case is != nil:
		id = is.ID()
	}
	add := func(before, after *snapshot.Feature) {
		f := before
		if f == nil {
			f = after
		}
		edits = append(edits, edit{layer: id, id: f.ID(), was: subjectOf(was, before), is: subjectOf(is, after)})
	}
	after := features(is)
	for _, before := range features(was) { // both are in the order of their ids
		for len(after) > 0 && after[0].ID() < before.ID() {
			add(nil, after[0])
			after = after[1:]
		}
		if len(after) == 0 || after[0].ID() > before.ID() {
			add(before, nil)
			continue
		}
		if all || differs(&subject{layer: was, feature: before}, &subject{layer: is, feature: after[0]}) {
			add(before, after[0])
		}
		after = after[1:]
	}
	for _, f := range after {
		add(nil, f)
	}
	return edits
}

// features lists what a layer has; nil has nothing.
func features(l *snapshot.Layer) []*snapshot.Feature {
	if l == nil {
		return nil
	}
	list := make([]*snapshot.Feature, 0, l.Len())
	l.All(func(f *snapshot.Feature) bool {
		list = append(list, f)
		return true
	})
	return list
}

// differs reports whether two states of a feature differ in geometry or in a
// property. A property that only one of the schemas has counts when it is not
// null.
func differs(a, b *subject) bool {
	if a.feature == b.feature && a.layer.Definition() == b.layer.Definition() {
		return false
	}
	return !city.SameGeometry(a.feature.Geometry(), b.feature.Geometry()) || !coveredBy(a, b) || !coveredBy(b, a)
}

// coveredBy reports whether every property that a has is the same in b.
func coveredBy(a, b *subject) bool {
	defA, defB := a.layer.Definition(), b.layer.Definition()
	for _, tag := range a.feature.Tags() {
		at := int(tag.Key)
		if name := defA.Properties[at].Name; at >= len(defB.Properties) || defB.Properties[at].Name != name {
			at = defB.PropertyIndex(name)
		}
		if at < 0 || b.layer.Value(b.feature, at) != a.layer.Table().Value(tag.Value) {
			return false
		}
	}
	return true
}
