package realdata

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// TestShape compares what it reads with what another library reads.
func TestShape(t *testing.T) {
	for _, text := range []string{
		`{"type":"Point","coordinates":[105.8,21]}`, `{"coordinates": [ -1.5e-3 , 2 ],"type": "Point"}`, `{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}`,
		`{"type":"LineString","coordinates":[[1,2], [3,4]]}`, `{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[[5,6],[7,8]]]}`,
		`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]],[[0.1,0.1],[0.2,0.1],[0.2,0.2],[0.1,0.1]]]}`,
		`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[2,2],[3,2],[3,3],[2,2]]]]}`, `{"type":"LineString","coordinates":[]}`,
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}`,
	} {
		var got shape
		want, err := geojson.UnmarshalGeometry([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil || !orb.Equal(got.Geometry, want.Geometry()) {
			t.Errorf("%s: %v (%v), want %v", text, got.Geometry, err, want.Geometry())
		}
	}
	for _, text := range []string{`{"type":"Point","coordinates":[1]}`, `{"type":"Point","coordinates":1}`, `{"type":"LineString","coordinates":[1,2]}`,
		`{"type":"Point","coordinates":["a",2]}`, `{"type":"Circle","coordinates":[1,2]}`} {
		if err := json.Unmarshal([]byte(text), &shape{}); err == nil {
			t.Errorf("%s is read", text)
		}
	}
}

// TestSample: it calls with the first of every nine, and none but these.
func TestSample(t *testing.T) {
	var all, some, want []string
	name := func(into *[]string) func(orb.Geometry, map[string]any) {
		return func(g orb.Geometry, p map[string]any) {
			text, err := json.Marshal([]any{g, p})
			if err != nil {
				t.Fatal(err)
			}
			*into = append(*into, string(text))
		}
	}
	Features(t, "layers/hanoi_wards.geojsonl", name(&all))
	Sample(t, "layers/hanoi_wards.geojsonl", 9, name(&some))
	for i := 0; i < len(all); i += 9 {
		want = append(want, all[i])
	}
	if len(all) != 126 || !reflect.DeepEqual(some, want) {
		t.Errorf("%d of %d", len(some), len(all))
	}
}
