package watch

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
)

func mixedLayer() city.Layer {
	return city.Layer{ID: "mixed", Geometry: city.GeometryAny, Properties: []city.Property{
		{Name: "code", Type: city.KindString}, {Name: "n", Type: city.KindInteger}, {Name: "x", Type: city.KindNumber},
		{Name: "open", Type: city.KindBoolean}, {Name: "day", Type: city.KindDate}, {Name: "at", Type: city.KindInstant}, {Name: "tags", Type: city.KindJSON},
	}}
}

// mistakes lists what is wrong with a document, such as "place.radius_m: is missing".
func mistakes(tb testing.TB, body string, policy *Policy) []string {
	tb.Helper()
	snap := snapshottest.Build(tb, 1, []city.Layer{layerOf("roads"), mixedLayer()}, map[city.LayerID][]city.Feature{"roads": {{ID: 5, Geometry: inside, Values: []city.Value{city.String("NT")}}}})
	s, r := parse([]byte(body), Limits{}.withDefaults(), policy)
	r.check(&s, snap, func(*city.Layer) bool { return true })
	var invalid *InvalidError
	if !errors.As(r.err(), &invalid) {
		return nil
	}
	var all []string
	for _, m := range invalid.Mistakes {
		all = append(all, strings.ReplaceAll(strings.TrimPrefix(m.Pointer, "/"), "/", ".")+": "+m.Detail)
	}
	return all
}

func TestMistakes(t *testing.T) {
	ring := func(n int) string {
		var b strings.Builder
		for i := range n {
			angle := float64(i) / float64(n) * 2 * math.Pi
			fmt.Fprintf(&b, "[%f,%f],", 105+math.Cos(angle)/10, 21+math.Sin(angle)/10)
		}
		return `{"type":"Polygon","coordinates":[[` + b.String() + `[105.1,21]]]}`
	}
	for _, c := range []struct {
		body string
		want []string
	}{
		{`{"layers":["roads"]}`, nil},
		{`{"place":{"point":[105.8,21],"radius_m":0.001},"title":"Cầu","layers":null}`, nil},
		{`{"place":{"feature":{"layer":"roads","id":5},"radius_m":5000}}`, nil},
		{`{"place":{"feature":{"layer":"roads","code":"NT","id":5},"radius_m":5000}}`, nil},
		{`{"place":{"polygon":` + ring(999) + `}}`, nil},
		{`{"layers":["mixed"],"filter":{"op":"and","args":[{"op":"in","args":[{"property":"code"},["a","b"]]},{"op":"<","args":[{"property":"n"},1.5]},
			{"op":">=","args":[{"property":"day"},{"date":"2027-06-30"}]},{"op":"<>","args":[{"property":"open"},true]},{"op":"<","args":[{"property":"at"},{"timestamp":"2027-06-30T00:00:00+07:00"}]}]}}`, nil},
		{``, []string{": is not a JSON object"}},
		{`[]`, []string{": is not a JSON object"}},
		{`null`, []string{": is not a JSON object"}},
		{`{}`, []string{"place: and layers are both missing: at least one is needed"}},
		{`{"layers":[],"title":7,"colour":"red","filter":{}}`, []string{"colour: is not known", "title: is not a string", "layers: is empty", "filter: has not both op and args"}},
		{`{"layers":["rivers","roads","roads",7]}`, []string{"layers.3: is not a string", "layers.0: is not a layer"}},
		{`{"layers":["roads"` + strings.Repeat(`,"roads"`, 64) + `]}`, []string{"layers: has 65 members; the limit is 64"}},
		{`{"layers":["roads"],"title":"` + strings.Repeat("ễ", 201) + `"}`, []string{"title: has 201 characters"}},
		{`{"place":{"point":[181,21],"radius_m":50001}}`, []string{"place.point: is not on the globe", "place.radius_m: is outside 0.001 to 50000 metres"}},
		{`{"place":{"point":[105],"radius_m":-1}}`, []string{"place.point: is not a position", "place.radius_m: is outside 0.001 to 50000 metres"}},
		{`{"place":{"point":[105,21]}}`, []string{"place.radius_m: is missing"}},
		{`{"place":{"point":[105,21],"radius_m":"5"}}`, []string{"place.radius_m: is not a number"}},
		{`{"place":{"radius_m":5}}`, []string{"place: has 0 of point, feature, polygon"}},
		{`{"place":{"point":[105,21],"polygon":` + ring(5) + `,"radius_m":5}}`, []string{"place: has 2 of point, feature, polygon", "place.radius_m: does not go with a polygon"}},
		{`{"place":{"feature":{"layer":"roads","id":5},"radius_m":5001}}`, []string{"place.radius_m: is outside 0.001 to 5000 metres"}},
		{`{"place":{"feature":{"layer":"rivers","id":5},"radius_m":5}}`, []string{"place.feature.layer: is not a layer"}},
		{`{"place":{"feature":{"layer":"roads","id":6},"radius_m":5}}`, []string{"place.feature.id: does not exist"}},
		{`{"place":{"feature":{"layer":"roads","code":"XX"},"radius_m":5}}`, []string{"place.feature.code: does not exist"}},
		{`{"place":{"feature":{"layer":"roads","code":"NT","id":6},"radius_m":5}}`, []string{"place.feature.code: is that of another feature than the id"}},
		{`{"place":{"feature":{"id":1.5},"radius_m":5}}`, []string{"place.feature.layer: is missing", "place.feature.id: is not a whole number"}},
		{`{"place":{"feature":{"layer":"roads"},"radius_m":5}}`, []string{"place.feature: has neither id nor code", "place.feature.id: does not exist"}},
		{`{"place":{"polygon":` + ring(1000) + `}}`, []string{"place.polygon: has 1001 positions"}},
		{`{"place":{"polygon":{"type":"Point","coordinates":[1,2]}}}`, []string{"place.polygon: is not a Polygon or MultiPolygon"}},
		{`{"place":{"polygon":{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0]]]}}}`, []string{"place.polygon: is not valid: a ring has fewer than 4 positions or is not closed"}},
		{`{"place":{"polygon":{"type":"Polygon","coordinates":[]}}}`, []string{"place.polygon: is not valid: a polygon has no ring"}},
		{`{"place":{"polygon":{"type":"MultiPolygon","coordinates":[]}}}`, []string{"place.polygon: is not valid: it is empty"}},
		{`{"place":{"polygon":{"type":"Polygon","coordinates":[[[0,0],[11,0],[11,1],[0,0]]]}}}`, []string{"place.polygon: is too large"}},
		{`{"place":{"polygon":{"type":"Polygon","coordinates":[[[0,0],[1,200],[1,1],[0,0]]]}}}`, []string{"place.polygon: is not valid: position [1 200] is not a longitude and a latitude"}},
		{`{"filter":{"op":"=","args":[{"property":"lanes"},1]},"place":{"point":[1,2],"radius_m":3}}`, []string{"layers: is missing: a filter needs it"}},
		{`{"layers":["roads"],"filter":{"op":"like","args":[{"property":"code"},"a%"]}}`, []string{"filter.op: is not an operator that is known here"}},
		{`{"layers":["roads"],"filter":{"op":"=","args":[{"property":"code"}]}}`, []string{"filter.args: has 1 members"}},
		{`{"layers":["roads"],"filter":{"op":"=","args":["code","a"]}}`, []string{"filter.args.0: is not a JSON object", "filter.args.0: names no property"}},
		{`{"layers":["roads"],"filter":{"op":"=","args":[{"property":"code"},null]}}`, []string{"filter.args.1: is not a value"}},
		{`{"layers":["roads"],"filter":{"op":"=","args":[{"property":"code"},{"date":"2027-02-30"}]}}`, []string{"filter.args.1: is not a value"}},
		{`{"layers":["roads"],"filter":{"op":"=","args":[{"property":"code"},"` + strings.Repeat("a", 1000) + `"]}}`, []string{"filter.args.1: has 1002 bytes"}},
		{`{"layers":["roads"],"filter":{"op":"in","args":[{"property":"code"},[]]}}`, []string{"filter.args.1: is empty"}},
		{`{"layers":["roads"],"filter":{"op":"and","args":[{"op":"and","args":[]},7]}}`, []string{"filter.args.0.op: is not an operator that is known here", "filter.args.1: is not a JSON object"}},
		{`{"layers":["roads"],"filter":{"op":"and","args":[]}}`, []string{"filter.args: is empty"}},
		{`{"layers":["roads","mixed"],"filter":{"op":"=","args":[{"property":"lanes"},"x"]}}`, []string{
			"filter: compares property lanes of layer roads with a value of another type", "filter: names no property of layer mixed"}},
		{`{"layers":["mixed"],"filter":{"op":"and","args":[{"op":"<","args":[{"property":"open"},true]},{"op":"=","args":[{"property":"tags"},"a"]},
			{"op":"=","args":[{"property":"day"},"2027-06-30"]},{"op":"=","args":[{"property":"code"},7]}]}}`, []string{
			"filter.args.0: orders true and false", "filter.args.1: compares an array or an object",
			"filter.args.2: compares property day of layer mixed with a value of another type", "filter.args.3: compares property code of layer mixed with a value of another type"}},
		{`{"layers":["roads"],"webhook":{}}`, []string{"webhook.url: is missing"}},
		{`{"layers":["roads"],"webhook":"http://10.1.1.1"}`, []string{"webhook: is not a JSON object"}},
		{`{"layers":["roads"],"webhook":{"url":"http://10.1.1.1/","secret":"whsec_c2hvcnQ="}}`, []string{"webhook.secret: is not a secret of Standard Webhooks"}},
		{`{"layers":["roads"],"webhook":{"url":"http://10.1.1.1/","secret":7}}`, []string{"webhook.secret: is not a string"}},
		{`{"layers":["roads"],"webhook":{"url":"http://11.1.1.1/"}}`, []string{"webhook.url: the operator does not list 11.1.1.1"}},
		{`{"layers":["roads"],"webhook":{"url":"http://10.1.1.1/` + strings.Repeat("a", 2000) + `"}}`, []string{"webhook.url: has 2016 bytes"}},
	} {
		if got := mistakes(t, c.body, policyOf(t, "10.0.0.0/8")); !slices.Equal(got, c.want) {
			t.Errorf("%.200s:\n got %q\nwant %q", c.body, got, c.want)
		}
	}
}

// TestSpecRoundTrip reads what is stored, and finds the same.
func TestSpecRoundTrip(t *testing.T) {
	for _, body := range []string{
		`{"title":"Cầu Chương Dương","place":{"point":[105.86,21.03],"radius_m":250.5},"layers":["roads","bridges"],"webhook":{"url":"https://hooks.hanoi.gov.vn/x?y=1","secret":"whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"}}`,
		`{"place":{"feature":{"layer":"roads","id":-5,"code":"NT"},"radius_m":1}}`,
		`{"place":{"polygon":{"type":"Polygon","coordinates":[[[105,21],[106,21],[106,22],[105,21]]]}},"layers":["roads"],"filter":{"op":"in","args":[{"property":"n"},[1,2.5,-9223372036854775808]]}}`,
		`{"place":{"polygon":{"type":"MultiPolygon","coordinates":[[[[105,21],[106,21],[106,22],[105,21]]],[[[107,21],[108,21],[108,22],[107,21]]]]}}}`,
		`{"layers":["mixed"],"filter":{"op":"and","args":[{"op":"=","args":[{"property":"day"},{"date":"2027-06-30"}]},{"op":"<","args":[{"property":"at"},{"timestamp":"2027-06-30T00:00:00Z"}]},{"op":"<>","args":[{"property":"open"},false]}]}}`,
	} {
		spec, r := parse([]byte(body), Limits{}.withDefaults(), nil)
		if err := r.err(); err != nil {
			t.Fatal(err)
		}
		w := &Watch{Spec: spec, ID: "W", Owner: Owner{"an", city.Editor}, Created: time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC), Since: 17}
		stored, err := w.encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := decode("W", stored)
		if err != nil || !reflect.DeepEqual(back, w) {
			t.Errorf("%s\nreads back as\n%+v (%v), want\n%+v", stored, back, err, w)
		}
		if w.Webhook == nil {
			shown, err := json.Marshal(&w.Spec)
			if plain := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(shown)); err != nil || plain != body {
				t.Errorf("shown as\n%s (%v), want\n%s", plain, err, body)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"place":{"point":[105.86,21.03],"radius_m":250.5},"layers":["roads"],"filter":{"op":"in","args":[{"property":"n"},[1]]},"webhook":{"url":"https://a.b/","secret":"whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"}}`)
	f.Add(`{"place":{"polygon":{"type":"MultiPolygon","coordinates":[[[[105,21],[106,21],[106,22],[105,21]]]]}},"filter":{"op":"and","args":[{"op":"=","args":[{"property":"d"},{"date":"2027-06-30"}]}]}}`)
	f.Fuzz(func(t *testing.T, body string) {
		spec, r := parse([]byte(body), Limits{}.withDefaults(), nil)
		if r.err() != nil {
			return
		}
		if spec.Webhook != nil && spec.Webhook.Secret.empty() {
			spec.Webhook.Secret = newSecret()
		}
		w := &Watch{Spec: spec, ID: "W"}
		stored, err := w.encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := decode("W", stored)
		if err != nil {
			t.Fatalf("%s: %v", stored, err)
		}
		if again, err := back.encode(); err != nil || string(again) != string(stored) {
			t.Fatalf("%s\n%s\n%v", stored, again, err)
		}
	})
}

func TestFilter(t *testing.T) {
	def := mixedLayer()
	values := []city.Value{city.String("Cầu"), city.Integer(math.MaxInt64), city.Number(0.5), city.Boolean(true),
		city.Date(time.Date(2027, 6, 30, 0, 0, 0, 0, time.UTC)), city.Instant(time.Date(2027, 6, 30, 1, 0, 0, 0, time.UTC)), city.Null}
	l := snapshottest.Layer(t, def, []city.Feature{{ID: 1, Geometry: orb.Point{1, 2}, Values: values}})
	for text, want := range map[string]bool{
		`{"op":"=","args":[{"property":"code"},"Cầu"]}`:                                                       true,
		`{"op":"=","args":[{"property":"code"},"Ca\u0302\u0300u"]}`:                                           true, // decomposed
		`{"op":"<>","args":[{"property":"code"},"Cau"]}`:                                                      true,
		`{"op":"<","args":[{"property":"code"},"D"]}`:                                                         true,
		`{"op":"=","args":[{"property":"code"},7]}`:                                                           false,
		`{"op":"<>","args":[{"property":"code"},7]}`:                                                          false,
		`{"op":"=","args":[{"property":"n"},9223372036854775807]}`:                                            true,
		`{"op":"=","args":[{"property":"n"},9223372036854775808]}`:                                            false, // a float64
		`{"op":"<","args":[{"property":"n"},9223372036854775808]}`:                                            true,
		`{"op":">","args":[{"property":"n"},-1e300]}`:                                                         true,
		`{"op":"<","args":[{"property":"x"},1]}`:                                                              true,
		`{"op":">","args":[{"property":"x"},0]}`:                                                              true,
		`{"op":">=","args":[{"property":"x"},0.5]}`:                                                           true,
		`{"op":">","args":[{"property":"x"},0.5]}`:                                                            false,
		`{"op":"in","args":[{"property":"x"},[7,0.5]]}`:                                                       true,
		`{"op":"in","args":[{"property":"x"},[7,"a"]]}`:                                                       false,
		`{"op":"=","args":[{"property":"open"},true]}`:                                                        true,
		`{"op":"=","args":[{"property":"day"},{"date":"2027-06-30"}]}`:                                        true,
		`{"op":"<","args":[{"property":"day"},{"date":"2027-07-01"}]}`:                                        true,
		`{"op":"<=","args":[{"property":"at"},{"timestamp":"2027-06-30T01:00:00Z"}]}`:                         true,
		`{"op":"=","args":[{"property":"day"},{"timestamp":"2027-06-30T00:00:00Z"}]}`:                         false,
		`{"op":"<>","args":[{"property":"tags"},"a"]}`:                                                        false, // null
		`{"op":"<>","args":[{"property":"missing"},"a"]}`:                                                     false,
		`{"op":"and","args":[{"op":"<","args":[{"property":"x"},1]},{"op":">","args":[{"property":"x"},1]}]}`: false,
	} {
		r := &reader{}
		f := r.filter(json.RawMessage(text))
		if err := r.err(); err != nil {
			t.Error(text, err)
			continue
		}
		if got := f.holds(l, l.Feature(1)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestPolicy(t *testing.T) {
	_, err := ParsePolicy([]string{"10.0.0.0/8", "a b", "*.hanoi.gov.vn", "http://x", "1.2.3.4", "-x", "fe80::1%eth0"})
	if err == nil || strings.Count(err.Error(), "webhook rule") != 4 || !errors.Is(err, ErrConfig) {
		t.Errorf("bad rules: %v", err)
	}
	for _, c := range []struct {
		rules, url string
		ok         bool
	}{
		{"", "https://example.org/", false},
		{"public", "https://example.org/", true},
		{"public", "http://example.org/", false},
		{"public", "https://8.8.8.8/", true},
		{"public", "https://10.1.1.1/", false},
		{"public", "https://127.0.0.1/", false},
		{"public", "https://[::1]/", false},
		{"public", "https://[::ffff:127.0.0.1]/", false},
		{"public", "https://0x7f000001/", true}, // a name, which the dialler checks
		{"10.0.0.0/8", "http://10.1.1.1:8080/x", true},
		{"10.0.0.0/8", "http://11.1.1.1/", false},
		{"10.0.0.0/8", "http://anything.vn/", true}, // the dialler checks its address
		{"::1", "http://[::1]/", true},
		{"*.hanoi.gov.vn", "http://a.b.hanoi.gov.vn/", true},
		{"*.hanoi.gov.vn", "http://A.HANOI.gov.vn./", true},
		{"*.hanoi.gov.vn", "http://hanoi.gov.vn/", false},
		{"*.hanoi.gov.vn", "http://evilhanoi.gov.vn/", false},
		{"hanoi.gov.vn", "http://hanoi.gov.vn/", true},
		{"hanoi.gov.vn", "http://hanoi.gov.vn.evil.org/", false},
		{"hanoi.gov.vn", "ftp://hanoi.gov.vn/", false},
		{"hanoi.gov.vn", "http://user@hanoi.gov.vn/", false},
		{"hanoi.gov.vn", "http://hanoi.gov.vn/#x", false},
		{"hanoi.gov.vn", "hanoi.gov.vn", false},
		{"hanoi.gov.vn", "http:///x", false},
		{"hanoi.gov.vn", "http://a b/", false},
	} {
		var rules []string
		if c.rules != "" {
			rules = []string{c.rules}
		}
		if _, err := policyOf(t, rules...).url(c.url); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrPolicy) {
			t.Errorf("%q allows %s: %v", c.rules, c.url, err)
		}
	}
	for _, c := range []struct {
		rules, host, address string
		secure, ok           bool
	}{
		{"public", "example.org", "93.184.215.14", true, true},
		{"public", "example.org", "93.184.215.14", false, false},
		{"public", "rebound.org", "10.0.0.1", true, false},
		{"public", "rebound.org", "169.254.169.254", true, false},
		{"public", "rebound.org", "100.64.0.1", true, false},
		{"public", "rebound.org", "::ffff:10.0.0.1", true, false},
		{"public", "rebound.org", "64:ff9b::7f00:1", true, false},
		{"public", "rebound.org", "2002:7f00:1::", true, false},
		{"public", "rebound.org", "::", true, false},
		{"public", "rebound.org", "fd00::1", true, false},
		{"public", "example.org", "2606:4700::1111", true, true},
		{"hooks.vn", "hooks.vn", "10.0.0.1", false, true},
		{"hooks.vn", "hooks.vn", "127.0.0.1", false, false},
		{"hooks.vn", "hooks.vn", "169.254.169.254", false, false},
		{"hooks.vn", "hooks.vn", "224.0.0.1", false, false},
		{"hooks.vn", "other.vn", "10.0.0.1", false, false},
		{"10.0.0.0/8", "any.vn", "10.0.0.1", false, true},
		{"10.0.0.0/8", "any.vn", "::ffff:10.0.0.1", false, true},
		{"127.0.0.1", "any.vn", "127.0.0.1", false, true},
		{"127.0.0.1", "any.vn", "127.0.0.2", false, false},
	} {
		if got := policyOf(t, c.rules).address(c.host, netip.MustParseAddr(c.address), c.secure); got != c.ok {
			t.Errorf("%s allows %s at %s (https: %v): %v", c.rules, c.host, c.address, c.secure, got)
		}
	}
}

func TestOptionsValidate(t *testing.T) {
	if err := (Options{}).Validate(); err != nil {
		t.Error(err)
	}
	err := Options{Workers: -1, FirstRetry: time.Hour, LastRetry: time.Minute, Limits: Limits{RadiusMetres: 1e6, FollowMetres: math.NaN(), Total: -1}}.Validate()
	for _, field := range []string{"Workers", "LastRetry", "RadiusMetres", "FollowMetres", "Total"} {
		if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), field+" is") {
			t.Errorf("%v does not name %s", err, field)
		}
	}
}

func TestPause(t *testing.T) {
	for attempts, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 10: 512 * time.Second, 11: 10 * time.Minute, 1000: 10 * time.Minute} {
		for range 100 {
			if got := pause(attempts, time.Second, 10*time.Minute); got < want/2 || got > want {
				t.Errorf("after %d attempts %s, want %s to %s", attempts, got, want/2, want)
			}
		}
	}
}
