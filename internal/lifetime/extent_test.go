package lifetime

import (
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
)

func TestExtent(t *testing.T) {
	feature := func(from, to city.Value) city.Feature {
		values := make([]city.Value, 8)
		values[7], values[4] = from, to
		return city.Feature{Geometry: orb.Point{105, 21}, Values: values}
	}
	built := feature(dateValue(9), city.Null)
	built.Values[2], built.Values[5] = city.String(string(city.UnderConstruction)), city.Instant(time.Unix(2*86400, 0))
	day := func(d city.Day) *city.Day { return &d }
	for name, c := range map[string]struct {
		features []city.Feature
		from, to *city.Day
		dated    bool
	}{
		"none":     {nil, nil, nil, false},
		"closed":   {[]city.Feature{feature(dateValue(3), dateValue(8)), feature(dateValue(-5), dateValue(4))}, day(-5), day(8), true},
		"open end": {[]city.Feature{feature(dateValue(3), dateValue(8)), feature(dateValue(5), city.Null)}, day(3), nil, true},
		"open":     {[]city.Feature{feature(city.Null, dateValue(8)), feature(dateValue(5), city.Null)}, nil, nil, true},
		"built":    {[]city.Feature{built, feature(dateValue(4), dateValue(8))}, day(2), nil, true},
		"no start": {[]city.Feature{feature(city.Null, dateValue(8)), feature(dateValue(5), dateValue(9))}, nil, day(9), true},
	} {
		for i := range c.features {
			c.features[i].ID = int64(i + 1)
		}
		from, to, dated := Extent(snapshottest.Layer(t, lived(), c.features))
		if dated != c.dated || (from == nil) != (c.from == nil) || from != nil && *from != *c.from || (to == nil) != (c.to == nil) || to != nil && *to != *c.to {
			t.Errorf("%s: %v to %v, %v; want %v to %v, %v", name, from, to, dated, c.from, c.to, c.dated)
		}
	}
	plain := city.Layer{ID: "plain", Geometry: city.GeometryPoint}
	if _, _, dated := Extent(snapshottest.Layer(t, plain, []city.Feature{{ID: 1, Geometry: orb.Point{1, 2}}})); dated {
		t.Error("a layer without dates has an extent in time")
	}
}
