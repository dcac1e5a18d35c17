package watch

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/internal/watch/spec"
)

// benchTown is 100,000 features and 5,000 watches of 200 m to 2 km over 40 km of
// city, a tenth of them about features, a tenth polygons, some of whole layers.
func benchTown(b *testing.B) (*engine, []*target, []*twin.State) {
	random := rand.New(rand.NewPCG(1, 2))
	at := func() orb.Point { return orb.Point{105.65 + random.Float64()*0.4, 20.85 + random.Float64()*0.36} }
	var features []city.Feature
	for id := range int64(100_000) {
		features = append(features, city.Feature{ID: id + 1, Geometry: at(), Values: []city.Value{city.String(fmt.Sprint("C", id)), city.Null, city.Integer(id % 7)}})
	}
	snap := snapshottest.Build(b, 1, []city.Layer{layerOf("stops")}, map[city.LayerID][]city.Feature{"stops": features})
	e := newEngine(snap, byRole)
	var targets []*target
	for i := range 5_000 {
		p := at()
		s := spec.Spec{Place: &spec.Place{Point: &p, RadiusMetres: 200 + 1800*random.Float64()}}
		switch i % 10 {
		case 0:
			s.Place = &spec.Place{Feature: &spec.FeatureRef{Layer: "stops", ID: int64(50_000 + i)}, RadiusMetres: 500}
		case 1:
			s.Place = &spec.Place{Polygon: orb.MultiPolygon{{{p, {p[0] + 0.01, p[1]}, {p[0] + 0.01, p[1] + 0.01}, p}}}}
		case 2:
			if i < 100 {
				s = spec.Spec{Layers: []city.LayerID{"stops"}, Filter: lanes("=", i)}
			}
		}
		targets = append(targets, &target{watch: &Watch{Spec: s, ID: fmt.Sprint(i)}})
		e.add(targets[i])
	}
	var states []*twin.State
	for range 512 {
		id := 1 + random.Int64N(50_000)
		states = append(states, apply(snap, city.Change{Layer: "stops", ID: id, Feature: &city.Feature{ID: id, Geometry: at(), Values: features[id-1].Values}}))
		snap = states[len(states)-1].Snapshot
	}
	return e, targets, states
}

// BenchmarkStep is what a version of one moved feature costs with 5,000 watches.
func BenchmarkStep(b *testing.B) {
	e, _, states := benchTown(b)
	start := e.at
	b.ReportAllocs()
	n, events := 0, 0
	for b.Loop() {
		s := states[n%len(states)]
		if n++; n%len(states) == 1 {
			e.at = start
		}
		e.step(s, func(_ *target, evs []Event) { events += len(evs) })
	}
	b.ReportMetric(float64(events)/float64(n), "events/op")
}

// BenchmarkStepNaive asks every watch.
func BenchmarkStepNaive(b *testing.B) {
	e, targets, states := benchTown(b)
	b.ReportAllocs()
	n, events := 0, 0
	for b.Loop() {
		ed := editOf(&states[n%len(states)].Edits[0])
		n++
		for _, t := range targets {
			if _, ok := e.eventOf(t, &ed); ok {
				events++
			}
		}
	}
	b.ReportMetric(float64(events)/float64(n), "events/op")
}

// BenchmarkStepMoved moves a feature that a watch follows at 500 m.
func BenchmarkStepMoved(b *testing.B) {
	e, _, _ := benchTown(b)
	snap := e.at
	var states []*twin.State
	for i := range 512 {
		id := int64(50_000 + i%50*10)
		f := snap.Layer("stops").Exchange(snap.Layer("stops").Feature(id))
		f.Geometry = orb.Point{f.Geometry.(orb.Point)[0] + 1e-5, f.Geometry.(orb.Point)[1]}
		states = append(states, apply(snap, city.Change{Layer: "stops", ID: id, Feature: &f}))
		snap = states[i].Snapshot
	}
	b.ReportAllocs()
	n := 0
	start := e.at
	for b.Loop() {
		if n++; n%len(states) == 1 {
			e.at = start
		}
		e.step(states[(n-1)%len(states)], func(*target, []Event) {})
	}
}

// BenchmarkWholeLayer compares 100,000 features that were read anew.
func BenchmarkWholeLayer(b *testing.B) {
	e, _, _ := benchTown(b)
	s := &twin.State{Snapshot: e.at.Relabel(2), Since: 1, Everything: true}
	again, _, _ := benchTown(b)
	s.Snapshot = again.at
	start := e.at
	b.ReportAllocs()
	for b.Loop() {
		e.at = start
		e.step(s, func(*target, []Event) { b.Fatal("nothing differs") })
	}
}

// BenchmarkCommitToWebhook is the time from the commit of a change until a
// receiver on this machine has taken the message: a durable write to a
// GeoPackage, the step, and a request.
func BenchmarkCommitToWebhook(b *testing.B) {
	told := make(chan struct{}, 1)
	r := newReceiver(b, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
		told <- struct{}{}
	})
	tw := newTown(b, Options{}).run()
	tw.watch(`{%s,%s}`, aroundInside, r.webhook())
	lanes := int64(0)
	for b.Loop() {
		lanes++
		tw.put("roads", 1, inside, lanes)
		<-told
	}
}
