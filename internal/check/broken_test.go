package check_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/check"
	"github.com/hanoitwin/hanoitwin/internal/city"
)

// decomposed is "Hòa Lạc" in normal form D, as some keyboards and file systems
// write it.
const decomposed = "Ho\u0300a La\u0323c"

func date(y int, m time.Month, d int) city.Value {
	return city.Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}

func row(c check.Check, s check.Severity, layer city.LayerID, feature, name, message string) check.Row {
	return check.Row{Check: c, Severity: s, Layer: layer, Feature: feature, Name: name, Message: message}
}

// square is a closed ring around Hồ Gươm.
func square(side float64) orb.Ring {
	x, y := 105.852, 21.028
	return orb.Ring{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}
}

// breakage damages the seed in one way and names exactly the rows that this
// adds to the report of the sound seed.
type breakage struct {
	name   string
	damage func(testing.TB, *store)
	want   []check.Row
}

func breakages() []breakage {
	return slices.Concat(brokenValues(), brokenShapes(), brokenNames(), brokenPlaces(), brokenRings())
}

func brokenValues() []breakage {
	return []breakage{
		{
			"layer without a valid definition",
			func(tb testing.TB, s *store) { s.layer(tb, "water").Key = "nothing" },
			[]check.Row{row(check.LayerDefined, check.Error, "water", "", "", `layer water: key "nothing" is no property: invalid layer definition`)},
		},
		{
			"well-known property of another type",
			func(tb testing.TB, s *store) {
				l := s.layer(tb, "water")
				l.Properties = slices.Clone(l.Properties)
				l.Properties[l.PropertyIndex("name_en")].Type = city.KindInteger
				s.set(tb, "water", "SH", "name_en", city.Null)
			},
			[]check.Row{
				row(check.LayerDefined, check.Error, "water", "", "", "property name_en is a string everywhere else, here a integer"),
				row(check.LayerDefined, check.Error, "water", "", "", "property name_en is a integer, the catalogue has a string"),
			},
		},
		{
			"geometry type and properties other than the catalogue's",
			func(tb testing.TB, s *store) {
				l := s.layer(tb, "water")
				l.Geometry = city.GeometryLineString
				l.Properties = slices.Clone(l.Properties)
				l.Properties[l.PropertyIndex("kind")].Name = "sort"
				l.Tiles.Attributes = nil
			},
			[]check.Row{
				row(check.LayerDefined, check.Warning, "water", "", "", "geometry is LineString, the catalogue has Geometry"),
				row(check.LayerDefined, check.Warning, "water", "", "", "property sort is not in the catalogue"),
				row(check.LayerDefined, check.Warning, "water", "", "", "property kind of the catalogue is missing"),
			},
		},
		{
			"value of another type",
			func(tb testing.TB, s *store) { s.set(tb, "roads", "QL5", "lanes", city.String("6")) },
			[]check.Row{row(check.PropertyTyped, check.Error, "roads", "QL5", "Quốc lộ 5", `lanes is "6", a string; the property is a integer`)},
		},
		{
			"accuracy of nothing",
			func(tb testing.TB, s *store) { s.set(tb, "water", "SH", "accuracy_m", city.Number(0)) },
			[]check.Row{row(check.PropertyTyped, check.Error, "water", "SH", "Sông Hồng", "accuracy_m is 0; it must be above 0")},
		},
		{
			"value beyond the properties",
			func(tb testing.TB, s *store) {
				f := s.find(tb, "water", "SH")
				f.Values = append(f.Values, city.Integer(1))
			},
			[]check.Row{row(check.PropertyTyped, check.Error, "water", "SH", "Sông Hồng", "29 values for 28 properties")},
		},
		{
			"code twice",
			func(tb testing.TB, s *store) { s.set(tb, "roads", "QL5", "code", city.String("QL6")) },
			[]check.Row{row(check.CodeUnique, check.Error, "roads", "QL6", "Quốc lộ 6", `code "QL6" of id 6 is also that of id 4`)},
		},
		{
			"id twice",
			func(tb testing.TB, s *store) { s.find(tb, "roads", "QL6").ID = 4 },
			[]check.Row{row(check.CodeUnique, check.Error, "roads", "QL6", "Quốc lộ 6", "id 4 occurs twice")},
		},
		{
			"no code",
			func(tb testing.TB, s *store) { s.set(tb, "roads", "QL5", "code", city.Null) },
			[]check.Row{row(check.CodeUnique, check.Error, "roads", "#4", "Quốc lộ 5", "no code")},
		},
		{
			"codes that look the same",
			func(tb testing.TB, s *store) { s.set(tb, "roads", "QL5", "code", city.String("ql1a–s")) },
			[]check.Row{row(check.CodeUnique, check.Warning, "roads", "ql1a–s", "Quốc lộ 5", `code "ql1a–s" is easily taken for "QL1A-S"`)},
		},
	}
}

func brokenShapes() []breakage {
	return []breakage{
		{
			"no geometry",
			func(tb testing.TB, s *store) { s.find(tb, "wards", "00004").Geometry = nil },
			[]check.Row{row(check.GeometryValid, check.Error, "wards", "00004", "Ba Đình", "no geometry")},
		},
		{
			"latitude and longitude swapped",
			func(tb testing.TB, s *store) { s.find(tb, "wards", "00004").Geometry = orb.Point{21.03, 105.84} },
			[]check.Row{row(check.GeometryValid, check.Error, "wards", "00004", "Ba Đình", "position 21.03, 105.84 is not a longitude and a latitude")},
		},
		{
			"coordinate that is no number",
			func(tb testing.TB, s *store) { s.find(tb, "wards", "00004").Geometry = orb.Point{math.NaN(), 21} },
			[]check.Row{row(check.GeometryValid, check.Error, "wards", "00004", "Ba Đình", "position NaN, 21 is not a longitude and a latitude")},
		},
		{
			"line of zero length",
			func(tb testing.TB, s *store) {
				s.find(tb, "metro_lines", "M2A").Geometry = orb.LineString{{105.8, 21}, {105.8, 21}}
			},
			[]check.Row{row(check.GeometryValid, check.Error, "metro_lines", "M2A", "Tuyến 2A Cát Linh – Hà Đông", "line of zero length")},
		},
		{
			"line of one position",
			func(tb testing.TB, s *store) { s.find(tb, "metro_lines", "M2A").Geometry = orb.LineString{{105.8, 21}} },
			[]check.Row{row(check.GeometryValid, check.Error, "metro_lines", "M2A", "Tuyến 2A Cát Linh – Hà Đông", "line of 1 positions")},
		},
		{
			"ring that is not closed",
			func(tb testing.TB, s *store) {
				s.find(tb, "high_tech_zones", "Z4").Geometry = orb.Polygon{square(0.01)[:4]}
			},
			[]check.Row{row(check.GeometryValid, check.Error, "high_tech_zones", "Z4", "Khu công nghệ thông tin tập trung Cầu Giấy", "ring is not closed")},
		},
		{
			"ring of three positions",
			func(tb testing.TB, s *store) {
				s.find(tb, "high_tech_zones", "Z4").Geometry = orb.Polygon{{{105.8, 21}, {105.9, 21}, {105.8, 21}}}
			},
			[]check.Row{row(check.GeometryValid, check.Error, "high_tech_zones", "Z4", "Khu công nghệ thông tin tập trung Cầu Giấy", "ring of 3 positions")},
		},
		{
			"empty polygon",
			func(tb testing.TB, s *store) { s.find(tb, "high_tech_zones", "Z4").Geometry = orb.Polygon{} },
			[]check.Row{row(check.GeometryValid, check.Error, "high_tech_zones", "Z4", "Khu công nghệ thông tin tập trung Cầu Giấy", "empty geometry")},
		},
		{
			"polygon that crosses itself",
			func(tb testing.TB, s *store) {
				r := square(0.01)
				r[1], r[2] = r[2], r[1]
				s.find(tb, "high_tech_zones", "Z4").Geometry = orb.Polygon{r}
			},
			[]check.Row{row(check.GeometryValid, check.Error, "high_tech_zones", "Z4", "Khu công nghệ thông tin tập trung Cầu Giấy", "validating ring at index 0: polygon ring not simple (at or near {105.852 21.028})")},
		},
		{
			"parts that overlap",
			func(tb testing.TB, s *store) {
				s.find(tb, "projects", "P2").Geometry = orb.MultiPolygon{{square(0.01)}, {square(0.02)}}
			},
			[]check.Row{row(check.GeometryValid, check.Error, "projects", "P2", "Khu đô thị thể thao Olympic", "validating multipolygon constraints: multipolygon child polygons touch at multiple points (at or near {105.852 21.028})")},
		},
		{
			"collections without end",
			func(tb testing.TB, s *store) {
				var g orb.Geometry = orb.Point{105.85, 21.03}
				for range 10 {
					g = orb.Collection{g}
				}
				s.find(tb, "projects", "P6").Geometry = g
			},
			[]check.Row{row(check.GeometryValid, check.Error, "projects", "P6", "Trung tâm Hội chợ Triển lãm Quốc gia", "collections nested more than 8 deep")},
		},
		{
			"point in a layer of lines",
			func(tb testing.TB, s *store) { s.find(tb, "metro_lines", "M2A").Geometry = orb.Point{105.85, 21.03} },
			[]check.Row{row(check.GeometryValid, check.Error, "metro_lines", "M2A", "Tuyến 2A Cát Linh – Hà Đông", "a Point in a layer of LineString")},
		},
	}
}

func brokenNames() []breakage {
	return []breakage{
		{
			"name in normal form D",
			func(tb testing.TB, s *store) { s.set(tb, "wards", "09988", "name", city.String(decomposed)) },
			[]check.Row{row(check.NameNFC, check.Error, "wards", "09988", decomposed, "name \""+decomposed+`" is not in normal form C; it should be "H\u00f2a L\u1ea1c"`)},
		},
		{
			"name that is not UTF-8",
			func(tb testing.TB, s *store) { s.set(tb, "wards", "09988", "name", city.String("H\xf2a L\xe1c")) },
			[]check.Row{row(check.NameNFC, check.Error, "wards", "09988", "H\xf2a L\xe1c", `name "H\xf2a L\xe1c" is not UTF-8`)},
		},
		{
			"name with space at its end",
			func(tb testing.TB, s *store) { s.set(tb, "wards", "00004", "name_en", city.String("Ba Dinh ")) },
			[]check.Row{row(check.NameNFC, check.Warning, "wards", "00004", "Ba Đình", `name_en "Ba Dinh " is empty or has space at an end or twice`)},
		},
		{
			"text with a control character",
			func(tb testing.TB, s *store) { s.set(tb, "wards", "00004", "source", city.String("a\x01")) },
			[]check.Row{row(check.NameNFC, check.Warning, "wards", "00004", "Ba Đình", `source "a\x01" has control characters`)},
		},
		{
			"status of no stage",
			func(tb testing.TB, s *store) { s.set(tb, "roads", "QL5", "status", city.String("open")) },
			[]check.Row{row(check.StatusKnown, check.Error, "roads", "QL5", "Quốc lộ 5", `status "open": not a status (planned, under_construction, in_operation, retired)`)},
		},
		{
			"no status",
			func(tb testing.TB, s *store) { s.set(tb, "roads", "QL5", "status", city.Null) },
			[]check.Row{row(check.StatusKnown, check.Warning, "roads", "QL5", "Quốc lộ 5", "no status")},
		},
		{
			"retired without an end",
			func(tb testing.TB, s *store) { s.set(tb, "high_tech_zones", "Z3", "valid_to", city.Null) },
			[]check.Row{row(check.StatusKnown, check.Warning, "high_tech_zones", "Z3", "Khu công nghệ cao sinh học Hà Nội", "retired without valid_to")},
		},
		{
			"in operation after its end",
			func(tb testing.TB, s *store) { s.set(tb, "roads", "VCC", "valid_to", date(2020, 5, 1)) },
			[]check.Row{row(check.StatusKnown, check.Warning, "roads", "VCC", "Đường Võ Chí Công", "in_operation, but valid_to 2020-05-01 has passed")},
		},
		{
			"in operation from tomorrow",
			func(tb testing.TB, s *store) { s.set(tb, "roads", "CT03", "valid_from", date(2026, 11, 24)) },
			[]check.Row{row(check.StatusKnown, check.Error, "roads", "CT03", "Đại lộ Thăng Long", "in operation, but valid_from 2026-11-24 lies ahead")},
		},
		{
			"overdue",
			func(tb testing.TB, s *store) { s.set(tb, "bridges", "C10", "planned_completion", date(2026, 6, 30)) },
			[]check.Row{row(check.StatusKnown, check.Warning, "bridges", "C10", "Cầu Tứ Liên", "under_construction, but planned_completion 2026-06-30 has passed")},
		},
		{
			"end before the beginning",
			func(tb testing.TB, s *store) { s.set(tb, "high_tech_zones", "Z3", "valid_to", date(2018, 5, 1)) },
			[]check.Row{row(check.DatesInOrder, check.Error, "high_tech_zones", "Z3", "Khu công nghệ cao sinh học Hà Nội", "valid_from 2018-05-01 is not before valid_to 2018-05-01")},
		},
		{
			"complete before the start",
			func(tb testing.TB, s *store) { s.set(tb, "bridges", "C10", "started", date(2028, 1, 1)) },
			[]check.Row{row(check.DatesInOrder, check.Error, "bridges", "C10", "Cầu Tứ Liên", "started 2028-01-01 is not before planned_completion 2027-01-01")},
		},
		{
			"open before the start",
			func(tb testing.TB, s *store) { s.set(tb, "ring_roads", "VD2-1", "started", date(2024, 1, 1)) },
			[]check.Row{row(check.DatesInOrder, check.Error, "ring_roads", "VD2-1", "Cầu Vĩnh Tuy – Minh Khai – Trường Chinh – Ngã Tư Sở", "in operation from 2023-01-11, but started 2024-01-01")},
		},
		{
			"precision of no unit",
			func(tb testing.TB, s *store) { s.set(tb, "roads", "CT03", "date_precision", city.String("week")) },
			[]check.Row{row(check.DatesInOrder, check.Error, "roads", "CT03", "Đại lộ Thăng Long", `date_precision "week" is none of day, month, year`)},
		},
		{
			"day given where only the year is known",
			func(tb testing.TB, s *store) { s.set(tb, "roads", "CT03", "date_precision", city.String("year")) },
			[]check.Row{row(check.DatesInOrder, check.Error, "roads", "CT03", "Đại lộ Thăng Long", "valid_from 2010-10-03 is not the first day of its year")},
		},
	}
}

func brokenPlaces() []breakage {
	return []breakage{
		{
			"the same twice",
			func(tb testing.TB, s *store) {
				s.set(tb, "wards", "00008", "name", city.String("Ba Đình"))
				s.find(tb, "wards", "00008").Geometry = s.find(tb, "wards", "00004").Geometry
			},
			[]check.Row{row(check.Duplicate, check.Warning, "wards", "00008", "Ba Đình", "same shape and name as 00004")},
		},
		{
			"outside the city",
			func(tb testing.TB, s *store) { s.find(tb, "wards", "00004").Geometry = orb.Point{106.68, 20.86} },
			[]check.Row{row(check.InsideCity, check.Warning, "wards", "00004", "Ba Đình", "outside the city by 71.7 km")},
		},
		{
			"outside the city without saying so",
			func(tb testing.TB, s *store) { s.set(tb, "ring_roads", "VD5-6", "provinces", city.String("Hà Nội")) },
			[]check.Row{row(check.InsideCity, check.Warning, "ring_roads", "VD5-6", "Thanh Miện – Chí Linh", "outside the city by 27.6 km")},
		},
		{
			"length that is not the shape's",
			func(tb testing.TB, s *store) { s.set(tb, "metro_lines", "M5", "length_km_measured", city.Number(39.6)) },
			[]check.Row{row(check.LengthMeasured, check.Warning, "metro_lines", "M5", "Tuyến 5 Văn Cao – Hòa Lạc", "length_km_measured is 39.6, the shape measures 37.47 km")},
		},
	}
}

func brokenRings() []breakage {
	return []breakage{
		{
			"official lengths that differ",
			func(tb testing.TB, s *store) {
				s.set(tb, "ring_roads", "VD3-2", "ring_length_km_official", city.Number(66))
			},
			[]check.Row{row(check.RingLength, check.Error, "ring_roads", "VD3", "Vành đai 3", "sections give different official lengths: [65 66] km")},
		},
		{
			"no official length",
			func(tb testing.TB, s *store) {
				for _, code := range []string{"VD1-1", "VD1-2", "VD1-3"} {
					s.set(tb, "ring_roads", code, "ring_length_km_official", city.Null)
				}
			},
			[]check.Row{row(check.RingLength, check.Warning, "ring_roads", "VD1", "Vành đai 1", "sections sum to 7.1 km, no official length is given")},
		},
		{
			"sections that do not meet",
			func(tb testing.TB, s *store) {
				line := slices.Clone(s.find(tb, "ring_roads", "VD4-2").Geometry.(orb.LineString))
				line[0][1] += 0.0001
				s.find(tb, "ring_roads", "VD4-2").Geometry = line
			},
			[]check.Row{row(check.RingJoined, check.Error, "ring_roads", "VD4-1", "Sóc Sơn – Mê Linh", "11.1 m open to VD4-2, and no gap_note says why")},
		},
		{
			"loop that does not close",
			func(tb testing.TB, s *store) {
				line := slices.Clone(s.find(tb, "ring_roads", "VD5-7").Geometry.(orb.LineString))
				line[len(line)-1][1] += 0.0001
				s.find(tb, "ring_roads", "VD5-7").Geometry = line
			},
			[]check.Row{row(check.RingJoined, check.Error, "ring_roads", "VD5-7", "Chí Linh – Hiệp Hòa – Phú Bình", "11.1 m open to VD5-1, and no gap_note says why")},
		},
		{
			"explanation of a gap that is not there",
			func(tb testing.TB, s *store) { s.set(tb, "ring_roads", "VD4-1", "gap_note_en", city.String("River.")) },
			[]check.Row{row(check.RingJoined, check.Warning, "ring_roads", "VD4-1", "Sóc Sơn – Mê Linh", "joined to VD4-2, but explains a gap: River.")},
		},
		{
			"section number left out",
			func(tb testing.TB, s *store) { s.set(tb, "ring_roads", "VD1-3", "section", city.Integer(4)) },
			[]check.Row{row(check.RingJoined, check.Error, "ring_roads", "VD1-3", "Hoàng Cầu – Voi Phục", "section number 4 where VD1 should have 3")},
		},
		{
			"off its ring",
			func(tb testing.TB, s *store) { s.set(tb, "intersections", "NG33", "ring", city.String("VD1")) },
			[]check.Row{row(check.OnRing, check.Error, "intersections", "NG33", "Nút giao Mai Dịch", "2845 m from VD1-3, allowed 145 m, and no ring_note says why")},
		},
		{
			"ring that does not exist",
			func(tb testing.TB, s *store) { s.set(tb, "intersections", "NG33", "ring", city.String("VĐ3")) },
			[]check.Row{row(check.OnRing, check.Error, "intersections", "NG33", "Nút giao Mai Dịch", `ring "VĐ3" is none of VD1, VD2, VD2.5, VD3, VD3.5, VD4, VD5`)},
		},
		{
			"marked doubtful",
			func(tb testing.TB, s *store) { s.set(tb, "roads", "QL5", "doubtful", city.Boolean(true)) },
			[]check.Row{row(check.NeedsVerifying, check.Info, "roads", "QL5", "Quốc lộ 5", "marked doubtful")},
		},
	}
}

// TestEveryCheckCanFail damages the seed and expects exactly the rows named,
// beyond those that the sound seed has anyway.
func TestEveryCheckCanFail(t *testing.T) {
	whole := seedStore(t)
	sound := map[check.Row]bool{}
	for _, r := range run(t, whole).Rows {
		sound[r] = true
	}
	failed := map[check.Check]bool{}
	for _, b := range breakages() {
		t.Run(b.name, func(t *testing.T) {
			s := whole.clone()
			b.damage(t, s)
			var got []check.Row
			for _, r := range run(t, s).Rows {
				if !sound[r] {
					got = append(got, r)
					failed[r.Check] = true
				}
			}
			if !slices.Equal(got, b.want) {
				t.Errorf("new rows:\n%+v\nwant:\n%+v", got, b.want)
			}
		})
	}
	for _, c := range check.Checks() {
		if !failed[c] {
			t.Errorf("no breakage makes %s fail", c)
		}
	}
}
