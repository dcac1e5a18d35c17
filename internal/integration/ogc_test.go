package integration

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// ogc asks a server that serves the seed, as an executable test suite would.
type ogc struct {
	*process
	token string // of an admin
}

// reply is what the server said.
type reply struct {
	asked  string
	status int
	header http.Header
	body   []byte
}

func startOGC(t *testing.T) *ogc {
	t.Helper()
	store := seeded(t, filepath.Join(t.TempDir(), "ogc.gpkg"))
	made := run(t, "key", "create", "suite", "--role", "admin", "--store", store).want(t, 0)
	return &ogc{startServer(t, t.TempDir(), "--store", store, "--limit-reads", "0", "--limit-writes", "0"), strings.TrimSpace(made.out)}
}

func (o *ogc) get(t *testing.T, target string, headers ...string) reply {
	t.Helper()
	return o.ask(t, http.MethodGet, target, "", headers...)
}

// change sends a request that may change something.
func (o *ogc) change(t *testing.T, method, target, body string, headers ...string) reply {
	t.Helper()
	return o.ask(t, method, target, body, append([]string{"Authorization", "Bearer " + o.token}, headers...)...)
}

// want fails the test unless the status is one of those.
func (a reply) want(t *testing.T, status ...int) reply {
	t.Helper()
	if !slices.Contains(status, a.status) {
		t.Fatalf("%s: %d, want %v\n%.800s", a.asked, a.status, status, a.body)
	}
	return a
}

func (a reply) wantType(t *testing.T, mediaType string) reply {
	t.Helper()
	if got := a.header.Get("Content-Type"); got != mediaType {
		t.Errorf("%s: Content-Type %q, want %q", a.asked, got, mediaType)
	}
	return a
}

// as reads the body as JSON.
func as[T any](t *testing.T, a reply) (v T) {
	t.Helper()
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%s: %v\n%.800s", a.asked, err, a.body)
	}
	return v
}

type ogcLink struct {
	Href, Rel, Type, Title, Hreflang string
	Templated                        bool
}

type ogcLinks struct{ Links []ogcLink }

// of returns the links of a relation.
func (l ogcLinks) of(rel string) (all []ogcLink) {
	for _, link := range l.Links {
		if link.Rel == rel {
			all = append(all, link)
		}
	}
	return all
}

// one returns the first link of a relation, which must be there.
func (l ogcLinks) one(t *testing.T, rel string) ogcLink {
	t.Helper()
	all := l.of(rel)
	if len(all) == 0 {
		t.Fatalf("no link of rel %s in %+v", rel, l.Links)
	}
	return all[0]
}

type ogcCollection struct {
	ogcLinks
	ID, Title, ItemType, StorageCRS string
	CRS                             []string
	Features                        int `json:"numberOfFeatures"`
	Extent                          *struct {
		Spatial struct {
			BBox [][]float64
			CRS  string
		}
		Temporal *struct {
			Interval [][]*string
			TRS      string
		}
	}
	Properties []struct{ Name, Type string }
}

type ogcFeature struct {
	ogcLinks
	Type       string
	ID         int64
	Properties map[string]any
	Geometry   *struct {
		Type        string
		Coordinates json.RawMessage
	}
}

type ogcPage struct {
	ogcLinks
	Type                          string
	Features                      []ogcFeature
	NumberMatched, NumberReturned int
	TimeStamp                     string
}

func (p ogcPage) ids() (all []int64) {
	for _, f := range p.Features {
		all = append(all, f.ID)
	}
	return all
}

// collections returns the layers.
func (o *ogc) collections(t *testing.T) []ogcCollection {
	t.Helper()
	all := as[struct{ Collections []ogcCollection }](t, o.get(t, "/collections", "Accept", "application/json").want(t, 200)).Collections
	if len(all) < 10 {
		t.Fatalf("only %d collections", len(all))
	}
	return all
}

// items returns a page of features.
func (o *ogc) items(t *testing.T, layer string, query ...string) ogcPage {
	t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		values.Set(query[i], query[i+1])
	}
	return as[ogcPage](t, o.get(t, "/collections/"+layer+"/items?"+values.Encode(), "Accept", "application/geo+json").want(t, 200).wantType(t, "application/geo+json"))
}

// walk follows the links next from a page and returns the ids of all features.
func (o *ogc) walk(t *testing.T, p ogcPage) []int64 {
	t.Helper()
	all := p.ids()
	for pages := 0; len(p.of("next")) > 0; pages++ {
		if pages > 1_000 {
			t.Fatal("the links next have no end")
		}
		matched := p.NumberMatched
		p = as[ogcPage](t, o.get(t, p.one(t, "next").Href, "Accept", "application/geo+json").want(t, 200))
		if p.NumberMatched != matched {
			t.Errorf("numberMatched is %d on one page and %d on another", matched, p.NumberMatched)
		}
		all = append(all, p.ids()...)
	}
	return all
}

// TestOGC asks for every assertion of the abstract test suites of OGC API Features
// (17-069r4, 18-058r1, 19-079r2, 20-002) and of Common part 3 (23-058r2) that is
// about resources. Each test is named after what it holds.
func TestOGC(t *testing.T) {
	t.Parallel()
	o := startOGC(t)
	for _, suite := range []struct {
		name  string
		tests []ogcTest
	}{
		{"core", coreTests()}, {"crs", crsTests()}, {"filter", filterTests()}, {"schemas", schemaTests()}, {"proximity", proximityTests()}, {"executable", executableTests()}, {"transactions", transactionTests()},
	} {
		t.Run(suite.name, func(t *testing.T) {
			for _, c := range suite.tests {
				t.Run(c.name, func(t *testing.T) { c.test(t, o) })
			}
		})
	}
}

type ogcTest struct {
	name string
	test func(*testing.T, *ogc)
}

func sprint(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func itoa(id int64) string { return strconv.FormatInt(id, 10) }

// boxText is a bbox parameter.
func boxText(b []float64) string {
	var parts []string
	for _, v := range b {
		parts = append(parts, sprint(v))
	}
	return strings.Join(parts, ",")
}
