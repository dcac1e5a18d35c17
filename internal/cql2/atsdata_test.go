package cql2

import (
	"fmt"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// The abstract test suite of CQL2 (21-065r2, annex A) gives its expected counts for
// a dataset, three layers of Natural Earth with columns added. Without those columns
// TestNaturalEarth has two of them. These layers are made for the same counts: what the tables of the annex say of
// the places determines them up to their names, and the countries and rivers are
// drawn so that every predicate finds as many.

// atsLayers returns the three layers by the names that the annex gives them.
func atsLayers(t *testing.T) map[string]*snapshot.Layer {
	t.Helper()
	only := []city.Property{{Name: "NAME", Type: city.KindString}, {Name: "POP_EST", Type: city.KindInteger}}
	def := func(id city.LayerID, g city.GeometryType, properties []city.Property) city.Layer {
		return city.Layer{ID: id, Geometry: g, Title: string(id), TitleEN: string(id), Properties: properties}
	}
	return map[string]*snapshot.Layer{
		"places": build(t, def("places", city.GeometryPoint, []city.Property{
			{Name: "name", Type: city.KindString}, {Name: "nameascii", Type: city.KindString},
			{Name: "pop_other", Type: city.KindInteger}, {Name: "pop_min", Type: city.KindInteger}, {Name: "pop_max", Type: city.KindInteger},
			{Name: "date", Type: city.KindDate}, {Name: "start", Type: city.KindInstant}, {Name: "end", Type: city.KindInstant}, {Name: "boolean", Type: city.KindBoolean},
		}), atsPlaces()),
		"countries": build(t, def("countries", city.GeometryPolygon, only), atsCountries()),
		"rivers":    build(t, def("rivers", city.GeometryLineString, only[:1]), atsRivers()),
	}
}

// atsPlaces are 243 places. Three have dates: København, the only one of its name
// and of its 1,038,288 people, and two whose names come before it. Of the others,
// the tables of combinations leave one possibility: 42 and 62 names before it with
// fewer and more people, 77 and 59 after it.
func atsPlaces() []thing {
	const copenhagen = 1_038_288
	less, more := 0, 0
	fewer := func() int { less++; return 1000 * less } // all below a million
	greater := func() int {
		switch more++; {
		case more == 1:
			return 1_611_692
		case more == 2:
			return 3_013_258
		case more <= 75: // 74 up to three million, with the first
			return 1_100_000 + 1000*more
		}
		return 4_000_000 + 1000*more
	}
	all := []thing{
		{values: []any{"København", "Kobenhavn", copenhagen, 0, 0, "2021-04-16", "2021-04-16T10:15:59Z", "2022-04-16T10:16:06Z", true}},
		{values: []any{"Kiev", "Kiev", greater(), 0, 0, "2022-04-16", "2022-04-16T10:13:19Z", "2023-04-16T10:16:06Z", true}},
		{values: []any{"Berlin", "Berlin", fewer(), 0, 0, "2023-04-16", "2022-04-16T10:15:10Z", "2022-04-16T10:16:06Z", false}},
	}
	known := []string{"Athens", "Bern", "Bir Lehlou", "Kolkata"}
	add := func(n int, before bool, people func() int) {
		for range n {
			name := fmt.Sprintf("A%03d", len(all))
			switch {
			case before && len(known) > 0:
				name, known = known[0], known[1:]
			case !before:
				name = fmt.Sprintf("L%03d", len(all))
			}
			all = append(all, thing{values: []any{name, name, people(), 0, 0, nil, nil, nil, nil}})
		}
	}
	add(42, true, fewer)
	add(62, true, greater)
	add(77, false, fewer)
	add(59, false, greater)
	for i := range all {
		v := all[i].values
		if i >= 120 && i < 132 { // 13 names have letters that ASCII lacks, with København
			v[0], v[1] = fmt.Sprintf("Zürich %d", i), fmt.Sprintf("Zurich %d", i)
		}
		people := v[2].(int)
		switch { // 27 have one figure, and 94 have theirs between two
		case i < 27:
			v[3], v[4] = people, people
		case i < 94:
			v[3], v[4] = people-1, people+1
		default:
			v[3], v[4] = people+1, people+2
		}
		switch {
		case i == 0:
			all[i].geometry = orb.Point{12.56, 55.68}
		case i == 1:
			all[i].geometry = orb.Point{6.1300028, 49.6116604} // Luxembourg's, in the annex
		case i < 8:
			all[i].geometry = orb.Point{float64(i), 45}
		case i < 82:
			all[i].geometry = orb.Point{-float64(i), 20}
		default:
			all[i].geometry = orb.Point{30 + float64(i)/2, -20}
		}
	}
	return all
}

// The corners that Luxembourg shares with its neighbours: three meet at tri.
var (
	tri, east, south = orb.Point{6.043073357781111, 50.128051662794235}, orb.Point{6.242751092156993, 49.90222565367873}, orb.Point{6.186320428094177, 49.463802802114515}
	foot, west, edge = orb.Point{5.897759230176348, 49.44266714130711}, orb.Point{5.674051954784829, 49.529483547557504}, orb.Point{5.782417433300907, 50.09032786722122}
)

func box(w, s, e, n float64) orb.Polygon {
	return orb.Polygon{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}
}

// atsCountries are 177 countries:
//
//	       -90        0   10        50      150
//	 50 ┌─ CA ─┬──────┬─ 8 in Europe ─┬── 8 ─┐
//	 45 │  US  │ 1    │  FR IT        │ 10   │   the ninth and tenth of the Pacific
//	    │  3   │ 32   ├─9─┐           │      │   lie at -175 and -160
//	  0 │      │      │   │    98     │      │
//	-45 │ hole │ 2    │               │      │
//	    └─ 1 ──┴──────┴───────────────┴──────┘
func atsCountries() []thing {
	shapes := []orb.Polygon{
		{{tri, edge, west, foot, south, east, tri}},                                                                   // Luxembourg
		{{tri, east, south, {8, 48.9}, {14, 48.5}, {14, 54}, {6.5, 53.5}, tri}},                                       // Germany
		{{tri, {6, 51}, {3, 51}, {3, 50}, {4.8, 49.8}, west, edge, tri}},                                              // Belgium
		{{south, foot, west, {4.8, 49.8}, {3, 50}, {-1, 49}, {-1.5, 43.4}, {3, 42.5}, {7.5, 43.8}, {8, 48.9}, south}}, // France
		box(-9, 36, 3, 43), box(7.6, 44, 13, 45.9), box(6.5, 46, 9.5, 47.6), box(9.6, 46.5, 17, 48.3), // Spain, Italy, Switzerland, Austria
		box(-140, 49, -55, 70), box(-125, 30, -67, 49), box(-75, 44, -65, 46), // the north of America
		box(-70, -50, -66, -40), box(-64, -50, -60, -40), // its south
		box(-175, 0, -174, 1), box(-160, 0, -159, 1),
		box(-110, 20, -108, 22), box(-106, 20, -104, 22), box(-102, 20, -100, 22),
		box(-110, -80, -100, -70), box(-115, -49, -105, -46), // the last in a hole
	}
	add := func(n int, at func(i float64) orb.Polygon) {
		for i := range n {
			shapes = append(shapes, at(float64(i)))
		}
	}
	add(32, func(i float64) orb.Polygon { return box(-50+i, 10, -49.5+i, 11) })
	add(7, func(i float64) orb.Polygon { return box(-3, i, 3, i+0.5) })
	add(2, func(i float64) orb.Polygon { return box(-3, 20+i, 3, 20.5+i) })
	add(8, func(i float64) orb.Polygon { return box(155+i, -5, 155.5+i, 5) })
	add(10, func(i float64) orb.Polygon { return box(50+i, 44, 50.5+i, 46) })
	add(98, func(i float64) orb.Polygon { return box(30+i, 10, 30.5+i, 11) })
	var all []thing
	for i, s := range shapes { // 93 names come before Luxembourg; 138 have fewer people than one
		name, people := fmt.Sprintf("A%03d", i), 1000*(i+1)
		switch {
		case i == 0:
			name = "Luxembourg"
		case i > 93:
			name = fmt.Sprintf("M%03d", i)
		}
		switch {
		case i == 138:
			people = 37_589_262
		case i > 138:
			people = 40_000_000 + i
		}
		all = append(all, thing{s, []any{name, people}})
	}
	return all
}

// atsRivers are 13 rivers: four in the west, of which two cross 60° W, and one that
// leaves the box of western Europe.
func atsRivers() []thing {
	all := []thing{
		{orb.LineString{{-65, 0}, {-50, -3}}, []any{"a"}}, {orb.LineString{{-68, 10}, {-55, 8}}, []any{"b"}},
		{orb.LineString{{-95, 45}, {-90, 30}}, []any{"c"}}, {orb.LineString{{-150, 65}, {-140, 66}}, []any{"d"}},
		{orb.LineString{{5, 45}, {12, 45.5}}, []any{"e"}},
	}
	for i := range 8 {
		all = append(all, thing{orb.LineString{{60 + float64(i), 50}, {60 + float64(i), 60}}, []any{nil}})
	}
	return all
}
