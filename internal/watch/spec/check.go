package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Check holds what a Spec names against a state of the city, as far as sees
// shows it: what may not be seen does not exist. It completes FeatureRef.ID.
func (r *Reader) Check(s *Spec, snap *snapshot.Snapshot, sees func(*city.Layer) bool) {
	visible := func(id city.LayerID) *snapshot.Layer {
		if l := snap.Layer(id); l != nil && sees(l.Definition()) {
			return l
		}
		return nil
	}
	var known []string
	for _, l := range snap.Layers() {
		if sees(l.Definition()) {
			known = append(known, string(l.ID()))
		}
	}
	unknown := func(field string, id city.LayerID) {
		r.mistake(Mistake{Pointer: field, Value: clip(string(id)), Expected: "one of " + strings.Join(known, ", "), Detail: "is not a layer"})
	}
	for i, id := range s.Layers {
		l := visible(id)
		if l == nil {
			unknown("/layers/"+strconv.Itoa(i), id)
		} else if s.Filter != nil {
			r.checkFilter(s.Filter, l.Definition())
		}
	}
	if s.Place == nil || s.Place.Feature == nil || s.Place.Feature.Layer == "" {
		return
	}
	ref := s.Place.Feature
	l := visible(ref.Layer)
	if l == nil {
		unknown("/place/feature/layer", ref.Layer)
		return
	}
	r.checkFeature(ref, l)
}

func (r *Reader) checkFeature(ref *FeatureRef, l *snapshot.Layer) {
	if ref.Code == "" {
		if l.Feature(ref.ID) == nil {
			r.mistake(Mistake{Pointer: "/place/feature/id", Value: strconv.FormatInt(ref.ID, 10), Expected: "the id of a feature of " + string(l.ID()), Detail: "does not exist"})
		}
		return
	}
	f := l.ByCode(ref.Code)
	switch {
	case f == nil:
		r.mistake(Mistake{Pointer: "/place/feature/code", Value: clip(ref.Code), Expected: "the code of a feature of " + string(l.ID()), Detail: "does not exist"})
	case ref.ID != 0 && ref.ID != f.ID():
		r.mistake(Mistake{Pointer: "/place/feature/code", Value: clip(ref.Code), Expected: "id or code, or both of one feature", Detail: "is that of another feature than the id"})
	default:
		ref.ID = f.ID()
	}
}

func (r *Reader) checkFilter(f *Filter, def *city.Layer) {
	for i := range f.terms {
		t := &f.terms[i]
		field := "/filter/args/" + strconv.Itoa(i)
		if len(f.terms) == 1 {
			field = "/filter"
		}
		at := def.PropertyIndex(t.property)
		if at < 0 {
			var names []string
			for _, p := range def.Properties {
				names = append(names, p.Name)
			}
			r.mistake(Mistake{Pointer: field, Value: clip(t.property), Expected: "one of " + strings.Join(names, ", "), Detail: fmt.Sprintf("names no property of layer %s", def.ID)})
			continue
		}
		kind := def.Properties[at].Type
		switch {
		case kind == city.KindJSON:
			r.mistake(Mistake{Pointer: field, Value: clip(t.property), Expected: "a property with one value", Detail: "compares an array or an object"})
		case kind == city.KindBoolean && t.orders():
			r.mistake(Mistake{Pointer: field, Value: t.op, Expected: "=, <>, in", Detail: "orders true and false"})
		case slices.ContainsFunc(t.values, func(v city.Value) bool { return !comparableKinds(kind, v.Kind()) }):
			r.mistake(Mistake{
				Pointer: field, Value: clip(t.property), Expected: literalOf(kind),
				Detail: fmt.Sprintf("compares property %s of layer %s with a value of another type", t.property, def.ID),
			})
		}
	}
}

func comparableKinds(property, literal city.Kind) bool {
	return property == literal || isNumber(property) && isNumber(literal)
}

func literalOf(k city.Kind) string {
	switch k {
	case city.KindString:
		return "a string"
	case city.KindInteger, city.KindNumber:
		return "a number"
	case city.KindBoolean:
		return "true or false"
	case city.KindDate:
		return `{"date":"2027-06-30"}`
	default:
		return `{"timestamp":"2027-06-30T00:00:00Z"}`
	}
}
