package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilecache"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
)

// bridgesLayer has lives. Tiles carry the status and some of the dates.
func bridgesLayer() city.Layer {
	dates := func(name string) city.Property { return city.Property{Name: name, Type: city.KindDate} }
	return city.Layer{
		ID: "bridges", Title: "Cầu", TitleEN: "Bridges", Geometry: city.GeometryAny, Key: "code",
		Properties: append(stringProperties("code", "name", "status"),
			dates("valid_from"), dates("valid_to"), dates("started"), dates("planned_completion")),
		Tiles: city.TileRules{Attributes: []string{"code", "name", "status", "planned_completion"}},
	}
}

// date reads an ISO date; nothing for "".
func date(text string) city.Value {
	v, err := city.ParseValue(city.KindDate, text)
	if err != nil {
		panic(err)
	}
	return v
}

// bridge makes one with the dates valid_from, valid_to, started, planned_completion.
func bridge(id int64, code, name, status string, lon float64, dates ...string) city.Feature {
	f := city.Feature{ID: id, Geometry: orb.LineString{{lon, 21.04}, {lon + 0.01, 21.06}}, Values: []city.Value{text(code), text(name), text(status)}}
	for _, d := range dates {
		f.Values = append(f.Values, date(d))
	}
	return f
}

// bridges are one of each kind of life.
func bridges() []city.Feature {
	return []city.Feature{
		bridge(1, "LB", "Cầu Long Biên", "in_operation", 105.85),
		bridge(2, "NT", "Cầu Nhật Tân", "in_operation", 105.82, "2015-01-04", "", "2009-03-07", ""),
		bridge(3, "TL", "Cầu Tứ Liên", "under_construction", 105.84, "2025-05-19", "", "2025-05-19", "2027-05-19"),
		bridge(4, "VT", "Cầu Vân Phúc", "planned", 105.86, "", "", "2026-06-01", "2029-12-31"),
		bridge(5, "CT", "Cầu tạm", "retired", 105.87, "2019-01-01", "2024-07-01"),
	}
}

// lived is a city with lives in one layer and none in another.
func lived(tb testing.TB, version city.Version) *snapshot.Snapshot {
	return snapshottest.Build(tb, version, []city.Layer{bridgesLayer(), placesLayer()}, map[city.LayerID][]city.Feature{
		"bridges": bridges(),
		"places": {
			{ID: 1, Geometry: orb.Point{105.8524, 21.0388}, Values: []city.Value{text("HK"), text("Hồ Hoàn Kiếm"), text("in_operation")}},
		},
	})
}

func newLived(tb testing.TB, config Config) *tested {
	return newTestedOver(tb, config, lived(tb, 42))
}

func TestDatetimeGolden(t *testing.T) {
	for _, c := range []struct{ name, target string }{
		{"datetime_items", "/collections/bridges/items?datetime=2027-06-30"},
		{"datetime_items_page", "/collections/bridges/items?datetime=2012-01-01/2020-01-01&limit=1&offset=1"},
		{"datetime_items_bbox", "/collections/bridges/items?datetime=2010-01-01&bbox=105.8,21,105.845,21.1&version=42"},
		{"datetime_items_timeless", "/collections/places/items?datetime=1900-01-01"},
		{"datetime_item", "/collections/bridges/items/TL?datetime=2028-01-01"},
		{"datetime_item_absent", "/collections/bridges/items/TL?datetime=2020-01-01"},
		{"datetime_nearby", "/nearby?lon=105.85&lat=21.05&k=3&status=in_operation&datetime=2027-06-30T00:00:00Z"},
		{"datetime_nearby_item", "/collections/bridges/items/CT/nearby?k=2&datetime=2027-06-30"},
		{"datetime_tilejson", "/tiles/bridges.json?datetime=2027-06-30T00:00:00%2B07:00"},
		{"datetime_mistakes", "/collections/bridges/items?datetime=2027&limit=0&version=41"},
		{"datetime_mistakes_version", "/collections/bridges/items?datetime=2027-02-30&limit=0&version=x"},
		{"datetime_mistakes_twice", "/tiles/bridges/1/9/0.mvt?datetime=2027-01-01&datetime=2027-01-02"},
		{"datetime_elsewhere", "/collections/bridges?datetime=2027-06-30"},
	} {
		t.Run(c.name, func(t *testing.T) { holdGolden(t, newLived(t, Config{}), c.name, "GET", c.target, nil) })
	}
}

// bridgeTile holds all bridges at a zoom.
const bridgeTile = "/tiles/all/9/406/225.mvt"

// TestDatetimeTile holds the tiles of every month of twenty years against what
// package lifetime says of each bridge.
func TestDatetimeTile(t *testing.T) {
	server := newLived(t, Config{})
	defined := lived(t, 42).Layer("bridges")
	var recorded string
	for month := time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC); month.Year() < 2031; month = month.AddDate(0, 1, 0) {
		day := month.Format(time.DateOnly)
		res := server.get(bridgeTile + "?datetime=" + day)
		tile, err := mvttest.Decode(body(t, res))
		if err != nil {
			t.Fatalf("%s: %v", day, err)
		}
		got := map[uint64]string{}
		for _, f := range tile.Layer("bridges").Features {
			got[f.ID] = f.Tags["status"].(string)
			if f.Tags["code"] == nil || f.Tags["valid_from"] != nil {
				t.Errorf("%s: feature %d has %v", day, f.ID, f.Tags)
			}
		}
		want := map[uint64]string{}
		shown := lifetime.Of(defined, lifetime.On(city.DayOf(month)))
		defined.All(func(f *snapshot.Feature) bool {
			if status, there := shown.See(f); there {
				want[uint64(f.ID())] = string(status)
			}
			return true
		})
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", day, got, want)
		}
		if len(tile.Layer("places").Features) != 1 {
			t.Errorf("%s: the layer without dates is not whole", day)
		}
		recorded += res.Header.Get("Etag")
	}
	if plain := server.get(bridgeTile); strings.Contains(recorded, plain.Header.Get("Etag")) {
		t.Error("a tile of a day has the bytes of the tile as recorded, which shows both the retired bridge and the planned one")
	}
}

// TestDatetimeAgrees holds items, nearby and tiles of random days against each
// other: the same features in the same stages.
func TestDatetimeAgrees(t *testing.T) {
	server := newLived(t, Config{})
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 3))
	for range 60 {
		day := city.Day(14_000 + r.IntN(9_000)).String()
		if r.IntN(3) == 0 {
			day = "../" + day
		}
		stages := func(target string) (all []string) {
			var page struct {
				Features []struct {
					ID         int64
					Layer      string
					Properties struct{ Status string }
				}
				NumberMatched int
			}
			if err := json.Unmarshal(body(t, server.get(target)), &page); err != nil {
				t.Fatal(err)
			}
			for _, f := range page.Features {
				all = append(all, fmt.Sprint(f.ID, f.Properties.Status))
			}
			slices.Sort(all)
			return all
		}
		items := stages("/collections/bridges/items?datetime=" + day)
		near := stages("/nearby?lon=105.85&lat=21.05&radius=50000&layers=bridges&datetime=" + day)
		var drawn []string
		if res := server.get("/tiles/bridges/9/406/225.mvt?datetime=" + day); res.StatusCode == 200 {
			tile, err := mvttest.Decode(body(t, res))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range tile.Layer("bridges").Features {
				drawn = append(drawn, fmt.Sprint(f.ID, f.Tags["status"]))
			}
			slices.Sort(drawn)
		}
		if !slices.Equal(items, near) || !slices.Equal(items, drawn) {
			t.Errorf("%s: items %v, nearby %v, tile %v", day, items, near, drawn)
		}
	}
}

// TestDatetimeForgotten: an exchange that is used again shows no other days.
func TestDatetimeForgotten(t *testing.T) {
	server := newLived(t, Config{})
	plain := string(body(t, server.get("/collections/bridges/items")))
	for range 20 {
		body(t, server.get("/collections/bridges/items?datetime=2012-01-01"))
		if again := string(body(t, server.get("/collections/bridges/items"))); again != plain {
			t.Fatalf("the answer without datetime changed:\n%s", again)
		}
	}
}

// datedCity is 40,000 streets, of which half have lives.
func datedCity(b *testing.B) *snapshot.Snapshot {
	def := bridgesLayer()
	def.ID = "streets"
	r := rand.New(rand.NewPCG(7, 7))
	var all []city.Feature
	for i := range 40_000 {
		lon, lat := 105.7+float64(i%200)*0.0012, 20.9+float64(i/200)*0.0012
		f := city.Feature{ID: int64(i + 1), Values: []city.Value{
			text(fmt.Sprintf("P%d", i)), text(fmt.Sprintf("Phố Trần Hưng Đạo %d", i%997)), text(string(city.Statuses()[r.IntN(3)])),
		}}
		line := make(orb.LineString, 6)
		for j := range line {
			line[j] = orb.Point{lon + float64(j)*0.0002, lat + r.Float64()*0.0003}
		}
		f.Geometry = line
		if i%2 == 0 {
			day := func() city.Value { return city.Date(time.Date(2015+r.IntN(15), 1, 1, 0, 0, 0, 0, time.UTC)) }
			f.Values = append(f.Values, date("2010-01-01"), city.Null, day(), day())
		}
		all = append(all, f)
	}
	return snapshottest.Build(b, 7, []city.Layer{def}, map[city.LayerID][]city.Feature{"streets": all})
}

// BenchmarkDatetimeTile: the bar is 1.5 times the tile as recorded. The naive
// twin reads every feature in exchange form and finds properties by name.
func BenchmarkDatetimeTile(b *testing.B) {
	s := datedCity(b)
	tile, err := tiles.ParseTile("14", "13009", "7214")
	if err != nil {
		b.Fatal(err)
	}
	days := view.Days{Asked: true, Window: lifetime.On(city.DayOf(time.Date(2022, 6, 1, 0, 0, 0, 0, time.UTC)))}
	var builder tilecache.Builder
	var encoder tiles.Encoder
	encode := func(b *testing.B, days view.Days) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := builder.Encode(context.Background(), s.Layers(), tilecache.Key{Tile: tile, Days: days}, 1<<30); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("recorded", func(b *testing.B) { encode(b, view.Days{}) })
	b.Run("datetime", func(b *testing.B) { encode(b, days) })
	b.Run("naive", func(b *testing.B) {
		for b.Loop() {
			naiveTile(&encoder, s.Layers()[0], tile, days.Window)
		}
	})
}

func naiveTile(encoder *tiles.Encoder, l *snapshot.Layer, t tiles.Tile, days lifetime.Window) {
	def := l.Definition()
	value := func(f *city.Feature, name string) city.Value { return f.Value(def.PropertyIndex(name)) }
	day := func(f *city.Feature, name string) *city.Day {
		if d, ok := value(f, name).Day(); ok {
			return &d
		}
		return nil
	}
	encoder.Begin(t)
	var found []*snapshot.Feature
	l.Search(t.SearchBound(), func(f *snapshot.Feature) bool {
		if f.MinZoom() <= t.Z {
			found = append(found, f)
		}
		return true
	})
	slices.SortFunc(found, func(f, g *snapshot.Feature) int {
		return cmp.Or(cmp.Compare(f.Place(), g.Place()), cmp.Compare(f.ID(), g.ID()))
	})
	encoder.BeginLayer(string(l.ID()), l.Table(), tiles.LayerOptions{})
	for _, one := range found {
		f := l.Exchange(one)
		status, there := lifetime.Status(city.Status(value(&f, "status").Text()), lifetime.Dates{
			From: day(&f, "valid_from"), To: day(&f, "valid_to"), Started: day(&f, "started"), Completion: day(&f, "planned_completion"),
		}, days)
		if !there {
			continue
		}
		tags := slices.Clone(one.TileTags())
		for i := range tags {
			if l.Table().Key(tags[i].Key) == "status" {
				tags[i].Value, _ = l.Table().Status(status)
			}
		}
		one.DrawTagged(encoder, tags)
	}
	encoder.EndLayer()
}
