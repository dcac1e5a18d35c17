package edge

import (
	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/encode"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Shown is how a client wants to see features. The zero value: all of them, as it
// is stored.
type Shown struct {
	// Converter is to the system asked for; nil: CRS84.
	Converter *refsys.Converter
	// Columns are the properties that are shown, by index, ascending; nil: all.
	Columns []int
	// Bare leaves out the geometry.
	Bare bool
	// FG is JSON-FG rather than GeoJSON.
	FG bool
	// Texts are those of features that were shown before; nil: they are made anew.
	Texts *encode.Texts

	features  *encode.Features // what writer returns
	projector *crs.Projector
}

// Done gives back what append has borrowed.
func (s *Shown) Done() {
	if s.Converter != nil {
		s.Converter.Return(s.projector)
	}
	s.features, s.projector = nil, nil
}

// Apart returns s without what it has borrowed, so that it can be used beside s.
func (s Shown) Apart() Shown {
	s.features, s.projector = nil, nil
	return s
}

// Append is encode.Features.Append for features as they are asked for. The error
// wraps crs.ErrOutside.
func (s *Shown) Append(dst []byte, l *snapshot.Layer, f *snapshot.Feature, tags []tiles.Tag, members []byte) ([]byte, error) {
	dst, err := s.writer(l).Append(dst, l, f, tags, members)
	if err != nil {
		return dst, OutsideSystem(err, f.ID(), s.System())
	}
	return dst, nil
}

// Room is encode.Features.Room for features as they are asked for.
func (s *Shown) Room(l *snapshot.Layer, features []*snapshot.Feature) int {
	return s.writer(l).Room(l, features)
}

// writer returns what writes features, made for the first; those of other layers are
// written alike, but for Columns.
func (s *Shown) writer(l *snapshot.Layer) *encode.Features {
	if s.features == nil {
		selection := s.Of(l)
		if s.Converter != nil {
			s.projector = s.Converter.Borrow()
			selection.Space.Projector = s.projector
		}
		s.features = encode.NewFeatures(selection)
		s.features.Keep(s.Texts, selection)
	}
	return s.features
}

// Of returns all features of a layer, to be shown so.
func (s *Shown) Of(l *snapshot.Layer) *encode.Selection {
	system := s.System()
	return &encode.Selection{
		Layer: l, Columns: s.Columns, NoGeometry: s.Bare, FG: s.FG,
		Space: encode.Space{SRID: system.SRID(), URI: system.URI(), Swapped: system.LatitudeFirst()},
	}
}

// AppendRoot appends the members that the root of a document with features has, each
// with a comma behind it; GeoJSON has none.
func (s *Shown) AppendRoot(dst []byte) []byte {
	if !s.FG {
		return dst
	}
	return s.Of(nil).Space.AppendRoot(dst)
}

// System is that of the coordinates.
func (s *Shown) System() refsys.System {
	if s.Converter == nil {
		return refsys.CRS84()
	}
	return s.Converter.System()
}
