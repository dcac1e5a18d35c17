package page

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/bbox"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// properties of the tested layer, by index.
const (
	propName = iota
	propLanes
	propWidth
	propOpen
	propStatus
	propFrom
)

func testLayer(tb testing.TB, r *rand.Rand, n int) *snapshot.Layer {
	tb.Helper()
	definition := city.Layer{ID: "things", Geometry: city.GeometryPoint, Properties: []city.Property{
		{Name: "name", Type: city.KindString}, {Name: "lanes", Type: city.KindInteger}, {Name: "width", Type: city.KindNumber},
		{Name: "open", Type: city.KindBoolean}, {Name: "status", Type: city.KindString}, {Name: "valid_from", Type: city.KindDate},
	}}
	var features []city.Feature
	ids := r.Perm(4 * n)[:n]
	for _, id := range ids {
		day := time.Date(2000+r.IntN(60), 1, 1, 0, 0, 0, 0, time.UTC)
		values := []city.Value{
			city.String(fmt.Sprintf("Phố %c", 'a'+rune(r.IntN(9)))), city.Integer(int64(r.IntN(7)) - 3), city.Number(float64(r.IntN(40)) / 8),
			city.Boolean(r.IntN(2) == 0), city.String(string(city.Statuses()[r.IntN(4)])), city.Date(day),
		}
		for i := range values {
			if r.IntN(5) == 0 {
				values[i] = city.Null
			}
		}
		features = append(features, city.Feature{ID: int64(id + 1), Geometry: orb.Point{105 + r.Float64(), 20 + r.Float64()}, Values: values})
	}
	return snapshottest.Layer(tb, definition, features)
}

// lanesFilter is a Filter with or without bounds: two boxes that overlap.
type lanesFilter struct {
	layer   *snapshot.Layer
	bounded bool
}

func (lf lanesFilter) boxes() []orb.Bound {
	return []orb.Bound{{Min: orb.Point{105, 20}, Max: orb.Point{105.5, 20.6}}, {Min: orb.Point{105.4, 20.4}, Max: orb.Point{106, 21}}}
}

func (lf lanesFilter) Bounds() ([]orb.Bound, bool) {
	if !lf.bounded {
		return nil, false
	}
	return lf.boxes(), true
}

func (lf lanesFilter) Match(f *snapshot.Feature, tags []tiles.Tag) bool {
	v := value(lf.layer, tags, propLanes)
	if v.IsNull() || v.Int() < 0 {
		return false
	}
	in := func(b orb.Bound) bool { return b.Contains(f.Geometry().(orb.Point)) }
	return !lf.bounded || in(lf.boxes()[0]) || in(lf.boxes()[1])
}

func randomQuestion(r *rand.Rand, l *snapshot.Layer) Question {
	q := Question{Layer: l}
	if r.IntN(3) == 0 {
		box, err := bbox.Parse([]string{"105.2,20.2,105.7,20.9", "105,20,106,21", "105.9,0,105.1,90", "10,10,11,11"}[r.IntN(4)])
		if err != nil {
			panic(err)
		}
		q.Area = &box
	}
	if r.IntN(3) == 0 {
		days, err := lifetime.ParseDatetime([]string{"2026-01-01", "../2010-01-01", "2040-01-01/.."}[r.IntN(3)])
		if err != nil {
			panic(err)
		}
		q.Days = lifetime.Of(l, days)
	}
	if r.IntN(3) == 0 {
		q.Where = append(q.Where, Equal{propOpen, city.Boolean(true)})
	}
	if r.IntN(4) == 0 {
		q.Where = append(q.Where, Equal{propWidth, city.Integer(1)})
	}
	if r.IntN(3) == 0 {
		q.Filter = lanesFilter{l, r.IntN(2) == 0}
	}
	for range r.IntN(4) {
		q.Order = append(q.Order, Key{Property: r.IntN(7) - 1, Descending: r.IntN(2) == 0})
	}
	return q
}

// oracle answers a question by looking at everything and sorting it.
func oracle(q Question) (all []int64) {
	type row struct {
		id   int64
		keys []city.Value
	}
	var rows []row
	q.Layer.All(func(f *snapshot.Feature) bool {
		tags, there := f.Tags(), true
		if q.Days != nil {
			var scratch []tiles.Tag
			tags, there = q.Days.Tags(f, tags, &scratch)
		}
		ok := there && (q.Area == nil || q.Area.Meets(f.Geometry())) && (q.Filter == nil || q.Filter.Match(f, tags))
		for _, e := range q.Where {
			v := value(q.Layer, tags, e.Property)
			ok = ok && !v.IsNull() && (v == e.Value || v.Float() != 0 && v.Float() == e.Value.Float())
		}
		if !ok {
			return true
		}
		r := row{id: f.ID()}
		for _, k := range q.Order {
			if k.Property == ByID {
				r.keys = append(r.keys, city.Integer(f.ID()))
			} else {
				r.keys = append(r.keys, value(q.Layer, tags, k.Property))
			}
		}
		rows = append(rows, r)
		return true
	})
	slices.SortStableFunc(rows, func(a, b row) int {
		for i, k := range q.Order {
			x, y := a.keys[i], b.keys[i]
			switch {
			case x.IsNull() && y.IsNull():
				continue
			case x.IsNull():
				return 1
			case y.IsNull():
				return -1
			}
			c := 0
			switch {
			case x.Kind() == city.KindString:
				c = strings.Compare(x.Text(), y.Text())
			case x.Kind() == city.KindNumber && x.Float() != y.Float():
				c = 1
				if x.Float() < y.Float() {
					c = -1
				}
			case x.Kind() != city.KindNumber && x.Int() != y.Int():
				c = 1
				if x.Int() < y.Int() {
					c = -1
				}
			}
			if k.Descending {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
	for _, r := range rows {
		all = append(all, r.id)
	}
	return all
}

func ids(features []*snapshot.Feature) (all []int64) {
	for _, f := range features {
		all = append(all, f.ID())
	}
	return all
}

// TestPages holds random questions against an oracle, by skipping and by cursors.
func TestPages(t *testing.T) {
	const seed = 11
	r := rand.New(rand.NewPCG(seed, seed))
	l := testLayer(t, r, 400)
	for i := range 600 {
		q := randomQuestion(r, l)
		want := oracle(q)
		skip, limit := r.IntN(420), 1+r.IntN(90)
		p, err := q.Page(t.Context(), Place{Skip: skip}, limit)
		first := min(skip, len(want))
		last := min(first+limit, len(want))
		if err != nil || !slices.Equal(ids(p.Features), want[first:last]) || p.Matched != len(want) || p.More != (last < len(want)) {
			t.Fatalf("seed %d, question %d, skip %d, limit %d: %v of %d, more %v, %v\nwant %v of %d", seed, i, skip, limit, ids(p.Features), p.Matched, p.More, err, want[first:last], len(want))
		}
		var got []int64
		place := Place{}
		for {
			p, err := q.Page(t.Context(), place, 1+r.IntN(90))
			if err != nil || p.Matched != len(want) {
				t.Fatalf("seed %d, question %d, behind %v: %d matched, want %d; %v", seed, i, place.After, p.Matched, len(want), err)
			}
			got = append(got, ids(p.Features)...)
			if !p.More {
				break
			}
			c, err := ParseCursor(Cursor{Question: 5, Matched: p.Matched, Last: got[len(got)-1]}.String())
			if err != nil {
				t.Fatal(err)
			}
			place.After = &c
		}
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d, question %d: cursors lead to %v\nwant %v", seed, i, got, want)
		}
	}
}

func TestPageErrors(t *testing.T) {
	l := testLayer(t, rand.New(rand.NewPCG(1, 1)), 5_000)
	q := Question{Layer: l, Where: []Equal{{propOpen, city.Boolean(true)}}}
	for _, c := range []Cursor{{Matched: 1, Last: -7}, {Matched: l.Len() + 1, Last: oracle(q)[0]}} {
		if _, err := q.Page(t.Context(), Place{After: &c}, 1); !errors.Is(err, ErrCursor) {
			t.Errorf("%+v: %v, want ErrCursor", c, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, q := range []Question{q, {Layer: l}, {Layer: l, Order: []Key{{Property: propName}}}} {
		if _, err := q.Page(ctx, Place{}, 5_000); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	}
}

func TestCursorText(t *testing.T) {
	good := Cursor{Question: 1<<63 + 9, Matched: 42_292, Last: -17}
	text := good.String()
	if got, err := ParseCursor(text); err != nil || got != good {
		t.Errorf("ParseCursor(%q) = %+v, %v, want %+v", text, got, err, good)
	}
	for i := range text {
		for _, broken := range []string{text[:i], text[:i] + text[i+1:], text[:i] + "A" + text[i:], text[:i] + string(text[i]^1) + text[i+1:]} {
			if c, err := ParseCursor(broken); err == nil && broken != text {
				t.Errorf("%q is taken for %+v", broken, c)
			}
		}
	}
	for _, broken := range []string{"", "=", text + "=", text + "\n", strings.Repeat("A", 100), "null"} {
		if c, err := ParseCursor(broken); !errors.Is(err, ErrCursor) {
			t.Errorf("%q is taken for %+v, %v", broken, c, err)
		}
	}
	if Fingerprint(1, "ab", "c") == Fingerprint(1, "a", "bc") || Fingerprint(1, "a") == Fingerprint(2, "a") {
		t.Error("two questions have one fingerprint")
	}
}

func FuzzParseCursor(f *testing.F) {
	f.Add(Cursor{Question: 3, Matched: 4, Last: 5}.String())
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCursor(text)
		if err == nil && c.Matched < 0 {
			t.Fatalf("%q: %+v", text, c)
		}
	})
}
