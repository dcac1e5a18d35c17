package spec

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/paulmach/orb"
	"golang.org/x/text/unicode/norm"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/watch/webhook"
)

// Parse reads the document of a watch as clients send it and as it is stored.
// Whether the layers, properties and features that it names exist is for check.
//
//	{"title":"…","place":{…},"layers":["roads"],"filter":{…},
//	 "webhook":{"url":"https://…","secret":"whsec_…"}}
func Parse(body []byte, limits Limits, policy *webhook.Policy) (Spec, *Reader) {
	r := &Reader{}
	var s Spec
	members, ok := r.object("", body, "title", "place", "layers", "filter", "webhook")
	if !ok {
		return s, r
	}
	if raw, ok := members["title"]; ok {
		s.Title, _ = r.text("/title", raw)
		s.Title = norm.NFC.String(s.Title)
		if n := utf8.RuneCountInString(s.Title); n > maxTitleRunes {
			r.mistake(Mistake{Pointer: "/title", Limit: maxTitleRunes, Expected: fmt.Sprintf("at most %d characters", maxTitleRunes), Detail: fmt.Sprintf("has %d characters", n)})
		}
	}
	if raw, ok := members["layers"]; ok {
		s.Layers = r.layers(raw)
	}
	if raw, ok := members["place"]; ok {
		s.Place = r.place(raw, limits)
	}
	if raw, ok := members["filter"]; ok {
		s.Filter = r.filter(raw)
	}
	if raw, ok := members["webhook"]; ok {
		s.Webhook = r.webhook(raw, policy)
	}
	if _, named := members["layers"]; !named {
		if _, placed := members["place"]; !placed {
			r.mistake(Mistake{Pointer: "/place", Expected: "a place, or layers, or both", Detail: "and layers are both missing: at least one is needed"})
		}
		if _, filtered := members["filter"]; filtered {
			r.mistake(Mistake{Pointer: "/layers", Expected: "the layers whose properties the filter names", Detail: "is missing: a filter needs it"})
		}
	}
	return s, r
}

func (r *Reader) layers(raw json.RawMessage) []city.LayerID {
	list, ok := r.list("/layers", raw, maxLayers)
	if ok && len(list) == 0 {
		r.wrong("/layers", raw, "at least one layer", "is empty")
	}
	var ids []city.LayerID
	seen := map[city.LayerID]bool{}
	for i, member := range list {
		name, ok := r.text("/layers/"+strconv.Itoa(i), member)
		if id := city.LayerID(name); ok && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

// place reads one of
//
//	{"point":[105.85,21.03],"radius_m":500}
//	{"feature":{"layer":"bridges","code":"CD"},"radius_m":200}
//	{"polygon":{"type":"Polygon","coordinates":[…]}}
func (r *Reader) place(raw json.RawMessage, limits Limits) *Place {
	members, ok := r.object("/place", raw, "point", "feature", "polygon", "radius_m")
	if !ok {
		return nil
	}
	p := &Place{}
	kinds, most := 0, limits.RadiusMetres
	if raw, ok := members["point"]; ok {
		kinds++
		p.Point = r.point(raw)
	}
	if raw, ok := members["feature"]; ok {
		kinds++
		p.Feature = r.feature(raw)
		most = limits.FollowMetres
	}
	if raw, ok := members["polygon"]; ok {
		kinds++
		p.Polygon = r.polygon(raw, limits)
	}
	if kinds != 1 {
		r.mistake(Mistake{Pointer: "/place", Expected: "one of point, feature, polygon", Detail: fmt.Sprintf("has %d of point, feature, polygon", kinds)})
	}
	radius, given := members["radius_m"]
	_, polygon := members["polygon"]
	switch {
	case polygon && given:
		r.wrong("/place/radius_m", radius, "no radius with a polygon", "does not go with a polygon")
	case !polygon && !given:
		r.mistake(Mistake{Pointer: "/place/radius_m", Expected: "metres", Limit: most, Detail: "is missing"})
	case given:
		p.RadiusMetres = r.radius(radius, most)
	}
	return p
}

func (r *Reader) radius(raw json.RawMessage, most float64) float64 {
	v, ok := r.number("/place/radius_m", raw)
	if ok && !(v >= MinRadiusMetres && v <= most) {
		limit := most
		if v < MinRadiusMetres {
			limit = MinRadiusMetres
		}
		span := fmt.Sprintf("%v to %v metres", MinRadiusMetres, most)
		r.mistake(Mistake{Pointer: "/place/radius_m", Value: clip(string(raw)), Limit: limit, Expected: span, Detail: "is outside " + span})
	}
	return v
}

func (r *Reader) point(raw json.RawMessage) *orb.Point {
	const form = "[longitude, latitude] in degrees, WGS 84"
	var v []float64
	if err := json.Unmarshal(raw, &v); err != nil || len(v) != 2 {
		r.wrong("/place/point", raw, form, "is not a position")
		return nil
	}
	if !(math.Abs(v[0]) <= 180 && math.Abs(v[1]) <= 90) {
		r.wrong("/place/point", raw, form, "is not on the globe")
		return nil
	}
	return &orb.Point{v[0], v[1]}
}

func (r *Reader) feature(raw json.RawMessage) *FeatureRef {
	members, ok := r.object("/place/feature", raw, "layer", "id", "code")
	if !ok {
		return nil
	}
	ref := &FeatureRef{}
	if raw, ok := members["layer"]; ok {
		name, _ := r.text("/place/feature/layer", raw)
		ref.Layer = city.LayerID(name)
	} else {
		r.mistake(Mistake{Pointer: "/place/feature/layer", Expected: "the name of a layer", Detail: "is missing"})
	}
	id, hasID := members["id"]
	code, hasCode := members["code"]
	if !hasID && !hasCode {
		r.mistake(Mistake{Pointer: "/place/feature", Expected: "id or code", Detail: "has neither id nor code"})
	}
	if hasID && json.Unmarshal(id, &ref.ID) != nil {
		r.wrong("/place/feature/id", id, "a whole number", "is not a whole number")
	}
	if hasCode {
		text, ok := r.text("/place/feature/code", code)
		if ref.Code = norm.NFC.String(text); ok && text == "" {
			r.wrong("/place/feature/code", code, "a code", "is empty")
		}
	}
	return ref
}
