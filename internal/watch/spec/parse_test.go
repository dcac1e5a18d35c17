package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
	"github.com/hanoitwin/hanoitwin/internal/watch/webhook"
)

func mixedLayer() city.Layer {
	return city.Layer{ID: "mixed", Geometry: city.GeometryAny, Properties: []city.Property{
		{Name: "code", Type: city.KindString}, {Name: "n", Type: city.KindInteger}, {Name: "x", Type: city.KindNumber},
		{Name: "open", Type: city.KindBoolean}, {Name: "day", Type: city.KindDate}, {Name: "at", Type: city.KindInstant}, {Name: "tags", Type: city.KindJSON},
	}}
}

func roadsLayer() city.Layer {
	return city.Layer{ID: "roads", Geometry: city.GeometryAny, Properties: []city.Property{
		{Name: "code", Type: city.KindString}, {Name: "lanes", Type: city.KindInteger},
	}}
}

// mistakes lists what is wrong with a document, such as "place.radius_m: is missing".
func mistakes(tb testing.TB, body string, policy *webhook.Policy) []string {
	tb.Helper()
	snap := snapshottest.Build(tb, 1, []city.Layer{roadsLayer(), mixedLayer()}, map[city.LayerID][]city.Feature{"roads": {{ID: 5, Geometry: orb.Point{105.85, 21.03}, Values: []city.Value{city.String("NT")}}}})
	s, r := Parse([]byte(body), Limits{}.WithDefaults(), policy)
	r.Check(&s, snap, func(*city.Layer) bool { return true })
	var invalid *InvalidError
	if !errors.As(r.Err(), &invalid) {
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
	policy, err := webhook.ParsePolicy([]string{"10.0.0.0/8"})
	if err != nil {
		t.Fatal(err)
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
		if got := mistakes(t, c.body, policy); !slices.Equal(got, c.want) {
			t.Errorf("%.200s:\n got %q\nwant %q", c.body, got, c.want)
		}
	}
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
		r := &Reader{}
		f := r.filter(json.RawMessage(text))
		if err := r.Err(); err != nil {
			t.Error(text, err)
			continue
		}
		if got := f.Holds(l, l.Feature(1)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
