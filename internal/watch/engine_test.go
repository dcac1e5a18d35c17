package watch

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/rounds"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/internal/watch/spec"
)

var seedFlag = flag.Uint64("seed", 0, "replay a random test; 0 draws a new seed")

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(m.Run())
}

func seeded(t *testing.T) *rand.Rand {
	seed := *seedFlag
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("replay with -seed=%d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

func layerOf(id city.LayerID, visible ...city.Role) city.Layer {
	return city.Layer{ID: id, Geometry: city.GeometryAny, VisibleTo: visible, Properties: []city.Property{
		{Name: "code", Type: city.KindString}, {Name: "status", Type: city.KindString}, {Name: "lanes", Type: city.KindInteger},
	}}
}

// apply makes the state after changes.
func apply(s *snapshot.Snapshot, changes ...city.Change) *twin.State {
	next := &twin.State{Since: s.Version()}
	next.Snapshot, next.Edits, _ = s.Take(snapshot.Step{Version: s.Version() + 1, Changes: changes})
	return next
}

// world draws cities, places and changes around one place of the globe.
type world struct {
	*rand.Rand
	center orb.Point
	spread float64 // degrees
}

func (w *world) point() orb.Point {
	if w.IntN(20) == 0 {
		return w.center // duplicates
	}
	p := orb.Point{w.center[0] + w.NormFloat64()*w.spread, w.center[1] + w.NormFloat64()*w.spread}
	if p[0] > 180 {
		p[0] -= 360
	}
	if p[0] < -180 {
		p[0] += 360
	}
	p[1] = math.Max(-90, math.Min(90, p[1]))
	return p
}

func (w *world) geometry() orb.Geometry {
	p := w.point()
	near := func() orb.Point {
		return orb.Point{math.Max(-180, math.Min(180, p[0]+w.NormFloat64()*w.spread/3)), math.Max(-89, math.Min(89, p[1]+w.NormFloat64()*w.spread/3))}
	}
	switch w.IntN(7) {
	case 0:
		return orb.LineString{p, near(), near()}
	case 1:
		return orb.LineString{p, w.point()} // may cross 180°
	case 2:
		return orb.LineString{p, p}
	case 3:
		line := orb.LineString{}
		for range 70 { // indexed
			line = append(line, near())
		}
		return line
	case 4:
		return orb.MultiPoint{near(), near()}
	case 5:
		return w.polygon()
	default:
		return p
	}
}

func (w *world) polygon() orb.Polygon {
	a := orb.Point{w.center[0] + w.NormFloat64()*w.spread/2, w.center[1] + w.NormFloat64()*w.spread/2}
	side := w.spread * (0.1 + w.Float64())
	a[0] = math.Max(-180, math.Min(180-side, a[0]))
	a[1] = math.Max(-89, math.Min(89-side, a[1]))
	return orb.Polygon{{a, {a[0] + side, a[1]}, {a[0] + side, a[1] + side}, {a[0], a[1] + side}, a}}
}

func (w *world) feature(id int64) *city.Feature {
	f := &city.Feature{ID: id, Geometry: w.geometry(), Values: []city.Value{city.Null, city.String([]string{"planned", "in_operation"}[w.IntN(2)]), city.Integer(int64(w.IntN(4)))}}
	if w.IntN(3) == 0 {
		f.Values[0] = city.String(fmt.Sprint("C", id))
	}
	if w.IntN(4) == 0 {
		f.Values[2] = city.Null
	}
	return f
}

var someLayers = []city.LayerID{"bridges", "roads", "secret", "zones"}

func (w *world) city(tb testing.TB, v city.Version, only ...city.LayerID) *snapshot.Snapshot {
	layers := map[city.LayerID][]city.Feature{}
	var defs []city.Layer
	for _, id := range only {
		def := layerOf(id)
		if id == "secret" && w.IntN(3) > 0 {
			def.VisibleTo = []city.Role{city.Editor}
		}
		defs = append(defs, def)
		for i := range int64(15) {
			layers[id] = append(layers[id], *w.feature(i + 1))
		}
	}
	return snapshottest.Build(tb, v, defs, layers)
}

// lanes is a filter that compares the property lanes with a number.
func lanes(op string, n int) *spec.Filter {
	s, r := spec.Parse(fmt.Appendf(nil, `{"layers":["x"],"filter":{"op":%q,"args":[{"property":"lanes"},%d]}}`, op, n), spec.Limits{}, nil)
	if err := r.Err(); err != nil {
		panic(err)
	}
	return s.Filter
}

func (w *world) watch(i int) *Watch {
	radius := spec.MinRadiusMetres
	if w.IntN(5) > 0 {
		radius = w.spread * 111_000 * w.ExpFloat64()
	}
	s := spec.Spec{}
	switch w.IntN(5) {
	case 0, 1:
		p := w.point()
		s.Place = &spec.Place{Point: &p, RadiusMetres: radius}
	case 2:
		s.Place = &spec.Place{Polygon: orb.MultiPolygon{w.polygon()}}
	case 3:
		s.Place = &spec.Place{Feature: &spec.FeatureRef{Layer: someLayers[w.IntN(4)], ID: int64(1 + w.IntN(18))}, RadiusMetres: radius}
	}
	if s.Place == nil || w.IntN(2) == 0 {
		s.Layers = someLayers[w.IntN(4):][:1]
	}
	if w.IntN(3) == 0 {
		s.Filter = lanes([]string{"=", "<>", "<", "<=", ">", ">="}[w.IntN(6)], w.IntN(4))
	}
	return &Watch{Spec: s, ID: fmt.Sprint("w", i), Owner: Owner{Role: city.Roles()[w.IntN(3)]}}
}

// step draws what happens next: edits, layers read anew or dropped, everything.
func (w *world) step(tb testing.TB, s *snapshot.Snapshot) *twin.State {
	step := snapshot.Step{Version: s.Version() + 1 + city.Version(w.IntN(2))}
	for range 1 + w.IntN(4) {
		c := city.Change{Layer: someLayers[w.IntN(4)], ID: int64(1 + w.IntN(18))}
		if w.IntN(4) > 0 {
			c.Feature = w.feature(c.ID)
			if l := s.Layer(c.Layer); l != nil && w.IntN(3) == 0 {
				if f := l.Feature(c.ID); f != nil {
					old := l.Exchange(f)
					c.Feature.Geometry = f.Geometry() // only properties change
					if w.IntN(3) == 0 {
						*c.Feature = old // nothing does
					}
				}
			}
		}
		step.Changes = append(step.Changes, c)
	}
	next := &twin.State{Since: s.Version()}
	switch w.IntN(8) {
	case 0:
		id := someLayers[w.IntN(4)]
		step.Loaded = w.city(tb, step.Version, id)
		next.Whole = []city.LayerID{id}
	case 1:
		id := someLayers[w.IntN(4)]
		step.Dropped = []city.LayerID{id}
		next.Whole = []city.LayerID{id}
	case 2:
		next.Everything = true
		next.Snapshot = w.city(tb, step.Version, someLayers...)
		return next
	}
	step.Changes = slices.DeleteFunc(step.Changes, func(c city.Change) bool { return next.Touches(c.Layer) })
	next.Snapshot, next.Edits, _ = s.Take(step)
	return next
}

// bruteMembers looks at every feature, by the definitions, without any index.
func bruteMembers(w *Watch, s *snapshot.Snapshot, visible sees) map[featureKey]city.Feature {
	all := map[featureKey]city.Feature{}
	var place orb.Geometry
	radius := 0.0
	if p := w.Place; p != nil {
		radius = p.RadiusMetres
		switch {
		case p.Point != nil:
			place = *p.Point
		case p.Feature != nil:
			l := s.Layer(p.Feature.Layer)
			if l == nil || !visible(w, l.Definition()) || l.Feature(p.Feature.ID) == nil {
				return all
			}
			place = l.Feature(p.Feature.ID).Geometry()
		default:
			place, radius = p.Polygon, spec.MinRadiusMetres
		}
	}
	for _, l := range s.Layers() {
		if len(w.Layers) > 0 && !slices.Contains(w.Layers, l.ID()) || !visible(w, l.Definition()) {
			continue
		}
		l.All(func(f *snapshot.Feature) bool {
			if w.Place != nil && w.Place.Feature != nil && *w.Place.Feature == (spec.FeatureRef{Layer: l.ID(), ID: f.ID()}) {
				return true
			}
			if place != nil && bruteDistance(place, f.Geometry(), 2*radius+1) > radius {
				return true
			}
			ex := l.Exchange(f)
			if w.Filter != nil && !bruteFilter(w.Filter, ex.Values[2]) {
				return true
			}
			ex.Geometry = f.Geometry()
			all[featureKey{l.ID(), f.ID()}] = ex
			return true
		})
	}
	return all
}

func bruteDistance(a, b orb.Geometry, limit float64) float64 {
	if p, ok := a.(orb.Point); ok {
		frame := geodesy.NewFrame(p)
		n, _ := frame.Nearest(b, limit)
		return n.Metres
	}
	if p, ok := b.(orb.Point); ok {
		return bruteDistance(p, a, limit)
	}
	link, _ := geodesy.Between(geodesy.NewSegmentIndex(a), geodesy.NewSegmentIndex(b), limit)
	return link.Metres
}

// bruteFilter compares with what the filter says in JSON.
func bruteFilter(f *spec.Filter, v city.Value) bool {
	if v.IsNull() {
		return false
	}
	text, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	var said struct {
		Op   string            `json:"op"`
		Args []json.RawMessage `json:"args"`
	}
	if err := json.Unmarshal(text, &said); err != nil {
		panic(err)
	}
	b, err := strconv.ParseInt(string(said.Args[1]), 10, 64)
	if err != nil {
		panic(err)
	}
	a, op := v.Int(), said.Op
	return map[string]bool{"=": a == b, "<>": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]
}

func bruteEvents(w *Watch, prev, next *snapshot.Snapshot, visible sees) []string {
	before, after := bruteMembers(w, prev, visible), bruteMembers(w, next, visible)
	var out []string
	for k, was := range before {
		is, stays := after[k]
		switch {
		case !stays:
			out = append(out, fmt.Sprint(k, Leave))
		case !slices.Equal(was.Values, is.Values) || !city.SameGeometry(was.Geometry, is.Geometry):
			out = append(out, fmt.Sprint(k, Change))
		}
	}
	for k := range after {
		if _, stayed := before[k]; !stayed {
			out = append(out, fmt.Sprint(k, Enter))
		}
	}
	slices.Sort(out)
	return out
}

func byRole(w *Watch, l *city.Layer) bool { return l.VisibleAt(w.Owner.Role) }

// TestEngineAgainstBruteForce compares all events of all watches with membership
// of all features before and after each of many random steps.
func TestEngineAgainstBruteForce(t *testing.T) {
	counts := map[Kind]int{}
	for _, place := range []struct {
		name   string
		center orb.Point
		spread float64
		steps  int
	}{
		{"Hà Nội", orb.Point{105.85, 21.03}, 0.02, 100},
		{"antimeridian", orb.Point{179.99, -17}, 0.05, 40},
		{"at 180", orb.Point{180, 0}, 0.01, 40},
		{"at -180", orb.Point{-180, 65}, 0.1, 40},
		{"near the pole", orb.Point{20, 88}, 0.5, 6},
		{"at the pole", orb.Point{0, 90}, 0.2, 6},
		{"wide", orb.Point{0, 40}, 20, 2},
	} {
		t.Run(place.name, func(t *testing.T) {
			w := &world{seeded(t), place.center, place.spread}
			prev := w.city(t, 1, someLayers...)
			e := newEngine(prev, byRole)
			var targets []*target
			for i := range 60 {
				targets = append(targets, &target{watch: w.watch(i)})
				e.add(targets[i])
			}
			for range rounds.Of(place.steps) {
				s := w.step(t, prev)
				got := map[*target][]string{}
				e.step(s, func(t *target, events []Event) {
					if !slices.IsSortedFunc(events, func(a, b Event) int { return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.ID, b.ID)) }) {
						panic("events are not sorted")
					}
					for _, ev := range events {
						counts[ev.Kind]++
						got[t] = append(got[t], fmt.Sprint(featureKey{ev.Layer, ev.ID}, ev.Kind))
					}
					slices.Sort(got[t])
				})
				for _, tg := range targets {
					if want := bruteEvents(tg.watch, prev, s.Snapshot, byRole); !slices.Equal(got[tg], want) {
						t.Fatalf("version %d after %d (whole %v, everything %v), watch %+v place %+v:\n got %v\nwant %v",
							s.Version(), prev.Version(), s.Whole, s.Everything, tg.watch, tg.watch.Place, got[tg], want)
					}
				}
				prev = s.Snapshot
				if i := w.IntN(len(targets)); w.IntN(3) == 0 { // watches come and go
					e.remove(targets[i])
					targets[i] = &target{watch: w.watch(1000 + i)}
					e.add(targets[i])
				}
			}
			for _, tg := range targets {
				e.remove(tg)
			}
			if e.index.places.Len() != 0 || len(e.index.layers) != 0 || len(e.index.following) != 0 {
				t.Errorf("the index still holds %d places, %d layers, %d followed", e.index.places.Len(), len(e.index.layers), len(e.index.following))
			}
		})
	}
	for _, k := range []Kind{Enter, Leave, Change} {
		if counts[k] == 0 {
			t.Errorf("no %s in the whole run: the test tests nothing", k)
		}
	}
}
