package geopackage

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
)

// benchRoads is a layer with the properties of the real roads.
func benchRoads() city.Layer {
	l := city.Layer{ID: "roads", Title: "Đường", TitleEN: "Roads", Geometry: city.GeometryLineString, Key: "external_key"}
	for _, name := range []string{"external_key", "name", "name_en", "highway", "ref", "surface"} {
		l.Properties = append(l.Properties, city.Property{Name: name, Type: city.KindString})
	}
	l.Properties = append(l.Properties,
		city.Property{Name: "lanes", Type: city.KindInteger}, city.Property{Name: "oneway", Type: city.KindBoolean},
		city.Property{Name: "maxspeed", Type: city.KindInteger}, city.Property{Name: "length_m", Type: city.KindNumber})
	return l
}

// benchFeature makes the i-th road: 6 vertices, half the properties null.
func benchFeature(r *rand.Rand, i int) city.Feature {
	line := make(orb.LineString, 6)
	at := orb.Point{105.69 + r.Float64()*0.34, 20.84 + r.Float64()*0.28}
	for v := range line {
		line[v] = at
		at[0] += r.Float64()*0.002 - 0.001
		at[1] += r.Float64()*0.002 - 0.001
	}
	values := []city.Value{
		city.String(fmt.Sprintf("way/%d", 100_000_000+i)), city.Null, city.Null,
		city.String([]string{"residential", "service", "tertiary", "primary"}[r.IntN(4)]), city.Null, city.Null,
		city.Null, city.Boolean(r.IntN(2) == 0), city.Null, city.Number(r.Float64() * 500),
	}
	if r.IntN(2) == 0 {
		values[1], values[6] = city.String(fmt.Sprintf("Phố số %d", r.IntN(3000))), city.Integer(int64(r.IntN(6)))
	}
	return city.Feature{Geometry: line, Values: values}
}

func benchFeatures(n int) []city.Feature {
	r := rand.New(rand.NewPCG(7, 7))
	features := make([]city.Feature, n)
	for i := range features {
		features[i] = benchFeature(r, i)
	}
	return features
}

func putAll(tb testing.TB, s *Store, layer city.Layer, features []city.Feature) city.Tally {
	tb.Helper()
	var tally city.Tally
	_, err := s.Write(tb.Context(), "test", func(w Writer) error {
		if err := w.PutLayer(tb.Context(), layer); err != nil {
			return err
		}
		for i := range features {
			if err := w.Put(tb.Context(), layer.ID, &features[i]); err != nil {
				return err
			}
		}
		all, err := w.Tally(tb.Context())
		tally = all[layer.ID]
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return tally
}

const benchCount = 100_000

// BenchmarkLoad compares the reading of 100,000 features with the reading of
// the same rows by database/sql into bytes that are thrown away.
func BenchmarkLoad(b *testing.B) {
	path := filepath.Join(b.TempDir(), "bench.gpkg")
	s := mustOpen(b, path)
	putAll(b, s, benchRoads(), benchFeatures(benchCount))
	b.Run("features", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if n := countFeatures(b, s, "roads"); n != benchCount {
				b.Fatal(n)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchCount, "ns/feature")
	})
	b.Run("rows_thrown_away", func(b *testing.B) {
		db, err := sql.Open("sqlite", "file:"+path)
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		b.ReportAllocs()
		for b.Loop() {
			if n := countRows(b, db, "roads"); n != benchCount {
				b.Fatal(n)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchCount, "ns/feature")
	})
}

func countFeatures(tb testing.TB, s *Store, layer city.LayerID) int {
	tb.Helper()
	n := 0
	err := s.Read(tb.Context(), func(r Reader) error {
		return r.Features(tb.Context(), layer, func(*city.Feature) error { n++; return nil })
	})
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func countRows(tb testing.TB, db *sql.DB, table string) int {
	tb.Helper()
	rows, err := db.QueryContext(context.Background(), "SELECT * FROM "+lite.Quote(table)+" ORDER BY fid")
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	raw, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range raw {
		into[i] = &raw[i]
	}
	n := 0
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			tb.Fatal(err)
		}
		n++
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return n
}

// BenchmarkPut measures the transactions of an import: all new, then all known.
func BenchmarkPut(b *testing.B) {
	const count = 20_000
	features := benchFeatures(count)
	b.Run("created", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s := mustOpen(b, filepath.Join(b.TempDir(), "bench.gpkg"))
			if tally := putAll(b, s, benchRoads(), features); tally.Created != count {
				b.Fatal(tally)
			}
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(count)*float64(b.N)/b.Elapsed().Seconds(), "puts/s")
	})
	s := mustOpen(b, filepath.Join(b.TempDir(), "bench.gpkg"))
	putAll(b, s, benchRoads(), features)
	b.Run("unchanged", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if tally := putAll(b, s, benchRoads(), features); tally.Unchanged != count {
				b.Fatal(tally)
			}
		}
		b.ReportMetric(float64(count)*float64(b.N)/b.Elapsed().Seconds(), "puts/s")
	})
	b.Run("updated", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			n++
			for i := range features {
				features[i].Values[9] = city.Number(float64(n))
				features[i].Geometry.(orb.LineString)[0][0] += 1e-5
			}
			if tally := putAll(b, s, benchRoads(), features); tally.Updated != count {
				b.Fatal(tally)
			}
		}
		b.ReportMetric(float64(count)*float64(b.N)/b.Elapsed().Seconds(), "puts/s")
	})
	// Into a table that is not empty: the triggers keep the R-tree.
	b.Run("appended", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			n++
			for i := range features {
				features[i].Values[0] = city.String(fmt.Sprint("way/", n, "/", i))
			}
			if tally := putAll(b, s, benchRoads(), features); tally.Created != count {
				b.Fatal(tally)
			}
		}
		b.ReportMetric(float64(count)*float64(b.N)/b.Elapsed().Seconds(), "puts/s")
	})
}
