package edit

import (
	"fmt"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// propPrecision is a property that the rules read beside city.Prop….
const propPrecision = "date_precision"

// judge holds what the change changed against the rules for every layer: keys
// are there and short, the status is one, dates are in order.
func (d *draft) judge(f *city.Feature) {
	d.key(f, d.layer.Key)
	if d.layer.Key != city.PropCode {
		d.key(f, city.PropCode)
	}
	if v := d.changed(f, city.PropStatus); v.Kind() == city.KindString {
		if _, err := city.ParseStatus(v.Text()); err != nil {
			d.fault(city.PropStatus, v, "one of planned, under_construction, in_operation, retired", "is no status")
		}
	}
	if v := d.changed(f, city.PropAccuracy); !v.IsNull() && v.Float() <= 0 {
		d.fault(city.PropAccuracy, v, "more than 0", "is not above 0")
	}
	if v := d.changed(f, propPrecision); v.Kind() == city.KindString {
		if t := v.Text(); t != "day" && t != "month" && t != "year" {
			d.fault(propPrecision, v, "one of day, month, year", "is no precision of a date")
		}
	}
	d.order(f, city.PropValidFrom, city.PropValidTo)
	d.order(f, city.PropStarted, city.PropCompletion)
	if status := d.value(f, city.PropStatus); status.Text() == string(city.InOperation) {
		d.orderOr(f, city.PropStarted, city.PropValidFrom, true)
	}
}

// key checks a property by which features are known.
func (d *draft) key(f *city.Feature, name string) {
	i := d.layer.PropertyIndex(name)
	if i < 0 || f.Value(i) == d.before(i) && d.was != nil {
		return
	}
	v := f.Value(i)
	switch {
	case v.IsNull() && name == city.PropCode && d.layer.Key == city.PropCode:
		if !d.spoken(name) {
			d.fault(name, v, "a code that no other feature of the layer has", "is missing; the features of this layer are known by it")
		}
	case v.Kind() == city.KindString && v.Text() == "":
		d.fault(name, v, "a key of at least one character, or null", "is empty")
	case len(v.Text()) > maxKey:
		d.mistakes.add(Mistake{
			Pointer: d.property(name), Value: v.Text(), Expected: fmt.Sprintf("at most %d bytes", maxKey), Limit: maxKey,
			Detail: fmt.Sprintf("is a key of %d bytes; the limit is %d", len(v.Text()), maxKey),
		})
	}
}

// order demands that the date of one property lies before that of another.
func (d *draft) order(f *city.Feature, earlier, later string) { d.orderOr(f, earlier, later, false) }

func (d *draft) orderOr(f *city.Feature, earlier, later string, orSame bool) {
	a, b := d.value(f, earlier), d.value(f, later)
	if a.Kind() != city.KindDate || b.Kind() != city.KindDate {
		return
	}
	if d.changed(f, earlier).IsNull() && d.changed(f, later).IsNull() {
		return // it was so before
	}
	if x, y := a.Time(), b.Time(); x.Before(y) || orSame && x.Equal(y) {
		return
	}
	relation := "after " + earlier
	if orSame {
		relation = "on or " + relation
	}
	d.fault(later, b, fmt.Sprintf("%s, which is %s", relation, a), fmt.Sprintf("is not %s %s", relation, a))
}

// value returns the named property of f, null when the layer has none.
func (d *draft) value(f *city.Feature, name string) city.Value {
	return f.Value(d.layer.PropertyIndex(name))
}

// changed returns the named property of f, null when it is as before.
func (d *draft) changed(f *city.Feature, name string) city.Value {
	i := d.layer.PropertyIndex(name)
	if v := f.Value(i); d.was == nil || v != d.was.Value(i) {
		return v
	}
	return city.Null
}

func (d *draft) property(name string) string { return pointer(d.at+"/properties", name) }

func (d *draft) fault(name string, v city.Value, expected, detail string) {
	d.bad(d.property(name), v.String(), expected, detail)
}

// spoken reports whether a mistake of the named property is noted already.
func (d *draft) spoken(name string) bool {
	at := d.property(name)
	for i := range d.mistakes.List {
		if d.mistakes.List[i].Pointer == at {
			return true
		}
	}
	return false
}
