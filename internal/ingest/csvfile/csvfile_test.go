package csvfile

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed/feedtest"
)

func read(tb testing.TB, content string) (*feedtest.Found, *Source, error) {
	tb.Helper()
	s, err := Open(feedtest.File(tb, "a.csv", []byte(content)))
	if err != nil {
		return nil, nil, err
	}
	f := &feedtest.Found{}
	return f, s, s.Read(context.Background(), f)
}

func TestDialects(t *testing.T) {
	for name, content := range map[string]string{
		"comma":              "name,lon,lat\nHồ Gươm,105.8522,21.0287\n",
		"semicolon":          "name;lon;lat\nHồ Gươm;105.8522;21.0287\n",
		"decimal comma":      "name;lon;lat\r\nHồ Gươm;105,8522;21,0287\r\n",
		"tab":                "name\tlon\tlat\nHồ Gươm\t105.8522\t21.0287",
		"bar":                "name|lon|lat\nHồ Gươm|105.8522|21.0287",
		"byte order mark":    "\xEF\xBB\xBFname,lon,lat\nHồ Gươm,105.8522,21.0287\n",
		"quotes":             "\"name\",\"lon\",\"lat\"\n\"Hồ Gươm\",\"105.8522\",\"21.0287\"\n",
		"Vietnamese headers": "name,Kinh độ,Vĩ độ\nHồ Gươm,105.8522,21.0287\n",
		"plain headers":      "name,kinh_do,vi_do\nHồ Gươm,105.8522,21.0287\n",
		"long names":         "name,Longitude,LATITUDE\nHồ Gươm,105.8522,21.0287\n",
		"x and y":            "name,X,Y\nHồ Gươm,105.8522,21.0287\n",
		"easting":            "name,Easting,Northing\nHồ Gươm,105.8522,21.0287\n",
		"WKT":                "name,WKT\nHồ Gươm,POINT (105.8522 21.0287)\n",
		"EWKT":               "name;geom\nHồ Gươm;\"SRID=4326;POINT(105.8522 21.0287)\"\n",
	} {
		f, _, err := read(t, content)
		if err != nil || len(f.Records) != 1 || len(f.Problems) != 0 {
			t.Errorf("%s: %+v %v", name, f, err)
			continue
		}
		r := f.Records[0]
		if r.Geometry != orb.Geometry(orb.Point{105.8522, 21.0287}) || !reflect.DeepEqual(r.Fields, []feed.Field{{Name: "name", Value: city.String("Hồ Gươm")}}) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestEncodings(t *testing.T) {
	text := "tên,lon,lat\nPhố Huế,105.85,21.01\n"
	legacy, err := charmap.Windows1258.NewEncoder().String("tên,lon,lat\nPhô\u0301 Huê\u0301,105.85,21.01\n")
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"windows-1258": legacy, "UTF-16": wide} {
		f, _, err := read(t, content)
		if err != nil || len(f.Records) != 1 || len(f.Problems) != 1 || f.Problems[0].Action != feed.Noted {
			t.Errorf("%s: %+v %v", name, f, err)
			continue
		}
		if got := f.Records[0].Fields[0]; got.Name != "tên" || (got.Value.Text() != "Phố Huế" && got.Value.Text() != "Phô\u0301 Huê\u0301") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestBadRows(t *testing.T) {
	f, _, err := read(t, "name,lon,lat\n"+
		"good,105.8,21\n"+
		"letters,abc,21\n"+
		"short,105.8\n"+
		"empty,,\n"+
		"half,105.8,\n"+
		"qu\"ote,105.8,21\n"+
		"\"two\nlines\",105.8,21\n")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range f.Records {
		names = append(names, r.Fields[0].Value.Text())
	}
	if !slices.Equal(names, []string{"good", "empty", "two\nlines"}) || f.Records[1].Geometry != nil {
		t.Errorf("records %q", names)
	}
	var places []string
	for _, p := range f.Problems {
		places = append(places, p.Reason+" "+p.At.String())
	}
	want := []string{
		ReasonPosition + " feature 2, line 3", ReasonRow + " feature 3, line 4",
		ReasonPosition + " feature 5, line 6", ReasonRow + " feature 6, line 7",
	}
	if !slices.Equal(places, want) {
		t.Errorf("problems %q", places)
	}
}

func TestNoPosition(t *testing.T) {
	if _, _, err := read(t, "name,value\na,1\n"); !errors.Is(err, ErrNoColumns) {
		t.Errorf("no columns: %v", err)
	}
	if _, _, err := read(t, ""); !errors.Is(err, ErrEmpty) {
		t.Errorf("empty: %v", err)
	}
	if _, _, err := read(t, "lon,lat,a\n1,2,\""+strings.Repeat("x", maxRow+(1<<20))+"\n"); !errors.Is(err, ErrRow) {
		t.Errorf("open quote: %v", err)
	}
}

func TestWKT(t *testing.T) {
	for text, want := range map[string]orb.Geometry{
		"POINT Z (1 2 3)":                   orb.Point{1, 2},
		"MULTIPOINT ((1 2),(3 4))":          orb.MultiPoint{{1, 2}, {3, 4}},
		"LINESTRING(1 2,3 4)":               orb.LineString{{1, 2}, {3, 4}},
		"MULTILINESTRING((1 2,3 4))":        orb.MultiLineString{{{1, 2}, {3, 4}}},
		"POLYGON((0 0,1 0,1 1,0 0))":        orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}},
		"MULTIPOLYGON(((0 0,1 0,1 1,0 0)))": orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}},
		"GEOMETRYCOLLECTION(POINT(1 2))":    orb.Collection{orb.Point{1, 2}},
		"POINT EMPTY":                       orb.MultiPoint{},
	} {
		g, flat, err := ParseWKT(text)
		if err != nil || !reflect.DeepEqual(g, want) || flat != strings.Contains(text, " Z ") {
			t.Errorf("%s: %v %v %v", text, g, flat, err)
		}
	}
	for _, text := range []string{"", "POINT", "POINT(1)", "CIRCLE(1 2)", strings.Repeat("GEOMETRYCOLLECTION(", 1000)} {
		if _, _, err := ParseWKT(text); !errors.Is(err, ErrWKT) {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func FuzzWKT(f *testing.F) {
	for _, seed := range []string{"POINT(1 2)", "POLYGON Z((0 0 1,1 0 1,1 1 1,0 0 1))", "GEOMETRYCOLLECTION(POINT EMPTY,LINESTRING(1 2,3 4))", "SRID=4326;POINT(1 2)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, _, err := ParseWKT(text)
		if err == nil && g == nil {
			t.Errorf("%q gave nothing and no error", text)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add("name,lon,lat\na,1,2\n")
	f.Add("ten;kinh_do;vi_do\n\"a;b\";1,5;2,5\n")
	f.Add("\xff\xfea\x00")
	f.Fuzz(func(t *testing.T, content string) {
		got, s, err := read(t, content)
		if err != nil || s == nil {
			return
		}
		for _, r := range got.Records {
			if len(r.Fields) > len(s.header) {
				t.Errorf("%d fields of %d columns", len(r.Fields), len(s.header))
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	const n = 5000
	path := filepath.Join(b.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte("name,lon,lat,n\n"+strings.Repeat("Phố Huế,105.8522,21.0287,12\n", n)), 0o600); err != nil {
		b.Fatal(err)
	}
	s, err := Open(feed.File{Path: path})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Read(context.Background(), &count{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "features/s")
}

type count struct{}

func (*count) Record(*feed.Record) error  { return nil }
func (*count) Problem(feed.Problem) error { return nil }
