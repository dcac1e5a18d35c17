package check

import (
	"context"
	"fmt"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Reader is what the checks need of a store; twin.Reader satisfies it. The
// Feature that yield gets may be reused afterwards, its Geometry may not.
type Reader interface {
	Layers() []city.Layer
	Features(ctx context.Context, layer city.LayerID, yield func(*city.Feature) error) error
}

// The layers that other layers are held against.
const (
	ringLayer    city.LayerID = "ring_roads"
	outlineLayer city.LayerID = "city_outline"
)

// Names of the seed's properties that the checks read besides city.Prop….
const (
	propRing        = "ring"
	propRingName    = "ring_name"
	propRingNote    = "ring_note_en"
	propRingClosed  = "ring_closed"
	propRingLength  = "ring_length_km_official"
	propRingWhy     = "ring_length_note_en"
	propSection     = "section"
	propGapNote     = "gap_note_en"
	propProvinces   = "provinces"
	propMeasured    = "length_km_measured"
	propPrecision   = "date_precision"
	propDoubtful    = "doubtful"
	propStatusNote  = "status_note_en"
	propNote        = "note_en"
	cityName        = "Hà Nội" // as it stands in provinces
	defaultMaxRows  = 50       // about a screenful for each check and layer
	defaultJunction = 100.0    // metres: see Options.JunctionMetres
	defaultLength   = 0.05     // share: see Options.RingLengthShare
)

// Options tune Run. The zero value is what the command uses, except for the
// catalogue.
type Options struct {
	// Catalogue holds the layers as they should be; layers of the store that
	// are not in it are not compared. Empty: none are.
	Catalogue []city.Layer
	// Today decides which dates lie ahead; zero means the clock's day.
	Today time.Time
	// JunctionMetres is added to the accuracies when a feature is held against
	// the ring that it names. An interchange is an area whose point marks its
	// middle, and a ring may pass along its edge: the largest in Hanoi are
	// about 200 m across. 0 means 100.
	JunctionMetres float64
	// RingLengthShare is the difference between measured and official length
	// beyond which a ring gets a warning. Every ring gets at least an info.
	// 0 means 0.05.
	RingLengthShare float64
	// MaxRows limits the rows of each check in each layer; what is beyond is
	// still counted, and the report says how much. 0 means 50, negative no limit.
	MaxRows int
}

func (o Options) withDefaults() Options {
	if o.Today.IsZero() {
		o.Today = time.Now()
	}
	if o.JunctionMetres == 0 {
		o.JunctionMetres = defaultJunction
	}
	if o.RingLengthShare == 0 {
		o.RingLengthShare = defaultLength
	}
	if o.MaxRows == 0 {
		o.MaxRows = defaultMaxRows
	}
	return o
}

// Run holds the whole store against the checks. The error says only that the
// store could not be read; mistakes in the data are rows of the report.
func Run(ctx context.Context, reader Reader, opts Options) (Report, error) {
	opts = opts.withDefaults()
	rec := newRecorder(opts.MaxRows)
	layers := reader.Layers()
	rings, outline, err := reference(ctx, reader, layers)
	if err != nil {
		return Report{}, err
	}
	features := 0
	for i := range layers {
		layer := &layers[i]
		checkDefinition(rec, layer, opts.Catalogue)
		in := newInspector(rec, layer, opts, rings, outline)
		err := reader.Features(ctx, layer.ID, func(f *city.Feature) error {
			if features++; features%1024 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			in.feature(f)
			return nil
		})
		if err != nil {
			return Report{}, fmt.Errorf("check layer %q: %w", layer.ID, err)
		}
	}
	rings.check(rec, opts)
	return rec.report(len(layers), features), nil
}

// reference reads the layers that others are held against. A store without
// them gets empty ones, and the checks that need them find nothing.
func reference(ctx context.Context, reader Reader, layers []city.Layer) (*ringSet, *outline, error) {
	rings, bounds := newRingSet(), &outline{}
	for i := range layers {
		layer := &layers[i]
		var keep func(*city.Feature)
		switch layer.ID {
		case ringLayer:
			cols := newColumns(layer)
			keep = func(f *city.Feature) { rings.add(cols, f) }
		case outlineLayer:
			cols := newColumns(layer)
			keep = func(f *city.Feature) { bounds.add(f.Geometry, cols.number(f, city.PropAccuracy)) }
		default:
			continue
		}
		err := reader.Features(ctx, layer.ID, func(f *city.Feature) error {
			keep(f)
			return nil
		})
		if err != nil {
			return nil, nil, fmt.Errorf("check layer %q: %w", layer.ID, err)
		}
	}
	rings.order()
	bounds.build()
	return rings, bounds, nil
}
