package shapefile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	shp "github.com/jonas-p/go-shp"
	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed/feedtest"
	"github.com/hanoitwin/hanoitwin/internal/ingest/textenc"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

func read(tb testing.TB, path string) (*feedtest.Found, *Source) {
	tb.Helper()
	s, err := Open(feed.File{Path: path})
	if err != nil {
		tb.Fatal(err)
	}
	f := &feedtest.Found{}
	if err := s.Read(context.Background(), f); err != nil {
		tb.Fatal(err)
	}
	return f, s
}

// sample writes a shapefile with another program's library.
func sample(tb testing.TB, kind shp.ShapeType, names []string, shapes ...shp.Shape) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "sample.shp")
	w, err := shp.Create(path, kind)
	if err != nil {
		tb.Fatal(err)
	}
	fields := []shp.Field{
		shp.StringField("name", 20), shp.NumberField("count", 8), shp.FloatField("height", 12, 3), shp.DateField("since"),
	}
	if err := w.SetFields(fields); err != nil {
		tb.Fatal(err)
	}
	for i, s := range shapes {
		w.Write(s)
		for field, value := range []any{names[i], i, float64(i) + 0.5, "20250701"} {
			if err := w.WriteAttribute(i, field, value); err != nil {
				tb.Fatal(err)
			}
		}
	}
	w.Close()
	// The library forgets the point in the name (v0.1.1).
	stem := path[:len(path)-4]
	if err := os.Rename(stem+"dbf", stem+".dbf"); err != nil {
		tb.Fatal(err)
	}
	return path
}

func TestShapes(t *testing.T) {
	square := func(x, y, size float64, clockwise bool) []shp.Point {
		p := []shp.Point{{X: x, Y: y}, {X: x, Y: y + size}, {X: x + size, Y: y + size}, {X: x + size, Y: y}, {X: x, Y: y}}
		if !clockwise {
			slices.Reverse(p)
		}
		return p
	}
	ring := func(points []shp.Point) orb.Ring {
		var out orb.Ring
		for _, p := range points {
			out = append(out, orb.Point{p.X, p.Y})
		}
		return out
	}
	outer, hole, island, far := square(0, 0, 10, true), square(1, 1, 8, false), square(2, 2, 2, true), square(20, 0, 5, true)
	polygon := shp.Polygon(*shp.NewPolyLine([][]shp.Point{outer, hole, island, far}))
	wrong := shp.Polygon(*shp.NewPolyLine([][]shp.Point{square(0, 0, 10, false)}))
	for name, c := range map[string]struct {
		kind shp.ShapeType
		s    shp.Shape
		want orb.Geometry
		flat bool
	}{
		"point":      {shp.POINT, &shp.Point{X: 1, Y: 2}, orb.Point{1, 2}, false},
		"point Z":    {shp.POINTZ, &shp.PointZ{X: 1, Y: 2, Z: 3}, orb.Point{1, 2}, true},
		"multipoint": {shp.MULTIPOINT, &shp.MultiPoint{NumPoints: 2, Points: []shp.Point{{X: 1, Y: 2}, {X: 3, Y: 4}}}, orb.MultiPoint{{1, 2}, {3, 4}}, false},
		"line":       {shp.POLYLINE, shp.NewPolyLine([][]shp.Point{{{X: 1, Y: 2}, {X: 3, Y: 4}}}), orb.LineString{{1, 2}, {3, 4}}, false},
		"two lines":  {shp.POLYLINE, shp.NewPolyLine([][]shp.Point{{{X: 1, Y: 2}, {X: 3, Y: 4}}, {{X: 5, Y: 6}, {X: 7, Y: 8}}}), orb.MultiLineString{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}, false},
		"polygon":    {shp.POLYGON, &polygon, orb.MultiPolygon{{ring(outer), ring(hole)}, {ring(island)}, {ring(far)}}, false},
		"wrong way":  {shp.POLYGON, &wrong, orb.Polygon{ring(square(0, 0, 10, false))}, false},
	} {
		f, _ := read(t, sample(t, c.kind, []string{"Hồ Gươm"}, c.s))
		if len(f.Records) != 1 || !reflect.DeepEqual(f.Records[0].Geometry, c.want) || f.Records[0].Flat != c.flat {
			t.Errorf("%s: %+v", name, f)
			continue
		}
		r := f.Records[0]
		if r.Fields[0].Value != city.String("Hồ Gươm") || r.Fields[1].Value != city.Integer(0) ||
			r.Fields[2].Value != city.Number(0.5) || r.Fields[3].Value.String() != "2025-07-01" {
			t.Errorf("%s: fields %+v", name, r.Fields)
		}
	}
}

func TestEncodings(t *testing.T) {
	legacy, err := charmap.Windows1258.NewEncoder().String("Phô\u0301 Huê\u0301")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text, cpg, encoding string
		noted               bool
	}{
		{"Phố Huế", "UTF-8", "UTF-8", false},
		{"Phố Huế", "", "UTF-8", false},
		{"Phố Huế", "ISO-8859-1", "UTF-8", true},
		{legacy, "", "windows-1258", true},
		{legacy, "UTF-8", "windows-1258", true},
		{legacy, "1258", "windows-1258", false},
	} {
		path := sample(t, shp.POINT, []string{c.text}, &shp.Point{X: 1, Y: 2})
		if c.cpg != "" {
			if err := os.WriteFile(path[:len(path)-3]+"CPG", []byte(c.cpg+"\r\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		f, s := read(t, path)
		got := norm.NFC.String(f.Records[0].Fields[0].Value.Text())
		if got != "Phố Huế" || s.decoder.Name != c.encoding || (len(f.Problems) == 1) != c.noted {
			t.Errorf("%q with %q: %q as %s, %+v", c.text, c.cpg, got, s.decoder.Name, f.Problems)
		}
	}
}

func TestDamage(t *testing.T) {
	names := []string{"a", "b", "c"}
	points := []shp.Shape{&shp.Point{X: 1, Y: 2}, &shp.Point{X: 3, Y: 4}, &shp.Point{X: 5, Y: 6}}
	change := func(extension string, edit func([]byte) []byte) string {
		path := sample(t, shp.POINT, names, points...)
		name := path[:len(path)-3] + extension
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, edit(b), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	t.Run("deleted row", func(t *testing.T) {
		f, _ := read(t, change("dbf", func(b []byte) []byte {
			size := int(binary.LittleEndian.Uint16(b[8:]))
			b[size] = '*'
			return b
		}))
		if len(f.Records) != 2 || len(f.Problems) != 1 || f.Problems[0].Reason != ReasonDeleted {
			t.Errorf("%+v", f)
		}
	})
	t.Run("fewer rows", func(t *testing.T) {
		f, _ := read(t, change("dbf", func(b []byte) []byte { return b[:len(b)-30] }))
		if len(f.Records) != 3 || len(f.Problems) != 1 || f.Problems[0].Reason != ReasonRows {
			t.Errorf("%+v", f)
		}
	})
	t.Run("null shape", func(t *testing.T) {
		f, _ := read(t, change("shp", func(b []byte) []byte { b[100+28+8] = 0; return b }))
		if len(f.Records) != 3 || f.Records[1].Geometry != nil || len(f.Problems) != 0 {
			t.Errorf("%+v", f)
		}
	})
	t.Run("unknown shape", func(t *testing.T) {
		f, _ := read(t, change("shp", func(b []byte) []byte { b[100+28+8] = 99; return b }))
		if len(f.Records) != 2 || len(f.Problems) != 1 || f.Problems[0].At.Index != 2 || f.Problems[0].At.Offset != 128 {
			t.Errorf("%+v", f)
		}
	})
	t.Run("cut off", func(t *testing.T) {
		s, err := Open(feed.File{Path: change("shp", func(b []byte) []byte { return b[:len(b)-5] })})
		if err != nil {
			t.Fatal(err)
		}
		f := &feedtest.Found{}
		if err := s.Read(context.Background(), f); !errors.Is(err, ErrTruncated) || len(f.Records) != 2 {
			t.Errorf("%v, %d records", err, len(f.Records))
		}
	})
	t.Run("asterisks", func(t *testing.T) {
		f, _ := read(t, change("dbf", func(b []byte) []byte {
			start := int(binary.LittleEndian.Uint16(b[8:])) + 1 + 20
			copy(b[start:], bytes.Repeat([]byte{'*'}, 8))
			return b
		}))
		if len(f.Problems) != 1 || f.Problems[0].Action != feed.Noted || !f.Records[0].Fields[1].Value.IsNull() {
			t.Errorf("%+v", f)
		}
	})
	t.Run("no dbf", func(t *testing.T) {
		path := sample(t, shp.POINT, names, points...)
		if err := os.Remove(path[:len(path)-3] + "dbf"); err != nil {
			t.Fatal(err)
		}
		if f, _ := read(t, path); len(f.Records) != 3 || len(f.Problems) != 1 {
			t.Errorf("%+v", f)
		}
	})
}

// TestAgreesWithGoShp reads the real files with both libraries.
func TestAgreesWithGoShp(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(realdata.Hanoi(t), "shapefile", "*.shp"))
	if err != nil || len(files) != 5 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		f, _ := read(t, path)
		other, err := shp.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for ; other.Next(); n++ {
			_, shape := other.Shape()
			box := shape.BBox()
			want := orb.Bound{Min: orb.Point{box.MinX, box.MinY}, Max: orb.Point{box.MaxX, box.MaxY}}
			if n < len(f.Records) && f.Records[n].Geometry.Bound() != want {
				t.Errorf("%s: shape %d: %v, want %v", path, n, f.Records[n].Geometry.Bound(), want)
			}
		}
		// The library loses the last shape of a file with heights but without
		// measures: it reads past the end.
		if n != len(f.Records) && !(f.Records[0].Flat && n == len(f.Records)-1) {
			t.Errorf("%s: %d records, want %d", path, len(f.Records), n)
		}
		_ = other.Close()
	}
}

func FuzzShape(f *testing.F) {
	for _, t := range []uint32{0, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28, 31} {
		b := make([]byte, 4+40+8+16*5)
		binary.LittleEndian.PutUint32(b, t)
		binary.LittleEndian.PutUint32(b[36:], 1)
		binary.LittleEndian.PutUint32(b[40:], 5)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		g, _, err := decode(content)
		if err == nil && g != nil && city.Vertices(g)*16 > len(content) {
			t.Errorf("%d bytes gave %d points", len(content), city.Vertices(g))
		}
	})
}

func FuzzTable(f *testing.F) {
	path := sample(f, shp.POINT, []string{"a"}, &shp.Point{X: 1, Y: 2})
	b, err := os.ReadFile(path[:len(path)-3] + "dbf")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, content []byte) {
		table, err := openTable(bytes.NewReader(content))
		if err != nil {
			return
		}
		for {
			if _, err := table.next(); err != nil {
				if !errors.Is(err, io.EOF) && !errors.Is(err, ErrTable) {
					t.Error(err)
				}
				return
			}
			for _, c := range table.columns {
				v, err := table.value(c, textenc.UTF8())
				if err == nil && math.IsNaN(v.Float()) {
					t.Errorf("column %q is NaN", c.name)
				}
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	path := filepath.Join(realdata.Hanoi(b), "shapefile", "buildings.shp")
	s, err := Open(feed.File{Path: path})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		f := &counting{}
		if err := s.Read(context.Background(), f); err != nil {
			b.Fatal(err)
		}
		n += f.n
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "features/s")
}

type counting struct{ n int }

func (c *counting) Record(*feed.Record) error  { c.n++; return nil }
func (c *counting) Problem(feed.Problem) error { return nil }
