package integration

import (
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/refsys"
)

const newBridge = `{"type":"Feature","geometry":{"type":"Point","coordinates":[105.8512345,21.0312345]},"properties":{"code":"OGC-1","name":"Nút thử","status":"planned"}}`

// transactionTests are of OGC API Features, part 4. They come last, for they
// change what is there.
func transactionTests() []ogcTest {
	const items = "/collections/intersections/items"
	const geo = "application/geo+json"
	return []ogcTest{
		{"conf_create-replace-delete_options", func(t *testing.T, o *ogc) {
			a := o.ask(t, "OPTIONS", items, "").want(t, 200)
			if !strings.Contains(a.header.Get("Allow"), "POST") || !strings.Contains(a.header.Get("Accept-Post"), geo) {
				t.Errorf("%v", a.header)
			}
			a = o.ask(t, "OPTIONS", items+"/1", "").want(t, 200)
			for _, method := range []string{"PUT", "PATCH", "DELETE"} {
				if !strings.Contains(a.header.Get("Allow"), method) {
					t.Errorf("Allow: %s", a.header.Get("Allow"))
				}
			}
			if !strings.Contains(a.header.Get("Accept-Patch"), "application/merge-patch+json") || !strings.Contains(a.header.Get("Accept-Put"), geo) {
				t.Errorf("%v", a.header)
			}
		}},
		{"conf_create-replace-delete_create-content-type", func(t *testing.T, o *ogc) {
			o.change(t, "POST", items, newBridge).want(t, 400)
			o.change(t, "PUT", items+"/1", newBridge, "If-Match", "*").want(t, 400)
			o.change(t, "POST", items, newBridge, "Content-Type", "text/plain").want(t, 415)
		}},
		{"conf_features_crs", bodiesInEverySystem},
		{"conf_features_schema", func(t *testing.T, o *ogc) {
			o.change(t, "POST", items, strings.Replace(newBridge, `"status"`, `"no_such_property":1,"status"`, 1), "Content-Type", geo).want(t, 400)
		}},
		{"conf_create-replace-delete_replace-exceptions", func(t *testing.T, o *ogc) {
			o.change(t, "PUT", items+"/999999", newBridge, "Content-Type", geo, "If-Match", "*").want(t, 404)
			o.change(t, "PUT", items+"/999999", newBridge, "Content-Type", geo, "If-Match", `"xyz"`).want(t, 404)
		}},
		{"conf_optimistic-locking-etags", func(t *testing.T, o *ogc) {
			created := o.change(t, "POST", items, strings.Replace(newBridge, "OGC-1", "OGC-9", 1), "Content-Type", geo).want(t, 201)
			at := created.header.Get("Location")
			got := o.get(t, at).want(t, 200)
			if got.header.Get("Etag") != created.header.Get("Etag") {
				t.Errorf("POST says ETag %s, GET %s", created.header.Get("Etag"), got.header.Get("Etag"))
			}
			o.change(t, "DELETE", at, "").want(t, 428)
			o.change(t, "DELETE", at, "", "If-Match", `"0"`).want(t, 412)
			o.change(t, "DELETE", at, "", "If-Match", got.header.Get("Etag")).want(t, 204)
			o.get(t, at).want(t, 404)
		}},
		{"paging_while-others-write", eachOnceWhileOthersWrite},
	}
}

// bodiesInEverySystem creates a feature in each system, moves it, and puts it back
// as it was read.
func bodiesInEverySystem(t *testing.T, o *ogc) {
	const items, geo = "/collections/intersections/items", "application/geo+json"
	where := orb.Point{105.8512345, 21.0312345}
	for _, system := range refsys.All() {
		crs := []string{"Content-Type", geo, "Content-Crs", "<" + system.URI() + ">"}
		body := func(p orb.Point) string {
			there, err := system.Converter().OutPoint(p)
			if err != nil {
				t.Fatal(err)
			}
			return strings.Replace(newBridge, "105.8512345,21.0312345", sprint(there[0])+","+sprint(there[1]), 1)
		}
		created := o.change(t, "POST", items, body(where), crs...).want(t, 201)
		if got := created.header.Get("Content-Crs"); got != "<"+system.URI()+">" {
			t.Errorf("Content-Crs of the reply is %q", got)
		}
		at := created.header.Get("Location")
		stored := func() orb.Point {
			return positions(t, as[ogcFeature](t, o.get(t, at).want(t, 200)).Geometry.Coordinates)[0]
		}
		if got := stored(); math.Abs(got[0]-where[0]) > 2e-8 || math.Abs(got[1]-where[1]) > 2e-8 {
			t.Errorf("%s: %v arrives as %v", system.URI(), where, got)
		}
		// What is read there and sent back changes nothing: the version stays.
		there := o.get(t, at+"?crs="+system.URI()).want(t, 200)
		if there.header.Get("Etag") != created.header.Get("Etag") {
			t.Errorf("%s: POST says ETag %s, GET %s", system.URI(), created.header.Get("Etag"), there.header.Get("Etag"))
		}
		before := stored()
		same := o.change(t, "PUT", at, string(there.body), append([]string{"If-Match", there.header.Get("Etag")}, crs...)...).want(t, 200)
		if same.header.Get("Twin-Version") != created.header.Get("Twin-Version") || stored() != before {
			t.Errorf("%s: what was read and sent back is a change, from %v to %v", system.URI(), before, stored())
		}
		moved := orb.Point{where[0] + 0.001, where[1]}
		o.change(t, "PATCH", at, `{"geometry":`+between(body(moved), `"geometry":`, `,"properties"`)+`}`, append([]string{"If-Match", "*"}, append(crs, "Content-Type", "application/merge-patch+json")...)...).want(t, 200)
		if got := stored(); math.Abs(got[0]-moved[0]) > 2e-8 || math.Abs(got[1]-moved[1]) > 2e-8 {
			t.Errorf("%s: %v arrives as %v", system.URI(), moved, got)
		}
		o.change(t, "DELETE", at, "", "If-Match", "*").want(t, 204)
	}
	o.change(t, "POST", items, newBridge, "Content-Type", geo, "Content-Crs", "<http://www.opengis.net/def/crs/EPSG/0/2154>").want(t, 400)
	// Degrees in a system of metres are a place far away, which the layer refuses.
	o.change(t, "POST", items, newBridge, "Content-Type", geo, "Content-Crs", "<http://www.opengis.net/def/crs/EPSG/0/5897>").want(t, 400)
}

func between(text, before, after string) string {
	_, text, _ = strings.Cut(text, before)
	text, _, _ = strings.Cut(text, after)
	return text
}

// eachOnceWhileOthersWrite follows the links next while features before and behind
// the place of the reader come and go.
func eachOnceWhileOthersWrite(t *testing.T, o *ogc) {
	const items, geo = "/collections/wards/items", "application/geo+json"
	for _, query := range [][]string{{"limit", "5"}, {"limit", "5", "sortby", "-name"}, {"limit", "5", "bbox", "105.6,20.9,106,21.2"}} {
		want := o.items(t, "wards", append(query, "limit", "10000")...).ids()
		p := o.items(t, "wards", query...)
		all := p.ids()
		for len(p.of("next")) > 0 {
			// Remove and make: under other ids, names and places.
			now := as[ogcPage](t, o.get(t, items+"?limit=10000"))
			first, last := now.Features[0], now.Features[len(now.Features)-1]
			for _, f := range []ogcFeature{first, last} {
				whole := o.get(t, items+"/"+itoa(f.ID)).want(t, 200)
				o.change(t, "DELETE", items+"/"+itoa(f.ID), "", "If-Match", "*").want(t, 204)
				o.change(t, "POST", items, string(whole.body), "Content-Type", geo).want(t, 201)
			}
			p = as[ogcPage](t, o.get(t, p.one(t, "next").Href).want(t, 200))
			all = append(all, p.ids()...)
		}
		if len(all) != len(want) || !equalSets(all, want) {
			t.Errorf("%v: read %d features while others wrote, want the %d of the first moment: %v, %v", query, len(all), len(want), all, want)
		}
	}
}

func equalSets(a, b []int64) bool {
	seen := map[int64]int{}
	for _, id := range a {
		seen[id]++
	}
	for _, id := range b {
		seen[id]--
	}
	for _, n := range seen {
		if n != 0 {
			return false
		}
	}
	return true
}
