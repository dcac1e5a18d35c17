package lifetime

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// definition is the table of the package's documentation, read out loud: no
// marks, no order of comparisons, one day at a time.
func definition(status city.Status, d Dates, day city.Day) (city.Status, bool) {
	known := slices.Contains(city.Statuses(), status)
	if d.To != nil && day >= *d.To {
		return "", false
	}
	from := d.From
	if from == nil && status == city.UnderConstruction {
		from = d.Started
	}
	if from != nil && day < *from { // the left column
		if known && d.Started != nil && *d.Started < *from && *d.Started <= day {
			return city.UnderConstruction, true
		}
		return "", false
	}
	lies := func(mark *city.Day) bool { return mark != nil && (from == nil || *mark >= *from) }
	overtaken := d.Completion != nil && from != nil && *d.Completion <= *from
	finished := d.Completion != nil && !overtaken && *d.Completion <= day
	begun := lies(d.Started) && *d.Started <= day
	switch {
	case status == city.Planned && finished, status == city.UnderConstruction && finished:
		return city.InOperation, true
	case status == city.Planned && begun:
		return city.UnderConstruction, true
	}
	return status, true
}

// some calls fn with every choice of a date from 1 to 5, or none.
func some(fn func(*city.Day)) {
	fn(nil)
	for d := city.Day(1); d <= 5; d++ {
		fn(&d)
	}
}

// TestDefinition holds every life of at most five different days against the
// definition, on every day and on every run of days.
func TestDefinition(t *testing.T) {
	const first, last = 0, 6 // a day beyond all dates on each side
	cases := 0
	for _, status := range append(city.Statuses(), "", "open") {
		some(func(from *city.Day) {
			some(func(to *city.Day) {
				some(func(started *city.Day) {
					some(func(completion *city.Day) {
						d := Dates{From: from, To: to, Started: started, Completion: completion}
						holdLife(t, status, d, first, last)
						cases++
					})
				})
			})
		})
	}
	if cases != 6*6*6*6*6 {
		t.Errorf("%d cases", cases)
	}
}

func holdLife(t *testing.T, status city.Status, d Dates, first, last city.Day) {
	t.Helper()
	for a := first; a <= last; a++ {
		want, there := city.Status(""), false
		for b := a; b <= last; b++ {
			if s, is := definition(status, d, b); is {
				want, there = s, true
			}
			windows := []Window{{a, b}}
			if a == first {
				windows = append(windows, Window{Beginning, b})
			}
			if b == last {
				windows = append(windows, Window{a, End})
			}
			for _, w := range windows {
				if got, is := Status(status, d, w); is != there || is && got != want {
					t.Fatalf("%s of %s %s is %q %t, want %q %t", w, status, written(d), got, is, want, there)
				}
			}
		}
	}
}

func written(d Dates) string {
	text := ""
	for name, day := range map[string]*city.Day{"from": d.From, "to": d.To, "started": d.Started, "completion": d.Completion} {
		if day != nil {
			text += fmt.Sprintf(" %s=%d", name, *day)
		}
	}
	return text
}

// TestExamples are lives that the seed data has, and what is said of them.
func TestExamples(t *testing.T) {
	date := func(text string) *city.Day {
		d, err := city.ParseDay(text)
		if err != nil {
			t.Fatal(err)
		}
		return &d
	}
	bridge := Dates{From: date("2025-10-10"), Started: date("2025-10-10"), Completion: date("2027-01-01")}
	metro := Dates{From: date("2024-08-08"), Started: date("2010-01-01"), Completion: date("2027-12-01")}
	park := Dates{From: date("2018-05-01"), To: date("2026-01-16")}
	for _, c := range []struct {
		name   string
		status city.Status
		dates  Dates
		window string
		want   city.Status // empty: not there
	}{
		{"a bridge before its works", city.UnderConstruction, bridge, "2025-10-09", ""},
		{"a bridge on the day of groundbreaking", city.UnderConstruction, bridge, "2025-10-10", city.UnderConstruction},
		{"a bridge on the eve of its opening", city.UnderConstruction, bridge, "2026-12-31", city.UnderConstruction},
		{"a bridge as planned", city.UnderConstruction, bridge, "2027-01-01", city.InOperation},
		{"a bridge until it opens", city.UnderConstruction, bridge, "2026-01-01/2027-06-30", city.InOperation},
		{"a metro before its works", city.InOperation, metro, "2009-12-31", ""},
		{"a metro while it was built", city.InOperation, metro, "2015-06-01", city.UnderConstruction},
		{"a metro of which a part is to come", city.InOperation, metro, "2030-01-01", city.InOperation},
		{"a zone before its last plan", city.Retired, park, "2018-04-30", ""},
		{"a zone on its last day", city.Retired, park, "2026-01-15", city.Retired},
		{"a zone that is no more", city.Retired, park, "2026-01-16", ""},
		{"a zone that was there in those years", city.Retired, park, "2020-01-01/..", city.Retired},
		{"a zone that was not there in those", city.Retired, park, "2026-01-16/..", ""},
		{"a zone before it was there", city.Retired, park, "../2018-04-30", ""},
		{"a street without dates", city.InOperation, Dates{}, "1900-01-01", city.InOperation},
		{"a junction that is rebuilt", city.InOperation, Dates{Started: date("2025-10-04")}, "2026-01-01", city.InOperation},
		{"a plan", city.Planned, Dates{Completion: date("2030-01-01")}, "2029-12-31", city.Planned},
		{"a plan come true", city.Planned, Dates{Completion: date("2030-01-01")}, "2030-01-01", city.InOperation},
	} {
		w, err := ParseDatetime(c.window)
		if err != nil {
			t.Fatal(err)
		}
		got, there := Status(c.status, c.dates, w)
		if !there {
			got = ""
		}
		if got != c.want {
			t.Errorf("%s: %s shows %q, want %q", c.name, c.window, got, c.want)
		}
	}
}
