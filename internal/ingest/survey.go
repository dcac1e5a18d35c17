package ingest

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
)

// input is one file of an import.
type input struct {
	path    string
	format  Format
	source  feed.Source
	surveys []*survey // one a layer of the file
}

// survey is what the first reading learns of one layer of a file.
type survey struct {
	input  *input
	schema feed.Schema
	target *target

	columns []*column
	byName  map[string]int
	guess   []int // column of the i-th field of the last record
	records int64
	shapes  shapes
	bound   orb.Bound // in the file's coordinates
	// keys holds what is known of the properties that could be the key, and
	// under "" of the natural key. Empty when the source vouches for its keys.
	keys map[string]*keyCheck

	plan // how records become features; made after all surveys
}

// plan is how records of one survey become features of their target.
type plan struct {
	mode      keyMode
	chosen    string // property that Options.Key names; "" when it names the identifier or is empty
	property  []int  // of column i, in the target's layer
	keyColumn int    // column that may go into the key property; -1 for none
	keyTwice  *repeats
	natural   *repeats
	srid      crs.SRID
	transform *crs.Transform // nil for WGS 84
}

// keyMode is how a feature is recognised.
type keyMode uint8

const (
	keyNatural  keyMode = iota // the file's identifier goes into the key property
	keyProperty                // the file has the key property
	keyID                      // the layer has no key: by feature id
)

func newSurvey(in *input, schema feed.Schema) *survey {
	s := &survey{
		input: in, schema: schema, byName: map[string]int{}, shapes: shapes{}, keys: map[string]*keyCheck{},
		bound: orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}},
	}
	if schema.Declared != nil {
		for _, p := range schema.Declared.Properties {
			s.column(p.Name).declared = p.Type
		}
	}
	return s
}

// column returns the named column and makes it when it is new.
func (s *survey) column(name string) *column {
	i, ok := s.byName[name]
	if !ok {
		i = len(s.columns)
		s.byName[name] = i
		s.columns = append(s.columns, newColumn(name))
	}
	return s.columns[i]
}

// columnOf returns the index of the column of the i-th field of a record, -1
// when the survey did not meet it. Records of one file mostly have the same
// fields in the same order, so the last record's answer is tried first.
func (s *survey) columnOf(i int, name string) int {
	if i < len(s.guess) {
		if c := s.guess[i]; c >= 0 && s.columns[c].name == name {
			return c
		}
	}
	c, ok := s.byName[name]
	if !ok {
		return -1
	}
	for len(s.guess) <= i {
		s.guess = append(s.guess, -1)
	}
	s.guess[i] = c
	return c
}

// reading is what both readings of a file do with each record.
type reading struct {
	ctx     context.Context //nolint:containedctx // lives as long as one reading
	byLayer map[string]*survey
	count   int
}

// surveyOf returns what is known of a record's layer, or the error of a context
// that has ended meanwhile.
func (v *reading) surveyOf(r *feed.Record) (*survey, error) {
	if v.count++; v.count%256 == 0 {
		if err := v.ctx.Err(); err != nil {
			return nil, err
		}
	}
	s := v.byLayer[r.Layer]
	if s == nil {
		return nil, fmt.Errorf("layer %q of %v: %w", r.Layer, r.At, ErrNoLayer)
	}
	return s, nil
}

// surveyor is the visitor of the first reading. Problems are left to the second.
type surveyor struct {
	reading
	opt     *Options
	digest  *digest
	cleaner cleaner
}

func (v *surveyor) Problem(feed.Problem) error { return nil }

func (v *surveyor) Record(r *feed.Record) error {
	s, err := v.surveyOf(r)
	if err != nil {
		return err
	}
	s.records++
	if err := v.fields(s, r); err != nil {
		return err
	}
	if err := v.keys(s, r); err != nil {
		return err
	}
	if r.Geometry == nil {
		return nil
	}
	// The type that a layer needs is that of the geometries as they will be
	// stored: repairing can make several polygons of one.
	if g, bad := v.cleaner.clean(r.Geometry); bad == nil {
		s.shapes[g.GeoJSONType()]++
		s.bound = s.bound.Union(g.Bound())
	}
	return nil
}

func (v *surveyor) fields(s *survey, r *feed.Record) error {
	for i := range r.Fields {
		f := &r.Fields[i]
		c := s.columnOf(i, f.Name)
		if c < 0 {
			if len(s.columns) >= maxProperties {
				return fmt.Errorf("%v: more than %d: %w", r.At, maxProperties, ErrTooWide)
			}
			s.column(f.Name)
			c = s.columnOf(i, f.Name)
		}
		s.columns[c].observe(f.Value)
	}
	return nil
}

func (v *surveyor) keys(s *survey, r *feed.Record) error {
	for name, check := range s.keys {
		if name == "" {
			continue
		}
		if err := check.observe(propertyText(r, name)); err != nil {
			return err
		}
	}
	check := s.keys[""]
	if check == nil {
		return nil
	}
	key, _ := naturalKey(r, v.opt.Key, "", v.digest)
	return check.observe(key)
}

// look reads a file for the first time, when there is something to learn.
func (in *input) look(ctx context.Context, opt *Options) error {
	v := &surveyor{reading: reading{ctx: ctx, byLayer: map[string]*survey{}}, opt: opt, digest: newDigest()}
	complete := true
	for _, s := range in.surveys {
		v.byLayer[s.schema.Name] = s
		if s.vouched(opt) {
			continue
		}
		complete = false
		for _, name := range candidates(s, opt) {
			s.keys[name] = &keyCheck{}
		}
	}
	if complete {
		return nil
	}
	if err := in.source.Read(ctx, v); err != nil {
		return fmt.Errorf("read %s: %w", in.path, err)
	}
	for i, schema := range in.source.Schemas() {
		in.surveys[i].schema.CRS = schema.CRS
	}
	for _, s := range in.surveys {
		for _, check := range s.keys {
			if err := check.finish(); err != nil {
				return err
			}
		}
	}
	return nil
}

// candidates lists the ways of keying that are worth checking: the natural key
// and the properties that may become the key.
func candidates(s *survey, opt *Options) []string {
	names := []string{"", city.PropExternalKey, city.PropCode}
	if base := s.target.base; base != nil && base.Key != "" {
		names = append(names, base.Key)
	}
	if opt.Key != "" {
		names = append(names, opt.Key)
	}
	return names
}

// locate finds the coordinate system of a survey.
func (s *survey) locate(opt *Options, l *ledger) error {
	srid, err := s.crs(opt, l)
	if err != nil {
		return err
	}
	s.srid = srid
	if srid == crs.WGS84 {
		return nil
	}
	if s.transform, err = crs.NewTransform(srid, crs.WGS84); err != nil {
		return fmt.Errorf("%s: %w", s.input.path, err)
	}
	return nil
}

func (s *survey) crs(opt *Options, l *ledger) (crs.SRID, error) {
	stated := strings.TrimSpace(s.schema.CRS)
	switch {
	case opt.CRS != 0:
		return opt.CRS, nil
	case strings.Contains(stated, "["):
		srid, err := crs.ParseWKT(stated)
		if err != nil {
			return 0, fmt.Errorf("coordinate system of %s: %w", s.input.path, err)
		}
		return srid, nil
	case stated != "":
		srid, err := crs.ParseSRID(stated)
		if err != nil {
			return 0, fmt.Errorf("coordinate system of %s: %w", s.input.path, err)
		}
		return srid, nil
	case s.input.format == FormatGeoJSON:
		return crs.WGS84, nil // RFC 7946 section 4
	case s.bound.Min[0] < -180 || s.bound.Max[0] > 180 || s.bound.Min[1] < -90 || s.bound.Max[1] > 90:
		if s.bound.Min[0] > s.bound.Max[0] {
			break // no geometry at all
		}
		return 0, fmt.Errorf("%s: x from %v to %v, y from %v to %v: %w", s.input.path,
			s.bound.Min[0], s.bound.Max[0], s.bound.Min[1], s.bound.Max[1], ErrNoCRS)
	}
	l.add(s.target.id, s.input.path, feed.Problem{
		Reason: reasonAssumedCRS, Action: feed.Noted,
		Detail: "the file does not say its coordinate system; all coordinates are possible longitudes and latitudes, so WGS 84 is assumed",
	})
	return crs.WGS84, nil
}
