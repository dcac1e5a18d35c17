package ingest

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// forget is a sink that keeps nothing and measures what is alive meanwhile.
type forget struct {
	layers []city.Layer
	count  int
	every  int    // features between two measurements, 0 for none
	peak   uint64 // bytes alive
}

func (f *forget) Layers() []city.Layer { return f.layers }

func (f *forget) PutLayer(_ context.Context, l city.Layer) error {
	f.layers = append(f.layers, l)
	return nil
}

func (f *forget) Put(context.Context, city.LayerID, *city.Feature) error {
	f.count++
	if f.every > 0 && f.count%f.every == 0 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		f.peak = max(f.peak, m.HeapAlloc)
	}
	return nil
}

// synthetic writes a file of n lines.
func synthetic(tb testing.TB, name, header string, n int, line func(i int) string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	file, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriter(file)
	fmt.Fprint(w, header)
	for i := range n {
		fmt.Fprintln(w, line(i))
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := file.Close(); err != nil {
		tb.Fatal(err)
	}
	return path
}

func geoJSONLine(i int) string {
	x := 105 + float64(i%1000)/1000
	return fmt.Sprintf(`{"type":"Feature","id":"f%d","geometry":{"type":"LineString","coordinates":[[%.4f,21.01],[%.4f,21.02]]},"properties":{"name":"Đường số %d","n":%d}}`, i, x, x+0.001, i, i)
}

func csvLine(i int) string {
	return fmt.Sprintf("Điểm %d,%.5f,21.02,%d", i, 105+float64(i%1000)/1000, i)
}

// TestMemoryIsFlat imports a file and one eight times as large: what is alive
// differs by no more than the buffer that sorts keys.
func TestMemoryIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: writes large files")
	}
	const small, times, slack = 5_000, 8, 4 << 20
	for name, c := range map[string]struct {
		header string
		line   func(int) string
	}{
		"a.geojsonl": {"", geoJSONLine},
		"a.csv":      {"name,lon,lat,n\n", csvLine},
	} {
		var peaks [2]uint64
		for i, n := range []int{small, small * times} {
			sink := &forget{every: n / 4}
			if _, err := Run(context.Background(), sink, []string{synthetic(t, name, c.header, n, c.line)}, Options{}); err != nil {
				t.Fatal(err)
			}
			if sink.count != n {
				t.Fatalf("%s: %d features, want %d", name, sink.count, n)
			}
			peaks[i] = sink.peak
		}
		t.Logf("%s: %d kB alive with %d features, %d kB with %d", name, peaks[0]>>10, small, peaks[1]>>10, small*times)
		if peaks[1] > peaks[0]+slack {
			t.Errorf("%s: memory grows with the file: %d and %d bytes", name, peaks[0], peaks[1])
		}
	}
}

func benchmarkRun(b *testing.B, opt Options, path string) {
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		sink := &forget{}
		if _, err := Run(context.Background(), sink, []string{path}, opt); err != nil {
			b.Fatal(err)
		}
		n += sink.count
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "features/s")
}

func BenchmarkRun(b *testing.B) {
	b.Run("geojsonl", func(b *testing.B) { benchmarkRun(b, Options{}, synthetic(b, "a.geojsonl", "", 5000, geoJSONLine)) })
	b.Run("csv", func(b *testing.B) {
		benchmarkRun(b, Options{}, synthetic(b, "a.csv", "name,lon,lat,n\n", 5000, csvLine))
	})
	b.Run("roads pbf", func(b *testing.B) {
		path := filepath.Join(realdata.Hanoi(b), "osm", "hanoi_roads_merged.osm.pbf")
		benchmarkRun(b, Options{Profile: profile(b), Layer: "osm_roads"}, path)
	})
	b.Run("roads geojsonl", func(b *testing.B) {
		benchmarkRun(b, Options{}, filepath.Join(realdata.Hanoi(b), "layers", "hanoi_roads.geojsonl"))
	})
	b.Run("buildings shapefile", func(b *testing.B) {
		benchmarkRun(b, Options{}, filepath.Join(realdata.Hanoi(b), "shapefile", "buildings.shp"))
	})
	b.Run("wards geojsonl", func(b *testing.B) {
		benchmarkRun(b, Options{}, filepath.Join(realdata.Hanoi(b), "layers", "hanoi_wards.geojsonl"))
	})
}
