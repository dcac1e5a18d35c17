package expr

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestExamples parses what the standard writes, compares its two encodings, and
// writes and parses each again.
func TestExamples(t *testing.T) {
	all := slices.Concat(clauseExamples(), fileExamples(), moreExamples(), testExamples())
	for _, x := range all {
		e, err := ParseText(x.text, Limits{})
		if err != nil {
			t.Errorf("%s\n%v", x.text, err)
			continue
		}
		again(t, e)
		if x.json == "" {
			continue
		}
		j, err := ParseJSON([]byte(x.json), Limits{})
		if err != nil {
			t.Errorf("%s\n%v", x.json, err)
			continue
		}
		again(t, j)
		if got, want := string(AppendJSON(nil, e)), string(AppendJSON(nil, j)); got != want {
			t.Errorf("%s\nis  %s\nnot %s", x.text, got, want)
		}
	}
}

// again writes e in both encodings and demands that it is read back the same.
func again(t *testing.T, e Expr) {
	t.Helper()
	text, json := Text(e), AppendJSON(nil, e)
	wide := Limits{Bytes: 64 << 20}
	fromText, err := ParseText(text, wide)
	if err != nil {
		t.Fatalf("%s is not read back from text\n%s\n%v", json, text, err)
	}
	if got := Text(fromText); got != text {
		t.Fatalf("text\n%s\nbecomes\n%s", text, got)
	}
	if got := AppendJSON(nil, fromText); string(got) != string(json) {
		t.Fatalf("text\n%s\nof\n%s\nbecomes\n%s", text, json, got)
	}
	fromJSON, err := ParseJSON(json, wide)
	if err != nil {
		t.Fatalf("%s is not read back from JSON\n%s\n%v", text, json, err)
	}
	if got := AppendJSON(nil, fromJSON); string(got) != string(json) {
		t.Fatalf("JSON\n%s\nbecomes\n%s", json, got)
	}
}

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		`a=1 or b=2 and not c=3`:                `a = 1 OR b = 2 AND NOT c = 3`,
		`(a=1 or b=2) and not (c=3)`:            `(a = 1 OR b = 2) AND NOT c = 3`,
		`(a=1 and b=2) and c=3`:                 `(a = 1 AND b = 2) AND c = 3`,
		`not a is null`:                         `a IS NOT NULL`,
		`not (a=1 and b=2)`:                     `NOT (a = 1 AND b = 2)`,
		`a - (b - c) - d > -1`:                  `a - (b - c) - d > -1`,
		`a = (b*c)/(d*e)`:                       `a = b * c / (d * e)`,
		`a = (2^3)^b`:                           `a = (2 ^ 3) ^ b`,
		`a = -b + .5E1 - 5.`:                    `a = -1 * b + 5.0 - 5.0`,
		`(a = 1) is null`:                       `(a = 1) IS NULL`,
		`"tên đường" = 'Phố Huế'`:               `"tên đường" = 'Phố Huế'`,
		`đường = 'it''s' and "not" = 'a\b\n\\'`: `đường = 'it''s' AND "not" = 'a\b\n\\'`,
		`s_dwithin(geometry,point(1 2),10)`:     `s_dwithin(geometry,POINT(1 2),10)`,
		`a in ((1+2)*3, 4)`:                     `a IN ((1 + 2) * 3,4)`,
		`a_equals(p,('a'))`:                     `A_EQUALS(p,('a'))`,
		`date = date('2026-01-02')`:             `"date" = DATE('2026-01-02')`,
	} {
		e, err := ParseText(text, Limits{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := Text(e); got != want {
			t.Errorf("%s\nis  %s\nnot %s", text, got, want)
		}
		again(t, e)
	}
}

// TestWrongText holds each mistake to its column.
func TestWrongText(t *testing.T) {
	for _, c := range []struct {
		text   string
		column int
		detail string
	}{
		{``, 1, "found the end"},
		{`a =`, 4, "found the end"},
		{`a = 1 AND`, 10, "found the end"},
		{`tên = 1 ; b`, 9, `';'`},
		{`a = 'x`, 5, "no closing quote"},
		{`"a = 1`, 1, "no closing quote"},
		{`"" = 1`, 1, "is empty"},
		{`a = 1 b`, 7, "AND, OR or the end"},
		{`(a = 1`, 7, `expected ")"`},
		{`a = (1, 2)`, 5, "array can only be"},
		{`a = ()`, 6, "array can only be"},
		{`a NOT = 1`, 7, "LIKE, IN or BETWEEN"},
		{`a IS 1`, 6, "NULL"},
		{`a BETWEEN 1 OR 2`, 13, "upper bound"},
		{`a IN ()`, 7, "a property, a value"},
		{`a = 1e999`, 5, "too large"},
		{`a = .`, 5, "no digits"},
		{`a = 2^3^4`, 8, "parentheses"},
		{`a = +b`, 6, "a number"},
		{`a = DATE('2026-13-01')`, 10, "a date such as"},
		{`a = TIMESTAMP('2026-01-01T00:00:00+07:00')`, 15, "a time in UTC"},
		{`T_AFTER(a, INTERVAL('x','..'))`, 21, "'..', a property"},
		{`T_AFTER(a, INTERVAL(5,'..'))`, 21, "an end of an interval"},
		{`T_AFTER(a)`, 1, "it takes 2"},
		{`S_INTERSECTS(geometry, POINT(1))`, 31, "a number"},
		{`S_INTERSECTS(geometry, POINT(1 2, 3 4))`, 24, "one position"},
		{`S_INTERSECTS(geometry, LINESTRING(1 2))`, 24, "fewer than two"},
		{`S_INTERSECTS(geometry, POLYGON((0 0, 1 0, 0 0)))`, 24, "fewer than four"},
		{`S_INTERSECTS(geometry, POLYGON((0 0, 1 0, 1 1, 0 1)))`, 24, "where it begins"},
		{`S_INTERSECTS(geometry, BBOX(1,2,3))`, 24, "four or six"},
		{`S_INTERSECTS(geometry, BBOX(1,2,3,4,5,6,7))`, 40, "four or six"},
		{`S_INTERSECTS(geometry, GEOMETRYCOLLECTION(a))`, 43, "a geometry"},
		{"a = 'x\xff'", 7, "UTF-8"},
	} {
		_, err := ParseText(c.text, Limits{})
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if e.Column != c.column || !strings.Contains(e.Detail, c.detail) {
			t.Errorf("%s: %v; want column %d, … %s …", c.text, err, c.column, c.detail)
		}
	}
}

// TestWrongJSON holds each mistake to its pointer.
func TestWrongJSON(t *testing.T) {
	for _, c := range []struct{ json, pointer, detail string }{
		{`{`, "", "not valid JSON"},
		{`"a"x`, "", "not valid JSON"},
		{`[1,2]`, "", "not a predicate"},
		{`null`, "", "null is no value"},
		{`{}`, "", "none of op"},
		{`{"op":1,"args":[]}`, "/op", "the name of an operator"},
		{`{"op":"="}`, "", "has no args"},
		{`{"op":"=","args":[1]}`, "/args", "it takes 2"},
		{`{"op":"and","args":[true]}`, "/args", "two or more"},
		{`{"op":"a b","args":[]}`, "/op", "no name of a function"},
		{`{"op":"not","args":[{"op":"=","args":[{"property":""},1]}]}`, "/args/0/args/0/property", "no name of a property"},
		{`{"op":"in","args":[1,[]]}`, "/args/1", "is empty"},
		{`{"op":"in","args":[1,2]}`, "/args/1", "a list"},
		{`{"op":"=","args":[{"date":"2026-1-1"},1]}`, "/args/0/date", "a date such as"},
		{`{"op":"t_after","args":[{"interval":["x",".."]},1]}`, "/args/0/interval/0", "an end of an interval"},
		{`{"op":"s_within","args":[1,{"type":"Point","coordinates":[1]}]}`, "/args/1/coordinates", "two or three"},
		{`{"op":"s_within","args":[1,{"type":"Circle"}]}`, "/args/1/type", "no type of a GeoJSON"},
		{`{"op":"s_within","args":[1,{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}]}`, "/args/1", "where it begins"},
		{`{"op":"s_within","args":[1,{"type":"GeometryCollection","geometries":[{"type":"Point"}]}]}`, "/args/1/geometries/0/coordinates", "missing"},
		{`{"op":"s_within","args":[1,{"bbox":[1,2]}]}`, "/args/1", "four or six"},
		{`{"op":"=","args":[1e999,1]}`, "/args/0", "too large"},
		{`{"op":"=","args":[[1],1]}`, "/args/0", "array can only be"},
	} {
		_, err := ParseJSON([]byte(c.json), Limits{})
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", c.json, err)
			continue
		}
		if e.Pointer != c.pointer || e.Column != 0 || !strings.Contains(e.Detail, c.detail) {
			t.Errorf("%s: %v; want %q, … %s …", c.json, err, c.pointer, c.detail)
		}
	}
}

// TestLimits passes each limit by one, and none.
func TestLimits(t *testing.T) {
	l := Limits{Bytes: 200, Depth: 5, Nodes: 12, Vertices: 4, List: 3}
	for _, c := range []struct {
		text  string
		limit int
	}{
		{`a IN (1,2,3)`, 0}, {`a IN (1,2,3,4)`, 3}, {`a=1 or a=2 or a=3 or a=4`, 3},
		{`f((((a))))`, 0}, {`f(((((a)))))`, 5}, {`a = 1+1+1`, 0}, {`a = 1+1+1+1+1`, 5}, {strings.Repeat("(", 20) + "a" + strings.Repeat(")", 20), 5},
		{`not not not not a`, 0}, {`not not not not not a`, 5},
		{`f(LINESTRING(0 0,1 1),LINESTRING(0 0,1 1))`, 0}, {`f(LINESTRING(0 0,1 1,2 2),LINESTRING(0 0,1 1))`, 4},
		{`a=1 or a=2 or a=3`, 0}, {`a=1 and b=1 and c=1 or a=2`, 12},
		{`a = '` + strings.Repeat("x", 194) + `'`, 0}, {`a = '` + strings.Repeat("x", 195) + `'`, 200},
	} {
		_, err := ParseText(c.text, l)
		var e *Error
		errors.As(err, &e)
		if got := limitOf(e); got != c.limit || c.limit == 0 && err != nil {
			t.Errorf("%s: %v, want limit %d", c.text, err, c.limit)
		}
	}
	for _, c := range []struct {
		json  string
		limit int
	}{
		{`{"op":"f","args":[[[[1]]]]}`, 0}, {`{"op":"f","args":[[[[[1]]]]]}`, 5}, {`{"op":"f","args":[1,2,3,4]}`, 3},
		{`{"op":"f","args":[{"type":"LineString","coordinates":[[0,0],[0,0],[0,0],[0,0],[0,0]]}]}`, 4},
		{`"` + strings.Repeat("x", 199) + `"`, 200},
	} {
		_, err := ParseJSON([]byte(c.json), l)
		var e *Error
		errors.As(err, &e)
		if got := limitOf(e); got != c.limit || c.limit == 0 && err != nil {
			t.Errorf("%s: %v, want limit %d", c.json, err, c.limit)
		}
	}
}

func limitOf(e *Error) int {
	if e == nil {
		return 0
	}
	return e.Limit
}

// FuzzText: no text makes the parser panic, and what it reads it reads back from
// both encodings.
func FuzzText(f *testing.F) {
	for _, x := range append(append(clauseExamples(), fileExamples()...), testExamples()...) {
		f.Add(x.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if e, err := ParseText(text, Limits{}); err == nil {
			again(t, e)
		} else if err.Error() == "" {
			t.Error("an error without a text")
		}
	})
}

// FuzzJSON is FuzzText for CQL2 JSON.
func FuzzJSON(f *testing.F) {
	for _, x := range append(clauseExamples(), fileExamples()...) {
		if x.json != "" {
			f.Add([]byte(x.json))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if e, err := ParseJSON(data, Limits{}); err == nil {
			again(t, e)
		} else if err.Error() == "" {
			t.Error("an error without a text")
		}
	})
}
