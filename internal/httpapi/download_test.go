package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/encode"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
)

// TestFeatureFormats holds what this package says of formats against what writes
// them.
func TestFeatureFormats(t *testing.T) {
	all := media.FeatureFormats()
	if len(all) != len(encode.All()) {
		t.Errorf("%d formats, package encode has %d", len(all), len(encode.All()))
	}
	for _, f := range all {
		e := encodingOf(t, f)
		if e.MediaType != f.ContentType() {
			t.Errorf("%s: sent as %s, written as %s", e.Name, f.ContentType(), e.MediaType)
		}
	}
}

// encodingOf returns what writes features in a format.
func encodingOf(t *testing.T, f media.Format) encode.Format {
	t.Helper()
	found, err := encode.Find(encode.Name(f.Names()[0]))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestDownload asks for a layer in each format and each coding.
func TestDownload(t *testing.T) {
	server := newTested(t, Config{})
	for _, f := range media.FeatureFormats() {
		e := encodingOf(t, f)
		var plain []byte
		for _, accepted := range []string{"", "gzip", "zstd"} {
			res := server.get("/collections/places/download?f="+string(e.Name), "Accept-Encoding", accepted)
			etag := res.Header.Get("Etag")
			if res.StatusCode != 200 || res.Header.Get("Content-Type") != e.MediaType || res.Header.Get("Content-Length") != "" ||
				res.Header.Get("Content-Disposition") != `attachment; filename="places-v42.`+e.Extension+`"` ||
				!strings.HasPrefix(etag, `"`) || !strings.Contains(res.Header.Get("Vary"), "Accept-Encoding") {
				t.Fatalf("%s: %d %v", e.Name, res.StatusCode, res.Header)
			}
			if want := accepted; e.Name != encode.GeoPackage && res.Header.Get("Content-Encoding") != want {
				t.Errorf("%s: Content-Encoding %q, want %q", e.Name, res.Header.Get("Content-Encoding"), want)
			}
			if profile := linked(res.Header["Link"])["profile"]; (len(profile) > 0) != (f == media.GeoJSON || f == media.JSONFG) {
				t.Errorf("%s: Link %v", e.Name, res.Header["Link"])
			}
			content := body(t, res)
			if accepted == "" {
				plain = content
			} else if !bytes.Equal(content, plain) {
				t.Errorf("%s in %s: %d bytes, want %d", e.Name, accepted, len(content), len(plain))
			}
			if !bytes.Contains(content, []byte("Hồ Hoàn Kiếm")) {
				t.Errorf("%s: no Hồ Hoàn Kiếm in %q", e.Name, content)
			}
			again := server.get("/collections/places/download?f="+string(e.Name), "Accept-Encoding", accepted, "If-None-Match", etag)
			if content := body(t, again); again.StatusCode != 304 || len(content) > 0 || again.Header.Get("Etag") != etag {
				t.Errorf("%s: %d with If-None-Match", e.Name, again.StatusCode)
			}
			head := server.ask("HEAD", "/collections/places/download?f="+string(e.Name), "Accept-Encoding", accepted)
			if content, _ := io.ReadAll(head.Body); head.StatusCode != 200 || len(content) > 0 || head.Header.Get("Etag") != etag ||
				head.Header.Get("Content-Disposition") != res.Header.Get("Content-Disposition") {
				t.Errorf("%s: HEAD %d %v", e.Name, head.StatusCode, head.Header)
			}
		}
	}
}

// TestDownloadTags tells states, questions and codings apart.
func TestDownloadTags(t *testing.T) {
	server := newTested(t, Config{})
	seen := map[string]string{}
	ask := func(target string, headers ...string) {
		t.Helper()
		res := server.ask("HEAD", target, headers...)
		etag := res.Header.Get("Etag")
		if other, taken := seen[etag]; taken || res.StatusCode != 200 {
			t.Errorf("%s %v: %d, ETag %s is that of %s", target, headers, res.StatusCode, etag, other)
		}
		seen[etag] = target
	}
	ask("/collections/places/download")
	ask("/collections/roads/download")
	ask("/collections/places/download", "Accept-Encoding", "gzip")
	ask("/collections/places/download?bbox=105,20,106,22")
	ask("/collections/places/download?datetime=2027-01-01")
	ask("/collections/places/download?f=csv")
	ask("/collections/places/download?f=gpkg")
	server.source.set(fixture(t, 43))
	ask("/collections/places/download")
}

// TestDownloadSelects holds a download against the pages of items.
func TestDownloadSelects(t *testing.T) {
	server := newTested(t, Config{})
	for _, query := range []string{"", "bbox=105.84,20.9,105.85,21.01", "datetime=2027-01-01", "bbox=1,1,2,2"} {
		ids := func(target string) (ids []any) {
			var page struct{ Features []map[string]any }
			if err := json.Unmarshal(body(t, server.get(target+"?"+query)), &page); err != nil {
				t.Fatalf("%s?%s: %v", target, query, err)
			}
			for _, f := range page.Features {
				ids = append(ids, f["id"])
			}
			return ids
		}
		if got, want := ids("/collections/places/download"), ids("/collections/places/items"); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	for _, f := range media.FeatureFormats() {
		if res := server.get("/collections/empty/download?f=" + f.Names()[0]); res.StatusCode != 200 {
			t.Errorf("an empty layer as %s: %d", f.Names()[0], res.StatusCode)
		}
	}
}

// TestDownloadMistakes expects problems, without what belongs to files.
func TestDownloadMistakes(t *testing.T) {
	server := newTested(t, Config{MaxDownloads: 1})
	for target, want := range map[string]int{
		"/collections/nothing/download": 404, "/collections/places/download?f=shp": 400, "/collections/places/download?limit=10": 400,
		"/collections/places/download?bbox=1,2,3&f=nope&x=1": 400, "/collections/places/download?version=7": 410,
	} {
		res := server.get(target)
		if res.StatusCode != want || res.Header.Get("Content-Type") != "application/problem+json" || res.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: %d %v %s", target, res.StatusCode, res.Header, body(t, res))
		}
	}
	if res := server.get("/collections/places/download", "Accept", "image/png"); res.StatusCode != 406 {
		t.Errorf("image/png: %d", res.StatusCode)
	}
	if res := server.get("/collections/places/download", "Accept", "text/csv, application/geo+json;q=0.5"); res.Header.Get("Content-Type") != "text/csv; charset=utf-8; header=present" {
		t.Errorf("text/csv: %d %v", res.StatusCode, res.Header)
	}
	slow, finish := server.slowDownload(t)
	res := server.get("/collections/places/download")
	if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || res.Header.Get("Etag") != "" {
		t.Errorf("one too many: %d %v", res.StatusCode, res.Header)
	}
	close(finish)
	<-slow
	if res := server.get("/collections/places/download"); res.StatusCode != 200 {
		t.Errorf("after it: %d", res.StatusCode)
	}
	dir := t.TempDir()
	small := newTested(t, Config{MaxTempBytes: 1000, TempDir: dir})
	res = small.get("/collections/places/download?f=gpkg")
	if left, _ := os.ReadDir(dir); res.StatusCode != 507 || len(left) > 0 || res.Header.Get("Content-Disposition") != "" {
		t.Errorf("a file too large: %d %v; remains %v", res.StatusCode, res.Header, left)
	}
}

// manyPlaces fills the layer places with more than the buffers of a connection
// hold.
func (s *serving) manyPlaces(t *testing.T) {
	t.Helper()
	features := make([]city.Feature, 60_000)
	for i := range features {
		features[i] = city.Feature{ID: int64(i + 1), Geometry: orb.Point{105 + float64(i)*1e-5, 21}, Values: []city.Value{city.Null, text("một nơi có tên dài")}}
	}
	s.source.set(build(t, 43, map[city.LayerID][]city.Feature{"places": features}))
}

// begin asks for a download and reads a little of it.
func (s *serving) begin(t *testing.T) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.(*net.TCPConn).SetReadBuffer(4096)
	if _, err := io.WriteString(conn, "GET /collections/places/download HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	head := make([]byte, 512)
	if _, err := io.ReadFull(conn, head); err != nil || !bytes.HasPrefix(head, []byte("HTTP/1.1 200 OK\r\n")) {
		t.Fatalf("%q, %v", head, err)
	}
	return conn
}

func (s *serving) untilIdle(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); s.core.InFlight() != 0 || s.features.Downloads() != 0; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("the download goes on")
		}
	}
}

// TestDownloadWithoutClient closes the connection in the middle.
func TestDownloadWithoutClient(t *testing.T) {
	s := serve(t, Config{})
	s.manyPlaces(t)
	conn := s.begin(t)
	if s.core.InFlight() != 1 {
		t.Fatal("the download is over before it was read")
	}
	_ = conn.Close()
	s.untilIdle(t)
}

// TestDownloadOfSlowClient ends when the time is over.
func TestDownloadOfSlowClient(t *testing.T) {
	s := serve(t, Config{DownloadTimeout: 200 * time.Millisecond})
	s.manyPlaces(t)
	s.begin(t)
	s.untilIdle(t)
	// Whichever clock strikes first, that of the connection or that of the work.
	if log := s.log.String(); !strings.Contains(log, "/download") || !strings.Contains(log, "i/o timeout") && !strings.Contains(log, "deadline exceeded") {
		t.Errorf("the log does not tell of it:\n%s", log)
	}
}

// waiting is a client that takes nothing until it is told to.
type waiting struct {
	*httptest.ResponseRecorder
	until <-chan struct{}
}

func (w waiting) Write(p []byte) (int, error) {
	<-w.until
	return w.ResponseRecorder.Write(p)
}

// slowDownload begins a download that goes on until finish is closed; then done is.
func (t *tested) slowDownload(tb testing.TB) (done, finish chan struct{}) {
	tb.Helper()
	done, finish = make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		t.ServeHTTP(waiting{httptest.NewRecorder(), finish}, httptest.NewRequest(http.MethodGet, "/collections/places/download", nil))
	}()
	for t.features.Downloads() == 0 {
		runtime.Gosched()
	}
	return done, finish
}

// leaving is a client that goes when it has a little.
type leaving struct {
	*httptest.ResponseRecorder
	leave func()
}

func (l leaving) Write(p []byte) (int, error) {
	l.leave()
	return l.ResponseRecorder.Write(p)
}

// TestDownloadBreaksOff expects that a part does not look like the whole.
func TestDownloadBreaksOff(t *testing.T) {
	s := &serving{tested: newTested(t, Config{})}
	s.manyPlaces(t)
	ctx, cancel := context.WithCancel(t.Context())
	w := leaving{httptest.NewRecorder(), cancel}
	defer func() {
		if fault := recover(); fault != any(http.ErrAbortHandler) {
			t.Errorf("ended with %v, want %v", fault, http.ErrAbortHandler)
		}
		if s.core.InFlight() != 0 || s.features.Downloads() != 0 {
			t.Error("it is still counted")
		}
	}()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/collections/places/download", nil).WithContext(ctx))
	t.Errorf("looks like the whole: %d bytes", w.Body.Len())
}

// TestDownloadOverHTTP reads a whole large layer by a real client.
func TestDownloadOverHTTP(t *testing.T) {
	s := serve(t, Config{})
	s.manyPlaces(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", "http://"+s.address+"/collections/places/download?f=geojsonl", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r) // which asks for gzip and unpacks it
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	if n := bytes.Count(content, []byte("\n")); err != nil || n != 60_000 || !res.Uncompressed {
		t.Errorf("%d lines, %v", n, err)
	}
}
