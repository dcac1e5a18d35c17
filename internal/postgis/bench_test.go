package postgis

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
)

const benchFeatures = 100_000

// benchLayer has the properties of a road of OpenStreetMap.
func benchLayer() city.Layer {
	return city.Layer{
		ID: "roads", Geometry: city.GeometryLineString, Key: "external_key",
		Properties: []city.Property{
			{Name: "external_key", Type: city.KindString}, {Name: "highway", Type: city.KindString},
			{Name: "name", Type: city.KindString}, {Name: "lanes", Type: city.KindInteger},
			{Name: "length_m", Type: city.KindNumber}, {Name: "oneway", Type: city.KindBoolean},
		},
	}
}

// putRoads writes benchFeatures roads of six vertices; round changes one in a
// hundred of them.
func putRoads(ctx context.Context, s *Store, round int) (tally city.Tally, err error) {
	r := rand.New(rand.NewPCG(1, 2))
	classes := []string{"residential", "service", "tertiary", "secondary", "primary", "trunk"}
	_, err = s.Write(ctx, "bench", func(w Writer) error {
		if err := w.PutLayer(ctx, benchLayer()); err != nil {
			return err
		}
		for i := range benchFeatures {
			line := make(orb.LineString, 6)
			line[0] = orb.Point{105.3 + r.Float64()*0.7, 20.6 + r.Float64()*0.8}
			for v := 1; v < len(line); v++ {
				line[v] = orb.Point{line[v-1][0] + r.Float64()*0.001, line[v-1][1] + r.Float64()*0.001}
			}
			name := city.Null
			if i%3 == 0 {
				name = city.String(fmt.Sprint("Đường số ", r.IntN(2000)))
			}
			lanes := int64(2)
			if i%100 == 0 {
				lanes += int64(round)
			}
			f := city.Feature{Geometry: line, Values: []city.Value{
				city.String(fmt.Sprint("way/", 100000000+i)), city.String(classes[r.IntN(len(classes))]), name,
				city.Integer(lanes), city.Number(r.Float64() * 500), city.Boolean(i%4 == 0),
			}}
			if err := w.Put(ctx, "roads", &f); err != nil {
				return err
			}
		}
		counts, err := w.Tally(ctx)
		tally = counts["roads"]
		return err
	})
	return tally, err
}

func benchStore(b *testing.B) *Store {
	s, err := Open(b.Context(), pgtest.DSN(b), Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s
}

// BenchmarkLoad reads 100,000 roads: as features, and the same rows thrown away
// as they come off the wire, which is the bar. On 2 busy cores, the server on
// the same ones: 112–231 ms against 71–130 ms, 2.3 allocations a feature; the
// profile says that decoding is about 20 ms of it and the rest is the server.
func BenchmarkLoad(b *testing.B) {
	s := benchStore(b)
	if _, err := putRoads(b.Context(), s, 0); err != nil {
		b.Fatal(err)
	}
	b.Run("features", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			n := 0
			err := s.Read(b.Context(), func(r Reader) error {
				return r.Features(b.Context(), "roads", func(*city.Feature) error { n++; return nil })
			})
			if err != nil || n != benchFeatures {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("discard", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if n, err := discard(b.Context(), s); err != nil || n != benchFeatures {
				b.Fatal(n, err)
			}
		}
	})
}

func discard(ctx context.Context, s *Store) (n int, err error) {
	conn, tx, err := s.begin(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return 0, err
	}
	defer conn.Release()
	defer rollback(ctx, tx)
	entries, err := s.catalogue.Load(ctx, tx)
	if err != nil {
		return 0, err
	}
	list, err := entries[0].Source.SelectList("t")
	if err != nil {
		return 0, err
	}
	err = catalogue.Query(ctx, tx, "SELECT "+list+" FROM twin.roads t ORDER BY id", nil, func([][]byte) error { n++; return nil })
	return n, err
}

// BenchmarkWrite puts 100,000 roads: all new, all the same again, one in a
// hundred changed.
func BenchmarkWrite(b *testing.B) {
	for _, bench := range []struct {
		name string
		want city.Tally
	}{
		{"new", city.Tally{Created: benchFeatures}},
		{"same", city.Tally{Unchanged: benchFeatures}},
		{"changed", city.Tally{Updated: benchFeatures / 100, Unchanged: benchFeatures - benchFeatures/100}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			s := benchStore(b)
			if bench.name != "new" {
				if _, err := putRoads(b.Context(), s, 0); err != nil {
					b.Fatal(err)
				}
			}
			for round := 1; b.Loop(); round++ {
				switch bench.name {
				case "new":
					b.StopTimer()
					s = benchStore(b)
					b.StartTimer()
				case "same":
					round = 0
				}
				if tally, err := putRoads(b.Context(), s, round); err != nil || tally != bench.want {
					b.Fatal(tally, err)
				}
			}
		})
	}
}
