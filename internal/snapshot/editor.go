package snapshot

import (
	"errors"
	"fmt"

	"github.com/paulmach/orb"
	"github.com/tidwall/btree"
	"github.com/tidwall/rtree"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Errors of a change that cannot be applied.
var (
	ErrNoGeometry = errors.New("feature without geometry")
	ErrOffGlobe   = errors.New("coordinates are not degrees of longitude and latitude")
	ErrIDTaken    = errors.New("two features have this id")
	ErrCodeTaken  = errors.New("code belongs to another feature")
	ErrTooWide    = errors.New("feature has more values than its layer has properties")
)

// editor changes one layer that no reader has seen yet.
type editor struct {
	layer *Layer
	order tagOrder
}

func byID(a, b *Feature) bool { return a.id < b.id }

func newLayer(def city.Layer) *Layer {
	return &Layer{
		def:      &def,
		tree:     &rtree.RTreeGN[float32, *Feature]{},
		byID:     btree.NewBTreeGOptions(byID, btree.Options{NoLocks: true}),
		byCode:   &btree.Map[string, *Feature]{},
		workshop: newWorkshop(def.Properties),
		code:     def.PropertyIndex(city.PropCode),
		status:   def.PropertyIndex(city.PropStatus),
	}
}

// edit returns an editor of a copy of l that shares l's tree nodes.
func edit(l *Layer) *editor {
	next := *l
	next.tree = l.tree.Copy()
	next.byID = l.byID.IsoCopy()
	next.byCode = l.byCode.IsoCopy()
	return &editor{layer: &next, order: tagOrderOf(next.def)}
}

func (e *editor) apply(c *city.Change) error {
	if c.Feature == nil {
		return e.remove(c.ID)
	}
	if c.Feature.ID != c.ID {
		return fmt.Errorf("change of %d carries feature %d: %w", c.ID, c.Feature.ID, city.ErrNotFound)
	}
	if err := e.fits(c.Feature); err != nil {
		return err
	}
	r := e.layer.workshop.row(e.layer.def, e.order, c.Feature)
	f, b, err := e.make(c.ID, c.Feature.Geometry, *r)
	if err != nil {
		return err
	}
	if holder := e.layer.ByCode(e.codeOf(r)); holder != nil && holder.id != c.ID {
		return fmt.Errorf("code %q of feature %d: %w", e.codeOf(r), holder.id, ErrCodeTaken)
	}
	if e.layer.Feature(c.ID) != nil {
		if err := e.remove(c.ID); err != nil {
			return err
		}
	}
	e.insert(f, b)
	return nil
}

// fits reports whether the layer has a property for each value of f.
func (e *editor) fits(f *city.Feature) error {
	if len(f.Values) > len(e.layer.def.Properties) {
		return fmt.Errorf("%d values, %d properties: %w", len(f.Values), len(e.layer.def.Properties), ErrTooWide)
	}
	return nil
}

// codeOf returns the code among r's values, also of values not yet published.
func (e *editor) codeOf(r *row) string {
	for _, tag := range r.tags {
		if int(tag.Key) == e.layer.code {
			return e.layer.workshop.table.values[tag.Value].Text()
		}
	}
	return ""
}

// make prepares a feature and returns it with its bounds.
func (e *editor) make(id int64, g orb.Geometry, r row) (*Feature, orb.Bound, error) {
	n, b, err := measure(g)
	if err != nil {
		return nil, b, err
	}
	var shape tiles.Geometry
	if _, point := g.(orb.Point); !point {
		if shape, err = e.layer.workshop.preparer.Prepare(g); err != nil {
			return nil, b, err
		}
	}
	return newFeature(id, g, shape, r, n, curve(b.Center())), b, nil
}

// measure counts vertices and finds the bounds, or says why the geometry cannot
// be served.
func measure(g orb.Geometry) (int, orb.Bound, error) {
	n := city.Vertices(g)
	if n == 0 {
		return 0, orb.Bound{}, ErrNoGeometry
	}
	b := boundOf(g)
	if !finite(b) {
		return n, b, fmt.Errorf("bounds %v: %w", b, ErrOffGlobe)
	}
	return n, b, nil
}

func (e *editor) insert(f *Feature, b orb.Bound) {
	l := e.layer
	if l.byID.Len() == 0 {
		l.bound = b
	} else {
		l.bound = union(l.bound, b)
	}
	l.widest = max(l.widest, b.Max[0]-b.Min[0])
	r := boxOf(b)
	l.tree.Insert(r.min, r.max, f)
	l.byID.Set(f)
	if code := e.codeOf(&f.row); code != "" {
		l.claimCode(code, f)
	}
}

// claimCode lets code lead to f, unless a feature with a lower id has it too.
func (l *Layer) claimCode(code string, f *Feature) {
	holder, taken := l.byCode.Get(code)
	if taken {
		l.shadowed++
	}
	if !taken || f.id < holder.id {
		l.byCode.Set(code, f)
	}
}

// releaseCode lets code, which f had, lead to the next that has it, if any. f is not
// found by its id any more.
func (e *editor) releaseCode(code string, f *Feature) {
	l := e.layer
	holder, _ := l.byCode.Get(code)
	if holder != f {
		l.shadowed--
		return
	}
	l.byCode.Delete(code)
	if l.shadowed == 0 {
		return
	}
	l.byID.Scan(func(other *Feature) bool { // rare: codes are unique in sound data
		if e.codeOf(&other.row) != code {
			return true
		}
		l.byCode.Set(code, other)
		l.shadowed--
		return false
	})
}

func (e *editor) remove(id int64) error {
	l := e.layer
	f := l.Feature(id)
	if f == nil {
		return city.ErrNotFound
	}
	l.unplace(f)
	e.forget(f)
	return nil
}

// unplace takes f, which is in it, out of the R-tree.
func (l *Layer) unplace(f *Feature) {
	r := boxOf(f.geometry.Bound())
	l.tree.DeleteEqual(r.min, r.max, f, func(a, b *Feature) bool { return a == b })
}

// forget takes f, which is in them, out of the other indices.
func (e *editor) forget(f *Feature) {
	e.layer.byID.Delete(f)
	if code := e.codeOf(&f.row); code != "" {
		e.releaseCode(code, f)
	}
}

// publish makes the layer's dictionary as long as its rows need.
func (e *editor) publish() {
	e.layer.workshop.tidy()
	e.layer.table = e.layer.workshop.table.view()
}
