package httpapi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/encode"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// appendFeature appends a feature of layer l with the properties that tags are.
// members is JSON text that stands between the id and the geometry, such as
// `"distance_m":12.5,`; it is empty or ends in a comma. Properties that are null
// are left out.
func appendFeature(dst []byte, l *snapshot.Layer, f *snapshot.Feature, tags []tiles.Tag, members []byte) []byte {
	return encode.AppendFeature(dst, l, f, tags, members)
}

// shown is how a client wants to see features. The zero value: all of them, as it
// is stored.
type shown struct {
	// converter is to the system asked for; nil: CRS84.
	converter *refsys.Converter
	// columns are the properties that are shown, by index, ascending; nil: all.
	columns []int
	// bare leaves out the geometry.
	bare bool

	features  *encode.Features // what writes them; made for the first
	projector *geodesy.Projector
}

// done gives back what append has borrowed.
func (s *shown) done() {
	if s.converter != nil {
		s.converter.Return(s.projector)
	}
	s.features, s.projector = nil, nil
}

// append is appendFeature for features as they are asked for. The error wraps
// geodesy.ErrOutside.
func (s *shown) append(dst []byte, l *snapshot.Layer, f *snapshot.Feature, tags []tiles.Tag, members []byte) ([]byte, error) {
	if s.features == nil {
		selection := s.of(l)
		if s.converter != nil {
			s.projector = s.converter.Borrow()
			selection.Space.Projector = s.projector
		}
		s.features = encode.NewFeatures(selection)
	}
	dst, err := s.features.Append(dst, l, f, tags, members)
	if err != nil {
		return dst, outsideSystem(err, f.ID(), s.system())
	}
	return dst, nil
}

// of returns all features of a layer, to be shown so.
func (s *shown) of(l *snapshot.Layer) *encode.Selection {
	system := s.system()
	return &encode.Selection{
		Layer: l, Columns: s.columns, NoGeometry: s.bare,
		Space: encode.Space{SRID: system.SRID(), URI: system.URI(), Swapped: system.LatitudeFirst()},
	}
}

func (s *shown) system() refsys.System {
	if s.converter == nil {
		return refsys.CRS84()
	}
	return s.converter.System()
}

func propertiesParameter() params.Parameter {
	return params.Parameter{
		Name: "properties", Kind: params.List, Syntax: "names of properties of the layer, with commas between", Example: "name,status",
		About: "Only these properties of the features; without, all.",
	}
}

func skipGeometryParameter() params.Parameter {
	return params.Parameter{Name: "skipGeometry", Kind: params.Boolean, About: "Leave out where the features are.", Example: "true"}
}

// show reads how the client wants to see features of a layer, and says in the
// header in which system it will.
func (x *exchange) show(l *city.Layer) (s shown) {
	q := &x.query
	if system := q.System(params.NameCRS); system != refsys.CRS84() {
		s.converter = x.server.converters[system]
	}
	s.bare = q.Truth("skipGeometry")
	if text, ok := q.Get("properties"); ok {
		s.columns = []int{}
		var unknown []string
		params.Split(text, func(name string) {
			if i := l.PropertyIndex(name); i >= 0 {
				s.columns = append(s.columns, i)
			} else {
				unknown = append(unknown, name)
			}
		})
		slices.Sort(s.columns)
		s.columns = slices.Compact(s.columns)
		if len(unknown) > 0 {
			q.Mistake(problem.Mistake{
				Parameter: "properties", Value: problem.Clip(text), Expected: "some of " + strings.Join(params.PropertyNames(l), ", "),
				Detail: fmt.Sprintf("names what layer %s does not have: %s", l.ID, problem.Quote(unknown[:min(len(unknown), params.Max)])),
			})
		}
	}
	x.setCRS(s.system())
	return s
}
