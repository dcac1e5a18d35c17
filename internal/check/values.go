package check

import (
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// types holds each value against the type of its property.
func (in *inspector) types(f *city.Feature) {
	props := in.layer.Properties
	if len(f.Values) > len(props) {
		in.report(PropertyTyped, Error, f, "%d values for %d properties", len(f.Values), len(props))
	}
	for i, v := range f.Values[:min(len(f.Values), len(props))] {
		if !v.IsNull() && v.Kind() != props[i].Type {
			in.report(PropertyTyped, Error, f, "%s is %q, a %s; the property is a %s", props[i].Name, v.String(), v.Kind(), props[i].Type)
		}
	}
	if a := in.cols.value(f, city.PropAccuracy); !a.IsNull() && a.Float() <= 0 {
		in.report(PropertyTyped, Error, f, "accuracy_m is %s; it must be above 0", a)
	}
}

// text checks that all text is UTF-8 in normal form C, so that a search for
// "Hòa Lạc" finds every "Hòa Lạc".
func (in *inspector) text(f *city.Feature) {
	for i, v := range f.Values[:min(len(f.Values), len(in.layer.Properties))] {
		if k := v.Kind(); k != city.KindString && k != city.KindJSON {
			continue
		}
		name := in.layer.Properties[i].Name
		switch s := v.Text(); {
		case !utf8.ValidString(s):
			in.report(NameNFC, Error, f, "%s %q is not UTF-8", name, s)
		case !norm.NFC.IsNormalString(s):
			in.report(NameNFC, Error, f, "%s %q is not in normal form C; it should be %+q", name, s, norm.NFC.String(s))
		case hasControl(s):
			in.report(NameNFC, Warning, f, "%s %q has control characters", name, s)
		case (name == city.PropName || name == city.PropNameEN) && untidy(s):
			in.report(NameNFC, Warning, f, "%s %q is empty or has space at an end or twice", name, s)
		}
	}
}

func hasControl(s string) bool {
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return true
		}
	}
	return false
}

func untidy(s string) bool {
	wasSpace := true
	for _, r := range s {
		space := unicode.IsSpace(r)
		if space && wasSpace {
			return true
		}
		wasSpace = space
	}
	return wasSpace
}

// status checks the stage of life, and that it fits the dates.
func (in *inspector) status(f *city.Feature) {
	if !in.cols.has(city.PropStatus) {
		return
	}
	v := in.cols.value(f, city.PropStatus)
	if v.IsNull() {
		in.report(StatusKnown, Warning, f, "no status")
		return
	}
	status, err := city.ParseStatus(v.String())
	if err != nil {
		in.report(StatusKnown, Error, f, "%v", err)
		return
	}
	from, to := in.cols.date(f, city.PropValidFrom), in.cols.date(f, city.PropValidTo)
	done := in.cols.date(f, city.PropCompletion)
	switch {
	case status == city.Retired && to.IsZero():
		in.report(StatusKnown, Warning, f, "retired without valid_to")
	case status != city.Retired && !to.IsZero() && !to.After(in.opts.Today):
		in.report(StatusKnown, Warning, f, "%s, but valid_to %s has passed", status, day(to))
	case status == city.InOperation && from.After(in.opts.Today):
		in.report(StatusKnown, Error, f, "in operation, but valid_from %s lies ahead", day(from))
	case (status == city.Planned || status == city.UnderConstruction) && !done.IsZero() && done.Before(in.opts.Today):
		in.report(StatusKnown, Warning, f, "%s, but planned_completion %s has passed", status, day(done))
	}
}

// dates checks that what comes first has the earlier date, and that a date
// known to the month or year is the first day of it.
func (in *inspector) dates(f *city.Feature) {
	from, to := in.cols.date(f, city.PropValidFrom), in.cols.date(f, city.PropValidTo)
	started, done := in.cols.date(f, city.PropStarted), in.cols.date(f, city.PropCompletion)
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		in.report(DatesInOrder, Error, f, "valid_from %s is not before valid_to %s", day(from), day(to))
	}
	if !started.IsZero() && !done.IsZero() && !started.Before(done) {
		in.report(DatesInOrder, Error, f, "started %s is not before planned_completion %s", day(started), day(done))
	}
	if in.cols.text(f, city.PropStatus) == string(city.InOperation) && started.After(from) && !from.IsZero() {
		in.report(DatesInOrder, Error, f, "in operation from %s, but started %s", day(from), day(started))
	}
	switch precision := in.cols.text(f, propPrecision); {
	case precision == "" || precision == "day":
	case precision != "month" && precision != "year":
		in.report(DatesInOrder, Error, f, "date_precision %q is none of day, month, year", precision)
	case from.Day() != 1 || (precision == "year" && from.Month() != time.January):
		in.report(DatesInOrder, Error, f, "valid_from %s is not the first day of its %s", day(from), precision)
	}
}

func day(t time.Time) string { return t.Format(time.DateOnly) }
