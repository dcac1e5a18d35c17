package watch

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/watch/spec"
	"github.com/hanoitwin/hanoitwin/internal/watch/webhook"
)

// TestSpecRoundTrip reads what is stored, and finds the same.
func TestSpecRoundTrip(t *testing.T) {
	for _, body := range []string{
		`{"title":"Cầu Chương Dương","place":{"point":[105.86,21.03],"radius_m":250.5},"layers":["roads","bridges"],"webhook":{"url":"https://hooks.hanoi.gov.vn/x?y=1","secret":"whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"}}`,
		`{"place":{"feature":{"layer":"roads","id":-5,"code":"NT"},"radius_m":1}}`,
		`{"place":{"polygon":{"type":"Polygon","coordinates":[[[105,21],[106,21],[106,22],[105,21]]]}},"layers":["roads"],"filter":{"op":"in","args":[{"property":"n"},[1,2.5,-9223372036854775808]]}}`,
		`{"place":{"polygon":{"type":"MultiPolygon","coordinates":[[[[105,21],[106,21],[106,22],[105,21]]],[[[107,21],[108,21],[108,22],[107,21]]]]}}}`,
		`{"layers":["mixed"],"filter":{"op":"and","args":[{"op":"=","args":[{"property":"day"},{"date":"2027-06-30"}]},{"op":"<","args":[{"property":"at"},{"timestamp":"2027-06-30T00:00:00Z"}]},{"op":"<>","args":[{"property":"open"},false]}]}}`,
	} {
		wanted, r := spec.Parse([]byte(body), spec.Limits{}.WithDefaults(), nil)
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
		w := &Watch{Spec: wanted, ID: "W", Owner: Owner{"an", city.Editor}, Created: time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC), Since: 17}
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
		wanted, r := spec.Parse([]byte(body), spec.Limits{}.WithDefaults(), nil)
		if r.Err() != nil {
			return
		}
		if wanted.Webhook != nil && wanted.Webhook.Secret.Empty() {
			wanted.Webhook.Secret = webhook.NewSecret()
		}
		w := &Watch{Spec: wanted, ID: "W"}
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
