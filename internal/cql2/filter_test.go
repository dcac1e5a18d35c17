package cql2

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// some things: two points, the second on a corner of the square with a hole; a
// line from the middle of the hole over its corner; and one with nothing. The
// coordinates are exact in binary.
func things() []thing {
	square := func(x, y, side float64) orb.Ring {
		return orb.Ring{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}
	}
	return []thing{
		{orb.Point{105.75, 21}, []any{"Phố Huế", "planned", 2, 7.5, true, "2020-01-01", "2026-06-30", "2026-01-31T18:00:00Z", "2026-02-01T00:00:00Z", `["bus",2,true]`, "nhựa"}},
		{orb.Point{106, 21.25}, []any{"Đường Láng", "in_operation", 6, 22.0, false, "2020-06-01", nil, "2026-01-31T16:59:59Z", nil, `["bus"]`, nil}},
		{orb.LineString{{105.75, 21}, {105.875, 21.125}}, []any{"Straße 100%", "planned", 4, 14.0, nil, nil, nil, nil, nil, `{"a":1}`, nil}},
		{orb.Polygon{square(105.5, 20.75, 0.5), square(105.6875, 20.9375, 0.125)}, []any{"it's a \\ ngõ", "retired", -3, 1e9, true, "1999-12-31", "2000-01-01", nil, nil, `[["a"],1.0]`, "đất"}},
		{orb.Point{-179.5, 10}, nil},
	}
}

func TestMatch(t *testing.T) {
	l := build(t, schema(), things())
	for text, want := range map[string][]int64{
		`TRUE`: {1, 2, 3, 4, 5}, `FALSE`: {}, `NOT FALSE`: {1, 2, 3, 4, 5},
		`status = 'planned'`: {1, 3}, `'planned' = status`: {1, 3}, `status <> 'planned'`: {2, 4}, `NOT status = 'planned'`: {2, 4},
		`status IS NULL`: {5}, `status IS NOT NULL`: {1, 2, 3, 4}, `geometry IS NULL`: {}, `geometry IS NOT NULL`: {1, 2, 3, 4, 5},
		`(status = 'planned') IS NULL`: {5}, `(status = 'planned' OR TRUE) IS NULL`: {},
		`lanes > 2`: {2, 3}, `lanes >= 2.0`: {1, 2, 3}, `lanes < 2`: {4}, `lanes <= 2`: {1, 4}, `lanes = 2.5`: {}, `lanes < 9223372036854775807`: {1, 2, 3, 4}, `lanes > -1e300`: {1, 2, 3, 4},
		`lanes BETWEEN 2 AND 4`: {1, 3}, `lanes NOT BETWEEN 2 AND 4`: {2, 4}, `lanes BETWEEN 4 AND 2`: {},
		`lanes IN (2, 4.0, 7)`: {1, 3}, `lanes NOT IN (2, 4)`: {2, 4}, `status IN ('planned','retired')`: {1, 3, 4},
		`lanes NOT IN (2, 1 div 0)`: {}, // SQL: not in a list with a null is never true
		`oneway`:                    {1, 4}, `NOT oneway`: {2}, `oneway = true`: {1, 4}, `oneway = (lanes > 2)`: {}, `oneway <> (lanes > 2)`: {1, 2, 4},
		`id = 3`: {3}, `id > 3 OR lanes = 2`: {1, 4, 5}, `id + lanes = 3`: {1},
		`name LIKE 'Ph%'`: {1}, `name LIKE '%100\%'`: {3}, `name LIKE '_hố Huế'`: {1}, `name LIKE '%'`: {1, 2, 3, 4}, `name LIKE ''`: {}, `name NOT LIKE 'Ph%'`: {2, 3, 4},
		`name LIKE '%''s%\\\\%'`: {4}, `name LIKE '%_%n%ng%'`: {2}, `name = 'it''s a \\ ngõ'`: {4},
		`CASEI(name) = CASEI('PHỐ HUẾ')`: {1}, `CASEI(name) LIKE CASEI('STRASSE%')`: {3}, `CASEI(name) = 'phố huế'`: {1}, `CASEI(name) = CASEI('pho hue')`: {},
		`ACCENTI(name) = ACCENTI('Pho Hue')`: {1}, `ACCENTI(name) = ACCENTI('pho hue')`: {}, `ACCENTI(CASEI(name)) = ACCENTI(CASEI('duong LANG'))`: {2}, `CASEI(ACCENTI(name)) LIKE 'duong%'`: {2}, `ACCENTI(name) LIKE ACCENTI('Đường%')`: {2},
		"name = 'Pho\u0302\u0301 Hue\u0302\u0301'": {1}, // decomposed
		`"mặt đường" = 'nhựa'`:                     {1},
		`valid_from >= DATE('2020-01-01')`:         {1, 2}, `valid_from = DATE('2020-06-01')`: {2}, `valid_to > valid_from`: {1, 4},
		`valid_from in ('2020-01-01','1999-12-31')`: {1, 4}, `seen in ('2026-01-31T18:00:00Z')`: {1}, `valid_from BETWEEN '2020-01-01' AND '2020-12-31'`: {1, 2}, `'2020-06-01' = valid_from`: {2}, `seen > '2026-02-01'`: {},
		// 18:00 UTC on 31 January is 1 February in Hà Nội.
		`seen = DATE('2026-02-01')`: {1}, `seen < DATE('2026-02-01')`: {2}, `seen > TIMESTAMP('2026-01-31T17:00:00Z')`: {1}, `seen = TIMESTAMP('2026-01-31T16:59:59Z')`: {2},
		`lanes + 2 = width - 8`: {3}, `lanes * 2 + 3.5 = width`: {1}, `lanes / 4 = 0.5`: {1}, `lanes div 4 = 1`: {2, 3}, `lanes % 4 = 2`: {1, 2}, `lanes % 2 = -1`: {4}, `lanes div 2 = -1`: {4},
		`-lanes = 3`: {4}, `lanes ^ 2 = 36`: {2}, `lanes / 0 > 1`: {}, `NOT lanes / 0 > 1`: {}, `(lanes / 0) IS NULL`: {1, 2, 3, 4, 5}, `lanes - (2 - 1) = 3`: {3}, `9223372036854775807 + lanes > 0`: {1, 2, 3, 4},
		`status = 'planned' AND lanes > 2`: {3}, `status = 'planned' OR lanes > 5`: {1, 2, 3}, `NOT (status = 'planned' AND lanes > 2)`: {1, 2, 4}, `NOT (status = 'planned' OR oneway)`: {2},
		// arrays
		`A_CONTAINS(tags, ('bus'))`: {1, 2}, `A_CONTAINS(tags, ("bus", 2))`: {1}, `A_EQUALS(tags, ('bus'))`: {2}, `A_EQUALS((TRUE, 'bus', 2.0, 2), tags)`: {1}, `A_CONTAINEDBY(tags, ('bus','x'))`: {2}, `A_OVERLAPS(tags, (2, ('a')))`: {1, 4},
		`NOT A_CONTAINS(tags, ('bus'))`: {4}, `A_CONTAINS(tags, ())`: {1, 2, 4}, `A_CONTAINS(tags, (1))`: {4}, `A_CONTAINS(tags, (lanes))`: {1}, `A_CONTAINS(("Phố Huế"), (name))`: {1}, `A_OVERLAPS(tags, ((('a')),('a')))`: {4},
	} {
		if got := matching(t, l, compile(t, l, text, Options{})); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestMatchTimes(t *testing.T) {
	l := build(t, schema(), things())
	for text, want := range map[string][]int64{
		`T_AFTER(valid_from, DATE('2020-01-01'))`: {2}, `T_BEFORE(valid_from, DATE('2020-01-01'))`: {4}, `T_EQUALS(valid_from, DATE('2020-01-01'))`: {1},
		`T_DISJOINT(valid_from, DATE('2020-01-01'))`: {2, 4}, `T_INTERSECTS(valid_from, INTERVAL('2020-01-01','2020-05-01'))`: {1}, `T_INTERSECTS(valid_from, INTERVAL('..','2020-01-01'))`: {1, 4},
		`T_AFTER(valid_from, INTERVAL('..','..'))`: {}, `T_INTERSECTS(valid_from, INTERVAL('..','..'))`: {1, 2, 4},
		`T_INTERSECTS(INTERVAL(valid_from,valid_to), INTERVAL('1999-01-01','1999-12-31'))`: {4}, `NOT T_INTERSECTS(INTERVAL(valid_from,valid_to), INTERVAL('1999-01-01','1999-12-31'))`: {1}, // a null end: unknown
		`T_INTERSECTS(INTERVAL(valid_from,'..'), INTERVAL('1999-01-01','2020-02-01'))`: {1, 4},
		`T_EQUALS(INTERVAL(valid_from,valid_to), INTERVAL('1999-12-31','2000-01-01'))`: {4}, `T_EQUALS(INTERVAL(valid_from,'..'), INTERVAL('1999-12-31','..'))`: {4},
		`T_CONTAINS(INTERVAL(valid_from,valid_to), INTERVAL('2020-01-01','2020-02-01'))`: {}, `T_CONTAINS(INTERVAL(valid_from,valid_to), INTERVAL('2020-01-02','2020-02-01'))`: {1},
		`T_DURING(INTERVAL(valid_from,valid_to), INTERVAL('1999-01-01','2001-01-01'))`: {4}, `T_STARTS(INTERVAL(valid_from,valid_to), INTERVAL('1999-12-31','2001-01-01'))`: {4}, `T_STARTEDBY(INTERVAL(valid_from,valid_to), INTERVAL('2020-01-01','2021-01-01'))`: {1},
		`T_FINISHES(INTERVAL(valid_from,valid_to), INTERVAL('1990-01-01','2000-01-01'))`: {4}, `T_FINISHEDBY(INTERVAL(valid_from,valid_to), INTERVAL('2021-01-01','2026-06-30'))`: {1},
		`T_MEETS(INTERVAL(valid_from,valid_to), INTERVAL('2000-01-01','2001-01-01'))`: {4}, `T_METBY(INTERVAL(valid_from,valid_to), INTERVAL('1990-01-01','1999-12-31'))`: {4},
		`T_OVERLAPS(INTERVAL(valid_from,valid_to), INTERVAL('2021-01-01','2027-01-01'))`: {1}, `T_OVERLAPPEDBY(INTERVAL(valid_from,valid_to), INTERVAL('2019-01-01','2021-01-01'))`: {1},
		`T_AFTER(seen, DATE('2026-01-31'))`: {1}, `T_EQUALS(seen, TIMESTAMP('2026-01-31T18:00:00Z'))`: {1}, `T_DURING(INTERVAL(seen,gone), INTERVAL('2026-01-01T00:00:00Z','2026-03-01T00:00:00Z'))`: {1},
		`T_EQUALS(INTERVAL(seen,gone), DATE('2026-02-01'))`: {1}, // both are that day in Hà Nội
	} {
		if got := matching(t, l, compile(t, l, text, Options{})); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestMatchPlaces(t *testing.T) {
	l := build(t, schema(), things())
	for text, want := range map[string][]int64{
		`S_INTERSECTS(geometry, POINT(105.75 21))`: {1, 3}, `S_INTERSECTS(POINT(105.75 21), geometry)`: {1, 3}, `S_INTERSECTS(geometry, POINT(105.6 20.8))`: {4}, `S_INTERSECTS(geometry, POINT(105.6875 21))`: {4},
		`S_INTERSECTS(geometry, BBOX(105.74,20.99,105.76,21.01))`: {1, 3}, `S_INTERSECTS(geometry, BBOX(105.9,21,106,22))`: {2, 4}, `S_INTERSECTS(geometry, BBOX(179,0,-179,20))`: {5}, `S_INTERSECTS(geometry, BBOX(-180,-90,180,90))`: {1, 2, 3, 4, 5},
		`S_INTERSECTS(geometry, BBOX(105.75,21,105.75,21))`: {1, 3}, `S_INTERSECTS(geometry, BBOX(106,20,106,22))`: {2, 4}, `S_WITHIN(geometry, BBOX(105.75,20,105.75,22))`: {1},
		`S_DISJOINT(geometry, BBOX(105.9,21,106,22))`: {1, 3, 5}, `NOT S_DISJOINT(geometry, BBOX(105.9,21,106,22))`: {2, 4}, `NOT S_INTERSECTS(geometry, BBOX(105.9,21,106,22))`: {1, 3, 5},
		`S_WITHIN(geometry, BBOX(105.5,20.75,106,21.25))`: {1, 3, 4}, `S_WITHIN(geometry, POLYGON((105.25 20.5,106.25 20.5,106.25 21.5,105.25 21.5,105.25 20.5)))`: {1, 2, 3, 4},
		`S_WITHIN(geometry, POLYGON((105.25 20.5,106.25 20.5,106.25 21.5,105.25 21.5,105.25 20.5),(105.55 20.8,105.6 20.8,105.6 20.85,105.55 20.8)))`: {1, 2, 3}, // its hole lies in the square
		`S_CONTAINS(geometry, POINT(105.6 20.8))`: {4}, `S_CONTAINS(geometry, POINT(105.75 21))`: {1}, `S_CONTAINS(geometry, LINESTRING(105.6875 20.9375, 105.8125 20.9375))`: {}, `S_CONTAINS(geometry, BBOX(105.51,20.76,105.99,20.8))`: {4}, `S_CONTAINS(geometry, BBOX(105.51,20.76,105.99,21.24))`: {},
		`S_TOUCHES(geometry, LINESTRING(105.6875 20.9375, 105.8125 20.9375))`: {4}, `S_TOUCHES(geometry, POINT(105.875 21.125))`: {3}, `S_EQUALS(geometry, LINESTRING(105.875 21.125, 105.8125 21.0625, 105.75 21))`: {3}, `S_EQUALS(geometry, POINT(106 21.25))`: {2},
		`S_CROSSES(geometry, LINESTRING(105.75 21.125, 105.875 21.0))`: {3}, `S_CROSSES(geometry, BBOX(105.8,21.0,107,22))`: {3}, `S_OVERLAPS(geometry, BBOX(105.75,20,107,22))`: {4}, `S_OVERLAPS(geometry, LINESTRING(105.8125 21.0625,106 21.25))`: {3},
		`S_INTERSECTS(geometry, geometry)`: {1, 2, 3, 4, 5}, `S_TOUCHES(geometry, geometry)`: {}, `S_WITHIN(POINT(1 1), BBOX(0,0,2,2))`: {1, 2, 3, 4, 5}, `S_DISJOINT(POINT(1 1), BBOX(0,0,2,2))`: {},
		`S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(106 21.25), LINESTRING(105.875 21.125,105.9 21.125)))`: {2, 3, 4}, `S_INTERSECTS(geometry, MULTIPOINT(106 21.25, -179.5 10))`: {2, 4, 5},
		`S_DWITHIN(geometry, POINT(106 21.251), 100)`: {}, `S_DWITHIN(geometry, POINT(106 21.251), 111)`: {2, 4}, `S_DWITHIN(POINT(106 21.25), geometry, 0)`: {2, 4}, `s_dwithin(geometry, LINESTRING(105.75 20.999,105.75 20.9995), 60)`: {1, 3}, `NOT S_DWITHIN(geometry, BBOX(105,20,107,22), 50*2)`: {5}, `S_DWITHIN(POINT(1 1), POINT(1 1), 0)`: {1, 2, 3, 4, 5},
		`status = 'planned' AND S_INTERSECTS(geometry, BBOX(105.75,21,105.76,21.01))`: {1, 3}, `S_INTERSECTS(geometry, BBOX(179,0,-179,20)) OR S_INTERSECTS(geometry, POINT(106 21.25))`: {2, 4, 5}, `S_INTERSECTS(geometry, BBOX(0,0,1,1)) OR lanes = 2`: {1},
	} {
		if got := matching(t, l, compile(t, l, text, Options{})); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// TestCompileSaysAllThatIsWrong demands every mistake, each with its column.
func TestCompileSaysAllThatIsWrong(t *testing.T) {
	def := schema()
	for text, want := range map[string][]string{
		`nam = 1 OR lanes = 'x' AND avg(lanes) > 2`: {`column 1: layer things has no property "nam"`, `column 20: a text cannot be compared with an integer`, `column 28: there is no function "avg"`},
		`valid_from > '2026'`:                       {`column 14: a text cannot be compared with a date; a date is written DATE(`},
		`seen > 5`:                                  {`column 8: an integer cannot be compared with a time; a time is written TIMESTAMP(`},
		`lanes`:                                     {`column 1: this is an integer where a condition is expected`},
		`'x'`:                                       {`column 1: this is a text`},
		`lanes + 1`:                                 {`column 1: + gives no condition`},
		`name + 1 = 2`:                              {`column 1: + computes with numbers, and this is a text`},
		`tags = 'x'`:                                {`column 8: a text cannot be compared with an array or an object`},
		`geometry = 'x'`:                            {`column 1: geometry is compared by the spatial functions only`},
		`lanes LIKE 'x'`:                            {`column 1: LIKE compares texts, and this is an integer`},
		`name LIKE name`:                            {`column 11: the pattern of LIKE is a text`},
		`CASEI(lanes) = 'x'`:                        {`column 7: casei folds texts, and this is an integer`},
		`T_DURING(valid_from, INTERVAL('..','..'))`:          {`column 10: t_during compares intervals only`},
		`T_AFTER(name, DATE('2026-01-01'))`:                  {`column 9: t_after compares times, and this is a text`},
		`T_AFTER(INTERVAL(lanes,'..'), valid_from)`:          {`column 18: an end of an interval is a time, and this is an integer`},
		`T_AFTER(INTERVAL(seen,valid_to), valid_from)`:       {`column 9: one end of the interval is a time, the other a date`},
		`A_EQUALS(name, ('x'))`:                              {`column 10: a_equals compares arrays, and this is a text`},
		`A_EQUALS(tags, (foo))`:                              {`column 17: layer things has no property "foo"`},
		`S_INTERSECTS(name, POINT(1 1))`:                     {`column 14: s_intersects compares geometries`},
		`S_INTERSECTS(geometry, POINT(90 180))`:              {`column 24: the geometry: the position 90 180 is outside`},
		`S_INTERSECTS(geometry, BBOX(0,10,1,5))`:             {`column 24: the box: its lower left corner`},
		`S_INTERSECTS(geometry, BBOX(0,0,1,91))`:             {`column 24: the box: the position 1 91 is outside`},
		`S_WITHIN(geometry, POLYGON((0 0,1 1,1 0,0 1,0 0)))`: {`column 20: the geometry: `},
		`S_DWITHIN(geometry, POINT(1 1), lanes)`:             {`column 33: the distance is a number of metres`},
		`S_DWITHIN(geometry, POINT(1 1), 100001)`:            {`column 33: the distance is from 0 to 100000 metres`},
		`S_DWITHIN(geometry, POINT(1 1))`:                    {`column 1: S_DWITHIN has 2 arguments`},
	} {
		e, err := expr.ParseText(text, expr.Limits{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		_, err = Compile(e, &def, Options{})
		if err == nil {
			t.Errorf("%s compiles", text)
			continue
		}
		lines := strings.Split(err.Error(), "\n")
		for i, line := range lines {
			if i >= len(want) || !strings.HasPrefix(line, want[i]) {
				t.Errorf("%s\nsays   %q\nwanted %q", text, lines, want)
				break
			}
		}
		var first *expr.Error
		if !errors.As(err, &first) || len(lines) != len(want) {
			t.Errorf("%s: %d mistakes, want %d", text, len(lines), len(want))
		}
	}
}

// TestMistakesInJSON are told with their pointers.
func TestMistakesInJSON(t *testing.T) {
	def := schema()
	e, err := expr.ParseJSON([]byte(`{"op":"and","args":[{"op":"in","args":[{"property":"lanes"},[1,"x"]]},
		{"op":"s_dwithin","args":[{"property":"geometry"},{"type":"Point","coordinates":[200,1]},5]}]}`), expr.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Compile(e, &def, Options{})
	want := `"/args/0/args/1/1": a text cannot be compared with an integer` + "\n" +
		`"/args/1/args/1": the geometry: the position 200 1 is outside of the coordinate reference system`
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant\n%s", err, want)
	}
}

// TestFilterCRS writes the same place in other systems.
func TestFilterCRS(t *testing.T) {
	l := build(t, schema(), things())
	transform, err := crs.NewTransform(5897, 4326)
	if err != nil {
		t.Fatal(err)
	}
	vn2000 := Options{Projected: true, ToLonLat: func(p orb.Point) orb.Point {
		at, err := transform.Point(p)
		if err != nil {
			return orb.Point{math.NaN(), math.NaN()}
		}
		return at
	}}
	latLon := Options{ToLonLat: func(p orb.Point) orb.Point { return orb.Point{p[1], p[0]} }}
	back, err := crs.NewTransform(4326, 5897)
	if err != nil {
		t.Fatal(err)
	}
	at, err := back.Point(orb.Point{105.75, 21})
	if err != nil {
		t.Fatal(err)
	}
	number := func(v float64) string { return city.Number(v).String() }
	around := func(by float64) string {
		return "BBOX(" + number(at[0]-by) + "," + number(at[1]-by) + "," + number(at[0]+by) + "," + number(at[1]+by) + ")"
	}
	for _, c := range []struct {
		text string
		o    Options
		want []int64
	}{
		{"S_INTERSECTS(geometry, " + around(10) + ")", vn2000, []int64{1, 3}},
		{"S_DWITHIN(geometry, POINT(" + number(at[0]) + " " + number(at[1]) + "), 1)", vn2000, []int64{1, 3}},
		{"S_INTERSECTS(geometry, POINT(21 105.75))", latLon, []int64{1, 3}},
		{"S_INTERSECTS(geometry, BBOX(20.9,105.75,21.05,105.76))", latLon, []int64{1, 3, 4}},
		{"S_INTERSECTS(geometry, BBOX(0,179,20,-179))", latLon, []int64{5}},
	} {
		if got := matching(t, l, compile(t, l, c.text, c.o)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.text, got, c.want)
		}
	}
	e, err := expr.ParseText("S_INTERSECTS(geometry, POINT(1e9 1e9))", expr.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Compile(e, l.Definition(), vn2000); err == nil {
		t.Error("a place outside of the zone compiles")
	}
}

// TestTagsOfAnotherDay matches with the properties that a feature has then.
func TestTagsOfAnotherDay(t *testing.T) {
	l := build(t, schema(), things())
	f := compile(t, l, "status = 'in_operation'", Options{})
	feature := l.Feature(1)
	if f.Match(l, feature, feature.Tags()) {
		t.Error("planned is in operation")
	}
	then := slices.Clone(feature.Tags())
	number, ok := l.Table().Status(city.InOperation)
	if !ok {
		t.Fatal("no status")
	}
	for i := range then {
		if then[i].Key == 1 {
			then[i].Value = number
		}
	}
	if !f.Match(l, feature, then) || f.Match(l, feature, []tiles.Tag{}) || f.Match(l, feature, feature.Tags()) {
		t.Error("the tags do not count")
	}
}

// TestAnotherVersion asks one filter about two layers whose dictionaries differ.
func TestAnotherVersion(t *testing.T) {
	all := things()
	a := build(t, schema(), all)
	slices.Reverse(all)
	b := build(t, schema(), all)
	f := compile(t, a, "status IN ('planned') AND lanes > 2", Options{})
	for range 2 {
		if got := matching(t, a, f); !slices.Equal(got, []int64{3}) {
			t.Errorf("first version: %v", got)
		}
		if got := matching(t, b, f); !slices.Equal(got, []int64{3}) {
			t.Errorf("second version: %v", got)
		}
	}
}

func TestProperties(t *testing.T) {
	l := build(t, schema(), things())
	for text, want := range map[string]string{
		`TRUE`: "", `id = 1 AND S_INTERSECTS(geometry, POINT(1 1))`: "",
		`lanes = 2 OR NOT (oneway <> (width > 2)) AND CASEI(name) LIKE 'x' AND A_EQUALS(tags, (status)) AND T_AFTER(INTERVAL(valid_from,'..'), seen)`: "name status lanes width oneway valid_from seen tags",
	} {
		if got := strings.Join(compile(t, l, text, Options{}).Properties(), " "); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestQueryables(t *testing.T) {
	def := schema()
	def.Properties = append(def.Properties, city.Property{Name: "id", Type: city.KindString}, city.Property{Name: "geometry", Type: city.KindString})
	var names []string
	for _, q := range Queryables(&def) {
		names = append(names, q.Name+" "+q.Type.String())
	}
	if got := strings.Join(names, ","); !strings.HasPrefix(got, "geometry null,name string,") || !strings.HasSuffix(got, ",id string") {
		t.Error(got)
	}
	plain := schema()
	if q := Queryables(&plain); q[0].Geometry != city.GeometryAny || q[1].Name != "id" || q[1].Type != city.KindInteger || len(q) != 13 {
		t.Error(q)
	}
}

// TestMatchDoesNotAllocate holds the path that every feature takes.
func TestMatchDoesNotAllocate(t *testing.T) {
	l := build(t, schema(), things())
	f := compile(t, l, `status IN ('planned','retired') AND CASEI(name) LIKE '%h%' AND lanes + width > 3 AND S_INTERSECTS(geometry, BBOX(105,20,106,22)) AND NOT S_DWITHIN(geometry, POINT(100 20), 10)`, Options{})
	all := func() {
		l.All(func(feature *snapshot.Feature) bool { f.Match(l, feature, feature.Tags()); return true })
	}
	all()
	if n := testing.AllocsPerRun(100, all); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
