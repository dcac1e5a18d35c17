//go:build compare

package benchcompare

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/realdata/tilelist"
	"github.com/hanoitwin/hanoitwin/internal/wiretest"
)

// TestStandards prints the table of what standard requests cost: pages, filters,
// filtered tiles, whole layers. It fails when something does not work, never
// because something is slow.
func TestStandards(t *testing.T) {
	layers := readLayers(t)
	s := buildSnapshot(t, layers)
	ours := wiretest.Serve(t, newServer(t, s, noCache))
	r := newRival(t, layers)
	// Without the geometry for tiles, which it would write among the properties.
	for _, sql := range []string{"ALTER TABLE roads DROP COLUMN geom", "CREATE INDEX ON roads (highway)", "VACUUM FULL ANALYZE roads"} {
		if _, err := r.pool.Exec(background, sql); err != nil {
			t.Fatal(err)
		}
	}
	out := newTable(os.Stdout)
	defer out.print(t) // also what was measured before something failed
	fmt.Printf("\n%s, %s, %d processors, Go %s\n\n", time.Now().Format(time.DateOnly), processor(), runtime.NumCPU(), strings.TrimPrefix(runtime.Version(), "go"))
	anew := wiretest.Serve(t, newServerOf(t, s, httpapi.Config{CacheBytes: noCache, AnswerBytes: noCache, TextBytes: noCache}))
	comparePages(t, out, ours, anew, wiretest.Serve(t, newServer(t, s, cached)), r)
	compareFilters(t, out, ours, r)
	compareFilteredTiles(t, out, ours)
	compareDownloads(t, out, ours)
}

// plainRequest renders a GET of path whose answer is not compressed: so that pages
// are compared, and not compressors.
func plainRequest(path string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

// windows are boxes of about 2 km round the middle of the city, as text.
func windows(n int) []string {
	random := rand.New(rand.NewPCG(5, 5))
	all := make([]string, n)
	for i := range all {
		lon, lat := 105.80+0.08*random.Float64(), 20.99+0.05*random.Float64()
		all[i] = fmt.Sprintf("%.4f,%.4f,%.4f,%.4f", lon, lat, lon+0.02, lat+0.02)
	}
	return all
}

// collection is the SQL that makes the GeoJSON of up to 100 roads that a condition
// chooses; PostGIS writes each feature in C.
func collection(where string) string {
	return `SELECT '{"type":"FeatureCollection","features":[' || coalesce(string_agg(ST_AsGeoJSON(f.*, 'lonlat', 7), ','), '') || ']}'
		FROM (SELECT * FROM roads WHERE ` + where + ` ORDER BY id LIMIT 100) f`
}

// answering serves what a query gives for the query string's value q, cut at |.
func (r *rival) answering(sql string) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		var arguments []any
		for _, part := range strings.Split(req.URL.Query().Get("q"), "|") {
			arguments = append(arguments, part)
		}
		var text string
		if err := r.pool.QueryRow(req.Context(), sql, arguments...).Scan(&text); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "application/geo+json")
		h.Set("Content-Length", fmt.Sprint(len(text)))
		_, _ = io.WriteString(w, text)
	}
}

// recorded serves what another server answered to each path.
func recorded(t testing.TB, addr string, paths []string) http.Handler {
	t.Helper()
	type answer struct {
		header http.Header
		body   []byte
	}
	answers := map[string]answer{}
	for _, path := range paths {
		res, err := http.Get("http://" + addr + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatal(res.StatusCode, err, string(body))
		}
		res.Body.Close()
		if res.Uncompressed {
			res.Header.Set("Content-Length", fmt.Sprint(len(body)))
		}
		answers[path] = answer{res.Header, body}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		a := answers[req.URL.RequestURI()]
		h := w.Header()
		for k, v := range a.header {
			h[k] = v
		}
		_, _ = w.Write(a.body)
	})
}

// inTurn alternates rounds of the contenders and returns the median of each.
func inTurn(t *testing.T, addrs []string, requests [][][]byte) []result {
	t.Helper()
	took := make([][]result, len(addrs))
	for n := range rounds + 1 {
		for i, addr := range addrs {
			r := round(t, addr, requests[i], clients)
			if n > 0 { // the first round warms everybody up
				took[i] = append(took[i], r)
			}
		}
	}
	medians := make([]result, len(addrs))
	for i := range took {
		medians[i] = median(took[i])
	}
	return medians
}

// comparePages asks for pages of a server that keeps none, as if each were asked
// for the first time: ours knows the features from other pages, anew has never shown
// them. keeping keeps pages.
func comparePages(t *testing.T, out *table, ours, anew, keeping string, r *rival) {
	var paths []string
	var own, theirs [][]byte
	for _, w := range windows(200) {
		path := "/collections/roads/items?limit=100&bbox=" + w
		paths = append(paths, path)
		own = append(own, plainRequest(path))
		theirs = append(theirs, plainRequest("/?q="+url.QueryEscape(strings.ReplaceAll(w, ",", "|"))))
	}
	const box = "ST_MakeEnvelope($1::float8, $2::float8, $3::float8, $4::float8, 4326)"
	rival := wiretest.Serve(t, r.answering(collection("lonlat && "+box+" AND ST_Intersects(lonlat, "+box+")")))
	round(t, keeping, own, clients) // a page is kept when it is asked for twice
	m := inTurn(t, []string{ours, rival, wiretest.Serve(t, recorded(t, ours, paths)), keeping, anew}, [][][]byte{own, theirs, own, own, own})
	out.row("page of 100 roads in a bbox, GeoJSON", fmt.Sprintf("%.0f /s, %.0f kB each", m[0].rate, float64(m[0].bytes)/200e3),
		fmt.Sprintf("PostGIS: %.0f /s", m[1].rate), fmt.Sprintf("%.1f ×", m[0].rate/m[1].rate), "≥ 5 ×")
	for _, c := range []struct {
		what string
		result
	}{{"first time", m[0]}, {"first time, of features never shown", m[4]}, {"asked for again", m[3]}} {
		out.row("the same beside a bare handler of the same bytes, "+c.what, fmt.Sprintf("%.0f /s", c.rate),
			fmt.Sprintf("bare net/http: %.0f /s", m[2].rate), fmt.Sprintf("%.2f ×", c.rate/m[2].rate), "≥ 0.4 ×")
	}
}

// compareFilters asks for roads of a class in a triangle, about 100 of them.
func compareFilters(t *testing.T, out *table, ours string, r *rival) {
	random := rand.New(rand.NewPCG(6, 6))
	var own, theirs [][]byte
	for range 200 {
		lon, lat := 105.80+0.04*random.Float64(), 20.99+0.03*random.Float64()
		triangle := fmt.Sprintf("POLYGON((%.4f %.4f,%.4f %.4f,%.4f %.4f,%.4f %.4f))", lon, lat, lon+0.07, lat, lon+0.03, lat+0.06, lon, lat)
		filter := "highway = 'secondary' AND S_INTERSECTS(geometry," + triangle + ")"
		own = append(own, plainRequest("/collections/roads/items?limit=100&filter="+url.QueryEscape(filter)))
		theirs = append(theirs, plainRequest("/?q="+url.QueryEscape("secondary|"+triangle)))
	}
	rival := wiretest.Serve(t, r.answering(collection("highway = $1 AND ST_Intersects(lonlat, ST_GeomFromText($2, 4326))")))
	m := inTurn(t, []string{ours, rival}, [][][]byte{own, theirs})
	out.row("CQL2: roads of a class in a triangle, a page of 100", fmt.Sprintf("%.0f /s, %.0f kB each", m[0].rate, float64(m[0].bytes)/200e3),
		fmt.Sprintf("PostGIS with indices: %.0f /s, %.0f kB each", m[1].rate, float64(m[1].bytes)/200e3), fmt.Sprintf("%.1f ×", m[0].rate/m[1].rate), "≥ 5 ×")
}

func compareFilteredTiles(t *testing.T, out *table, ours string) {
	filter := "?filter=" + url.QueryEscape("highway IN ('primary','secondary','tertiary','residential','service')")
	var plain, filtered [][]byte
	for _, tile := range tilelist.Read(t) {
		path := fmt.Sprintf("/tiles/roads/%s.mvt", tile)
		plain, filtered = append(plain, request(path)), append(filtered, request(path+filter))
	}
	m := inTurn(t, []string{ours, ours}, [][][]byte{plain, filtered})
	out.row("cold tiles of roads, filtered by highway IN (…)", fmt.Sprintf("%.0f tiles/s, %.1f MB", m[1].rate, float64(m[1].bytes)/1e6),
		fmt.Sprintf("unfiltered: %.0f tiles/s, %.1f MB", m[0].rate, float64(m[0].bytes)/1e6), fmt.Sprintf("%.2f × the cost", m[0].rate/m[1].rate), "≤ 1.3 ×")
}

// compareDownloads reads the whole layer of roads, in WGS 84 and in VN-2000, and
// watches the heap meanwhile.
func compareDownloads(t *testing.T, out *table, ours string) {
	const path = "/collections/roads/download?f=geojson"
	vn2000 := path + "&crs=" + url.QueryEscape("http://www.opengis.net/def/crs/EPSG/0/5897")
	idle := heap()
	peak := watchHeap()
	var took, tookVN time.Duration
	var size, sizeVN int64
	for n := range rounds + 1 {
		a, d := download(t, ours, path)
		b, dVN := download(t, ours, vn2000)
		if n > 0 {
			took, tookVN, size, sizeVN = took+d, tookVN+dVN, size+a, sizeVN+b
		}
	}
	above := float64(peak()) - float64(idle)
	speed := float64(size) / 1e6 / took.Seconds()
	out.row("all 42,292 roads as GeoJSON, one client", fmt.Sprintf("%.0f MB/s (%.1f MB)", speed, float64(size)/rounds/1e6), "", "", "≥ 100 MB/s")
	out.row("heap above idle meanwhile", fmt.Sprintf("%.1f MB", above/1e6), "", "", "≤ 32 MB")
	out.row("the same in EPSG:5897", fmt.Sprintf("%.0f MB/s (%.1f MB)", float64(sizeVN)/1e6/tookVN.Seconds(), float64(sizeVN)/rounds/1e6),
		fmt.Sprintf("WGS 84: %s ms, VN-2000: %s ms", ms(took/rounds), ms(tookVN/rounds)), fmt.Sprintf("%.2f × the time", float64(tookVN)/float64(took)), "≤ 1.3 ×")
}

// download reads a whole answer, uncompressed, and drops it.
func download(t *testing.T, addr, path string) (size int64, took time.Duration) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, "http://"+addr+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity")
	start := time.Now()
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	size, err = io.Copy(io.Discard, res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res.StatusCode, err)
	}
	return size, time.Since(start)
}

// watchHeap notes the largest heap in use until its result is called.
func watchHeap() func() uint64 {
	var most atomic.Uint64
	ctx, cancel := context.WithCancel(background)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most.Store(max(most.Load(), m.HeapAlloc))
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() uint64 { cancel(); <-done; return most.Load() }
}
