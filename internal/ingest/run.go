package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
)

// Run imports files into the sink, which must be one open transaction: when
// Run returns an error the caller rolls it back. The report is filled as far as
// the import came, also then.
func Run(ctx context.Context, sink Sink, files []string, opt Options) (Report, error) {
	job := &job{sink: sink, opt: &opt, ledger: newLedger(opt.Examples), targets: map[city.LayerID]*target{}}
	err := job.run(ctx, files)
	err = errors.Join(err, job.close())
	return job.report(), err
}

// job is one call of Run.
type job struct {
	sink    Sink
	opt     *Options
	ledger  *ledger
	inputs  []*input
	targets map[city.LayerID]*target
	order   []*target
}

func (j *job) run(ctx context.Context, files []string) error {
	for _, path := range files {
		if err := j.open(ctx, path); err != nil {
			return err
		}
	}
	for _, in := range j.inputs {
		err := j.watched(in, "survey", func() error { return in.look(ctx, j.opt) })
		if err != nil {
			return err
		}
	}
	if err := j.settle(ctx); err != nil {
		return err
	}
	for _, in := range j.inputs {
		v := &storer{reading: reading{ctx: ctx, byLayer: map[string]*survey{}}, job: j, input: in, digest: newDigest()}
		for _, s := range in.surveys {
			v.byLayer[s.schema.Name] = s
		}
		err := j.watched(in, "import", func() error { return in.source.Read(ctx, v) })
		if err != nil {
			return fmt.Errorf("import %s: %w", in.path, err)
		}
	}
	return nil
}

// open prepares one file and finds the layers that it goes into.
func (j *job) open(ctx context.Context, path string) error {
	in := &input{path: path}
	var err error
	in.source, in.format, err = open(ctx, path, j.opt, func(n int64) {
		if j.opt.Progress != nil {
			j.opt.Progress.Advance(n)
		}
	})
	if err != nil {
		return err
	}
	j.inputs = append(j.inputs, in)
	for _, schema := range in.source.Schemas() {
		id := targetName(path, schema.Name, j.opt)
		if _, err := city.ParseLayerID(string(id)); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		t := j.targets[id]
		if t == nil {
			t = newTarget(id, j.sink, j.opt)
			j.targets[id] = t
			j.order = append(j.order, t)
		}
		s := newSurvey(in, schema)
		s.target = t
		t.surveys = append(t.surveys, s)
		in.surveys = append(in.surveys, s)
	}
	return nil
}

// watched reports the progress of one reading.
func (j *job) watched(in *input, what string, read func() error) error {
	if j.opt.Progress == nil {
		return read()
	}
	j.opt.Progress.Start(in.path, what, in.format.passes()*feed.File{Path: in.path}.Size())
	defer j.opt.Progress.Done()
	return read()
}

// settle makes the layers in the sink.
func (j *job) settle(ctx context.Context) error {
	for _, t := range j.order {
		for _, s := range t.surveys {
			if err := s.locate(j.opt, j.ledger); err != nil {
				return err
			}
		}
		if err := t.settle(j.opt, j.ledger); err != nil {
			return err
		}
		// A profile names more layers than a file fills: those of OSM files
		// are made when their first feature comes.
		if !t.profiled() {
			if err := j.make(ctx, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// make creates or changes a layer in the sink, once.
func (j *job) make(ctx context.Context, t *target) error {
	if !t.changed {
		return nil
	}
	t.changed = false
	if err := j.sink.PutLayer(ctx, t.layer); err != nil {
		return fmt.Errorf("layer %q: %w", t.id, err)
	}
	return nil
}

func (j *job) close() error {
	var err error
	for _, in := range j.inputs {
		err = errors.Join(err, in.source.Close())
	}
	return err
}

func (j *job) report() Report {
	out := Report{Issues: j.ledger.sorted()}
	for _, in := range j.inputs {
		f := FileReport{Path: in.path, Format: in.format}
		for _, s := range in.surveys {
			if s.srid != 0 {
				f.CRS = s.srid.String()
			}
		}
		out.Files = append(out.Files, f)
	}
	for _, t := range j.order {
		if t.report != nil && (t.report.Read > 0 || !t.profiled()) {
			out.Layers = append(out.Layers, *t.report)
		}
	}
	return out
}

// storer is the visitor of the second reading.
type storer struct {
	reading
	job     *job
	input   *input
	digest  *digest
	cleaner cleaner
	feature city.Feature
}

// issue reports a problem; a strict import ends here on a fault.
func (v *storer) issue(layer city.LayerID, p feed.Problem) error {
	v.job.ledger.add(layer, v.input.path, p)
	if v.job.opt.Strict && p.Action != feed.Noted {
		return fmt.Errorf("%w: %s: %v: %s: %s", ErrStrict, v.input.path, p.At, p.Reason, p.Detail)
	}
	return nil
}

// Problem takes what the reader found.
func (v *storer) Problem(p feed.Problem) error {
	s := v.byLayer[p.Layer]
	if s == nil {
		return v.issue("", p)
	}
	if p.Action == feed.Skipped {
		s.target.report.Read++
		s.target.report.Skipped++
	}
	return v.issue(s.target.id, p)
}

func (v *storer) skip(s *survey, at feed.Position, why *skip) error {
	s.target.report.Skipped++
	return v.issue(s.target.id, feed.Problem{At: at, Reason: why.reason, Detail: why.detail, Action: feed.Skipped})
}

// Record stores one feature.
func (v *storer) Record(r *feed.Record) error {
	s, err := v.surveyOf(r)
	if err != nil {
		return err
	}
	t := s.target
	t.report.Read++
	v.feature = city.Feature{Values: v.feature.Values[:0]}
	for range t.layer.Properties {
		v.feature.Values = append(v.feature.Values, city.Null)
	}
	// The key first: it may be a hash of the geometry as the file has it.
	if bad := v.identify(s, r); bad != nil {
		return v.skip(s, r.At, bad)
	}
	g, bad, err := v.geometry(s, r)
	if err != nil {
		return err
	}
	if bad != nil {
		return v.skip(s, r.At, bad)
	}
	v.feature.Geometry = g
	if err := v.job.make(v.ctx, t); err != nil {
		return err
	}
	if err := v.values(s, r); err != nil {
		return err
	}
	if err := v.job.sink.Put(v.ctx, t.id, &v.feature); err != nil {
		return fmt.Errorf("%v: %w", r.At, err)
	}
	t.report.Stored++
	return nil
}

// identify sets what the store recognises the feature by.
func (v *storer) identify(s *survey, r *feed.Record) *skip {
	switch s.mode {
	case keyID:
		if r.ID <= 0 {
			return &skip{reasonNoKey, "the layer is keyed by feature id, which must be a positive integer"}
		}
		v.feature.ID = r.ID
		return nil
	case keyProperty:
		v.feature.ID = r.ID
		key := propertyText(r, s.columns[s.keyColumn].name)
		if key != "" {
			if n := s.keyTwice.nth(key); n > 1 {
				return &skip{reasonKeyTwice, fmt.Sprintf("%s %q for the %d. time", s.target.layer.Key, key, n)}
			}
			return nil
		}
		if r.ID > 0 && s.target.exists {
			return nil // an export of ours: the store finds it by id
		}
		if s.target.layer.Key != city.PropExternalKey {
			return &skip{reasonNoKey, fmt.Sprintf("%s is empty", s.target.layer.Key)}
		}
	}
	return v.identifyNaturally(s, r)
}

func (v *storer) identifyNaturally(s *survey, r *feed.Record) *skip {
	key, hashed := naturalKey(r, v.job.opt.Key, s.chosen, v.digest)
	if key == "" || hashed && s.target.layer.Key != city.PropExternalKey {
		return &skip{reasonNoKey, fmt.Sprintf("%s is empty", cmp.Or(v.job.opt.Key, s.target.layer.Key))}
	}
	n := s.natural.nth(key)
	if n > 1 && !hashed {
		return &skip{reasonKeyTwice, fmt.Sprintf("%q for the %d. time", key, n)}
	}
	if s.mode == keyNatural {
		v.feature.ID = 0
	}
	p := s.target.layer.PropertyIndex(s.target.layer.Key)
	value, ok := convert(city.String(numbered(key, n)), s.target.layer.Properties[p].Type)
	if !ok {
		return &skip{reasonNoKey, fmt.Sprintf("%q is no %s", key, s.target.layer.Properties[p].Type)}
	}
	v.feature.Values[p] = value
	return nil
}

// geometry cleans, converts and fits the geometry of a record.
func (v *storer) geometry(s *survey, r *feed.Record) (orb.Geometry, *skip, error) {
	t := s.target
	if r.Flat {
		if err := v.issue(t.id, feed.Problem{At: r.At, Reason: reasonFlat, Action: feed.Noted}); err != nil {
			return nil, nil, err
		}
	}
	g, bad := v.cleaner.clean(r.Geometry)
	if bad != nil {
		return nil, bad, nil
	}
	if s.transform != nil {
		converted, err := s.transform.Geometry(g)
		if err != nil {
			return nil, &skip{reasonRange, err.Error()}, nil
		}
		if g, bad = v.cleaner.cleanAgain(converted); bad != nil {
			return nil, bad, nil
		}
	} else if bad := onEarth(g); bad != nil {
		return nil, bad, nil
	}
	repaired := false
	for _, f := range v.cleaner.faults {
		repaired = repaired || f.action == feed.Repaired || f.action == feed.Dropped
		if err := v.issue(t.id, feed.Problem{At: r.At, Reason: f.reason, Detail: f.detail, Action: f.action}); err != nil {
			return nil, nil, err
		}
	}
	if repaired || s.input.format.reorients() {
		orient(g)
	}
	g, bad = fit(g, t.layer.Geometry)
	if bad == nil && repaired {
		t.report.Repaired++
	}
	return g, bad, nil
}

// onEarth checks longitudes and latitudes.
func onEarth(g orb.Geometry) *skip {
	b := g.Bound()
	if b.Min[0] >= -180 && b.Max[0] <= 180 && b.Min[1] >= -90 && b.Max[1] <= 90 {
		return nil
	}
	detail := fmt.Sprintf("x from %v to %v, y from %v to %v", b.Min[0], b.Max[0], b.Min[1], b.Max[1])
	switch {
	case b.Min[0] >= -90 && b.Max[0] <= 90 && b.Min[1] >= -180 && b.Max[1] <= 180:
		detail += " (latitude before longitude?)"
	case b.Max[0] > 1000 || b.Max[1] > 1000:
		detail += " (metres? say which system, such as --crs 5897)"
	}
	return &skip{reasonRange, detail}
}

// values fills the properties of the feature.
func (v *storer) values(s *survey, r *feed.Record) error {
	for i := range r.Fields {
		f := &r.Fields[i]
		c := s.columnOf(i, f.Name)
		if c < 0 || f.Value.IsNull() {
			continue
		}
		p := s.property[c]
		value, reason, action := tidyValue(f.Value)
		if reason != "" {
			detail := fmt.Sprintf("%s: %.60q", f.Name, f.Value.Text())
			if err := v.issue(s.target.id, feed.Problem{At: r.At, Reason: reason, Detail: detail, Action: action}); err != nil {
				return err
			}
		}
		property := &s.target.layer.Properties[p]
		converted, ok := convert(value, property.Type)
		if !ok {
			detail := fmt.Sprintf("%s: %.60q is no %s", f.Name, value.String(), property.Type)
			if err := v.issue(s.target.id, feed.Problem{At: r.At, Reason: reasonValueType, Detail: detail, Action: feed.Dropped}); err != nil {
				return err
			}
			converted = city.Null
		}
		v.feature.Values[p] = converted
	}
	return nil
}
