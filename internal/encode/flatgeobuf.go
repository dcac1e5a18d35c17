package encode

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/encode/fgb"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// MaxIndexed is the most features that a FlatGeobuf is indexed for: the index
// takes 60 bytes of memory for each, 30 MB for so many.
const MaxIndexed = 500_000

// flatGeobuf writes a FlatGeobuf in two passes: the header holds the number of
// features and their bounds, and the index where each of them begins.
type flatGeobuf struct {
	s          *Selection
	columns    []int
	row        row
	projection projection
	properties []byte // scratch

	header fgb.Header
	places []place // nil when there is no index
	bytes  []byte
	out    io.Writer
}

// place is a feature and what the index needs of it.
type place struct {
	feature *snapshot.Feature
	box     orb.Bound
	size    uint32
	curve   uint32
}

func writeFlatGeobuf(ctx context.Context, w io.Writer, s *Selection) error {
	e := &flatGeobuf{
		s: s, columns: s.columns(), row: newRow(s), projection: newProjection(s.Space), out: w,
	}
	if err := e.survey(ctx); err != nil {
		return err
	}
	e.bytes = e.header.Append(append(e.bytes[:0], fgb.Magic...))
	if e.header.Indexed {
		return e.writeIndexed(ctx)
	}
	if err := eachUntil(ctx, s, e.write); err != nil {
		return err
	}
	return e.flush()
}

// survey is the first pass.
func (e *flatGeobuf) survey(ctx context.Context) error {
	def := e.s.Layer.Definition()
	h := &e.header
	*h = fgb.Header{
		Name: string(def.ID), Title: def.Title, Description: def.Description, Geometry: fgb.Declared(def.Geometry),
		EPSG: int(e.s.Space.srid()), CRSName: e.s.Space.srid().Name(),
	}
	properties := e.s.properties()
	h.Columns = append(h.Columns, fgb.Column{Name: columnName(properties, "id", "fid"), Kind: city.KindInteger, Key: true})
	for _, p := range properties {
		h.Columns = append(h.Columns, fgb.Column{Name: p.Name, Title: p.Title, Kind: p.Type})
	}
	if n := e.s.Layer.Len(); e.s.Features == nil && !e.s.NoGeometry && n <= MaxIndexed {
		e.places = make([]place, 0, n)
	}
	if err := eachUntil(ctx, e.s, e.see); err != nil {
		return err
	}
	if e.s.NoGeometry {
		h.Geometry = fgb.Unknown
		return nil
	}
	h.Bounded = h.Count > 0
	h.Indexed = h.Bounded && h.Count <= MaxIndexed
	return nil
}

// see takes a feature into the header and, unless there are too many, the index.
func (e *flatGeobuf) see(f *snapshot.Feature) error {
	h := &e.header
	h.Count++
	if e.s.NoGeometry {
		return nil
	}
	if h.Count > MaxIndexed {
		e.places = nil
	}
	var g orb.Geometry
	var err error
	if h.Count > MaxIndexed { // only the bounds are of use
		g, err = e.projection.geometry(f.Geometry())
	} else {
		e.bytes, g, err = e.append(e.bytes[:0], f)
	}
	if err != nil {
		return fmt.Errorf("feature %d: %w", f.ID(), err)
	}
	box, t := boundOf(g), fgb.TypeOf(g)
	if h.Count == 1 {
		h.Bound, h.Geometry = box, t
	} else {
		h.Bound = fgb.Union(h.Bound, box)
		if t != h.Geometry {
			h.Geometry = fgb.Unknown // each feature says it
		}
	}
	if h.Count <= MaxIndexed {
		e.places = append(e.places, place{feature: f, box: box, size: uint32(len(e.bytes))})
	}
	return nil
}

// append appends a feature and returns its geometry in the Space too.
func (e *flatGeobuf) append(dst []byte, f *snapshot.Feature) ([]byte, orb.Geometry, error) {
	e.row.fill(e.s.Layer.Table(), e.s.tags(f))
	e.properties = fgb.AppendProperty(e.properties[:0], 0, city.Integer(f.ID()))
	for i, column := range e.columns {
		e.properties = fgb.AppendProperty(e.properties, uint16(i+1), e.row[column])
	}
	var g orb.Geometry
	if !e.s.NoGeometry {
		var err error
		if g, err = e.projection.geometry(f.Geometry()); err != nil {
			return dst, nil, err
		}
	}
	return fgb.AppendFeature(dst, g, e.properties), g, nil
}

func (e *flatGeobuf) writeIndexed(ctx context.Context) error {
	for i := range e.places {
		e.places[i].curve = fgb.Curve(e.header.Bound, e.places[i].box)
	}
	slices.SortFunc(e.places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.curve, b.curve), cmp.Compare(a.feature.ID(), b.feature.ID()))
	})
	index := fgb.NewIndex(len(e.places), func(i int) orb.Bound { return e.places[i].box })
	e.bytes = index.AppendInner(e.bytes)
	offset := uint64(0)
	for i := range e.places {
		p := &e.places[i]
		e.bytes = fgb.AppendNode(e.bytes, p.box, offset)
		offset += uint64(p.size)
		if err := e.pass(); err != nil {
			return err
		}
	}
	for i := range e.places {
		if i%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if err := e.write(e.places[i].feature); err != nil {
			return err
		}
	}
	return e.flush()
}

// write writes a feature in the second pass.
func (e *flatGeobuf) write(f *snapshot.Feature) (err error) {
	if e.bytes, _, err = e.append(e.bytes, f); err != nil {
		return fmt.Errorf("feature %d: %w", f.ID(), err)
	}
	return e.pass()
}

// pass writes what is there when it is enough.
func (e *flatGeobuf) pass() error {
	if len(e.bytes) < pieceBytes {
		return nil
	}
	return e.flush()
}

func (e *flatGeobuf) flush() error {
	_, err := e.out.Write(e.bytes)
	e.bytes = e.bytes[:0]
	return err
}

// boundOf returns the bounds of a geometry; those of a Collection of orb are
// wrong when its first member is empty.
func boundOf(g orb.Geometry) orb.Bound {
	members, ok := g.(orb.Collection)
	if !ok {
		return g.Bound()
	}
	box := snapshot.Nowhere()
	for _, m := range members {
		if b := boundOf(m); b.Min[0] <= b.Max[0] && b.Min[1] <= b.Max[1] {
			box = fgb.Union(box, b)
		}
	}
	return box
}
