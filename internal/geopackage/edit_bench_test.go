package geopackage

import (
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// BenchmarkSave measures one transaction that changes one feature of 100,000, to
// its durable end; and the reading of what it changed.
func BenchmarkSave(b *testing.B) {
	s := mustOpen(b, filepath.Join(b.TempDir(), "bench.gpkg"))
	features := benchFeatures(benchCount)
	putAll(b, s, benchRoads(), features)
	for i := range features {
		features[i].ID = int64(i + 1)
	}
	save := func(n int, moves bool) city.Version {
		f := &features[n*7919%benchCount]
		f.Values[9] = city.Number(float64(n))
		if moves {
			f.Geometry.(orb.LineString)[0][0] += 1e-5
		}
		v, err := s.Write(b.Context(), "save", func(w Writer) error {
			_, err := w.Save(b.Context(), "roads", f)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		return v
	}
	n := 0
	for name, moves := range map[string]bool{"values": false, "geometry": true} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n++
				save(n, moves)
			}
		})
	}
	b.Run("and_changes", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			n++
			readChange(b, s, save(n, true))
		}
	})
	v := save(n+1, true)
	b.Run("changes", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			readChange(b, s, v)
		}
	})
}

// readChange reads the one revision of a version, as the twin does.
func readChange(b *testing.B, s *Store, v city.Version) {
	b.Helper()
	err := s.Read(b.Context(), func(r Reader) error {
		sets, err := r.Changes(b.Context(), v-1, 1000)
		if err == nil && (len(sets) != 1 || len(sets[0].Revisions) != 1) {
			b.Fatalf("%d change sets", len(sets))
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkLook measures what Await does 100 times a second.
func BenchmarkLook(b *testing.B) {
	s := mustOpen(b, filepath.Join(b.TempDir(), "bench.gpkg"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.look(b.Context(), 1); err != nil {
			b.Fatal(err)
		}
	}
}
