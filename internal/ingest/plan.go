package ingest

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
)

// target is one layer that features go into.
type target struct {
	id city.LayerID
	// base is the layer as the store or the catalogue has it; nil when the
	// import invents the layer.
	base    *city.Layer
	exists  bool // in the store
	layer   city.Layer
	changed bool // layer differs from what the sink has
	surveys []*survey
	report  *LayerReport
}

// targetName is the layer that a file's layer goes into.
func targetName(path, name string, opt *Options) city.LayerID {
	switch {
	case opt.Layer != "":
		return opt.Layer
	case name != "":
		return layerName(name)
	}
	stem := filepath.Base(path)
	for _, packed := range []string{".gz", ".bz2"} {
		stem = strings.TrimSuffix(stem, packed)
	}
	if named := strings.TrimSuffix(stem, filepath.Ext(stem)); named != "" {
		stem = named
	}
	return layerName(stem)
}

// newTarget finds the layer in the store, then in the catalogue.
func newTarget(id city.LayerID, sink Sink, opt *Options) *target {
	if base := layerOf(sink.Layers(), id); base != nil {
		return &target{id: id, base: base, exists: true}
	}
	return &target{id: id, base: layerOf(opt.Catalogue, id)}
}

func layerOf(layers []city.Layer, id city.LayerID) *city.Layer {
	for i := range layers {
		if layers[i].ID == id {
			found := layers[i]
			return &found
		}
	}
	return nil
}

// profiled reports that only OSM files, through a profile, feed the layer.
func (t *target) profiled() bool {
	return !slices.ContainsFunc(t.surveys, func(s *survey) bool { return !s.schema.Complete })
}

// settle decides on the layer's schema and key, after all files were looked at.
func (t *target) settle(opt *Options, l *ledger) error {
	t.report = &LayerReport{Layer: t.id, Created: !t.exists}
	if t.base != nil {
		t.layer = *t.base
		t.layer.Properties = append([]city.Property(nil), t.base.Properties...)
	} else {
		t.layer = t.invent()
	}
	t.changed = !t.exists
	if !t.exists {
		t.keepPrivate()
	}
	if err := t.chooseKey(opt, l); err != nil {
		return err
	}
	if err := t.properties(opt, l); err != nil {
		return err
	}
	if t.layer.Key != "" && t.layer.PropertyIndex(t.layer.Key) < 0 {
		t.add(city.Property{Name: t.layer.Key, Type: city.KindString})
	}
	t.report.Key = t.layer.Key
	if t.base == nil && t.layer.Validate() != nil {
		t.layer.Tiles = city.TileRules{} // rules on properties that became others
	}
	return t.layer.Validate()
}

// keepPrivate lets a layer that is private in a file be private in the store too,
// whatever the catalogue says. Of several files the last one that is decides.
func (t *target) keepPrivate() {
	for _, s := range t.surveys {
		if d := s.schema.Declared; d != nil && len(d.VisibleTo) > 0 {
			t.layer.VisibleTo = d.VisibleTo
		}
	}
}

// invent describes a layer that nobody has described.
func (t *target) invent() city.Layer {
	out := city.Layer{ID: t.id, Title: string(t.id), TitleEN: string(t.id)}
	merged := shapes{}
	declared := map[city.GeometryType]bool{}
	for _, s := range t.surveys {
		for name, n := range s.shapes {
			merged[name] += n
		}
		if s.transform != nil && s.shapes["Polygon"] > 0 {
			merged["MultiPolygon"]++ // one polygon may have to be repaired into several after it is converted
		}
		if d := s.schema.Declared; d != nil {
			declared[d.Geometry] = true
			if d.Title != "" {
				out.Title, out.TitleEN, out.Attribution = d.Title, d.TitleEN, d.Attribution
				out.Extent = d.Extent
				out.Description, out.DescriptionEN, out.Tiles = d.Description, d.DescriptionEN, d.Tiles
			}
		}
	}
	out.Geometry = merged.typeOf()
	for g := range declared {
		if g != "" && len(declared) == 1 && merged.fit(g) {
			out.Geometry = g // all files promise it and keep the promise
		}
	}
	return out
}

func (t *target) add(p city.Property) int {
	t.layer.Properties = append(t.layer.Properties, p)
	t.changed = true
	if t.base != nil {
		t.report.Added = append(t.report.Added, p.Name)
	}
	return len(t.layer.Properties) - 1
}

// properties maps the columns of all files to properties of the layer and adds
// those that it lacks.
func (t *target) properties(opt *Options, l *ledger) error {
	merged := t.merge()
	for _, s := range t.surveys {
		s.property = make([]int, len(s.columns))
		for i, c := range s.columns {
			p, err := t.place(s, i, merged, opt)
			if err != nil {
				return err
			}
			s.property[i] = p
			if got := t.layer.Properties[p].Name; got != c.name {
				l.add(t.id, s.input.path, feed.Problem{
					Reason: reasonRenamed, Action: feed.Noted, Detail: fmt.Sprintf("%q became %q", c.name, got),
				})
			}
		}
	}
	return nil
}

// place finds or adds the property for column i of a survey. Two columns of a file
// that differ by case only, or after what was done to the name, must not share a
// property, nor may one take the place of the key that is another: from the second
// on they are numbered.
func (t *target) place(s *survey, i int, merged map[string]*column, opt *Options) (int, error) {
	c := s.columns[i]
	name := propertyName(c.name)
	if s.mode == keyProperty && i == s.keyColumn {
		name = t.layer.Key
	}
	for n, next := 2, name; ; n++ {
		if s.keyColumn == i || !strings.EqualFold(next, t.layer.Key) {
			p := t.find(next)
			if p < 0 {
				if t.base != nil && opt.Strict && !s.schema.Complete {
					return 0, fmt.Errorf("%s: layer %q has no property %q: %w", s.input.path, t.id, next, ErrStrict)
				}
				if len(t.layer.Properties) >= maxProperties {
					return 0, fmt.Errorf("%s: more than %d: %w", s.input.path, maxProperties, ErrTooWide)
				}
				p = t.add(t.describe(s, c, next, merged))
			}
			if !slices.Contains(s.property[:i], p) {
				return p, nil
			}
		}
		suffix := fmt.Sprintf("_%d", n)
		next = cutName(name, maxName-len(suffix), "property") + suffix
	}
}

// find looks a property up by name, then without regard to case.
func (t *target) find(name string) int {
	if i := t.layer.PropertyIndex(name); i >= 0 {
		return i
	}
	for i := range t.layer.Properties {
		if strings.EqualFold(t.layer.Properties[i].Name, name) {
			return i
		}
	}
	return -1
}

// describe makes the property for a column.
func (t *target) describe(s *survey, c *column, name string, merged map[string]*column) city.Property {
	out := city.Property{Name: name, Type: c.kind(s.schema.Text)}
	if m := merged[propertyName(c.name)]; m != nil {
		out.Type = m.kind(t.allText())
	}
	if name == t.layer.Key && s.schema.Text {
		out.Type = city.KindString // "007" in one file and "7" in the next
	}
	if d := s.schema.Declared; d != nil {
		if i := d.PropertyIndex(c.name); i >= 0 {
			out.Title, out.TitleEN, out.Unit = d.Properties[i].Title, d.Properties[i].TitleEN, d.Properties[i].Unit
		}
	}
	return out
}

func (t *target) allText() bool {
	return !slices.ContainsFunc(t.surveys, func(s *survey) bool { return !s.schema.Text })
}

// merge unites what the files of a layer say of columns with the same name.
func (t *target) merge() map[string]*column {
	out := map[string]*column{}
	for _, s := range t.surveys {
		for _, c := range s.columns {
			name := propertyName(c.name)
			m := out[name]
			if m == nil {
				copied := *c
				out[name] = &copied
				continue
			}
			for k, seen := range c.seen {
				m.seen[k] = m.seen[k] || seen
			}
			if c.declared != city.KindNull && c.declared != m.declared {
				m.seen[c.declared] = true
			}
			m.forms &= c.forms
			m.wide = m.wide || c.wide
		}
	}
	return out
}
