package edit

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

const spot = `"geometry":{"type":"Point","coordinates":[105.85,21]}`

func node(properties string) string {
	return `{"type":"Feature",` + spot + `,"properties":{` + properties + `}}`
}

func TestCreate(t *testing.T) {
	c, m := one(t, Create, "nodes", "", `{"type":"Feature","id":"mine","links":[],"geometry":{"type":"Point","coordinates":[105.85,21]},"properties":{
		"code":"VD3-4","name":"Nga\u0303 tư","status":"in_operation","lanes":8e0,"height":-0.0,"open":false,
		"valid_from":"2026-02-28","seen":"2026-03-01T07:00:00.1234567+07:00","tags":{"e\u0301":["o\u031b",1.50]},"valid_to":null}}`)
	if m != nil {
		t.Fatal(m)
	}
	if c.ID != 0 || c.Was != nil || c.Exact || !orb.Equal(c.Is.Geometry, orb.Point{105.85, 21}) {
		t.Errorf("change %+v", c)
	}
	want := []string{"VD3-4", "Ngã tư", "in_operation", "8", "0", "false", "2026-02-28", "", "2026-03-01T00:00:00.123456Z", `{"é":["ơ",1.50]}`, "", "", "", ""}
	var got []string
	for _, v := range c.Is.Values {
		got = append(got, v.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("values\n got %q\nwant %q", got, want)
	}
}

// TestMistakes wants every mistake of a body at once, each with its place.
func TestMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		op                   Op
		layer, feature, body string
		want                 []string
	}{
		"no JSON":       {Create, "nodes", "", `{"type":`, []string{` at byte 8 of the text: not a JSON value: not valid JSON`}},
		"nothing":       {Create, "nodes", "", ``, []string{` at byte 0 of the text: the text ends where '{' belongs: not valid JSON`}},
		"array":         {Create, "nodes", "", `[1]`, []string{` is no JSON object`}},
		"not UTF-8":     {Create, "nodes", "", node("\"name\":\"\xff\""), []string{" not valid UTF-8"}},
		"collection":    {Create, "nodes", "", `{"type":"FeatureCollection","features":[]}`, []string{"/features is not known here; properties stand in \"properties\"", "/type is not \"Feature\"", "/geometry is missing", "/properties/code is missing; the features of this layer are known by it"}},
		"unknown layer": {Create, "rivers", "", node(``), []string{"/layer names no layer"}},
		"every value": {
			Create, "nodes", "", node(`"code":7,"name":["x"],"status":"open","lanes":1.5,"height":"1","open":1,"valid_from":"2026-02-30","valid_to":20260101,"seen":"2026-03-01","tags":"{}","accuracy_m":0,"width":3,"date_precision":"week"`),
			[]string{
				"/properties/code is a number, not text", "/properties/name is an array, not text", "/properties/lanes is not a whole number",
				"/properties/height is text, not a number", "/properties/open is a number, not a boolean", "/properties/valid_from is no such date or time",
				"/properties/valid_to is a number, not a date", "/properties/seen is no such date or time", "/properties/tags is text, not an object or an array",
				"/properties/width is no property of the layer", "/properties/status is no status", "/properties/accuracy_m is not above 0",
				"/properties/date_precision is no precision of a date",
			},
		},
		"ranges": {
			Create, "nodes", "", node(`"code":"","lanes":9223372036854775808,"height":1e999,"valid_from":"0000-01-01","seen":"10000-01-01T00:00:00Z"`),
			[]string{
				"/properties/lanes is out of range", "/properties/height is out of range", "/properties/valid_from is no such date or time",
				"/properties/seen is no such date or time", "/properties/code is empty",
			},
		},
		"text": {
			Create, "nodes", "", node(`"code":"a\u0000b","name":"\ud800","tags":["\u0001"],"status":"` + strings.Repeat("x", maxText+1) + `"`),
			[]string{
				"/properties/code holds a control character", "/properties/name holds U+FFFD, which stands for a character that was lost on the way",
				"/properties/tags holds a control character", "/properties/status is text of 262145 bytes; the limit is 262144",
			},
		},
		"long key": {Create, "nodes", "", node(`"code":"` + strings.Repeat("x", 256) + `"`), []string{"/properties/code is a key of 256 bytes; the limit is 255"}},
		"dates": {
			Create, "nodes", "", node(`"code":"X","valid_from":"2026-01-02","valid_to":"2026-01-02","started":"2030-01-01","planned_completion":"2029-12-31","status":"in_operation"`),
			[]string{
				"/properties/valid_to is not after valid_from 2026-01-02", "/properties/planned_completion is not after started 2030-01-01",
				"/properties/valid_from is not on or after started 2030-01-01",
			},
		},
		"twice": {Create, "nodes", "", `{"type":"Feature","type":"Feature",` + spot + `,"properties":{"code":"X","code":"Y"}}`, []string{"/type is given more than once", "/properties/code is given more than once"}},
		"taken": {Create, "nodes", "", node(`"code":"A"`), []string{"/properties/code belongs to feature 1"}},
		"system": {Create, "nodes", "", `{"type":"Feature","crs":{"type":"name","properties":{"name":"EPSG:5897"}},` + spot + `,"properties":{"code":"X"}}`,
			[]string{"/crs is another reference system"}},
		"null geometry": {Create, "nodes", "", `{"type":"Feature","geometry":null,"properties":{"code":"X"}}`, []string{"/geometry is missing"}},
		"other type":    {Create, "nodes", "", `{"type":"Feature","geometry":{"type":"LineString","coordinates":[[105,21],[105,21]]},"properties":{"code":"X"}}`, []string{"/geometry is a LineString in a layer of Point", "/geometry is not valid: line of zero length"}},
		"height":        {Create, "nodes", "", `{"type":"Feature","geometry":{"type":"Point","coordinates":[105,21,3]},"properties":{"code":"X"}}`, []string{"/geometry has positions of more than two numbers; heights are not kept"}},
		"off the globe": {Create, "nodes", "", `{"type":"Feature","geometry":{"type":"Point","coordinates":[586000,2325000]},"properties":{"code":"X"}}`, []string{"/geometry is not valid: position 586000, 2.325e+06 is not a longitude and a latitude"}},
		"swapped axes":  {Create, "nodes", "", `{"type":"Feature","geometry":{"type":"Point","coordinates":[21,85]},"properties":{"code":"X"}}`, []string{"/geometry lies outside the extent of the layer"}},
		"outside":       {Create, "far", "", `{"type":"Feature",` + spot + `,"properties":null}`, []string{"/geometry lies outside the extent of the layer"}},
		"crossing":      {Create, "zones", "", `{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[105,20],[105.2,20.2],[105.2,20],[105,20.2],[105,20]]]},"properties":{}}`, []string{"/geometry is not valid: validating ring at index 0: polygon ring not simple (at or near {105 20})"}},
		"not closed":    {Create, "zones", "", `{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[105,20],[105.2,20],[105.2,20.2],[105,20.2]]]},"properties":{}}`, []string{"/geometry is not valid: ring is not closed"}},
		"unreadable":    {Create, "nodes", "", `{"type":"Feature","geometry":{"type":"Point","coordinates":"105,21"},"properties":{"code":"X"}}`, []string{"/geometry cannot be read: Point: at byte 0 of the text: '\"' where '[' belongs"}},
		"geometry text": {Create, "nodes", "", `{"type":"Feature","geometry":"POINT(105 21)","properties":{"code":"X"}}`, []string{"/geometry cannot be read: no object: not a GeoJSON geometry"}},
		"too many":      {Create, "nodes", "", node(`"a":1` + strings.Repeat(`,"a":1`, maxMembers)), []string{"/properties has too many: more than 10000 members", "/properties/code is missing; the features of this layer are known by it"}},
		"no feature":    {Update, "nodes", "Z", node(``), []string{"/id names no feature of layer nodes"}},
		"other id":      {Update, "nodes", "1", `{"type":"Feature","id":2,` + spot + `,"properties":{"code":"A"}}`, []string{"/id is not the id of the feature; ids never change"}},
		"code removed":  {Patch, "nodes", "1", `{"properties":{"code":null}}`, []string{"/properties/code is missing; the features of this layer are known by it"}},
		"no properties": {Patch, "nodes", "1", `{"properties":null}`, []string{"/properties/code is missing; the features of this layer are known by it"}},
		"no geometry":   {Patch, "nodes", "1", `{"geometry":null}`, []string{"/geometry is missing"}},
		"half geometry": {Patch, "nodes", "1", `{"geometry":{"coordinates":null}}`, []string{"/geometry cannot be read: type \"Point\" without coordinates: not a GeoJSON geometry"}},
		"wrong place":   {Patch, "nodes", "1", `{"name":"x"}`, []string{"/name is not known here; properties stand in \"properties\""}},
		"no type":       {Patch, "nodes", "1", `{"type":null}`, []string{"/type is not \"Feature\""}},
		"date before":   {Patch, "nodes", "1", `{"properties":{"valid_to":"2025-01-01"}}`, []string{"/properties/valid_to is not after valid_from 2026-01-01"}},
		"code of other": {Patch, "nodes", "1", `{"properties":{"code":"B"}}`, []string{"/properties/code belongs to feature 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, m := one(t, c.op, c.layer, c.feature, c.body)
			if got := told(m); !slices.Equal(got, c.want) {
				t.Errorf("mistakes\n got %q\nwant %q", got, c.want)
			}
		})
	}
}

// TestOldMistakes changes features that came in with mistakes elsewhere in them.
func TestOldMistakes(t *testing.T) {
	for name, c := range map[string][4]string{
		"text and status":     {"nodes", "B", `{"properties":{"lanes":3}}`},
		"the same text again": {"nodes", "B", `{"properties":{"name":"é","status":"closed"}}`},
		"dates":               {"nodes", "C", `{"properties":{"lanes":3}}`},
		"place":               {"nodes", "C", `{"properties":{"lanes":3},"geometry":{"type":"Point","coordinates":[0,0]}}`},
		"shape":               {"zones", "5", `{"properties":{"code":"B"},"geometry":{"type":"Polygon","coordinates":[[[105,20],[105.1,20.1],[105.1,20],[105,20.1],[105,20]]]}}`},
	} {
		if _, m := one(t, Patch, c[0], c[1], c[2]); m != nil {
			t.Errorf("%s: %v", name, m)
		}
	}
}

func TestPatch(t *testing.T) {
	c, m := one(t, Patch, "nodes", "A", `{"geometry":{"coordinates":[105.9,20.5]},"properties":{"lanes":null,"name":"Vọng","tags":{"a":{"b":null,"x":"y"},"d":null}}}`)
	if m != nil {
		t.Fatal(m)
	}
	was := nodesOf(t, 1)
	if c.ID != 1 || !c.Exact || !reflect.DeepEqual(*c.Was, was) {
		t.Errorf("before: %+v, want %+v", c.Was, was)
	}
	if !orb.Equal(c.Is.Geometry, orb.Point{105.9, 20.5}) || c.Is.ID != 1 {
		t.Errorf("after: %+v", c.Is)
	}
	want := slices.Clone(was.Values)
	want[1], want[3] = city.String("Vọng"), city.Null
	want[9], _ = city.JSON([]byte(`{"a":{"c":[1],"x":"y"}}`))
	if !slices.Equal(c.Is.Values, want) {
		t.Errorf("values\n got %v\nwant %v", c.Is.Values, want)
	}
}

func TestReplace(t *testing.T) {
	c, m := one(t, Update, "nodes", "A", `{"type":"Feature","id":1,"geometry":{"type":"Point","coordinates":[105.8,20.9]},"properties":{"code":"A2"}}`)
	if m != nil {
		t.Fatal(m)
	}
	want := make([]city.Value, len(nodes().Properties))
	want[0] = city.String("A2")
	if c.Exact || c.Is.ID != 1 || !slices.Equal(c.Is.Values, want) {
		t.Errorf("after: %+v", c.Is)
	}
}

func nodesOf(t *testing.T, id int64) city.Feature {
	l := state(t).Layer("nodes")
	return l.Exchange(l.Feature(id))
}

// TestWinding takes rings in either direction and keeps their first position.
func TestWinding(t *testing.T) {
	const body = `{"type":"Feature","geometry":{"type":"Polygon","coordinates":[
		[[105,20],[105,20.9],[105.9,20.9],[105.9,20],[105,20]],
		[[105.1,20.1],[105.2,20.1],[105.2,20.2],[105.1,20.2],[105.1,20.1]]]},"properties":{}}`
	c, m := one(t, Create, "zones", "", body)
	if m != nil {
		t.Fatal(m)
	}
	p := c.Is.Geometry.(orb.Polygon)
	if p[0].Orientation() != orb.CCW || p[1].Orientation() != orb.CW {
		t.Errorf("rings are wound %v and %v", p[0].Orientation(), p[1].Orientation())
	}
	if p[0][0] != (orb.Point{105, 20}) || p[0][1] != (orb.Point{105.9, 20}) {
		t.Errorf("outer ring %v", p[0])
	}
}

func TestVertexLimit(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"type":"Feature","geometry":{"type":"MultiPoint","coordinates":[[105,20]`)
	b.WriteString(strings.Repeat(`,[105,20]`, maxVertices))
	b.WriteString(`]},"properties":{}}`)
	_, m := one(t, Create, "far", "", b.String())
	if got := told(m); !slices.Equal(got, []string{"/geometry has 100001 positions; the limit is 100000"}) || m.List[0].Limit != maxVertices {
		t.Errorf("mistakes %q", got)
	}
}

func TestManyMistakes(t *testing.T) {
	var b strings.Builder
	for i := range 250 {
		fmt.Fprintf(&b, `"p%d":1,`, i)
	}
	_, m := one(t, Create, "nodes", "", node(b.String()+`"code":"X"`))
	if len(m.List) != maxMistakes || m.More != 150 {
		t.Errorf("%d mistakes and %d more", len(m.List), m.More)
	}
}

// TestSteps plans several steps: what counts of codes is who has them after all.
func TestSteps(t *testing.T) {
	step := func(op Op, feature, body string) Step {
		return Step{Op: op, Layer: "nodes", Feature: feature, Body: []byte(body)}
	}
	for name, c := range map[string]struct {
		steps []Step
		want  []string
	}{
		"freed by a deletion": {[]Step{step(Delete, "A", ""), step(Create, "", node(`"code":"A"`))}, nil},
		"freed by a new code": {[]Step{step(Patch, "A", `{"properties":{"code":"Z"}}`), step(Create, "", node(`"code":"A"`))}, nil},
		"taken, then freed":   {[]Step{step(Create, "", node(`"code":"A"`)), step(Delete, "A", "")}, nil},
		"swapped":             {[]Step{step(Patch, "A", `{"properties":{"code":"B"}}`), step(Patch, "B", `{"properties":{"code":"A"}}`)}, nil},
		"freed for two": {[]Step{step(Patch, "A", `{"properties":{"code":"B"}}`), step(Patch, "B", `{"properties":{"code":"A"}}`), step(Create, "", node(`"code":"B"`))},
			[]string{"/edits/2/feature/properties/code belongs to feature 1"}},
		"taken for good": {[]Step{step(Patch, "A", `{"properties":{"code":"B"}}`), step(Patch, "B", `{"properties":{"lanes":2}}`)},
			[]string{"/edits/0/feature/properties/code belongs to feature 2"}},
		"taken by a new one":    {[]Step{step(Create, "", node(`"code":"X"`)), step(Create, "", node(`"code":"X"`))}, []string{"/edits/1/feature/properties/code belongs to a feature that this change set makes"}},
		"one feature twice":     {[]Step{step(Delete, "A", ""), step(Patch, "1", `{}`)}, []string{"/edits/1/id is edited already by /edits/0"}},
		"mistakes of all steps": {[]Step{step(Delete, "Q", ""), step(Create, "", node(``))}, []string{"/edits/0/id names no feature of layer nodes", "/edits/1/feature/properties/code is missing; the features of this layer are known by it"}},
	} {
		for i := range c.steps {
			c.steps[i].At = fmt.Sprintf("/edits/%d", i)
			c.steps[i].BodyAt = c.steps[i].At + "/feature"
		}
		changes, err := planner(t).Plan(context.Background(), c.steps)
		m, _ := AsMistakes(err)
		if got := told(m); !slices.Equal(got, c.want) {
			t.Errorf("%s: mistakes %q, want %q", name, got, c.want)
		}
		if c.want == nil && len(changes) != len(c.steps) {
			t.Errorf("%s: %d changes", name, len(changes))
		}
	}
}

func TestIfMatch(t *testing.T) {
	for tags, ok := range map[string]bool{`"one"`: true, "*": true, `"two"`: false} {
		changes, err := planner(t).Plan(context.Background(), []Step{{Op: Delete, Layer: "nodes", Feature: "A", IfMatch: tags}})
		m, _ := AsMistakes(err)
		if (m == nil) != ok || m != nil && !m.Only(Changed) {
			t.Errorf("%s: %v", tags, err)
		}
		if ok && changes[0].Exact != (tags != "*") {
			t.Errorf("%s: exact is %v", tags, changes[0].Exact)
		}
	}
}

func TestPlanStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := planner(t).Plan(ctx, []Step{{Op: Delete, Layer: "nodes", Feature: "A"}}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestDefaultExtent(t *testing.T) {
	if got, want := DefaultExtent(state(t)), (orb.Bound{Min: orb.Point{104, 19}, Max: orb.Point{107, 22}}); got != want {
		t.Errorf("extent %v, want %v", got, want)
	}
	if got := DefaultExtent(state(t).Without(isOutline)); got.Max != (orb.Point{180, 90}) {
		t.Errorf("extent without an outline: %v", got)
	}
}
