package features

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/bbox"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
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

func searchParameters() []params.Parameter {
	return []params.Parameter{
		{Name: "q", Required: true, Syntax: "some of a name or code", About: "Some of a name or code; accents are optional.", Example: "nga tu so"},
		{Name: "limit", Kind: params.Integer, Low: 1, High: mostFound, Default: strconv.Itoa(usualFound), About: "How many to find.", Example: "10"},
		{Name: "near", Kind: params.Numbers, Sizes: []int{2}, Syntax: "lon,lat in degrees", About: "What is near this place comes first.", Example: "105.85,21.03"},
		params.Layers(),
	}
}

// search answers GET /search: features by name or code, accents optional.
func (x request) search() error {
	q := x.Read()
	ask := search.Query{Limit: usualFound}
	ask.Text, _ = q.Get("q")
	if len(ask.Text) > search.MaxText {
		q.Mistake(problem.Mistake{Parameter: "q", Value: problem.Clip(ask.Text), Limit: search.MaxText, Expected: fmt.Sprintf("at most %d bytes", search.MaxText), Detail: "is too long"})
	}
	if n, ok := q.Integer("limit"); ok {
		ask.Limit = n
	}
	if text, ok := q.Get("near"); ok {
		lon, lat, both := strings.Cut(text, ",")
		east, okEast := bbox.ParseNumber(lon)
		north, okNorth := bbox.ParseNumber(lat)
		if !both || !okEast || !okNorth || east < -180 || east > 180 || north < -90 || north > 90 {
			q.Mistake(problem.Mistake{Parameter: "near", Value: problem.Clip(text), Expected: "lon,lat in degrees", Detail: "is no place"})
		}
		ask.Near = &orb.Point{east, north}
	}
	layers := x.View.All.Layers
	set, unknown, listed := x.ListedLayers(x.config.MaxLayers)
	if listed {
		layers = set.Layers
	}
	if err := x.Wrong(unknown); err != nil {
		return err
	}
	hits, err := x.names.Find(x.Working(), layers, ask)
	if err != nil {
		return err
	}
	found := make([]foundFeature, 0, len(hits))
	for _, h := range hits {
		found = append(found, describeFound(h, x.View.All.Layers))
	}
	return x.SendJSON(struct {
		Results []foundFeature `json:"results"`
		Links   []edge.Link    `json:"links"`
	}{found, x.SelfLinks(x.Base() + "/search?" + x.searchQuery())})
}

// searchQuery is what was asked, with the parameters in the order of the
// documentation. There is no page after the one that limit bounds.
func (x request) searchQuery() string {
	var query strings.Builder
	for _, p := range searchParameters() {
		if text, ok := x.Query.Get(p.Name); ok {
			if query.Len() > 0 {
				query.WriteByte('&')
			}
			query.WriteString(p.Name + "=" + strings.ReplaceAll(url.QueryEscape(text), "%2C", ","))
		}
	}
	return query.String()
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
		Point: [2]float64{edge.Round(c[0], 1e6), edge.Round(c[1], 1e6)},
		BBox:  [4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]},
	}
}
