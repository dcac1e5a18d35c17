package snapshot

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

func testLayer(id city.LayerID) city.Layer {
	return city.Layer{
		ID: id, Title: "Thử", TitleEN: "Test", Geometry: city.GeometryAny, Key: city.PropCode,
		Properties: []city.Property{
			{Name: city.PropCode, Type: city.KindString},
			{Name: city.PropStatus, Type: city.KindString},
			{Name: "lanes", Type: city.KindInteger},
		},
		Tiles: city.TileRules{MinZoom: 9, Classes: []city.ZoomClass{{Property: "lanes", Values: []string{"6"}, MinZoom: 4}}},
	}
}

func randomGeometry(r *rand.Rand) orb.Geometry {
	p := orb.Point{105.3 + r.Float64()*0.7, 20.6 + r.Float64()*0.7}
	near := func() orb.Point { return orb.Point{p[0] + (r.Float64()-0.5)/50, p[1] + (r.Float64()-0.5)/50} }
	switch r.IntN(4) {
	case 0:
		return p
	case 1:
		return orb.LineString{p, near(), near()}
	case 2:
		return orb.Polygon{{p, {p[0] + 0.01, p[1]}, {p[0], p[1] + 0.01}, p}}
	default:
		line := orb.LineString{p}
		for range 100 {
			line = append(line, near())
		}
		return line
	}
}

func randomFeature(r *rand.Rand, id int64) *city.Feature {
	f := &city.Feature{ID: id, Geometry: randomGeometry(r), Values: []city.Value{
		city.String(fmt.Sprintf("C%d", id)), city.String(string(city.Statuses()[r.IntN(4)])), city.Integer(int64(r.IntN(8)))}}
	if r.IntN(3) == 0 {
		f.Values = f.Values[:2]
	}
	return f
}

func load(t testing.TB, version city.Version, layers map[city.LayerID][]*city.Feature) *Snapshot {
	t.Helper()
	s := build(t, version, layers)
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	return s
}

func build(t testing.TB, version city.Version, layers map[city.LayerID][]*city.Feature) *Snapshot {
	t.Helper()
	b := NewBuilder(version)
	for id, features := range layers {
		ll, err := b.Layer(testLayer(id))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range features {
			if err := ll.Add(f); err != nil {
				t.Fatal(err)
			}
		}
		rejected, err := ll.Finish()
		if err != nil || len(rejected) > 0 {
			t.Fatal(rejected, err)
		}
	}
	s, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// oracle is the naive state: a map of features, and searches that scan it.
type oracle map[int64]*city.Feature

func (o oracle) compare(t *testing.T, l *Layer, r *rand.Rand) {
	t.Helper()
	if l.Len() != len(o) {
		t.Fatalf("%d features, want %d", l.Len(), len(o))
	}
	for id, want := range o {
		f := l.Feature(id)
		if f == nil || !orb.Equal(f.Geometry(), want.Geometry) {
			t.Fatalf("feature %d is not what was stored", id)
		}
		got := l.Exchange(f)
		for i := range got.Values {
			if got.Values[i] != want.Value(i) {
				t.Fatalf("feature %d value %d: %v, want %v", id, i, got.Values[i], want.Value(i))
			}
		}
		if l.ByCode(want.Values[0].Text()) != f {
			t.Fatalf("code %q is lost", want.Values[0].Text())
		}
	}
	for range 20 {
		c := orb.Point{105.3 + r.Float64()*0.7, 20.6 + r.Float64()*0.7}
		b := orb.Bound{Min: c, Max: orb.Point{c[0] + r.Float64()/10, c[1] + r.Float64()/10}}
		var got, want []int64
		l.Search(b, func(f *Feature) bool {
			if f.Geometry().Bound().Intersects(b) {
				got = append(got, f.ID())
			}
			return true
		})
		for id, f := range o {
			if f.Geometry.Bound().Intersects(b) {
				want = append(want, id)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("search %v: %v, want %v", b, got, want)
		}
	}
}

// TestSearchBoxes grows a rectangle: every round shows what Search finds in the
// new one and did not in the one before, with the bounds it is indexed by.
func TestSearchBoxes(t *testing.T) {
	const seed = 11
	r := rand.New(rand.NewPCG(seed, seed))
	var features []*city.Feature
	for id := range int64(3000) {
		features = append(features, randomFeature(r, id))
	}
	l := load(t, 1, map[city.LayerID][]*city.Feature{"a": features}).Layer("a")
	found := func(b orb.Bound) map[int64]bool {
		ids := map[int64]bool{}
		l.Search(b, func(f *Feature) bool { ids[f.ID()] = true; return true })
		return ids
	}
	for range 20 {
		c := orb.Point{105.3 + r.Float64()*0.7, 20.6 + r.Float64()*0.7}
		but, before := Nowhere(), map[int64]bool{}
		for size := 0.001; size < 2; size *= 3 {
			b := orb.Bound{Min: c, Max: c}.Pad(size)
			l.SearchBoxes(b, but, func(low, high [2]float32, f *Feature) bool {
				if want := boxOf(f.Geometry().Bound()); want != (box{low, high}) {
					t.Fatalf("feature %d in %v–%v, want %v", f.ID(), low, high, want)
				}
				if before[f.ID()] {
					t.Fatalf("feature %d in %v shown twice", f.ID(), b)
				}
				before[f.ID()] = true
				return true
			})
			if !maps.Equal(before, found(b)) {
				t.Fatalf("in %v: %d features after growing, want %d", b, len(before), len(found(b)))
			}
			but = b
		}
		n := 0
		l.SearchBoxes(but, Nowhere(), func(_, _ [2]float32, _ *Feature) bool { n++; return n < 5 })
		if n != 5 {
			t.Fatalf("%d calls after false at the fifth", n)
		}
	}
}

func TestApplyAgainstOracle(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	state := oracle{}
	var features []*city.Feature
	for id := range int64(2000) {
		f := randomFeature(r, id*3)
		state[f.ID] = f
		features = append(features, f)
	}
	s := load(t, 7, map[city.LayerID][]*city.Feature{"a": features, "b": nil})
	type past struct {
		s     *Snapshot
		state oracle
	}
	history := []past{}
	for round := range 60 {
		if round%20 == 0 {
			kept := oracle{}
			for id, f := range state {
				kept[id] = f
			}
			history = append(history, past{s, kept})
		}
		var changes []city.Change
		for range 1 + r.IntN(30) {
			id := int64(r.IntN(7000))
			if state[id] != nil && r.IntN(3) == 0 {
				changes = append(changes, city.Change{Layer: "a", ID: id})
				delete(state, id)
				continue
			}
			f := randomFeature(r, id)
			changes = append(changes, city.Change{Layer: "a", ID: id, Feature: f})
			state[id] = f
		}
		next, err := s.Apply(changes)
		if err != nil {
			t.Fatal(err)
		}
		if next.Version() != s.Version()+1 {
			t.Fatalf("version %d after %d", next.Version(), s.Version())
		}
		if next.Layer("b") != s.Layer("b") {
			t.Fatal("an untouched layer was copied")
		}
		if err := next.Check(); err != nil {
			t.Fatal(err)
		}
		s = next
	}
	state.compare(t, s.Layer("a"), r)
	for _, p := range history { // a snapshot once read reads the same for ever
		if err := p.s.Check(); err != nil {
			t.Fatal(err)
		}
		p.state.compare(t, p.s.Layer("a"), r)
	}
}

func TestApplyRefuses(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	a, b := randomFeature(r, 1), randomFeature(r, 2)
	s := load(t, 1, map[city.LayerID][]*city.Feature{"a": {a, b}})
	stolen := *a
	stolen.ID = 3
	off := *b
	off.Geometry = orb.Point{588394, 2326366}
	empty := *b
	empty.Geometry = orb.LineString{}
	wide := *b
	wide.Values = make([]city.Value, 4)
	for _, c := range []struct {
		change city.Change
		want   error
	}{
		{city.Change{Layer: "zzz", ID: 1}, city.ErrNotFound},
		{city.Change{Layer: "a", ID: 99}, city.ErrNotFound},
		{city.Change{Layer: "a", ID: 3, Feature: &stolen}, ErrCodeTaken},
		{city.Change{Layer: "a", ID: 2, Feature: &off}, ErrOffGlobe},
		{city.Change{Layer: "a", ID: 2, Feature: &empty}, ErrNoGeometry},
		{city.Change{Layer: "a", ID: 2, Feature: &wide}, ErrTooWide},
	} {
		if _, err := s.Apply([]city.Change{c.change}); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.change, err, c.want)
		}
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply([]city.Change{{Layer: "a", ID: 1}}); err != nil {
		t.Errorf("a refused change spoilt the next one: %v", err)
	}
}

func TestLoadRejects(t *testing.T) {
	b := NewBuilder(1)
	ll, err := b.Layer(testLayer("a"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*city.Feature{
		{ID: 1, Geometry: orb.Point{105, 21}},
		{ID: 1, Geometry: orb.Point{105, 21}},
		{ID: 2, Geometry: orb.MultiPoint{}},
		{ID: 3, Geometry: orb.Point{200, 21}},
	} {
		if err := ll.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	rejected, err := ll.Finish()
	if err != nil {
		t.Fatal(err)
	}
	want := []error{ErrIDTaken, ErrNoGeometry, ErrOffGlobe}
	if len(rejected) != len(want) {
		t.Fatalf("rejected %v", rejected)
	}
	for i := range want {
		if !errors.Is(rejected[i].Err, want[i]) {
			t.Errorf("rejected %v, want %v", rejected[i].Err, want[i])
		}
	}
}

func TestRules(t *testing.T) {
	def := testLayer("a")
	def.Tiles.Attributes = []string{"lanes"}
	b := NewBuilder(1)
	ll, _ := b.Layer(def)
	_ = ll.Add(&city.Feature{ID: 1, Geometry: orb.Point{105, 21}, Values: []city.Value{city.String("X"), city.Null, city.Integer(6)}})
	_ = ll.Add(&city.Feature{ID: 2, Geometry: orb.Point{105, 21}, Values: []city.Value{city.String("Y"), city.Null, city.Integer(4)}})
	if _, err := ll.Finish(); err != nil {
		t.Fatal(err)
	}
	s, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	l := s.Layer("a")
	f := l.Find("X")
	if f == nil || f.MinZoom() != 4 || l.Find("2").MinZoom() != 9 {
		t.Fatal("zoom classes are not applied")
	}
	if len(f.Tags()) != 2 || len(f.TileTags()) != 1 || l.Table().Key(f.TileTags()[0].Key) != "lanes" {
		t.Fatalf("tile attributes %v of %v", f.TileTags(), f.Tags())
	}
}

// TestReadersUnderApply reads old and new snapshots while they are derived; it
// is the race detector that judges.
func TestReadersUnderApply(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var features []*city.Feature
	for id := range int64(500) {
		features = append(features, randomFeature(r, id))
	}
	s := load(t, 1, map[city.LayerID][]*city.Feature{"a": features})
	published := make(chan *Snapshot, 100)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for s := range published {
				l := s.Layer("a")
				n := 0
				l.All(func(f *Feature) bool { n += len(f.Tags()); l.Code(f); return true })
				l.Search(orb.Bound{Min: orb.Point{105, 20}, Max: orb.Point{106, 22}}, func(f *Feature) bool {
					return l.Feature(f.ID()) == f
				})
			}
		})
	}
	for i := range 300 {
		next, err := s.Apply([]city.Change{{Layer: "a", ID: int64(i), Feature: randomFeature(r, int64(i))}})
		if err != nil {
			t.Fatal(err)
		}
		published <- s
		published <- next
		s = next
	}
	close(published)
	wg.Wait()
}
