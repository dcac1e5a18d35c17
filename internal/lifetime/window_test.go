package lifetime

import (
	"errors"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

func TestParseDatetime(t *testing.T) {
	for text, want := range map[string]string{
		"2027-06-30":                          "2027-06-30",
		"2027-06-30T12:00:00Z":                "2027-06-30",
		"2027-06-30T16:59:59Z":                "2027-06-30", // one second before midnight in Hà Nội
		"2027-06-30T17:00:00Z":                "2027-07-01",
		"2027-06-30T23:59:59+07:00":           "2027-06-30",
		"2027-06-30t12:00:00.25z":             "2027-06-30",
		"2016-12-31T23:59:60Z":                "2017-01-01",
		"1972-06-30T16:59:60+00:00":           "1972-06-30",
		"2027-01-01/2027-06-30":               "2027-01-01/2027-06-30",
		"2027-01-01/2027-01-01":               "2027-01-01",
		"2027-01-01T00:00:00Z/2027-06-30":     "2027-01-01/2027-06-30",
		"../2027-06-30":                       "../2027-06-30",
		"/2027-06-30":                         "../2027-06-30",
		"2027-06-30/..":                       "2027-06-30/..",
		"2027-06-30/":                         "2027-06-30/..",
		"2027-06-30T17:00:00-00:00/..":        "2027-07-01/..",
		"0001-01-01/9999-12-31T23:59:59.999Z": "0001-01-01/10000-01-01",
		"2027-01-31/P1M":                      "2027-01-31/2027-03-03", // the 31st of February
		"2027-06-30T17:00:00Z/P2D":            "2027-07-01/2027-07-03",
		"2027-01-01/P1Y2M3W4D":                "2027-01-01/2028-03-26",
		"2027-01-01/P0D":                      "2027-01-01",
	} {
		w, err := ParseDatetime(text)
		if err != nil || w.String() != want {
			t.Errorf("%s is %s, %v, want %s", text, w, err, want)
		}
	}
	for _, text := range []string{
		"", "..", "/", "../..", "./.", "now", "2027", "2027-06", "2027-6-30", "2027-02-30", "2027-06-30 ", "20270630",
		"2027-06-30T12:00", "2027-06-30T12:00:00", "2027-06-30 12:00:00Z", "2027-06-30T25:00:00Z", "2027-06-30T12:00:00+7",
		"2027-06-30/2027-06-29", "2027-06-30T17:00:00Z/2027-06-30", "2027-01-01/2027-02-01/2027-03-01", "2027-01-01/now", "…/2027-01-01",
		"2027-06-30/P", "2027-06-30/PT1H", "2027-06-30/P1", "2027-06-30/PD", "2027-06-30/P1D1M", "2027-06-30/P1M1M", "2027-06-30/P-1D", "2027-06-30/P100000D",
		"P1D/2027-06-30", "../P1D", "P1D", "2027-06-30/p1d", "2027-06-30T12:00:61Z", "+2027-06-30", "12027-06-30",
	} {
		if w, err := ParseDatetime(text); !errors.Is(err, ErrDatetime) || w != (Window{}) && w.First != w.Last {
			t.Errorf("%q is %v, %v", text, w, err)
		}
	}
}

// FuzzParseDatetime: no panic; what is read is a Window, and its spelling reads
// as the same.
func FuzzParseDatetime(f *testing.F) {
	for _, seed := range []string{"2027-06-30", "2027-06-30T12:00:00.5+07:00", "../2027-06-30", "2027-06-30/..", "2016-12-31T23:59:60Z/2027-01-01", "/", "0000-01-01", "2027-06-30/P1Y2M3W4D"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := ParseDatetime(text)
		if err != nil {
			if !errors.Is(err, ErrDatetime) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if w.First > w.Last || w.First < Beginning || w.Last > End {
			t.Fatalf("%q is %v", text, w)
		}
		if ten := city.Day(2932896); w.Last > ten && w.Last != End || w.First > ten || w.First < -719528 && w.First != Beginning {
			return // a neighbour of the years that have four digits: Hà Nội is ahead
		}
		if again, err := ParseDatetime(w.String()); err != nil || again != w {
			t.Fatalf("%q is %v, spelt %s, which is %v, %v", text, w, w, again, err)
		}
	})
}
