package cql2

import (
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
)

// abstractTests returns, for a queryable, expressions of the abstract test suite
// (21-065r2, annex A), for fuzzing to begin with. TestConformance runs the suite.
func abstractTests(q Queryable) []string {
	compared := func(value string) []string {
		var all []string
		for _, op := range []string{"=", "<>", ">", "<", ">=", "<="} {
			all = append(all, q.Name+" "+op+" "+value)
		}
		return all
	}
	all := []string{q.Name + " IS NULL", q.Name + " is not null"}
	add := func(texts ...string) {
		for _, text := range texts {
			all = append(all, strings.ReplaceAll(text, "{q}", q.Name))
		}
	}
	temporal := func(instant, from, to string) {
		for _, op := range []string{"T_AFTER", "T_BEFORE", "T_DISJOINT", "T_EQUALS", "T_INTERSECTS"} {
			add(op+"({q},"+instant+")", op+"({q},INTERVAL('"+from+"','"+to+"'))")
		}
		for _, op := range []string{
			"T_AFTER", "T_BEFORE", "T_DISJOINT", "T_EQUALS", "T_INTERSECTS", "T_CONTAINS", "T_DURING", "T_FINISHEDBY", "T_FINISHES",
			"T_MEETS", "T_METBY", "T_OVERLAPPEDBY", "T_OVERLAPS", "T_STARTEDBY", "T_STARTS",
		} {
			add(op + "(INTERVAL({q},{q}),INTERVAL('" + from + "','" + to + "'))")
		}
	}
	switch {
	case q.Geometry != "":
		for _, op := range []string{"S_INTERSECTS", "S_DISJOINT", "S_EQUALS", "S_TOUCHES", "S_CROSSES", "S_WITHIN", "S_CONTAINS", "S_OVERLAPS"} {
			for _, literal := range []string{
				"BBOX(-180,-90,180,90)", "POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))", "LINESTRING(7 50, 10 51)", "POINT(7.02 49.92)", "MULTIPOINT(7 50,10 51)",
				"MULTILINESTRING((-180 -45, 0 -45), (0 45, 180 45))",
				"POLYGON((-180 -90, -90 -90, -90 90, -180 90, -180 -90), (-120 -50, -100 -50, -100 -40, -120 -40, -120 -50))",
				"MULTIPOLYGON(((-180 -90, -90 -90, -90 90, -180 90, -180 -90), (-120 -50, -100 -50, -100 -40, -120 -40, -120 -50)),((0 0, 10 0, 10 10, 0 10, 0 0)))",
				"GEOMETRYCOLLECTION(POINT(7.02 49.92), POLYGON((0 0, 10 0, 10 10, 0 10, 0 0)))",
			} {
				add(op + "({q}," + literal + ")")
			}
		}
		add("S_INTERSECTS({q},BBOX(-180,-90,-90,90)) AND S_INTERSECTS({q},BBOX(90,-90,180,90))")
	case q.Type == city.KindString:
		all = append(all, compared("'foo'")...)
		add("{q} LIKE '%'", "{q} like '_%'", "{q} like ''", "{q} like '%%'", `{q} like '\\%\\_'`, "{q} in ('foo', 'bar')", "CASEI({q}) = casei('foo')", "CASEI({q}) <> casei('FOO')",
			"CASEI({q}) LIKE casei('foo%')", "ACCENTI({q}) = accenti('äöüéáí')", "ACCENTI({q}) <> accenti('aoueai')", "ACCENTI({q}) LIKE accenti('Ä%')",
			"ACCENTI(CASEI({q})) = accenti(casei('ÄÉ'))", "ACCENTI(CASEI({q})) LIKE accenti(casei('a%'))")
	case isNumber(q.Type):
		all = append(all, append(compared("3.14"), compared("1")...)...)
		add("{q} BETWEEN 0 AND 100", "{q} between 100.0 and 1.0", "{q} IN (1, 2, 3)", "{q} = {q} + 8 * 2 - 3 ^ 2", "{q} > 20/10", "{q} div 2 = {q} % 3", "1 + 1 <> {q}")
	case q.Type == city.KindBoolean:
		all = append(all, compared("true")...)
		add("{q} in (true)")
	case q.Type == city.KindDate:
		all = append(all, compared("DATE('2022-04-14')")...)
		add("{q} in ('2022-04-14', '2022-04-15')")
		temporal("DATE('2022-04-24')", "2021-01-01", "2021-12-31")
	case q.Type == city.KindInstant:
		all = append(all, compared("TIMESTAMP('2022-04-14T14:48:46Z')")...)
		add("{q} in ('2022-04-14T14:52:56Z', '2022-04-14T15:52:56Z')")
		temporal("TIMESTAMP('2022-04-24T07:59:57Z')", "2021-01-01T00:00:00Z", "2021-12-31T23:59:59Z")
	case q.Type == city.KindJSON:
		add(`A_CONTAINS({q},("foo","bar"))`, `A_CONTAINEDBY({q},("foo","bar"))`, `A_EQUALS({q},("foo","bar"))`, `A_OVERLAPS({q},("foo","bar"))`)
	}
	return all
}

// FuzzMatch: no filter makes Compile or Match panic, and what is said of the
// candidates holds.
func FuzzMatch(f *testing.F) {
	def := schema()
	for _, q := range Queryables(&def) {
		for _, text := range abstractTests(q) {
			f.Add(text)
		}
	}
	f.Add(`NOT (S_DWITHIN(geometry, LINESTRING(105 21,106 22), 1e4) OR lanes / 0 IN (1 ^ 0.5, -lanes)) AND A_OVERLAPS(tags, ((1),("x"),lanes)) IS NULL`)
	l := build(f, def, things())
	f.Fuzz(func(t *testing.T, text string) {
		e, err := expr.ParseText(text, expr.Limits{Vertices: 100, Nodes: 200})
		if err != nil {
			return
		}
		filter, err := Compile(e, l.Definition(), Options{})
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a text")
			}
			return
		}
		matching(t, l, filter)
	})
}

// TestCheck stops a filter.
func TestCheck(t *testing.T) {
	l := build(t, schema(), []thing{{geometry: orb.Point{105.5, 21}}, {geometry: orb.Point{105.75, 21}}})
	stop := fmt.Errorf("enough")
	asked := 0
	f := compile(t, l, "S_TOUCHES(geometry, LINESTRING(105 21,105.5 21)) OR S_WITHIN(geometry, BBOX(105,20,106,22))", Options{Check: func() error {
		if asked++; asked > 2 {
			return stop
		}
		return nil
	}})
	match := func(id int64) bool { feature := l.Feature(id); return f.Match(l, feature, feature.Tags()) }
	if !match(1) || f.Err() != nil {
		t.Error("it stopped too early")
	}
	for range 2 {
		if match(2) || match(1) || f.Err() != stop {
			t.Errorf("it did not stop: %v", f.Err())
		}
	}
}
