package wkb

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"
	orbwkb "github.com/paulmach/orb/encoding/wkb"
)

// random makes a non-empty geometry; depth bounds nesting.
func random(r *rand.Rand, depth int) orb.Geometry {
	run := func() []orb.Point {
		ps := make([]orb.Point, 2+r.IntN(9))
		for i := range ps {
			ps[i] = orb.Point{105 + r.Float64(), 20 + r.Float64()}
		}
		return ps
	}
	polygon := func() orb.Polygon {
		p := make(orb.Polygon, 1+r.IntN(3))
		for i := range p {
			ps := run()
			p[i] = append(ps, ps[0])
		}
		return p
	}
	kinds := 7
	if depth == 0 {
		kinds = 6
	}
	switch r.IntN(kinds) {
	case 0:
		return run()[0]
	case 1:
		return orb.LineString(run())
	case 2:
		return polygon()
	case 3:
		return orb.MultiPoint(run())
	case 4:
		return orb.MultiLineString{run(), run()}
	case 5:
		return orb.MultiPolygon{polygon(), polygon(), polygon()}
	default:
		c := make(orb.Collection, 1+r.IntN(3))
		for i := range c {
			c[i] = random(r, depth-1)
		}
		return c
	}
}

// TestAgainstOrb holds encoder and decoder against orb's own codecs.
func TestAgainstOrb(t *testing.T) {
	const seed = 17
	r := rand.New(rand.NewPCG(seed, 0))
	var d Decoder
	for i := range 2000 {
		want := random(r, 2)
		gotWKB, err := Append([]byte("kept"), want)
		if err != nil {
			t.Fatal(err)
		}
		if oracle := orbwkb.MustMarshal(want, binary.LittleEndian); string(gotWKB) != "kept"+string(oracle) {
			t.Fatalf("seed %d, geometry %d: Append(%v) = %x, orb gives %x", seed, i, want, gotWKB, oracle)
		}
		gotEWKB, err := AppendEWKB([]byte("kept"), want, 4326)
		if err != nil {
			t.Fatal(err)
		}
		if back, srid, err := ewkb.Unmarshal(gotEWKB[4:]); err != nil || srid != 4326 || !orb.Equal(back, want) {
			t.Fatalf("seed %d, geometry %d: orb reads our EWKB as %v, %d, %v", seed, i, back, srid, err)
		}
		for _, data := range [][]byte{
			gotEWKB[4:],
			ewkb.MustMarshal(want, 4326, binary.LittleEndian),
			ewkb.MustMarshal(want, 4326, binary.BigEndian),
		} {
			got, srid, err := d.Decode(data)
			if err != nil || srid != 4326 || !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, geometry %d: Decode(%x) = %v, %d, %v; want %v", seed, i, data, got, srid, err, want)
			}
		}
		if got, srid, err := d.Decode(gotWKB[4:]); err != nil || srid != 0 || !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d, geometry %d: Decode = %v, %d, %v; want %v", seed, i, got, srid, err, want)
		}
	}
}

// TestDimensions drops Z and M, said by ISO codes (as ST_AsBinary does) and by
// EWKB flags (as ST_AsEWKB does).
func TestDimensions(t *testing.T) {
	point, line := orb.Point{1, 2}, orb.LineString{{1, 2}, {5, 6}}
	tests := []struct {
		name, hex string
		want      orb.Geometry
	}{
		{"ISO POINT Z", "01e9030000000000000000f03f00000000000000400000000000000840", point},
		{"ISO POINT M", "01d1070000000000000000f03f00000000000000400000000000000840", point},
		{"ISO POINT ZM", "01b90b0000000000000000f03f000000000000004000000000000008400000000000001040", point},
		{"ISO big-endian POINT Z", "00000003e93ff000000000000040000000000000004008000000000000", point},
		{"EWKB POINT Z", "0101000080000000000000f03f00000000000000400000000000000840", point},
		{"EWKB POINT M", "0101000040000000000000f03f00000000000000400000000000000840", point},
		{"EWKB LINESTRING ZM", "01020000c002000000" +
			"000000000000f03f000000000000004000000000000008400000000000001040" +
			"0000000000001440000000000000184000000000000008400000000000001040", line},
		{"EWKB MULTIPOINT Z", "01040000800100000001010000800000000000001440000000000000184000000000000008c0", orb.MultiPoint{{5, 6}}},
	}
	var d Decoder
	for _, tt := range tests {
		data, err := hex.DecodeString(tt.hex)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		got, _, err := d.Decode(data)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: Decode = %v, %v; want %v", tt.name, got, err, tt.want)
		}
	}
}

func TestErrors(t *testing.T) {
	nan := math.NaN()
	deep := orb.Geometry(orb.Point{1, 2})
	for range maxDepth + 1 {
		deep = orb.Collection{deep}
	}
	encode := func(g orb.Geometry) string {
		data, err := Append(nil, g)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	tests := []struct {
		name, data string
		want       error
	}{
		{"nothing", "", ErrMalformed},
		{"byte order 2", "\x02\x01\x00\x00\x00", ErrMalformed},
		{"type 0", "\x01\x00\x00\x00\x00", ErrMalformed},
		{"type 4001", "\x01\xa1\x0f\x00\x00", ErrMalformed},
		{"ISO and EWKB Z", "\x01\xe9\x03\x00\x80", ErrMalformed},
		{"SRID cut", "\x01\x01\x00\x00\x20\xe6\x10", ErrMalformed},
		{"CircularString", "\x01\x08\x00\x00\x00\x00\x00\x00\x00", ErrUnsupported},
		{"TIN Z", "\x01\xf8\x03\x00\x00\x00\x00\x00\x00", ErrUnsupported},
		{"count beyond the data", "\x01\x02\x00\x00\x00\xff\xff\xff\xff", ErrMalformed},
		{"multi with a wrong member", "\x01\x04\x00\x00\x00\x01\x00\x00\x00" + encode(orb.LineString{{1, 2}, {3, 4}}), ErrMalformed},
		{"half a NaN", encode(orb.Point{nan, 2}), ErrMalformed},
		{"infinite line", encode(orb.LineString{{1, 2}, {3, math.Inf(-1)}}), ErrMalformed},
		{"rest", encode(orb.Point{1, 2}) + "x", ErrMalformed},
		{"deep", encode(deep), ErrMalformed},
		{"POINT EMPTY", encode(orb.Point{nan, nan}), ErrEmpty},
	}
	var d Decoder
	for _, tt := range tests {
		if g, _, err := d.Decode([]byte(tt.data)); !errors.Is(err, tt.want) || g != nil {
			t.Errorf("%s: Decode = %v, %v; want %v", tt.name, g, err, tt.want)
		}
	}
	for _, g := range []orb.Geometry{nil, orb.Collection{nil}} {
		if got, err := AppendEWKB([]byte("kept"), g, 4326); !errors.Is(err, ErrUnsupported) || string(got) != "kept" {
			t.Errorf("AppendEWKB(%v) = %q, %v; want %v", g, got, err, ErrUnsupported)
		}
	}
}

// TestEmpty round-trips the empty geometries that orb can say.
func TestEmpty(t *testing.T) {
	var d Decoder
	for _, want := range []orb.Geometry{
		orb.LineString{}, orb.Polygon{}, orb.Polygon{{}}, orb.MultiPoint{}, orb.MultiLineString{}, orb.MultiPolygon{{}, {}}, orb.Collection{},
	} {
		data, err := AppendEWKB(nil, want, 4326)
		if err != nil {
			t.Fatal(err)
		}
		if got, srid, err := d.Decode(data); err != nil || srid != 4326 || !orb.Equal(got, want) {
			t.Errorf("%T: Decode = %#v, %d, %v", want, got, srid, err)
		}
		if !IsEmpty(want) || !IsEmpty(orb.Collection{want, want}) || IsEmpty(orb.Collection{want, orb.Point{1, 2}}) {
			t.Errorf("IsEmpty is wrong about %#v", want)
		}
	}
	r := rand.New(rand.NewPCG(2, 0))
	for range 200 {
		if g := random(r, 2); IsEmpty(g) {
			t.Errorf("IsEmpty(%v) = true", g)
		}
	}
	nan := math.NaN()
	data, err := Append(nil, orb.Collection{orb.Point{nan, nan}, orb.MultiPoint{{nan, nan}, {1, 2}}})
	if err != nil {
		t.Fatal(err)
	}
	want := orb.Collection{orb.MultiPoint{}, orb.MultiPoint{{1, 2}}}
	if got, _, err := d.Decode(data); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Decode = %v, %v; want %v", got, err, want)
	}
}

// TestFinite puts a good and each bad point last into every type.
func TestFinite(t *testing.T) {
	holding := func(p orb.Point) []orb.Geometry {
		run := []orb.Point{{1, 2}, p}
		polygon := orb.Polygon{{{1, 2}, {3, 4}}, run}
		return []orb.Geometry{
			p, orb.MultiPoint(run), orb.LineString(run), orb.Ring(run), polygon, orb.Bound{Min: orb.Point{1, 2}, Max: p},
			orb.MultiLineString{{{1, 2}}, run}, orb.MultiPolygon{{{{1, 2}}}, polygon}, orb.Collection{orb.Point{1, 2}, orb.Collection{p}},
		}
	}
	nan, inf := math.NaN(), math.Inf(1)
	for p, want := range map[orb.Point]bool{
		{5, 6}: true, {nan, 6}: false, {5, nan}: false, {nan, nan}: false, {inf, 6}: false, {5, -inf}: false,
		{math.MaxFloat64, -math.MaxFloat64}: true,
	} {
		for _, g := range holding(p) {
			if got := Finite(g); got != want {
				t.Errorf("Finite(%T %v) = %v", g, g, got)
			}
		}
	}
	if !Finite(nil) || !Finite(orb.Collection{}) {
		t.Error("what has no coordinate has no bad one")
	}
}

// TestCutShort cuts a nested geometry at every byte: each prefix is malformed.
func TestCutShort(t *testing.T) {
	g := orb.Collection{
		orb.Point{1, 2},
		orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}},
		orb.MultiLineString{{{1, 2}, {3, 4}}},
	}
	data, err := AppendEWKB(nil, g, 4326)
	if err != nil {
		t.Fatal(err)
	}
	var d Decoder
	for n := range data {
		if got, _, err := d.Decode(data[:n]); !errors.Is(err, ErrMalformed) {
			t.Errorf("Decode of %d bytes of %d = %v, %v; want %v", n, len(data), got, err, ErrMalformed)
		}
	}
}

// TestSlabsDoNotOverlap appends to each of many decoded lines and checks that
// no neighbour changes.
func TestSlabsDoNotOverlap(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 0))
	var d Decoder
	var want, got []orb.LineString
	for range 3000 {
		line := make(orb.LineString, 1+r.IntN(7))
		for i := range line {
			line[i] = orb.Point{r.Float64(), r.Float64()}
		}
		data, err := Append(nil, line)
		if err != nil {
			t.Fatal(err)
		}
		g, _, err := d.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		want, got = append(want, line), append(got, g.(orb.LineString))
	}
	for _, line := range got {
		_ = append(line, orb.Point{-1, -1})
	}
	if !reflect.DeepEqual(got, want) {
		t.Error("an append to one geometry changed another")
	}
}

func FuzzDecode(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 0))
	for range 30 {
		g := random(r, 2)
		f.Add(ewkb.MustMarshal(g, 4326, binary.BigEndian))
		f.Add(ewkb.MustMarshal(g, 4326, binary.LittleEndian))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var d Decoder
		g, srid, err := d.Decode(data)
		if err != nil {
			if g != nil {
				t.Fatalf("geometry %v beside error %v", g, err)
			}
			return
		}
		again, err := AppendEWKB(nil, g, srid)
		if err != nil {
			t.Fatalf("encode what was decoded: %v", err)
		}
		g2, srid2, err := d.Decode(again)
		if err != nil || srid2 != srid || !reflect.DeepEqual(g, g2) {
			t.Fatalf("round trip of %v, %d = %v, %d, %v", g, srid, g2, srid2, err)
		}
	})
}

// BenchmarkDecode decodes a road of six vertices, beside orb's decoder.
func BenchmarkDecode(b *testing.B) {
	line := orb.LineString{{105.8, 21}, {105.81, 21.01}, {105.82, 21.02}, {105.83, 21.01}, {105.84, 21}, {105.85, 21}}
	data, err := AppendEWKB(nil, line, 4326)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		var d Decoder
		for b.Loop() {
			if _, _, err := d.Decode(data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("orb", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := ewkb.Unmarshal(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestAloneLeavesNoSlab(t *testing.T) {
	ring := orb.Ring{{105, 21}, {106, 21}, {106, 22}, {105, 21}}
	for _, want := range []orb.Geometry{
		orb.Point{1, 2}, orb.LineString{{1, 2}, {3, 4}}, orb.Polygon{ring}, orb.MultiPoint{{1, 2}},
		orb.MultiLineString{{{1, 2}, {3, 4}}}, orb.MultiPolygon{{ring}, {ring}}, orb.Collection{orb.LineString{{1, 2}, {3, 4}}},
	} {
		data, err := Append(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		d := Decoder{Alone: true}
		got, _, err := d.Decode(data)
		if err != nil || !orb.Equal(got, want) {
			t.Errorf("%v came back as %v: %v", want, got, err)
		}
		if len(d.points)+len(d.lines)+len(d.rings) > 0 {
			t.Errorf("%T lies in a slab", want)
		}
	}
}
