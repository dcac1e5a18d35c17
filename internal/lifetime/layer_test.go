package lifetime

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// lived is a layer with a life among other properties, of which tiles carry some.
func lived(attributes ...string) city.Layer {
	return city.Layer{
		ID: "lived", Geometry: city.GeometryPoint,
		Properties: []city.Property{
			{Name: "name", Type: city.KindString}, {Name: city.PropCompletion, Type: city.KindDate},
			{Name: city.PropStatus, Type: city.KindString}, {Name: "lanes", Type: city.KindInteger},
			{Name: city.PropValidTo, Type: city.KindDate}, {Name: city.PropStarted, Type: city.KindInstant},
			{Name: "opened", Type: city.KindDate}, {Name: city.PropValidFrom, Type: city.KindDate},
		},
		Tiles: city.TileRules{Attributes: attributes},
	}
}

func dateValue(d city.Day) city.Value { return city.Date(time.Unix(int64(d)*86400, 0)) }

// someone makes a random life: as values of lived, and as what Of reads.
func someone(r *rand.Rand) (values []city.Value, status city.Status, d Dates) {
	values = make([]city.Value, 8)
	values[0], values[3], values[6] = city.String("Cầu"), city.Integer(r.Int64N(4)), dateValue(city.Day(r.IntN(9)))
	if status = append(city.Statuses(), "", "open")[r.IntN(6)]; status != "" {
		values[2] = city.String(string(status))
	}
	day := func() (*city.Day, city.Day) { v := city.Day(r.IntN(9)); return &v, v }
	if r.IntN(2) == 0 {
		p, v := day()
		d.Completion, values[1] = p, dateValue(v)
	}
	if r.IntN(3) == 0 {
		p, v := day()
		d.To, values[4] = p, dateValue(v)
	}
	if r.IntN(2) == 0 {
		p, v := day()
		// Half past midnight in Hà Nội is the evening before in UTC.
		d.Started, values[5] = p, city.Instant(time.Unix(int64(v)*86400-7*3600+1800, 0))
	}
	if r.IntN(2) == 0 {
		p, v := day()
		d.From, values[7] = p, dateValue(v)
	}
	return values, status, d
}

// TestLayer holds what is read from a snapshot against the values that it was
// made of, for features of a load and of a later change, whether or not tiles
// carry the status.
func TestLayer(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for _, attributes := range [][]string{nil, {"name", "status"}, {"valid_from", "lanes"}} {
		type recorded struct {
			status city.Status
			dates  Dates
		}
		var features []city.Feature
		all := map[int64]recorded{}
		for id := int64(1); id <= 400; id++ {
			values, status, d := someone(r)
			features = append(features, city.Feature{ID: id, Geometry: orb.Point{105, 21}, Values: values})
			all[id] = recorded{status, d}
		}
		definition := lived(attributes...)
		s := snapshottest.Build(t, 1, []city.Layer{definition}, map[city.LayerID][]city.Feature{definition.ID: features[:300]})
		var changes []city.Change
		for i := 200; i < 400; i++ {
			features[i].Values[0] = city.String("Đường")
			changes = append(changes, city.Change{Layer: "lived", ID: features[i].ID, Feature: &features[i]})
		}
		s, err := s.Apply(changes)
		if err != nil {
			t.Fatal(err)
		}
		layer := s.Layer("lived")
		var scratch []tiles.Tag
		layer.All(func(f *snapshot.Feature) bool {
			was := all[f.ID()]
			for _, w := range []Window{On(0), On(4), On(8), {2, 5}, {Beginning, 3}, {6, End}} {
				shown := Of(layer, w)
				want, there := Status(was.status, was.dates, w)
				got, is := shown.See(f)
				if is != there || is && got != want {
					t.Fatalf("feature %d, %s%s on %s: %q %t, want %q %t", f.ID(), was.status, written(was.dates), w, got, is, want, there)
				}
				for _, tags := range [][]tiles.Tag{f.Tags(), f.TileTags()} {
					recorded := slices.Clone(tags)
					then, is := shown.Tags(f, tags, &scratch)
					if !slices.Equal(tags, recorded) {
						t.Fatal("the feature's own tags were changed")
					}
					if is != there || !is && then != nil {
						t.Fatalf("there %t, tags %v, want %t", is, then, there)
					}
					if is {
						holdTags(t, layer, recorded, then, want)
					}
				}
			}
			return true
		})
	}
}

// holdTags: the same as recorded, but for the status.
func holdTags(t *testing.T, l *snapshot.Layer, recorded, then []tiles.Tag, want city.Status) {
	t.Helper()
	if len(then) != len(recorded) {
		t.Fatalf("%d tags, %d recorded", len(then), len(recorded))
	}
	for i, tag := range then {
		if l.Table().Key(tag.Key) != city.PropStatus {
			if tag != recorded[i] {
				t.Fatalf("tag %v, recorded %v", tag, recorded[i])
			}
			continue
		}
		if got := l.Table().Value(tag.Value).Text(); got != string(want) {
			t.Fatalf("status %q, want %q", got, want)
		}
	}
}

// TestWithoutDates shows layers that say nothing of days as they are.
func TestWithoutDates(t *testing.T) {
	def := city.Layer{ID: "plain", Geometry: city.GeometryPoint, Properties: []city.Property{
		{Name: city.PropStatus, Type: city.KindString}, {Name: city.PropValidFrom, Type: city.KindInteger},
	}}
	l := snapshottest.Layer(t, def, []city.Feature{{ID: 1, Geometry: orb.Point{105, 21}, Values: []city.Value{city.String("planned"), city.Integer(99_999)}}})
	shown, f := Of(l, On(0)), l.Feature(1)
	status, there := shown.See(f)
	if shown.Dated() || status != city.Planned || !there {
		t.Errorf("dated %t, %q, there %t", shown.Dated(), status, there)
	}
}

// TestNoAllocation: what each feature of a tile is asked allocates nothing.
func TestNoAllocation(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var features []city.Feature
	for id := int64(1); id <= 100; id++ {
		values, _, _ := someone(r)
		features = append(features, city.Feature{ID: id, Geometry: orb.Point{105, 21}, Values: values})
	}
	l := snapshottest.Layer(t, lived(), features)
	shown := Of(l, On(4))
	scratch := make([]tiles.Tag, 0, 16)
	ask := func(f *snapshot.Feature) bool {
		shown.Tags(f, f.TileTags(), &scratch)
		return true
	}
	if n := testing.AllocsPerRun(10, func() { l.All(ask) }); n > 0 {
		t.Errorf("%.0f allocations", n)
	}
}
