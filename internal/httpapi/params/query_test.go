package params

import (
	"strings"
	"testing"
)

func TestQuery(t *testing.T) {
	var q Query
	q.Reset("a=1&b=x%20y+z&&c=&d=%e1%ba%bf&a=2&zz=3&%zz=1&n=99999999999999999999",
		Parameter{Name: "a"}, Parameter{Name: "b"}, Parameter{Name: "c"}, Parameter{Name: "d"},
		Parameter{Name: "n", Kind: Integer, High: 10}, Parameter{Name: "m", Required: true, Syntax: "m"})
	if v, _ := q.Get("b"); v != "x y z" {
		t.Errorf("b = %q", v)
	}
	if v, _ := q.Get("d"); v != "ế" {
		t.Errorf("d = %q", v)
	}
	q.Integer("n")
	var got []string
	for _, m := range q.Mistakes {
		got = append(got, m.Parameter+" "+m.Detail)
	}
	want := "c is empty|a is given more than once|zz is not known here|%zz cannot be decoded|m is missing|n is outside 0 to 10"
	if joined := strings.Join(got, "|"); joined != want {
		t.Errorf("mistakes\n%s, want\n%s", joined, want)
	}
	q.Reset(strings.Repeat("x=1&", 1000))
	if len(q.Mistakes) != Max {
		t.Errorf("%d mistakes of a thousand are named, want %d", len(q.Mistakes), Max)
	}
}
