package httpapi

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geojson"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/filters"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/proximity"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// nearby answers GET /nearby: what is near a place.
func (x *exchange) nearby() error {
	q := x.read()
	var ask proximity.Query
	ask.Point[0], _ = q.Number("lon")
	ask.Point[1], _ = q.Number("lat")
	unknown := x.askNearby(&ask)
	if err := q.Problem(); err != nil {
		return err
	}
	if len(unknown) > 0 {
		return x.view.UnknownLayers(unknown)
	}
	return x.sendNearby(&ask, nil)
}

// nearbyItem answers GET /collections/{layer}/items/{id-or-code}/nearby: what
// is near a feature, itself left out.
func (x *exchange) nearbyItem() error {
	q := x.read()
	var ask proximity.Query
	unknown := x.askNearby(&ask)
	if err := q.Problem(); err != nil {
		return err
	}
	l, f, err := x.featureAsked()
	if err != nil {
		return err
	}
	if len(unknown) > 0 {
		return x.view.UnknownLayers(unknown)
	}
	ask.Feature = f
	return x.sendNearby(&ask, l)
}

// nearbyParameters say what is near; placeParameters say near what.
func nearbyParameters(c *Config) []params.Parameter {
	return append([]params.Parameter{
		{Name: "radius", Kind: params.Number, Low: minRadiusMetres, High: c.MaxRadiusMetres, About: "How far, in metres on the ellipsoid.", Example: "800"},
		{Name: "k", Kind: params.Integer, Low: 1, High: float64(c.MaxNeighbours), About: "How many of the nearest. At least one of radius and k is needed.", Example: "5"},
		params.Layers(),
		{Name: "status", Kind: params.List, Syntax: statusSyntax, About: "Only features of these statuses.", Example: "in_operation,planned"},
		params.CRS(), skipGeometryParameter(),
	}, filters.Parameters()...)
}

func placeParameters() []params.Parameter {
	return []params.Parameter{
		{Name: "lon", Kind: params.Number, Low: -180, High: 180, Required: true, Syntax: "degrees of longitude, WGS 84", About: "Degrees of longitude, WGS 84.", Example: "105.8525"},
		{Name: "lat", Kind: params.Number, Low: -90, High: 90, Required: true, Syntax: "degrees of latitude, WGS 84", About: "Degrees of latitude, WGS 84.", Example: "21.0288"},
	}
}

const statusSyntax = "some of planned, under_construction, in_operation, retired, with commas between, each once"

// minRadiusMetres is the precision of distances in answers.
const minRadiusMetres = 0.001

// askNearby reads the parameters that both questions share. It returns the
// names of layers that do not exist.
func (x *exchange) askNearby(ask *proximity.Query) (unknown []string) {
	c, q := &x.server.config, &x.query
	ask.RadiusMetres, _ = q.Number("radius")
	ask.K, _ = q.Integer("k")
	if !q.Has("radius") && !q.Has("k") {
		q.Mistake(problem.Mistake{
			Parameter: "radius", Limit: c.MaxRadiusMetres,
			Expected: fmt.Sprintf("radius in metres, at most %s, or k, at most %d, or both", params.Plain(c.MaxRadiusMetres), c.MaxNeighbours),
			Detail:   "and k are both missing: at least one is needed",
		})
	}
	x.shown.bare = q.Truth("skipGeometry")
	if system := q.System(params.NameCRS); system != refsys.CRS84() {
		x.shown.converter = x.server.converters[system]
	}
	x.setCRS(x.shown.system())
	if text, ok := q.Get("status"); ok {
		ask.Statuses = x.statuses(text)
	}
	layers := x.view.All.Layers
	if text, ok := q.Get("layers"); ok {
		set, missing, ok := x.view.Layers(text, c.MaxLayers)
		if !ok {
			q.Mistake(problem.Mistake{
				Parameter: "layers", Value: problem.Clip(text), Limit: c.MaxLayers,
				Expected: fmt.Sprintf("at most %d names", c.MaxLayers),
				Detail:   fmt.Sprintf("has more than %d names", c.MaxLayers),
			})
		}
		x.names = x.names[:0]
		for _, l := range set.Layers {
			x.names = append(x.names, l.ID())
		}
		ask.Layers, unknown, layers = x.names, missing, set.Layers
	}
	if f := x.nearFilter(layers); f != nil {
		ask.Lens = f
	}
	return unknown
}

func (x *exchange) statuses(text string) (all []city.Status) {
	wrong := false
	params.Split(text, func(part string) {
		status, err := city.ParseStatus(part)
		wrong = wrong || err != nil || len(all) >= len(city.Statuses())
		all = append(all, status)
	})
	if wrong {
		x.query.Mistake(problem.Mistake{
			Parameter: "status", Value: problem.Clip(text),
			Expected: statusSyntax,
			Detail:   "is not a list of statuses",
		})
	}
	return all
}

// sendNearby answers with what is near. from is the layer of ask.Feature.
func (x *exchange) sendNearby(ask *proximity.Query, from *snapshot.Layer) error {
	s := x.server
	within := *ask
	if ask.K == 0 {
		within.K = s.config.MaxNeighbours
	}
	if ask.RadiusMetres == 0 {
		within.RadiusMetres = s.config.MaxRadiusMetres
	}
	if x.lens.Asked && within.Lens == nil {
		within.Lens = &x.lens
	}
	var err error
	x.hits, err = s.searcher.Nearby(x.working(), x.view.Snapshot, within, x.hits[:0])
	if err == nil {
		err = x.work.Err() // a filter that was stopped let nothing through
	}
	if err != nil {
		return err
	}
	if ask.K == 0 && len(x.hits) == s.config.MaxNeighbours {
		return tooManyNear(ask.RadiusMetres, s.config.MaxNeighbours)
	}
	x.buf = append(x.buf, `{"type":"FeatureCollection","features":[`...)
	for i := range x.hits {
		if i > 0 {
			x.buf = append(x.buf, ',')
		}
		if err := x.appendHit(&x.hits[i]); err != nil {
			return err
		}
	}
	x.buf = append(x.buf, `],"numberReturned":`...)
	x.buf = strconv.AppendInt(x.buf, int64(len(x.hits)), 10)
	x.buf = append(x.buf, `,"links":[{"href":"`...)
	x.appendNearbyLink(ask, from)
	x.buf = append(x.buf, `","rel":"self","type":"`+media.TypeGeoJSON+`","title":"This answer"}]}`+"\n"...)
	return x.send(s.fixed.geoJSON)
}

// tooManyNear refuses an answer that would have to leave out features that the
// client asked for.
func tooManyNear(radius float64, limit int) *problem.Problem {
	return problem.BadParameters([]problem.Mistake{{
		Parameter: "radius", Value: params.Plain(radius), Limit: limit,
		Expected: fmt.Sprintf("fewer than %d features within the radius, or k", limit),
		Detail:   fmt.Sprintf("holds %d features or more, and an answer holds %d: give k for the nearest, a smaller radius, or fewer layers", limit, limit),
	}})
}

// appendHit appends a feature and how it lies. Distances are rounded to 1 mm,
// bearings to 0.01°, the nearest point to 1e-7° (1 cm).
func (x *exchange) appendHit(h *proximity.Hit) error {
	m := append(x.coded[:0], `"layer":"`...)
	m = append(m, h.Layer.ID()...)
	m = append(m, '"')
	if code := h.Layer.Code(h.Feature); code != "" {
		m = append(m, `,"code":`...)
		m = city.AppendJSONString(m, code)
	}
	m = append(m, `,"distance_m":`...)
	m = geojson.AppendNumber(m, round(h.DistanceMetres, 1e3))
	m = append(m, `,"bearing_deg":`...)
	if h.DistanceMetres > 0 {
		m = geojson.AppendNumber(m, math.Mod(round(h.BearingDegrees, 1e2), 360))
	} else {
		m = append(m, "null"...) // here is in no direction
	}
	m = append(m, `,"nearest_point":`...)
	nearest := orb.Point{round(h.NearestPoint[0], 1e7), round(h.NearestPoint[1], 1e7)}
	if x.shown.converter != nil {
		var err error
		if nearest, err = x.shown.converter.OutPoint(h.NearestPoint); err != nil {
			return outsideSystem(err, h.Feature.ID(), x.shown.system())
		}
	}
	m = geojson.AppendPosition(m, nearest)
	m = append(m, ',')
	x.coded = m
	tags, _ := x.lens.Tags(h.Layer, h.Feature)
	var err error
	x.buf, err = x.shown.append(x.buf, h.Layer, h.Feature, tags, m)
	return err
}

// round rounds to a number of decimals, given as a power of ten.
func round(v, scale float64) float64 { return math.Round(v*scale) / scale }

// appendNearbyLink appends the question in its canonical spelling. Names and
// numbers need no escaping.
func (x *exchange) appendNearbyLink(ask *proximity.Query, from *snapshot.Layer) {
	x.buf = append(x.buf, x.base()...)
	if from != nil {
		x.buf = append(x.buf, "/collections/"...)
		x.buf = append(x.buf, from.ID()...)
		x.buf = append(x.buf, "/items/"...)
		x.buf = strconv.AppendInt(x.buf, ask.Feature.ID(), 10)
	}
	x.buf = append(x.buf, "/nearby"...)
	next := byte('?')
	parameter := func(name string) {
		x.buf = append(x.buf, next)
		x.buf = append(x.buf, name...)
		next = '&'
	}
	if from == nil {
		parameter("lon=")
		x.buf = geojson.AppendNumber(x.buf, ask.Point[0])
		parameter("lat=")
		x.buf = geojson.AppendNumber(x.buf, ask.Point[1])
	}
	if ask.RadiusMetres > 0 {
		parameter("radius=")
		x.buf = geojson.AppendNumber(x.buf, ask.RadiusMetres)
	}
	if ask.K > 0 {
		parameter("k=")
		x.buf = strconv.AppendInt(x.buf, int64(ask.K), 10)
	}
	appendList(parameter, &x.buf, "layers=", ask.Layers)
	appendList(parameter, &x.buf, "status=", ask.Statuses)
	if filter := x.query.Text(filtering); filter != "" {
		parameter(strings.TrimSuffix(filter, "&"))
	}
	if x.shown.converter != nil {
		parameter(params.NameCRS + "=")
		x.buf = append(x.buf, url.QueryEscape(x.shown.system().URI())...)
	}
	if x.shown.bare {
		parameter("skipGeometry=true")
	}
	x.buf = append(x.buf, x.seenQuery(string(next))...)
}

func appendList[T ~string](parameter func(string), dst *[]byte, name string, list []T) {
	for i, member := range list {
		if i == 0 {
			parameter(name)
		} else {
			*dst = append(*dst, ',')
		}
		*dst = append(*dst, member...)
	}
}
