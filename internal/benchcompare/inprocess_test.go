//go:build compare

package benchcompare

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/gzip"
	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/proximity"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// encode makes one tile of all layers, without rules.
func encode(e *tiles.Encoder, s *snapshot.Snapshot, tile tiles.Tile) []byte {
	e.Begin(tile)
	bound := tile.SearchBound()
	for _, l := range s.Layers() {
		e.BeginLayer(string(l.ID()), l.Table(), tiles.LayerOptions{})
		l.Search(bound, func(f *snapshot.Feature) bool {
			f.Draw(e)
			return true
		})
		e.EndLayer()
	}
	return e.Bytes()
}

// splitTile returns the mean time of a tile of the list: search and encoding,
// and compression, on one processor.
func splitTile(t *testing.T, s *snapshot.Snapshot, list []tiles.Tile) (encoding, compression time.Duration) {
	t.Helper()
	var e tiles.Encoder
	var packed bytes.Buffer
	gz, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	for n := range rounds + 1 {
		if n == 1 { // the first round grows the buffers
			encoding, compression = 0, 0
		}
		for _, tile := range list {
			start := time.Now()
			body := encode(&e, s, tile)
			encoding += time.Since(start)
			start = time.Now()
			packed.Reset()
			gz.Reset(&packed)
			_, _ = gz.Write(body)
			_ = gz.Close()
			compression += time.Since(start)
		}
	}
	n := time.Duration(rounds * len(list))
	return encoding / n, compression / n
}

func places(n int) []orb.Point {
	r := rand.New(rand.NewPCG(2026, 11))
	out := make([]orb.Point, n)
	for i := range out {
		out[i] = orb.Point{105.75 + r.Float64()*0.15, 20.95 + r.Float64()*0.12}
	}
	return out
}

// nearest returns the mean time and allocations of the nearest 10 of a layer.
func nearest(t *testing.T, s *snapshot.Snapshot, layer city.LayerID) (time.Duration, float64) {
	t.Helper()
	var searcher proximity.Searcher
	from := places(1000)
	hits := make([]proximity.Hit, 0, 16)
	ask := func(p orb.Point) {
		var err error
		hits, err = searcher.Nearby(background, s, proximity.Query{Point: p, K: 10, Layers: []city.LayerID{layer}}, hits[:0])
		if err != nil || len(hits) != 10 {
			t.Fatal(len(hits), err)
		}
	}
	for _, p := range from {
		ask(p)
	}
	layers := []city.LayerID{layer}
	allocs := testing.AllocsPerRun(100, func() {
		hits, _ = searcher.Nearby(background, s, proximity.Query{Point: from[0], K: 10, Layers: layers}, hits[:0])
	})
	start := time.Now()
	const repeats = 10
	for range repeats {
		for _, p := range from {
			ask(p)
		}
	}
	return time.Since(start) / time.Duration(repeats*len(from)), allocs
}

func compareNearest(t *testing.T, out *table, s *snapshot.Snapshot) {
	for _, c := range []struct {
		layer city.LayerID
		bar   string
	}{{"roads", "≤ 30 µs, 0 allocations"}, {"intersections", "≤ 15 µs, 0 allocations"}} {
		took, allocs := nearest(t, s, c.layer)
		naive := naiveNearest(s.Layer(c.layer))
		out.row(fmt.Sprintf("nearest 10 of %d %s, in process", s.Layer(c.layer).Len(), c.layer),
			fmt.Sprintf("%.1f µs, %.0f allocations", us(took), allocs), fmt.Sprintf("scan of all: %.0f µs", us(naive)),
			fmt.Sprintf("%.0f × faster", float64(naive)/float64(took)), c.bar)
	}
}

func us(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// naiveNearest scans the layer with the cheapest distance there is.
func naiveNearest(l *snapshot.Layer) time.Duration {
	from := places(10)
	start := time.Now()
	for _, p := range from {
		best := 0.0
		l.All(func(f *snapshot.Feature) bool {
			b := f.Geometry().Bound()
			dx, dy := b.Min[0]-p[0], b.Min[1]-p[1]
			best = min(best, dx*dx+dy*dy)
			return true
		})
	}
	return time.Since(start) / time.Duration(len(from))
}

// hundredThousand is real features, repeated until there are 100,000.
func hundredThousand(layers []layer) layer {
	out := replicate(layers[0], 3)
	out.features = out.features[:100_000]
	return out
}

// compareStart loads 100,000 features into a snapshot, beside reading the same
// rows through the same driver and dropping them.
func compareStart(t *testing.T, out *table, layers []layer) {
	l := hundredThousand(layers)
	path, dsn := filepath.Join(t.TempDir(), "start.gpkg"), pgtest.DSN(t)
	file, err := geopackage.Open(background, path, geopackage.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	db, err := postgis.Open(background, dsn, postgis.Options{})
	if err != nil {
		t.Fatal(errors.Join(err, file.Close()))
	}
	for _, c := range []struct {
		name  string
		store twin.Store
		drop  func() time.Duration
	}{
		{"GeoPackage", file, func() time.Duration { return dropGeoPackage(t, path, string(l.def.ID)) }},
		{"PostGIS", db, func() time.Duration { return dropPostGIS(t, dsn, string(l.def.ID)) }},
	} {
		fill(t, c.store, l)
		var load, drop []time.Duration
		for range rounds {
			drop = append(drop, c.drop())
			runtime.GC()
			start := time.Now()
			s, rejected, err := twin.Load(background, c.store)
			load = append(load, time.Since(start))
			if err != nil || len(rejected) > 0 || s.Len() != len(l.features) {
				t.Fatal(err, len(rejected))
			}
		}
		a, b := quickest(load), quickest(drop)
		out.row("start: load 100,000 roads from "+c.name, ms(a)+" ms", "read and drop the rows: "+ms(b)+" ms",
			fmt.Sprintf("%.2f ×", float64(a)/float64(b)), "≤ 3 ×")
		if err := c.store.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func fill(t *testing.T, store twin.Store, l layer) {
	t.Helper()
	_, err := store.Write(background, "benchmark", func(w twin.Writer) error {
		if err := w.PutLayer(background, l.def); err != nil {
			return err
		}
		for i := range l.features {
			if err := w.Put(background, l.def.ID, &l.features[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// dropGeoPackage reads all columns of all rows with database/sql and drops them.
func dropGeoPackage(t *testing.T, path, table string) time.Duration {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	runtime.GC()
	start := time.Now()
	rows, err := db.QueryContext(background, `SELECT * FROM "`+table+`"`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	cells, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range cells {
		into[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return time.Since(start)
}

// dropPostGIS reads all columns of all rows with pgx, in the binary format, and
// drops them.
func dropPostGIS(t *testing.T, dsn, table string) time.Duration {
	t.Helper()
	conn, err := pgx.Connect(background, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(background)
	runtime.GC()
	start := time.Now()
	rows, err := conn.Query(background, "SELECT * FROM twin."+pgx.Identifier{table}.Sanitize())
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		for _, raw := range rows.RawValues() {
			_ = raw
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return time.Since(start)
}

// quickest is the run that was disturbed least.
func quickest(d []time.Duration) time.Duration {
	best := d[0]
	for _, v := range d {
		best = min(best, v)
	}
	return best
}

// measureMemory loads points and lines of 6 vertices without properties and
// divides the heap.
func measureMemory(t *testing.T, out *table) {
	const n, toProperties = 100_000, 32 // the header of the tags, and the zoom that they give
	for _, c := range []struct {
		name, bar string
		vertices  int
	}{{"a point", "≤ 120 B", 1}, {"a road of 6 vertices", "≤ 300 B", 6}} {
		before := heap()
		s := buildSnapshot(t, []layer{syntheticLayer(n, c.vertices)})
		perFeature := float64(heap()-before)/n - toProperties
		out.row("memory of "+c.name+", properties aside", fmt.Sprintf("%.0f B", perFeature), "", "", c.bar)
		runtime.KeepAlive(s)
	}
}

// measureLayers loads each real layer alone and divides the heap. The texts of
// the values are those of the exchange features, and are added.
func measureLayers(t *testing.T, out *table, layers []layer) {
	for _, l := range layers {
		before := heap()
		s := buildSnapshot(t, []layer{l})
		bytes, n := float64(heap()-before), float64(len(l.features))
		table := s.Layers()[0].Table()
		for i := range table.NumValues() {
			bytes += float64(len(table.Value(uint32(i)).Text()))
		}
		out.row(fmt.Sprintf("memory of %d %s, properties and all", len(l.features), l.def.ID), fmt.Sprintf("%.1f MB, %.0f B each", bytes/1e6, bytes/n), "", "", "")
		runtime.KeepAlive(s)
	}
}

func syntheticLayer(n, vertices int) layer {
	r := rand.New(rand.NewPCG(9, 9))
	l := layer{def: city.Layer{ID: "synthetic", Title: "x", TitleEN: "x", Geometry: city.GeometryAny}, features: make([]city.Feature, n)}
	for i := range l.features {
		p := orb.Point{105.3 + r.Float64()*0.7, 20.6 + r.Float64()*0.7}
		l.features[i] = city.Feature{ID: int64(i + 1), Geometry: p}
		if vertices > 1 {
			line := make(orb.LineString, vertices)
			for j := range line {
				line[j] = orb.Point{p[0] + float64(j)*0.0004, p[1] + r.Float64()*0.0004}
			}
			l.features[i].Geometry = line
		}
	}
	return l
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// compareTenfold asks the same of ten times the data, the copies lying beside
// the original (synthetic).
func compareTenfold(t *testing.T, out *table, layers []layer, plain *snapshot.Snapshot) {
	var ten []layer
	for _, l := range layers {
		ten = append(ten, replicate(l, 10))
	}
	big := buildSnapshot(t, ten)
	tile := tiles.Tile{Z: 14, X: 13009, Y: 7217}
	var small, large []time.Duration
	var e tiles.Encoder
	for range rounds {
		small = append(small, timeTile(&e, plain, tile))
		large = append(large, timeTile(&e, big, tile))
	}
	a, b := quickest(large), quickest(small)
	out.row("ten times the data (synthetic): a z14 tile", ms(a)+" ms", "real data: "+ms(b)+" ms", fmt.Sprintf("%.2f ×", float64(a)/float64(b)), "≤ 1.2 ×")
	na, _ := nearest(t, big, "roads")
	nb, _ := nearest(t, plain, "roads")
	out.row("ten times the data (synthetic): nearest 10 roads", fmt.Sprintf("%.1f µs", us(na)), fmt.Sprintf("real data: %.1f µs", us(nb)),
		fmt.Sprintf("%.2f ×", float64(na)/float64(nb)), "≤ 1.5 ×")
}

func timeTile(e *tiles.Encoder, s *snapshot.Snapshot, tile tiles.Tile) time.Duration {
	const repeats = 50
	encode(e, s, tile)
	start := time.Now()
	for range repeats {
		encode(e, s, tile)
	}
	return time.Since(start) / repeats
}
