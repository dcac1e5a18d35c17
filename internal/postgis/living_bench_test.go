package postgis

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// road is a feature of benchLayer that is not as it was in any other round.
func road(id int64, round int) *city.Feature {
	x := 105.3 + float64(round%1000)/10000
	return &city.Feature{
		ID: id, Geometry: orb.LineString{{x, 21}, {x + 0.001, 21.001}, {x + 0.002, 21.001}},
		Values: []city.Value{city.String(fmt.Sprint("way/", 100000000+id-1)), city.String("primary"), city.String(fmt.Sprint("Vòng ", round)), city.Integer(2)},
	}
}

func saveRoad(ctx context.Context, s *Store, id int64, round int) (city.Version, error) {
	return s.Write(ctx, "bench", func(w Writer) error {
		_, err := w.Save(ctx, "roads", road(id, round))
		return err
	})
}

// BenchmarkSave changes one of 100,000 roads, with the commit; fsync is off in
// these tests, so that a disk adds its own time. The bar is one UPDATE by psql.
func BenchmarkSave(b *testing.B) {
	s := benchStore(b)
	if _, err := putRoads(b.Context(), s, 0); err != nil {
		b.Fatal(err)
	}
	b.Run("save", func(b *testing.B) {
		b.ReportAllocs()
		for round := 0; b.Loop(); round++ {
			if _, err := saveRoad(b.Context(), s, int64(1+round%benchFeatures), round); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("get and save", func(b *testing.B) {
		b.ReportAllocs()
		for round := 1; b.Loop(); round++ {
			_, err := s.Write(b.Context(), "bench", func(w Writer) error {
				f, err := w.Get(b.Context(), "roads", int64(1+round%benchFeatures))
				if err != nil {
					return err
				}
				f.Values[2] = city.String(fmt.Sprint("Lần ", round))
				_, err = w.Save(b.Context(), "roads", f)
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, bare := range []struct{ name, history string }{{"bare update", ""}, {"bare update without history", `SET session_replication_role = replica`}} {
		b.Run(bare.name, func(b *testing.B) {
			conn, err := s.pool.Acquire(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Release()
			if _, err := conn.Exec(b.Context(), bare.history); err != nil {
				b.Fatal(err)
			}
			defer conn.Exec(b.Context(), `RESET session_replication_role`)
			for round := 0; b.Loop(); round++ {
				_, err := conn.Exec(b.Context(), `UPDATE twin.roads SET name = $1 WHERE id = $2`, fmt.Sprint("Số ", round), 1+round%benchFeatures)
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkChanges reads the newest version of a store with some thousand of
// them, and a hundred at once.
func BenchmarkChanges(b *testing.B) {
	s := benchStore(b)
	if _, err := putRoads(b.Context(), s, 0); err != nil {
		b.Fatal(err)
	}
	var v city.Version
	for round := range 3000 {
		var err error
		if v, err = saveRoad(b.Context(), s, int64(1+round*7%1000), round); err != nil {
			b.Fatal(err)
		}
	}
	for _, n := range []city.Version{1, 100} {
		b.Run(fmt.Sprint(int64(n)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				err := s.Read(b.Context(), func(r Reader) error {
					sets, err := r.Changes(b.Context(), v-n, 50_000)
					if err == nil && len(sets) != int(n) {
						err = fmt.Errorf("%d change sets", len(sets))
					}
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkAwait measures from the end of a Write to the return of Await, and to
// the end of reading the changes.
func BenchmarkAwait(b *testing.B) {
	s := benchStore(b)
	if _, err := putRoads(b.Context(), s, 0); err != nil {
		b.Fatal(err)
	}
	var v city.Version
	if err := s.Read(b.Context(), func(r Reader) error { v = r.Version(); return nil }); err != nil {
		b.Fatal(err)
	}
	type woken struct {
		awake, read time.Time
		err         error
	}
	results := make(chan woken, 1)
	var waking, reading time.Duration
	rounds := 0
	for ; b.Loop(); rounds++ {
		after := v
		go func() {
			var w woken
			w.err = s.Await(b.Context(), after)
			w.awake = time.Now()
			if w.err == nil {
				w.err = s.Read(b.Context(), func(r Reader) error {
					_, err := r.Changes(b.Context(), after, 50_000)
					return err
				})
			}
			w.read = time.Now()
			results <- w
		}()
		var err error
		if v, err = saveRoad(b.Context(), s, int64(1+rounds%benchFeatures), rounds); err != nil {
			b.Fatal(err)
		}
		committed := time.Now()
		w := <-results
		if w.err != nil {
			b.Fatal(w.err)
		}
		waking += w.awake.Sub(committed)
		reading += w.read.Sub(committed)
	}
	b.ReportMetric(float64(waking.Microseconds())/float64(rounds), "µs-to-wake")
	b.ReportMetric(float64(reading.Microseconds())/float64(rounds), "µs-to-changes")
}
