package watch

import (
	"reflect"
	"slices"

	"github.com/paulmach/orb"

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
	if was != nil {
		id = was.ID()
	}
	if is != nil {
		id = is.ID()
	}
	if was != nil && is != nil {
		all = !slices.Equal(was.Definition().VisibleTo, is.Definition().VisibleTo)
	}
	if was != nil {
		was.All(func(f *snapshot.Feature) bool {
			before, after := subject{layer: was, feature: f}, subject{layer: is}
			if is != nil {
				after.feature = is.Feature(f.ID())
			}
			if all || after.feature == nil || differs(&before, &after) {
				edits = append(edits, edit{layer: id, id: f.ID(), was: subjectOf(was, f), is: subjectOf(is, after.feature)})
			}
			return true
		})
	}
	if is != nil {
		is.All(func(f *snapshot.Feature) bool {
			if was == nil || was.Feature(f.ID()) == nil {
				edits = append(edits, edit{layer: id, id: f.ID(), is: subjectOf(is, f)})
			}
			return true
		})
	}
	return edits
}

// differs reports whether two states of a feature differ in geometry or in a
// property. A property that only one of the schemas has counts when it is not
// null.
func differs(a, b *subject) bool {
	if a.feature == b.feature && a.layer.Definition() == b.layer.Definition() {
		return false
	}
	return !sameGeometry(a.feature.Geometry(), b.feature.Geometry()) || !coveredBy(a, b) || !coveredBy(b, a)
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

func sameGeometry(a, b orb.Geometry) bool {
	return reflect.TypeOf(a) == reflect.TypeOf(b) && orb.Equal(a, b)
}
