package httpapi

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/answers"
)

// TestAnswersAreAsMadeAnew asks two servers the same, of which one keeps nothing:
// through hits, other hosts, codings and formats, mistakes, and a new version.
func TestAnswersAreAsMadeAnew(t *testing.T) {
	keeping, anew := newTested(t, Config{}), newTested(t, Config{AnswerBytes: 1, TextBytes: 1})
	if anew.core.Views().Load("").Answers != nil {
		t.Fatal("one byte has room for answers")
	}
	targets := []string{
		"/collections/roads/items?bbox=105,20,106,22", "/collections/roads/items?bbox=105,20,106,22&limit=1", "/collections/places/items",
		"/collections/places/items?crs=EPSG:5897", "/collections/places/items?f=html", "/collections/places/items?bbox=1",
		"/collections/places/items?datetime=2020-01-01", "/collections/places/items?datetime=x", "/collections/places/items?version=42", "/collections/none/items",
		"/collections/places/items?limit=2&offset=1", "/collections/zones/items?skipGeometry=true",
	}
	headers := [][]string{
		nil, {"Host", "other.example"}, {"Accept-Encoding", "gzip"}, {"Accept-Encoding", "identity;q=0, zstd"},
		{"Accept", "text/html"}, {"If-None-Match", "*"}, {"If-None-Match", `"x"`},
	}
	for _, version := range []city.Version{42, 43} {
		if version == 43 {
			for _, s := range []*tested{keeping, anew} {
				s.source.set(build(t, version, map[city.LayerID][]city.Feature{"roads": {{ID: 12, Geometry: orb.LineString{{105.8, 21}, {105.9, 21}}}}}))
			}
		}
		for range 3 {
			for _, target := range targets {
				for _, h := range headers {
					for _, method := range []string{http.MethodGet, http.MethodHead} {
						sameAnswer(t, keeping, anew, method, target, h)
					}
				}
			}
		}
	}
	if hits := hitsOf(keeping.Server); hits < 100 {
		t.Errorf("%d hits", hits)
	}
	if hits := hitsOf(anew.Server); hits != 0 {
		t.Errorf("%d hits without room", hits)
	}
}

// sameAnswer asks two servers the same; only the ids of the requests may differ, and
// the bodies of mistakes, which name them.
func sameAnswer(t *testing.T, server, model *tested, method, target string, headers []string) {
	t.Helper()
	got, want := server.ask(method, target, headers...), model.ask(method, target, headers...)
	got.Header.Del("X-Request-Id")
	want.Header.Del("X-Request-Id")
	if got.StatusCode != want.StatusCode || !maps.EqualFunc(got.Header, want.Header, slices.Equal) {
		t.Fatalf("%s %s %v: %d %v, want %d %v", method, target, headers, got.StatusCode, got.Header, want.StatusCode, want.Header)
	}
	a, _ := io.ReadAll(got.Body)  // from memory
	b, _ := io.ReadAll(want.Body) // from memory
	if !bytes.Equal(a, b) && want.StatusCode == http.StatusOK {
		t.Fatalf("%s %s %v: %.200s, want %.200s", method, target, headers, a, b)
	}
}

// TestAnswersOfRoles: what is kept for one role is not shown to another.
func TestAnswersOfRoles(t *testing.T) {
	server, keys := rolesServer(t)
	c := roleCase{route: "GET /collections/{layer}/items", target: "/collections/" + hiddenLayer + "/items"}
	for range 4 {
		for role, want := range map[city.Role]int{"": http.StatusNotFound, city.Viewer: http.StatusNotFound, city.Editor: http.StatusOK} {
			if status, _ := askAs(t, server, c, keys[role]); status != want {
				t.Fatalf("as %q: %d, want %d", role, status, want)
			}
		}
	}
	if hitsOf(server) == 0 {
		t.Error("no hits")
	}
}

// TestAnswerTooLarge: a page beyond the room of one place is made anew each time.
func TestAnswerTooLarge(t *testing.T) {
	s := newTested(t, Config{})
	s.source.set(build(t, 43, map[city.LayerID][]city.Feature{"roads": {{ID: 1, Geometry: longLine(answers.MaxWeight / 10)}}}))
	for range 4 {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/collections/roads/items", nil))
		if w.Code != http.StatusOK || w.Body.Len() <= answers.MaxWeight {
			t.Fatal(w.Code, w.Body.Len())
		}
	}
	if hits := hitsOf(s.Server); hits != 0 {
		t.Errorf("%d hits", hits)
	}
}

func longLine(n int) (line orb.LineString) {
	for i := range n {
		line = append(line, orb.Point{105 + float64(i)*1e-5, 21})
	}
	return line
}

func hitsOf(s *Server) uint64 {
	hits, _ := s.core.AnswerCounts()
	return hits
}
