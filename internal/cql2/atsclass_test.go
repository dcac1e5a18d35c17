package cql2

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// suite evaluates expressions of the abstract test suite, each as text and as the
// same in JSON (/conf/cql2-text/validate, /conf/cql2-json/validate), and keeps
// those that are valid for the tests of combinations.
type suite struct {
	layer  *snapshot.Layer
	stored []string
}

// find evaluates an expression.
func (s *suite) find(t *testing.T, text string) []int64 {
	t.Helper()
	found := matching(t, s.layer, compile(t, s.layer, text, Options{}))
	e, err := expr.ParseText(text, expr.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	j, err := expr.ParseJSON(expr.AppendJSON(nil, e), expr.Limits{})
	if err != nil {
		t.Fatalf("%s as JSON: %v", text, err)
	}
	f, err := Compile(j, s.layer.Definition(), Options{})
	if err != nil {
		t.Fatalf("%s as JSON: %v", text, err)
	}
	if again := matching(t, s.layer, f); !slices.Equal(found, again) {
		t.Errorf("%s finds %v, and as JSON %v", text, found, again)
	}
	s.stored = append(s.stored, text)
	return found
}

// refuse demands that an expression is not evaluated.
func (s *suite) refuse(t *testing.T, text string) {
	t.Helper()
	e, err := expr.ParseText(text, expr.Limits{})
	if err == nil {
		_, err = Compile(e, s.layer.Definition(), Options{})
	}
	if err == nil {
		t.Errorf("%s is evaluated", text)
	}
}

func (s *suite) same(t *testing.T, texts ...string) {
	t.Helper()
	first := s.find(t, texts[0])
	for _, text := range texts[1:] {
		if got := s.find(t, text); !slices.Equal(got, first) {
			t.Errorf("%s finds %v, %s %v", texts[0], first, text, got)
		}
	}
}

func (s *suite) apart(t *testing.T, a, b string) {
	t.Helper()
	first := s.find(t, a)
	for _, id := range s.find(t, b) {
		if slices.Contains(first, id) {
			t.Errorf("%s and %s both find %d", a, b, id)
		}
	}
}

func (s *suite) none(t *testing.T, text string) {
	t.Helper()
	if got := s.find(t, text); len(got) > 0 {
		t.Errorf("%s finds %v", text, got)
	}
}

// sample is the literal that the suite compares a kind of queryable with.
func sample(k city.Kind) string {
	return map[city.Kind]string{
		city.KindString: "'foo'", city.KindBoolean: "true", city.KindNumber: "3.14", city.KindInteger: "1",
		city.KindInstant: "TIMESTAMP('2022-04-14T14:48:46Z')", city.KindDate: "DATE('2022-04-14')",
	}[k]
}

// atsTest is an abstract test that runs on each queryable of some kinds.
type atsTest struct {
	id    string
	kinds []city.Kind // of scalars; nil: geometries
	run   func(t *testing.T, s *suite, q string, value string)
}

// TestConformance runs annex A class by class, each test under its name, on each
// queryable of a layer that has one of every kind.
func TestConformance(t *testing.T) {
	scalars := []city.Kind{city.KindString, city.KindBoolean, city.KindNumber, city.KindInteger, city.KindInstant, city.KindDate}
	texts, numbers := scalars[:1], scalars[2:4]
	all := append(scalars[:6:6], city.KindJSON)
	pair := func(t *testing.T, s *suite, left, right string) {
		s.apart(t, left+" = "+right, left+" <> "+right)
		s.apart(t, left+" > "+right, left+" <= "+right)
		s.apart(t, left+" < "+right, left+" >= "+right)
	}
	reflexive := func(t *testing.T, s *suite, v string) {
		for _, op := range []string{"<>", "<", ">"} {
			s.none(t, v+" "+op+" "+v)
		}
		s.same(t, v+" = "+v, v+" >= "+v, v+" <= "+v)
	}
	tests := []atsTest{
		{"basic-cql2/comparison", scalars, func(t *testing.T, s *suite, q, value string) { pair(t, s, q, value) }},
		{"basic-cql2/is-null", all, func(t *testing.T, s *suite, q, _ string) { s.apart(t, q+" IS NULL", q+" is not null") }},
		{"basic-cql2/boolean", nil, func(t *testing.T, s *suite, _, _ string) {
			s.none(t, "false")
			if n := len(s.find(t, "true")); n != s.layer.Len() {
				t.Errorf("true finds %d of %d", n, s.layer.Len())
			}
		}},
		{"advanced-comparison-operators/like", texts, func(t *testing.T, s *suite, q, _ string) {
			s.apart(t, q+" like '_%'", q+" like ''")
			s.same(t, q+" LIKE '%'", q+" like '%%'")
			s.find(t, q+` like '\\%\\_'`)
		}},
		{"advanced-comparison-operators/between", numbers, func(t *testing.T, s *suite, q, _ string) {
			s.find(t, q+" BETWEEN 0 AND 100")
			s.none(t, q+" between 100.0 and 1.0")
		}},
		{"advanced-comparison-operators/in", scalars, func(t *testing.T, s *suite, q, value string) {
			list := map[string]string{"'foo'": "'foo', 'bar'", "true": "true", "3.14": "1, 2, 3", "1": "1, 2, 3",
				sample(city.KindInstant): "'2022-04-14T14:52:56Z', '2022-04-14T15:52:56Z'", sample(city.KindDate): "'2022-04-14', '2022-04-15'"}
			s.apart(t, q+" in ("+list[value]+")", q+" not in ("+list[value]+")")
		}},
		{"case-insensitive-comparison/casei", texts, func(t *testing.T, s *suite, q, _ string) {
			s.apart(t, "CASEI("+q+") = casei('foo')", "CASEI("+q+") <> casei('FOO')")
		}},
		{"case-insensitive-comparison/casei-like", texts, func(t *testing.T, s *suite, q, _ string) {
			s.same(t, "CASEI("+q+") LIKE casei('foo%')", "CASEI("+q+") LIKE casei('FOO%')")
		}},
		{"accent-insensitive-comparison/accenti", texts, func(t *testing.T, s *suite, q, _ string) {
			s.apart(t, "ACCENTI("+q+") = accenti('äöüéáí')", "ACCENTI("+q+") <> accenti('aoueai')")
		}},
		{"accent-insensitive-comparison/accenti-like", texts, func(t *testing.T, s *suite, q, _ string) {
			s.same(t, "ACCENTI("+q+") LIKE accenti('Ä%')", "ACCENTI("+q+") LIKE accenti('A%')")
		}},
		{"accent-insensitive-comparison/accenti-casei", texts, func(t *testing.T, s *suite, q, _ string) {
			s.same(t, "ACCENTI(CASEI("+q+")) = accenti(casei('ÄÉ'))", "ACCENTI(CASEI("+q+")) = accenti(casei('ae'))")
		}},
		{"accent-insensitive-comparison/accenti-casei-like", texts, func(t *testing.T, s *suite, q, _ string) {
			s.same(t, "ACCENTI(CASEI("+q+")) LIKE accenti(casei('Ä%'))", "ACCENTI(CASEI("+q+")) LIKE accenti(casei('a%'))")
		}},
		{"property-property/comparison-value-property", scalars, func(t *testing.T, s *suite, q, value string) { pair(t, s, value, q) }},
		{"property-property/comparison-property-property", scalars, func(t *testing.T, s *suite, q, _ string) { reflexive(t, s, q) }},
		{"property-property/comparison-value-value", scalars, func(t *testing.T, s *suite, _, value string) { reflexive(t, s, value) }},
		{"arithmetic/arithmetic", numbers, func(t *testing.T, s *suite, q, _ string) {
			s.same(t, q+" + 8 * 2 > 17", "17 < 2 * 8 + "+q, q+" > 3 ^ 2 - 8")
			s.apart(t, q+" div 2 = 1", q+" % 2 - "+q+" / 2 > 1")
		}},
		{"temporal-functions/temporal-functions-1", scalars[4:], func(t *testing.T, s *suite, q, value string) {
			instant, year := "TIMESTAMP('2022-04-24T07:59:57Z')", "INTERVAL('2021-01-01T00:00:00Z','2021-12-31T23:59:59Z')"
			if value == sample(city.KindDate) {
				instant, year = "DATE('2022-04-24')", "INTERVAL('2021-01-01','2021-12-31')"
			}
			for _, other := range []string{instant, year} {
				s.apart(t, "T_AFTER("+q+","+other+")", "T_BEFORE("+q+","+other+")")
				s.apart(t, "T_DISJOINT("+q+","+other+")", "T_INTERSECTS("+q+","+other+")")
				s.apart(t, "T_EQUALS("+q+","+other+")", "T_DISJOINT("+q+","+other+")")
			}
		}},
		{"array-functions/array-predicates", []city.Kind{city.KindJSON}, func(t *testing.T, s *suite, q, _ string) {
			contains, contained := s.find(t, "A_CONTAINS("+q+",('foo','bar'))"), s.find(t, "A_CONTAINEDBY("+q+",('foo','bar'))")
			overlaps := s.find(t, "A_OVERLAPS("+q+",('foo','bar'))")
			for _, id := range s.find(t, "A_EQUALS("+q+",('foo','bar'))") {
				if !slices.Contains(contains, id) || !slices.Contains(contained, id) || !slices.Contains(overlaps, id) {
					t.Errorf("%d equals, and is not among %v, %v, %v", id, contains, contained, overlaps)
				}
			}
		}},
		{"functions/functions", nil, func(t *testing.T, s *suite, q, _ string) {
			s.apart(t, "S_DWITHIN("+q+",POINT(105.85 21.03),1000)", "NOT S_DWITHIN("+q+",POINT(105.85 21.03),1000)")
			s.same(t, "S_DWITHIN("+q+",POINT(105.85 21.03),1000) = true", "S_DWITHIN("+q+",POINT(105.85 21.03),1000) <> false")
		}},
	}
	tests = append(tests, spatialTests()...)
	def := schema()
	def.Properties = def.Properties[:10] // the last has a name that wants quotes
	things := things()
	for i := range things {
		things[i].values = things[i].values[:min(10, len(things[i].values))]
	}
	s := &suite{layer: build(t, def, things)}
	t.Run("basic-cql2/basic-test", func(t *testing.T) {
		comparable := 0
		for _, q := range Queryables(&def) {
			if (q.Geometry == "") == (q.Type == city.KindNull) {
				t.Errorf("%s has no one type", q.Name)
			}
			if slices.Contains(scalars, q.Type) {
				comparable++
			}
		}
		if comparable == 0 {
			t.Error("nothing can be compared")
		}
	})
	for _, test := range tests {
		t.Run(test.id, func(t *testing.T) {
			ran := 0
			for _, q := range Queryables(&def) {
				if test.kinds == nil && q.Geometry != "" || q.Geometry == "" && slices.Contains(test.kinds, q.Type) {
					test.run(t, s, q.Name, sample(q.Type))
					ran++
				}
			}
			if ran == 0 {
				t.Error("there is no queryable for this test")
			}
		})
	}
	t.Run("temporal-functions/temporal-functions-2", func(t *testing.T) {
		for _, c := range [][3]string{{"valid_from", "valid_to", "INTERVAL('2021-01-01','2021-12-31')"}, {"seen", "gone", "INTERVAL('2021-01-01T00:00:00Z','2021-12-31T23:59:59Z')"}} {
			ours := "(INTERVAL(" + c[0] + "," + c[1] + ")," + c[2] + ")"
			converse := "(" + c[2] + ",INTERVAL(" + c[0] + "," + c[1] + "))"
			for _, ops := range [][2]string{{"AFTER", "BEFORE"}, {"CONTAINS", "DURING"}, {"FINISHEDBY", "FINISHES"}, {"MEETS", "METBY"}, {"OVERLAPPEDBY", "OVERLAPS"}, {"STARTEDBY", "STARTS"}} {
				s.same(t, "T_"+ops[0]+ours, "T_"+ops[1]+converse)
				s.same(t, "T_"+ops[1]+ours, "T_"+ops[0]+converse)
			}
			s.apart(t, "T_DISJOINT"+ours, "T_INTERSECTS"+ours)
			s.apart(t, "T_EQUALS"+ours, "T_DISJOINT"+ours)
		}
	})
	t.Run("cql2-text/escaping", func(t *testing.T) {
		for _, c := range []struct{ literal, want string }{
			{`'it''s'`, "it's"}, {`'it\'s'`, "it's"}, {`'\a\b\t\n\v\f\r'`, "\a\b\t\n\v\f\r"},
		} {
			e, err := expr.ParseText("name = "+c.literal, expr.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			l := build(t, def, []thing{{orb.Point{105, 21}, []any{c.want}}, {orb.Point{105, 21}, []any{c.literal}}})
			f, err := Compile(e, &def, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := matching(t, l, f); !slices.Equal(got, []int64{1}) {
				t.Errorf("%s finds %v", c.literal, got)
			}
		}
	})
	t.Run("logical", func(t *testing.T) { s.combine(t) })
}

// spatialTests are those of the three classes of spatial functions.
func spatialTests() []atsTest {
	const world = "POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))"
	pair := func(op string) func(t *testing.T, s *suite, q, _ string) {
		return func(t *testing.T, s *suite, q, _ string) {
			s.same(t, op+"("+q+",BBOX(-180,-90,180,90))", op+"("+q+","+world+")")
			s.find(t, op+"("+q+",LINESTRING(7 50,10 51))")
		}
	}
	return []atsTest{
		{"basic-spatial-functions/s_intersects", nil, func(t *testing.T, s *suite, q, _ string) {
			s.find(t, "S_INTERSECTS("+q+",BBOX(-180,-90,180,90))")
			s.find(t, "S_INTERSECTS("+q+",POINT(7.02 49.92))")
			s.refuse(t, "S_INTERSECTS("+q+",POINT(90 180))")
			s.find(t, "S_INTERSECTS("+q+",BBOX(-180,-90,-90,90)) AND S_INTERSECTS("+q+",BBOX(90,-90,180,90))")
		}},
		{"basic-spatial-functions-plus/s_intersects", nil, func(t *testing.T, s *suite, q, _ string) {
			s.refuse(t, "S_INTERSECTS("+q+",MULTIPOINT(7.02 49.92, 90 180))")
			for _, literal := range []string{
				"LINESTRING(-180 -45, 0 -45)", "MULTILINESTRING((-180 -45, 0 -45), (0 45, 180 45))", "$H",
				"MULTIPOLYGON(((-180 -90, -90 -90, -90 90, -180 90, -180 -90), (-120 -50, -100 -50, -100 -40, -120 -40, -120 -50)),$Z)",
				"GEOMETRYCOLLECTION(POINT(7.02 49.92), POLYGON$Z)",
			} {
				s.find(t, "S_INTERSECTS("+q+","+whole.Replace(literal)+")")
			}
		}},
		{"spatial-functions/s_intersects", nil, func(t *testing.T, s *suite, q, value string) {
			pair("S_INTERSECTS")(t, s, q, value)
			s.refuse(t, "S_INTERSECTS("+q+",POINT(90 180))")
		}},
		{"spatial-functions/s_disjoint", nil, func(t *testing.T, s *suite, q, value string) {
			pair("S_DISJOINT")(t, s, q, value)
			s.none(t, "S_DISJOINT("+q+","+world+")")
			s.apart(t, "S_DISJOINT("+q+",LINESTRING(7 50,10 51))", "S_INTERSECTS("+q+",LINESTRING(7 50,10 51))")
			s.apart(t, "S_DISJOINT("+q+",POINT(7.02 49.92))", "S_INTERSECTS("+q+",POINT(7.02 49.92))")
			s.refuse(t, "S_DISJOINT("+q+",POINT(90 180))")
		}},
		{"spatial-functions/s_equals", nil, func(t *testing.T, s *suite, q, _ string) {
			s.same(t, "S_EQUALS("+q+","+world+")", "S_EQUALS("+q+",LINESTRING(7 50,10 51))")
			s.find(t, "S_EQUALS("+q+",POINT(7.02 49.92))")
		}},
		{"spatial-functions/s_touches", nil, pair("S_TOUCHES")},
		{"spatial-functions/s_crosses", nil, pair("S_CROSSES")},
		{"spatial-functions/s_within", nil, func(t *testing.T, s *suite, q, value string) {
			pair("S_WITHIN")(t, s, q, value)
			s.find(t, "S_WITHIN("+q+",MULTIPOINT(7 50,10 51))")
		}},
		{"spatial-functions/s_contains", nil, func(t *testing.T, s *suite, q, value string) {
			pair("S_CONTAINS")(t, s, q, value)
			for _, literal := range []string{world, "LINESTRING(7 50,10 51)", "MULTIPOINT(7 50,10 51)"} {
				s.apart(t, "S_CONTAINS("+q+","+literal+")", "S_WITHIN("+q+","+literal+")")
			}
		}},
		{"spatial-functions/s_overlaps", nil, func(t *testing.T, s *suite, q, value string) {
			pair("S_OVERLAPS")(t, s, q, value)
			s.find(t, "S_OVERLAPS("+q+",MULTIPOINT(7 50,10 51))")
		}},
	}
}

// combine runs the tests that are called logical on stored predicates.
func (s *suite) combine(t *testing.T) {
	r := rand.New(rand.NewPCG(seed, 9))
	stored := s.stored // not what is combined
	for range 40 {
		var p [4]string
		for i := range p {
			p[i] = stored[r.IntN(len(stored))]
		}
		s.find(t, fmt.Sprintf("((NOT (%s) AND (%s)) OR ((%s) and NOT (%s)) or not ((%s) AND (%s)))", p[0], p[1], p[2], p[3], p[0], p[3]))
	}
}

// TestConformanceTestData evaluates the tables of annex A and finds as many
// features as they say.
func TestConformanceTestData(t *testing.T) {
	suites := map[string]*suite{}
	for name, l := range atsLayers(t) {
		suites[name] = &suite{layer: l}
	}
	for name, size := range map[string]int{"places": 243, "countries": 177, "rivers": 13} {
		if n := suites[name].layer.Len(); n != size {
			t.Fatalf("%d %s, want %d", n, name, size)
		}
	}
	for _, table := range atsTables() {
		t.Run(table.test+"/test-data", func(t *testing.T) {
			for _, line := range strings.Split(strings.TrimSpace(table.lines), "\n") {
				c := strings.Split(line, "|")
				want, err := strconv.Atoi(c[2])
				if err != nil {
					t.Fatal(err)
				}
				if got := len(suites[c[0]].find(t, whole.Replace(c[1]))); got != want {
					t.Errorf("%s finds %d, want %d", line, got, want)
				}
			}
		})
	}
	t.Run("basic-cql2/logical", func(t *testing.T) {
		names := map[byte]string{'n': "name", 'o': "pop_other", 's': "start", 'b': "boolean"}
		literals := strings.NewReplacer("K", "'København'", "P", "1038288", "T", "TIMESTAMP('2022-04-16T10:13:19Z')")
		for _, line := range strings.Split(strings.TrimSpace(combinations), "\n") {
			p := strings.Split(line, "|")
			for i := range p[:4] {
				rest := p[i][1:]
				if !strings.HasPrefix(rest, " IS") {
					rest = literals.Replace(rest)
				}
				p[i] = names[p[i][0]] + rest
			}
			text := fmt.Sprintf("(NOT (%s) AND %s) OR (%s and %s) or not (%s OR %s)", p[1], p[0], p[2], p[3], p[0], p[3])
			if got := len(suites["places"].find(t, text)); strconv.Itoa(got) != p[4] {
				t.Errorf("%s finds %d, want %s", text, got, p[4])
			}
		}
	})
	for _, name := range []string{"places", "countries", "rivers"} {
		t.Run("logical/"+name, func(t *testing.T) { suites[name].combine(t) })
	}
}
