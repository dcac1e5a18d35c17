package httpapi

import (
	"fmt"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/bbox"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/search"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

const (
	usualFound = 10
	mostFound  = 100
)

// foundFeature is one result of a search, enough to list it and to go there.
type foundFeature struct {
	Layer  city.LayerID `json:"layer"`
	ID     int64        `json:"id"`
	Code   string       `json:"code,omitempty"`
	Name   string       `json:"name,omitempty"`
	NameEN string       `json:"name_en,omitempty"`
	Status city.Status  `json:"status,omitempty"`
	Point  [2]float64   `json:"point"` // lon, lat of the middle of its box
	BBox   [4]float64   `json:"bbox"`
	Ward   *foundWard   `json:"ward,omitempty"`
}

// foundWard is the ward that a result lies in, or the one whose point is nearest
// where no boundaries are known.
type foundWard struct {
	Name   string `json:"name"`
	NameEN string `json:"name_en,omitempty"`
	Within bool   `json:"within"`
}

func searchParameters() []parameter {
	return []parameter{
		{name: "q", required: true, syntax: "some of a name or code", about: "Some of a name or code; accents are optional.", example: "nga tu so"},
		{name: "limit", kind: integerParameter, low: 1, high: mostFound, about: "How many to find.", example: "10"},
		{name: "near", kind: listParameter, syntax: "lon,lat in degrees", about: "What is near this place comes first.", example: "105.85,21.03"},
		layersParameter(),
	}
}

// search answers GET /search: features by name or code, accents optional.
func (x *exchange) search() error {
	q := x.read()
	ask := search.Query{Limit: usualFound}
	ask.Text, _ = q.get("q")
	if len(ask.Text) > search.MaxText {
		q.mistake(Mistake{Parameter: "q", Value: clip(ask.Text), Limit: search.MaxText, Expected: fmt.Sprintf("at most %d bytes", search.MaxText), Detail: "is too long"})
	}
	if n, ok := q.integer("limit"); ok {
		ask.Limit = n
	}
	if text, ok := q.get("near"); ok {
		lon, lat, both := strings.Cut(text, ",")
		east, okEast := bbox.ParseNumber(lon)
		north, okNorth := bbox.ParseNumber(lat)
		if !both || !okEast || !okNorth || east < -180 || east > 180 || north < -90 || north > 90 {
			q.mistake(Mistake{Parameter: "near", Value: clip(text), Expected: "lon,lat in degrees", Detail: "is no place"})
		}
		ask.Near = &orb.Point{east, north}
	}
	layers := x.view.all.layers
	var unknown []string
	if text, ok := q.get("layers"); ok {
		set, missing, ok := x.view.layers(text, x.server.config.MaxLayers)
		if !ok {
			q.mistake(Mistake{Parameter: "layers", Value: clip(text), Limit: x.server.config.MaxLayers, Detail: "has too many names"})
		}
		layers, unknown = set.layers, missing
	}
	if err := q.problem(); err != nil {
		return err
	}
	if len(unknown) > 0 {
		return x.view.unknownLayers(unknown)
	}
	hits, err := x.server.names.Find(x.working(), layers, ask)
	if err != nil {
		return err
	}
	found := make([]foundFeature, 0, len(hits))
	for _, h := range hits {
		found = append(found, describeFound(h, x.view.all.layers))
	}
	return x.sendJSON(struct {
		Results []foundFeature `json:"results"`
	}{found})
}

// describeFound tells of a hit what a list of results shows; layers are all that the
// client may see.
func describeFound(h search.Hit, layers []*snapshot.Layer) foundFeature {
	def := h.Layer.Definition()
	text := func(property string) string {
		if i := def.PropertyIndex(property); i >= 0 {
			return h.Layer.Value(h.Feature, i).Text()
		}
		return ""
	}
	b := h.Feature.Geometry().Bound()
	c := b.Center()
	name := text(city.PropName)
	if name == "" {
		name = text("ref")
	}
	var ward *foundWard
	if w, ok := search.WardOf(layers, c); ok && w.Feature != h.Feature {
		value := func(property string) string {
			if i := w.Layer.Definition().PropertyIndex(property); i >= 0 {
				return w.Layer.Value(w.Feature, i).Text()
			}
			return ""
		}
		ward = &foundWard{Name: value(city.PropName), NameEN: value(city.PropNameEN), Within: w.Within}
	}
	return foundFeature{
		Ward: ward, Layer: def.ID, ID: h.Feature.ID(), Code: h.Layer.Code(h.Feature),
		Name: name, NameEN: text(city.PropNameEN), Status: h.Layer.Status(h.Feature),
		Point: [2]float64{round(c[0], 1e6), round(c[1], 1e6)},
		BBox:  [4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]},
	}
}
