package features

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geojson"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/filters"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/proximity"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// nearby answers GET /nearby: what is near a place.
func (x request) nearby() error {
	q := x.Read()
	scratch := x.nearScratch()
	defer func() { x.near.Put(scratch.forget()) }()
	var ask proximity.Query
	ask.Point[0], _ = q.Number("lon")
	ask.Point[1], _ = q.Number("lat")
	unknown := x.askNearby(&ask, scratch)
	if err := x.Wrong(unknown); err != nil {
		return err
	}
	return x.sendNearby(&ask, nil, scratch)
}

// nearbyItem answers GET /collections/{layer}/items/{id-or-code}/nearby: what
// is near a feature, itself left out.
func (x request) nearbyItem() error {
	x.Read()
	scratch := x.nearScratch()
	defer func() { x.near.Put(scratch.forget()) }()
	var ask proximity.Query
	unknown := x.askNearby(&ask, scratch)
	if err := x.Wrong(unknown); err != nil {
		return err
	}
	l, f, err := x.Feature()
	if err != nil {
		return err
	}
	ask.Feature = f
	return x.sendNearby(&ask, l, scratch)
}

// nearScratch is memory that questions of what is near use again.
type nearScratch struct {
	hits  []proximity.Hit
	names []city.LayerID
}

func (s *Service) nearScratch() *nearScratch { return s.near.Get().(*nearScratch) }

// forget lets go of the state that was searched, and returns the memory.
func (n *nearScratch) forget() *nearScratch {
	clear(n.hits)
	n.hits = n.hits[:0]
	return n
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
func (x request) askNearby(ask *proximity.Query, scratch *nearScratch) (unknown []string) {
	c, q := &x.config, &x.Query
	ask.RadiusMetres, _ = q.Number("radius")
	ask.K, _ = q.Integer("k")
	if !q.Has("radius") && !q.Has("k") {
		q.Mistake(problem.Mistake{
			Parameter: "radius", Limit: c.MaxRadiusMetres,
			Expected: fmt.Sprintf("radius in metres, at most %s, or k, at most %d, or both", params.Plain(c.MaxRadiusMetres), c.MaxNeighbours),
			Detail:   "and k are both missing: at least one is needed",
		})
	}
	x.Shown.Bare, x.Shown.FG = q.Truth("skipGeometry"), x.Format == media.JSONFG
	if system := q.System(params.NameCRS); system != refsys.CRS84() {
		x.Shown.Converter = x.ConverterTo(system)
	}
	x.SetCRS(x.Shown.System())
	if text, ok := q.Get("status"); ok {
		ask.Statuses = x.statuses(text)
	}
	layers := x.View.All.Layers
	if set, missing, ok := x.ListedLayers(c.MaxLayers); ok {
		scratch.names = scratch.names[:0]
		for _, l := range set.Layers {
			scratch.names = append(scratch.names, l.ID())
		}
		ask.Layers, unknown, layers = scratch.names, missing, set.Layers
	}
	if f := x.nearFilter(layers); f != nil {
		ask.Lens = f
	}
	return unknown
}

func (x request) statuses(text string) (all []city.Status) {
	wrong := false
	params.Split(text, func(part string) {
		status, err := city.ParseStatus(part)
		wrong = wrong || err != nil || len(all) >= len(city.Statuses())
		all = append(all, status)
	})
	if wrong {
		x.Query.Mistake(problem.Mistake{
			Parameter: "status", Value: problem.Clip(text),
			Expected: statusSyntax,
			Detail:   "is not a list of statuses",
		})
	}
	return all
}

// sendNearby answers with what is near. from is the layer of ask.Feature.
func (x request) sendNearby(ask *proximity.Query, from *snapshot.Layer, scratch *nearScratch) error {
	s := x.Service
	within := *ask
	if ask.K == 0 {
		within.K = s.config.MaxNeighbours
	}
	if ask.RadiusMetres == 0 {
		within.RadiusMetres = s.config.MaxRadiusMetres
	}
	if x.Lens.Asked && within.Lens == nil {
		within.Lens = &x.Lens
	}
	var err error
	scratch.hits, err = s.searcher.Nearby(x.Working(), x.View.Snapshot, within, scratch.hits[:0])
	if err == nil {
		err = x.Working().Err() // a filter that was stopped let nothing through
	}
	if err != nil {
		return err
	}
	if ask.K == 0 && len(scratch.hits) == s.config.MaxNeighbours {
		return tooManyNear(ask.RadiusMetres, s.config.MaxNeighbours)
	}
	x.Buf = append(x.Buf, `{"type":"FeatureCollection",`...)
	x.Buf = x.Shown.AppendRoot(x.Buf)
	x.Buf = append(x.Buf, `"features":[`...)
	for i := range scratch.hits {
		if i > 0 {
			x.Buf = append(x.Buf, ',')
		}
		if err := x.appendHit(&scratch.hits[i]); err != nil {
			return err
		}
	}
	x.Buf = append(x.Buf, `],"numberReturned":`...)
	x.Buf = strconv.AppendInt(x.Buf, int64(len(scratch.hits)), 10)
	x.Buf = append(x.Buf, `,"links":[`...)
	x.AppendProfile()
	x.appendNearbyLinks(ask, from)
	x.Buf = append(x.Buf, "]}\n"...)
	return x.SendFormat()
}

// appendNearbyLinks appends the links to this answer, and to it in other formats.
func (x request) appendNearbyLinks(ask *proximity.Query, from *snapshot.Layer) {
	links := len(x.Buf)
	x.appendNearbyLink(ask, from)
	here := string(x.Buf[links:])
	x.Buf = x.Buf[:links]
	self := here
	if x.Shown.FG {
		self += "&" + media.Name + "=" + x.Format.Names()[0]
	}
	x.AppendLink(self, "self", x.Format.MediaType())
	x.AppendAlternates(x.Op.Formats, x.Format, func(f string) string { return here + "&" + f })
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
func (x request) appendHit(h *proximity.Hit) error {
	m := append(x.Coded[:0], `"layer":"`...)
	m = append(m, h.Layer.ID()...)
	m = append(m, '"')
	if code := h.Layer.Code(h.Feature); code != "" {
		m = append(m, `,"code":`...)
		m = city.AppendJSONString(m, code)
	}
	m = append(m, `,"distance_m":`...)
	m = geojson.AppendNumber(m, edge.Round(h.DistanceMetres, 1e3))
	m = append(m, `,"bearing_deg":`...)
	if h.DistanceMetres > 0 {
		m = geojson.AppendNumber(m, math.Mod(edge.Round(h.BearingDegrees, 1e2), 360))
	} else {
		m = append(m, "null"...) // here is in no direction
	}
	m = append(m, `,"nearest_point":`...)
	nearest := orb.Point{edge.Round(h.NearestPoint[0], 1e7), edge.Round(h.NearestPoint[1], 1e7)}
	if x.Shown.Converter != nil {
		var err error
		if nearest, err = x.Shown.Converter.OutPoint(h.NearestPoint); err != nil {
			return edge.OutsideSystem(err, h.Feature.ID(), x.Shown.System())
		}
	}
	m = geojson.AppendPosition(m, nearest)
	m = append(m, ',')
	x.Coded = m
	tags, _ := x.Lens.Tags(h.Layer, h.Feature)
	var err error
	x.Buf, err = x.Shown.Append(x.Buf, h.Layer, h.Feature, tags, m)
	return err
}

// appendNearbyLink appends the question in its canonical spelling. Names and
// numbers need no escaping.
func (x request) appendNearbyLink(ask *proximity.Query, from *snapshot.Layer) {
	x.Buf = append(x.Buf, x.Base()...)
	if from != nil {
		x.Buf = append(x.Buf, "/collections/"...)
		x.Buf = append(x.Buf, from.ID()...)
		x.Buf = append(x.Buf, "/items/"...)
		x.Buf = strconv.AppendInt(x.Buf, ask.Feature.ID(), 10)
	}
	x.Buf = append(x.Buf, "/nearby"...)
	next := byte('?')
	parameter := func(name string) {
		x.Buf = append(x.Buf, next)
		x.Buf = append(x.Buf, name...)
		next = '&'
	}
	if from == nil {
		parameter("lon=")
		x.Buf = geojson.AppendNumber(x.Buf, ask.Point[0])
		parameter("lat=")
		x.Buf = geojson.AppendNumber(x.Buf, ask.Point[1])
	}
	if ask.RadiusMetres > 0 {
		parameter("radius=")
		x.Buf = geojson.AppendNumber(x.Buf, ask.RadiusMetres)
	}
	if ask.K > 0 {
		parameter("k=")
		x.Buf = strconv.AppendInt(x.Buf, int64(ask.K), 10)
	}
	appendList(parameter, &x.Buf, "layers=", ask.Layers)
	appendList(parameter, &x.Buf, "status=", ask.Statuses)
	if filter := x.Query.Text(filtering); filter != "" {
		parameter(strings.TrimSuffix(filter, "&"))
	}
	if x.Shown.Converter != nil {
		parameter(params.NameCRS + "=")
		x.Buf = append(x.Buf, url.QueryEscape(x.Shown.System().URI())...)
	}
	if x.Shown.Bare {
		parameter("skipGeometry=true")
	}
	x.Buf = append(x.Buf, x.SeenQuery(string(next))...)
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
