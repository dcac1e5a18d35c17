package storetest

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

func featureTests() map[string]func(*bench) {
	return map[string]func(*bench){
		"every kind of value comes back exactly":     everyKind,
		"null, absent and empty text are told apart": nullAbsentEmpty,
		"an integer widens to a number":              integerWidens,
		"a value of another kind is refused":         wrongKind,
		"text that is no text is refused":            badText,
		"a geometry of another type is refused":      wrongType,
		"every type of geometry comes back exactly":  everyGeometry,
		"a feature without coordinates is refused":   noCoordinates,
		"names of properties may be any text":        anyNames,
		"long text and large geometry":               large,
		"features come in the order of ids":          orderOfIDs,
		"yield's error stops the reading":            yieldStops,
	}
}

func wantError(b *bench, err, want error) {
	b.Helper()
	if !errors.Is(err, want) {
		b.Errorf("error %v, want %v", err, want)
	}
}

func everyKind(b *bench) {
	layer := city.Layer{ID: "kinds", Geometry: city.GeometryPoint}
	values := map[city.Kind][]city.Value{
		city.KindString: {
			city.String("Cầu Nhật Tân, đường Võ Chí Công"), city.String(" "), city.String("'; DROP TABLE kinds; --"),
			city.String("line\nbreak\ttab \"quoted\" \\ back"), city.String("12"), city.String("true"), city.String("🏙️𠀀"),
		},
		city.KindInteger: {city.Integer(0), city.Integer(-1), city.Integer(math.MaxInt64), city.Integer(math.MinInt64), city.Integer(1<<53 + 1)},
		city.KindNumber: {
			city.Number(0), city.Number(1.0 / 3), city.Number(-1e300), city.Number(math.SmallestNonzeroFloat64), city.Number(math.MaxFloat64), city.Number(5),
		},
		city.KindBoolean: {city.Boolean(true), city.Boolean(false)},
		city.KindDate: {
			city.Date(time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)), city.Date(time.Date(1010, 10, 10, 0, 0, 0, 0, time.UTC)),
			city.Date(time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC)), city.Date(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)),
		},
		city.KindInstant: {
			city.Instant(time.Date(2026, 11, 23, 21, 57, 59, 0, time.UTC)), city.Instant(time.Date(2026, 11, 23, 21, 57, 59, 123_000_000, time.UTC)),
			city.Instant(time.Date(2026, 11, 23, 21, 57, 59, 123_456_000, time.UTC)), city.Instant(time.UnixMicro(-1)), city.Instant(time.Unix(0, 0)),
		},
		city.KindJSON: {mustJSON(b, `{"b":1,"a":[true,null,"Hà Nội"],"c":{}}`), mustJSON(b, `[]`), mustJSON(b, `[1.50,"\u0111"]`)},
	}
	var features []city.Feature
	for kind := city.KindString; kind <= city.KindJSON; kind++ {
		layer.Properties = append(layer.Properties, city.Property{Name: kind.String() + "_value", Type: kind})
		for _, v := range values[kind] {
			row := make([]city.Value, int(city.KindJSON))
			row[len(layer.Properties)-1] = v
			features = append(features, city.Feature{ID: int64(len(features) + 1), Geometry: orb.Point{105.8, 21}, Values: row})
		}
	}
	b.create(layer)
	b.keeps("kinds", features)
}

// keeps puts new features into a layer and wants them back: at once, unchanged when
// they are put again, and after the store was opened anew.
func (b *bench) keeps(layer city.LayerID, features []city.Feature) {
	b.Helper()
	n := int64(len(features))
	b.wantTally(b.put(layer, features...), city.Tally{Created: n})
	b.wantFeatures(layer, features...)
	b.wantTally(b.put(layer, features...), city.Tally{Unchanged: n})
	b.store = b.reopen(b.T, b.store)
	b.wantFeatures(layer, features...)
}

func mustJSON(b *bench, text string) city.Value {
	b.Helper()
	v, err := city.JSON([]byte(text))
	if err != nil {
		b.Fatal(err)
	}
	return v
}

func nullAbsentEmpty(b *bench) {
	b.create(stops())
	short := city.Feature{Geometry: orb.Point{105.8, 21}, Values: []city.Value{city.String("A")}}
	empty := city.Feature{Geometry: orb.Point{105.8, 21}, Values: []city.Value{city.String("B"), city.String(""), city.Null}}
	b.put("stops", short, empty)
	b.wantFeatures("stops",
		city.Feature{ID: 1, Geometry: short.Geometry, Values: []city.Value{city.String("A"), city.Null, city.Null}},
		city.Feature{ID: 2, Geometry: empty.Geometry, Values: []city.Value{city.String("B"), city.String(""), city.Null}})
	for _, f := range b.features("stops") {
		if len(f.Values) != len(stops().Properties) {
			b.Errorf("feature %d has %d values, want one a property", f.ID, len(f.Values))
		}
	}
	// Absent means null: it takes the value away.
	full := stop(0, "A", 1)
	b.wantTally(b.put("stops", full), city.Tally{Updated: 1})
	b.wantTally(b.put("stops", short), city.Tally{Updated: 1})
	b.wantTally(b.put("stops", short), city.Tally{Unchanged: 1})
}

func integerWidens(b *bench) {
	b.create(stops())
	f := stop(1, "A", 1)
	f.Values[2] = city.Integer(12)
	b.put("stops", f)
	want := stop(1, "A", 1)
	want.Values[2] = city.Number(12)
	b.wantFeatures("stops", want)
	b.wantTally(b.put("stops", f), city.Tally{Unchanged: 1})
}

func wrongKind(b *bench) {
	version := b.create(stops())
	f := stop(0, "A", 1)
	f.Values[2] = city.String("twelve")
	long := stop(0, "B", 1)
	long.Values = append(long.Values, city.Integer(1))
	for _, bad := range []city.Feature{f, long} {
		b.wantRefused(&bad)
	}
	b.wantFeatures("stops")
	b.wantVersion(version)
}

func badText(b *bench) {
	version := b.create(stops())
	for _, text := range []string{"H\xe0 N\xf4i", "a\x00b"} {
		f := stop(0, "A", 1)
		f.Values[1] = city.String(text)
		b.wantRefused(&f)
	}
	b.wantFeatures("stops")
	b.wantVersion(version)
}

func wrongType(b *bench) {
	version := b.create(stops())
	f := stop(0, "A", 1)
	f.Geometry = orb.MultiPoint{{105.8, 21}}
	b.wantRefused(&f)
	b.wantVersion(version)
}

// wantRefused checks that the feature cannot be put into stops.
func (b *bench) wantRefused(f *city.Feature) {
	b.Helper()
	_, err := b.store.Write(b.ctx, "refused", func(w twin.Writer) error {
		if err := w.Put(b.ctx, "stops", f); err != nil {
			return err
		}
		_, err := w.Tally(b.ctx)
		return err
	})
	if err == nil {
		b.Errorf("%T %v was accepted", f.Geometry, f.Values)
	}
}

// geometries holds one geometry of each type and the odd ones of each.
func geometries() []orb.Geometry {
	ring := orb.Ring{{105, 21}, {106, 21}, {106, 22}, {105, 21}}
	hole := orb.Ring{{105.5, 21.2}, {105.7, 21.2}, {105.7, 21.3}, {105.5, 21.2}}
	return []orb.Geometry{
		orb.Point{105.0 + 1.0/3, 21.0 + 1.0/7},
		orb.Point{-180, -90},
		orb.LineString{{105, 21}, {105.1, 21.1}, {105.1, 21.1}},
		orb.Polygon{ring},
		orb.Polygon{ring, hole},
		orb.MultiPoint{{1, 2}, {3, 4}},
		orb.MultiLineString{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}, {9, 10}}},
		orb.MultiPolygon{{ring, hole}, {ring}},
		orb.Collection{orb.Point{1, 2}, orb.LineString{{1, 2}, {3, 4}}, orb.Polygon{ring}},
		orb.Collection{orb.Collection{orb.MultiPoint{{1, 2}}}, orb.Point{5, 6}},
	}
}

func everyGeometry(b *bench) {
	b.create(city.Layer{ID: "shapes", Geometry: city.GeometryAny})
	var features []city.Feature
	for i, g := range geometries() {
		features = append(features, city.Feature{ID: int64(i + 1), Geometry: g})
	}
	b.keeps("shapes", features)
}

// noCoordinates: nothing can be drawn of it or be near to it, so it is no
// feature of the twin.
func noCoordinates(b *bench) {
	layer := stops()
	layer.Geometry = city.GeometryAny
	b.create(layer)
	for _, g := range []orb.Geometry{
		nil, orb.LineString{}, orb.Polygon{}, orb.MultiPoint{}, orb.MultiLineString{{}}, orb.MultiPolygon{}, orb.Collection{orb.Polygon{{}}},
		orb.Point{math.NaN(), 21}, orb.LineString{{105, 21}, {math.Inf(1), 21}},
	} {
		b.wantRefused(&city.Feature{Geometry: g, Values: []city.Value{city.String("A")}})
	}
	b.wantFeatures("stops")
}

func anyNames(b *bench) {
	layer := city.Layer{ID: "names", Geometry: city.GeometryPoint, Key: "addr:street"}
	f := city.Feature{ID: 1, Geometry: orb.Point{105.8, 21}}
	for _, name := range []string{
		"addr:street", "name:vi", "đường", "tên đường phố", "select", "order", "id", "fid", "geom", "geometry", "feature_id",
		"version", "a'b", "a]b", "a`b", "100%", "$1", "?", "a.b", "a;b", "-- x", "名前", strings.Repeat("đ", 31),
	} {
		layer.Properties = append(layer.Properties, city.Property{Name: name, Type: city.KindString})
		f.Values = append(f.Values, city.String("value of "+name))
	}
	b.create(layer)
	b.wantTally(b.put("names", f), city.Tally{Created: 1})
	b.wantTally(b.put("names", f), city.Tally{Unchanged: 1})
	b.store = b.reopen(b.T, b.store)
	b.wantLayers(layer)
	b.wantFeatures("names", f)
}

func large(b *bench) {
	layer := city.Layer{ID: "large", Geometry: city.GeometryLineString, Properties: []city.Property{{Name: "text", Type: city.KindString}}}
	b.create(layer)
	line := make(orb.LineString, 200_000)
	for i := range line {
		line[i] = orb.Point{105 + float64(i)*1e-6, 21 + float64(i%1000)*1e-7}
	}
	f := city.Feature{ID: 1, Geometry: line, Values: []city.Value{city.String(strings.Repeat("Đông Anh, ", 100_000))}}
	b.put("large", f)
	b.wantFeatures("large", f)
	b.wantTally(b.put("large", f), city.Tally{Unchanged: 1})
}

func orderOfIDs(b *bench) {
	b.create(city.Layer{ID: "points", Geometry: city.GeometryPoint, Properties: []city.Property{{Name: "n", Type: city.KindInteger}}})
	const count = 1000
	features := make([]city.Feature, count)
	for i := range features {
		features[i] = city.Feature{ID: int64(i + 1), Geometry: orb.Point{float64(i) / 100, 21}, Values: []city.Value{city.Integer(int64(i))}}
	}
	shuffled := append([]city.Feature(nil), features...)
	rand.New(rand.NewPCG(1, 2)).Shuffle(count, func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	b.wantTally(b.put("points", shuffled...), city.Tally{Created: count})
	b.wantFeatures("points", features...)
}

func yieldStops(b *bench) {
	b.create(stops())
	b.put("stops", stop(0, "A", 1), stop(0, "B", 2), stop(0, "C", 3))
	calls := 0
	err := b.store.Read(b.ctx, func(r twin.Reader) error {
		return r.Features(b.ctx, "stops", func(*city.Feature) error {
			calls++
			if calls == 2 {
				return errStop
			}
			return nil
		})
	})
	wantError(b, err, errStop)
	if calls != 2 {
		b.Errorf("yield was called %d times, want 2", calls)
	}
	if got := len(b.features("stops")); got != 3 {
		b.Errorf("%d features afterwards, want 3", got)
	}
}
