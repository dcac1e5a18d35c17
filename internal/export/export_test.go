package export

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

func testLayer() *city.Layer {
	return &city.Layer{ID: "test", Geometry: city.GeometryAny, Properties: []city.Property{
		{Name: "tên", Type: city.KindString}, {Name: "n", Type: city.KindInteger}, {Name: "f", Type: city.KindNumber},
		{Name: "b", Type: city.KindBoolean}, {Name: "d", Type: city.KindDate}, {Name: "t", Type: city.KindInstant},
		{Name: "j", Type: city.KindJSON}, {Name: "nothing", Type: city.KindString},
	}}
}

func of(features ...*city.Feature) Features {
	return func(yield func(*city.Feature) error) error {
		for _, f := range features {
			if err := yield(f); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestGolden(t *testing.T) {
	list, err := city.JSON([]byte(`[1, "hai"]`))
	if err != nil {
		t.Fatal(err)
	}
	f := &city.Feature{ID: 17, Geometry: orb.Point{105.8542, 21.0285}, Values: []city.Value{
		city.String("Hồ \"Gươm\""), city.Integer(-7), city.Number(0.1), city.Boolean(true),
		city.Date(time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)),
		city.Instant(time.Date(2025, 7, 1, 12, 30, 0, 500e6, time.UTC)), list,
	}}
	line := `{"type":"Feature","id":17,"geometry":{"type":"Point","coordinates":[105.8542,21.0285]},"properties":{` +
		`"tên":"Hồ \"Gươm\"","n":-7,"f":0.1,"b":true,"d":"2025-07-01","t":"2025-07-01T12:30:00.5Z","j":[1,"hai"],"nothing":null}}`
	bare := `{"type":"Feature","geometry":null,"properties":{"tên":null,"n":null,"f":null,"b":null,"d":null,"t":null,"j":null,"nothing":null}}`
	for format, want := range map[Format]string{
		GeoJSON: `{"type":"FeatureCollection","name":"test","features":[` + "\n" + line + ",\n" + bare + "\n]}\n",
		Lines:   line + "\n" + bare + "\n",
	} {
		var out bytes.Buffer
		n, err := Write(context.Background(), &out, format, testLayer(), of(f, &city.Feature{}))
		if err != nil || n != 2 || out.String() != want {
			t.Errorf("%s: %d, %v\ngot  %s\nwant %s", format, n, err, out.String(), want)
		}
		var empty bytes.Buffer
		if _, err := Write(context.Background(), &empty, format, testLayer(), of()); err != nil {
			t.Fatal(err)
		}
		if format == GeoJSON && !json.Valid(empty.Bytes()) {
			t.Errorf("empty collection is %s", empty.String())
		}
	}
}

func TestGeometryReadsBackTheSame(t *testing.T) {
	const seed = 11
	random := rand.New(rand.NewPCG(seed, seed))
	p := func() orb.Point { return orb.Point{random.Float64()*360 - 180, random.Float64()*180 - 90} }
	r := func() orb.Ring { a := p(); return orb.Ring{a, p(), p(), a} }
	for range 200 {
		for _, g := range []orb.Geometry{
			p(), orb.MultiPoint{p(), p()}, orb.LineString{p(), p(), p()}, orb.MultiLineString{{p(), p()}, {p(), p()}},
			orb.Polygon{r(), r()}, orb.MultiPolygon{{r()}, {r(), r()}}, orb.Collection{p(), orb.LineString{p(), p()}},
			orb.Point{math.SmallestNonzeroFloat64, -math.MaxFloat64},
		} {
			text, err := AppendGeometry(nil, g)
			if err != nil {
				t.Fatal(err)
			}
			back, err := geojson.UnmarshalGeometry(text)
			if err != nil || !orb.Equal(back.Geometry(), g) {
				t.Fatalf("seed %d: %s: %v", seed, text, err)
			}
		}
	}
	if _, err := AppendGeometry(nil, orb.Point{math.NaN(), 0}); !errors.Is(err, ErrGeometry) {
		t.Errorf("NaN: %v", err)
	}
}

func TestFileIsAtomic(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.geojson.gz")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	_, err := WriteFile(context.Background(), path, testLayer(), func(yield func(*city.Feature) error) error {
		if err := yield(&city.Feature{ID: 1}); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "old" {
		t.Errorf("after an error the file holds %q", b)
	}
	if n, err := WriteFile(context.Background(), path, testLayer(), of(&city.Feature{ID: 1})); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if b, _ := os.ReadFile(path); !bytes.HasPrefix(b, []byte{0x1f, 0x8b}) {
		t.Errorf("not compressed: %q", b)
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 1 {
		t.Errorf("temporary files remain: %v", entries)
	}
	if _, err := WriteFile(context.Background(), filepath.Join(dir, "a.xyz"), testLayer(), of()); !errors.Is(err, ErrFormat) {
		t.Errorf("unknown name: %v", err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Write(ctx, &bytes.Buffer{}, Lines, testLayer(), of(&city.Feature{})); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func BenchmarkWrite(b *testing.B) {
	f := &city.Feature{ID: 1, Geometry: orb.LineString{{105.8542, 21.0285}, {105.8550012, 21.0290001}, {105.856, 21.03}},
		Values: []city.Value{city.String("Phố Huế"), city.Integer(3)}}
	layer := testLayer()
	var line []byte
	b.ReportAllocs()
	for b.Loop() {
		line, _ = AppendFeature(line[:0], layer, f)
	}
	b.SetBytes(int64(len(line)))
}
