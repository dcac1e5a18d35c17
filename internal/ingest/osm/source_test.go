package osm

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

func readBytes(tb testing.TB, content []byte) (*found, error) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "a.osm")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		tb.Fatal(err)
	}
	s, err := Open(feed.File{Path: path}, testProfile(tb), "")
	if err != nil {
		return nil, err
	}
	f := &found{records: map[string][]feed.Record{}}
	return f, s.Read(context.Background(), f)
}

func outerWays(ids ...int64) []Member {
	var out []Member
	for _, id := range ids {
		out = append(out, Member{KindWay, id, "outer"})
	}
	return out
}

// village has one of everything, the good and the bad.
//
//	4 ── 3     8 ── 7
//	│    │     │    │      5..8 lie inside 1..4
//	1 ── 2     5 ── 6
func village() *world {
	w := &world{}
	w.node(1, 105.80, 21.00, "highway", "traffic_signals", "name", "Ngã ba Thử")
	w.node(2, 105.90, 21.00)
	w.node(3, 105.90, 21.10)
	w.node(4, 105.80, 21.10)
	w.node(5, 105.82, 21.02)
	w.node(6, 105.84, 21.02)
	w.node(7, 105.84, 21.04)
	w.node(8, 105.82, 21.04)
	w.node(9, 105.85, 21.05, "amenity", "cafe", "name", "Cà phê & \"Trứng\"")
	w.node(10, 105.86, 21.05, "highway", "bus_stop", "name", "Ô Chợ Dừa")
	w.way(20, []int64{1, 2, 3}, "highway", "primary", "name", "Phố Huế", "lanes", "2;3", "width", "7.5 m")
	w.way(21, []int64{3, 4, 1}, "highway", "residential", "lanes", "4")
	w.way(22, []int64{1, 5}, "highway", "service")
	w.way(23, []int64{5, 6, 7, 8, 5}, "building", "yes", "building:levels", "3")
	w.way(24, []int64{5, 6, 7}, "building", "yes")
	w.way(25, []int64{1, 99, 2}, "highway", "footway")
	w.way(26, []int64{98, 99}, "highway", "footway")
	w.way(27, []int64{1, 1}, "highway", "path")
	w.way(30, []int64{1, 2, 3})
	w.way(31, []int64{1, 4, 3})
	w.way(32, []int64{5, 6, 7, 8, 5})
	w.relation(40, append(outerWays(31, 30), Member{KindWay, 32, "inner"}, Member{KindNode, 9, "label"}), "type", "multipolygon", "landuse", "residential")
	w.relation(41, outerWays(30, 77), "type", "multipolygon", "landuse", "forest")
	w.relation(42, append(outerWays(31, 30), Member{KindWay, 32, "outer"}), "type", "multipolygon", "natural", "water")
	w.relation(43, []Member{{KindWay, 32, "inner"}, {KindWay, 78, "outer"}}, "type", "multipolygon", "landuse", "grass")
	w.relation(44, outerWays(30), "type", "boundary", "boundary", "administrative", "admin_level", "6", "name", "Phường Thử")
	w.relation(45, outerWays(30, 31), "type", "boundary", "boundary", "administrative", "admin_level", "6", "name", "Quận Cũ")
	w.relation(46, outerWays(30, 31), "type", "route", "landuse", "forest")
	return w
}

func TestVillage(t *testing.T) {
	f, err := readBytes(t, village().xml())
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string][]string{}
	for layer, records := range f.records {
		for _, r := range records {
			keys[layer] = append(keys[layer], r.Key)
		}
	}
	want := map[string][]string{
		"osm_roads":         {"way/20", "way/21", "way/22", "way/25", "way/27"},
		"osm_intersections": {"node/1"},
		"buildings":         {"way/23"},
		"pois":              {"node/9"},
		"bus_stops":         {"node/10"},
		"osm_water":         {"relation/42"},
		"landuse":           {"relation/40"},
	}
	if !reflect.DeepEqual(keys, want) {
		t.Errorf("got  %v\nwant %v", keys, want)
	}
	var problems []string
	for _, p := range f.problems {
		problems = append(problems, string(p.Action)+" "+p.Layer+" "+p.At.ID+" "+p.Reason)
	}
	wantProblems := []string{
		"dropped osm_roads way/20 " + ReasonValue,
		"skipped buildings way/24 " + ReasonNotClosed,
		"kept osm_roads way/25 " + ReasonNodes,
		"skipped osm_roads way/26 " + ReasonNodes,
		"skipped landuse relation/41 " + ReasonMembers,
		"noted osm_water relation/42 " + ReasonRoles,
		"skipped landuse relation/43 " + ReasonMembers,
		"skipped osm_wards relation/44 " + ReasonRings,
	}
	if !slices.Equal(problems, wantProblems) {
		t.Errorf("problems\n%q, want\n%q", problems, wantProblems)
	}
	road := f.records["osm_roads"][0]
	if field(&road, "width").Float() != 7.5 || !field(&road, "lanes").IsNull() || field(&f.records["osm_roads"][1], "lanes").Int() != 4 {
		t.Errorf("typed tags: %+v", road.Fields)
	}
	crossing := f.records["osm_intersections"][0]
	if field(&crossing, "name").Text() != "Ngã ba Thử" || field(&crossing, "highway").Text() != "traffic_signals" ||
		field(&crossing, "degree").Int() != 3 || field(&crossing, "roads").Text() != `["Phố Huế"]` ||
		field(&crossing, "classes").Text() != `["primary","residential","service"]` {
		t.Errorf("junction: %+v", crossing.Fields)
	}
	polygon, ok := f.records["landuse"][0].Geometry.(orb.Polygon)
	if !ok || len(polygon) != 2 || len(polygon[0]) != 5 || len(polygon[1]) != 5 {
		t.Errorf("relation/40 is %v", f.records["landuse"][0].Geometry)
	}
}

func TestFormatsAgree(t *testing.T) {
	w := village()
	want, err := readBytes(t, w.xml())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"plain nodes": w.pbf("none", false), "dense": w.pbf("none", true),
		"zlib": w.pbf("zlib", true), "zstd": w.pbf("zstd", true),
	} {
		got, err := readBytes(t, content)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v\ngot  %+v\nwant %+v", name, err, got, want)
		}
	}
	// The order of a file does not matter for what comes of it.
	const seed = 5
	random := rand.New(rand.NewPCG(seed, seed))
	random.Shuffle(len(w.nodes), func(i, j int) { w.nodes[i], w.nodes[j] = w.nodes[j], w.nodes[i] })
	got, err := readBytes(t, w.pbf("zlib", true))
	if err != nil || !reflect.DeepEqual(got.records["osm_roads"], want.records["osm_roads"]) || !reflect.DeepEqual(got.problems, want.problems) {
		t.Errorf("shuffled with seed %d: %v", seed, err)
	}
}

func TestPositionsOnDisk(t *testing.T) {
	path := filepath.Join(realdata.Hanoi(t), "osm", "hoankiem_2019-06.osm.pbf")
	want := read(t, path)
	for _, limit := range []int{0, 1, 300} {
		s, err := Open(feed.File{Path: path}, testProfile(t), "")
		if err != nil {
			t.Fatal(err)
		}
		s.limit = limit
		got := &found{records: map[string][]feed.Record{}}
		if err := s.Read(context.Background(), got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("with %d positions in memory: %v", limit, err)
		}
	}
}

func TestPlaces(t *testing.T) {
	const seed = 13
	random := rand.New(rand.NewPCG(seed, seed))
	for _, n := range []int{0, 1, 255, 256, 257, 5000} {
		for _, limit := range []int{1, 300, 1 << 20} {
			for _, shuffled := range []bool{false, true} {
				p := newPlaces(limit)
				ids := random.Perm(3 * n)[:n]
				if !shuffled {
					slices.Sort(ids)
				}
				want := map[int64]Place{}
				for _, id := range ids {
					place := Place{Lon: int32(random.Int32()) - 1<<30, Lat: -int32(random.Int32())}
					want[int64(id)-7] = place
					if err := p.add(int64(id)-7, place); err != nil {
						t.Fatal(err)
					}
				}
				if err := p.build(); err != nil {
					t.Fatal(err)
				}
				for id := int64(-9); id < int64(3*n)+2; id++ {
					got, ok, err := p.find(id)
					if w, has := want[id]; err != nil || ok != has || got != w {
						t.Fatalf("seed %d, n %d, limit %d: node %d is %v %v %v, want %v %v", seed, n, limit, id, got, ok, err, w, has)
					}
				}
				if err := p.close(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func TestRefused(t *testing.T) {
	var history message
	history.bytes(4, []byte("HistoricalInformation"))
	negative := message{}
	negative.bytes(1, []byte("OSMHeader"))
	negative.varint(3, 1<<64-1)
	good := village().pbf("zlib", true)
	for name, c := range map[string]struct {
		content []byte
		want    error
	}{
		"history":       {blob("OSMHeader", history, "none"), ErrHistory},
		"change file":   {[]byte("<osmChange><osm></osm></osmChange>"), ErrHistory},
		"negative size": {append(binary.BigEndian.AppendUint32(nil, uint32(len(negative))), negative...), ErrFormat},
		"truncated":     {good[:len(good)-3], ErrTruncated},
		"truncated XML": {village().xml()[:2000], ErrTruncated},
		"not OSM":       {[]byte("hello"), ErrFormat},
		"bad id":        {[]byte(`<osm><node id="x"/></osm>`), ErrFormat},
	} {
		if _, err := readBytes(t, c.content); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestProfileErrors(t *testing.T) {
	for name, text := range map[string]string{
		"no version":     "layers: []",
		"unknown key":    "version: 1\nlayers: [{layer: a, geometry: Point, rule: []}]",
		"bad layer":      "version: 1\nlayers: [{layer: A B, geometry: Point, rules: [{from: [node], match: [{a: [b]}]}]}]",
		"bad geometry":   "version: 1\nlayers: [{layer: a, geometry: Blob, rules: [{from: [node], match: [{a: [b]}]}]}]",
		"bad from":       "version: 1\nlayers: [{layer: a, geometry: Point, rules: [{from: [nodes], match: [{a: [b]}]}]}]",
		"no rules":       "version: 1\nlayers: [{layer: a, geometry: Point}]",
		"no match":       "version: 1\nlayers: [{layer: a, geometry: Point, rules: [{from: [node]}]}]",
		"no tags":        "version: 1\nlayers: [{layer: a, geometry: Point, rules: [{from: [node], match: [{a: [b]}]}], properties: [{name: n, type: string}]}]",
		"unknown type":   "version: 1\nlayers: [{layer: a, geometry: Point, rules: [{from: [node], match: [{a: [b]}]}], properties: [{name: n, type: text, tags: [n]}]}]",
		"not YAML":       "\tversion",
		"empty":          "",
		"layer twice":    "version: 1\nlayers: [{layer: a, geometry: Point, rules: [{from: [node], match: [{a: [b]}]}]}, {layer: a, geometry: Point, rules: [{from: [node], match: [{a: [b]}]}]}]",
		"property twice": "version: 1\nlayers: [{layer: a, geometry: Point, rules: [{from: [node], match: [{a: [b]}]}], properties: [{name: n, type: string, tags: [n]}, {name: N, type: string, tags: [n]}]}]",
	} {
		if _, err := ParseProfile([]byte(text)); !errors.Is(err, ErrProfile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRings joins the pieces of known rings, cut and turned at random.
func TestRings(t *testing.T) {
	const seed = 17
	random := rand.New(rand.NewPCG(seed, seed))
	for round := range 500 {
		var ways []memberWay
		total, next := 0, int64(1)
		for range 1 + random.IntN(4) {
			n := 3 + random.IntN(8)
			refs := make([]int64, 0, n+1)
			for range n {
				refs = append(refs, next)
				next++
			}
			refs = append(refs, refs[0])
			total += n
			for len(refs) > 1 {
				size := min(len(refs), 2+random.IntN(4))
				piece := slices.Clone(refs[:size])
				if random.IntN(2) == 0 {
					slices.Reverse(piece)
				}
				ways = append(ways, memberWay{id: int64(len(ways)), refs: piece})
				refs = refs[size-1:]
			}
		}
		random.Shuffle(len(ways), func(i, j int) { ways[i], ways[j] = ways[j], ways[i] })
		rings, open := joinRings(ways)
		got := 0
		for _, r := range rings {
			if r.refs[0] != r.refs[len(r.refs)-1] {
				t.Fatalf("seed %d, round %d: ring %v is open", seed, round, r.refs)
			}
			got += len(r.refs) - 1
		}
		if got != total || len(open) != 0 {
			t.Fatalf("seed %d, round %d: %d of %d nodes in rings, open %v", seed, round, got, total, open)
		}
		// Without one way exactly the ring that it belongs to opens.
		if _, open := joinRings(ways[1:]); len(ways[0].refs) < 4 && len(ways) > 1 && len(open) == 0 && ways[0].refs[0] != ways[0].refs[len(ways[0].refs)-1] {
			t.Fatalf("seed %d, round %d: nothing is open without %v", seed, round, ways[0])
		}
	}
}

func FuzzPBF(f *testing.F) {
	f.Add(village().pbf("none", true))
	f.Add(village().pbf("none", false))
	f.Add(village().pbf("zlib", true))
	f.Fuzz(func(t *testing.T, content []byte) {
		_ = decodePBF(context.Background(), bytes.NewReader(content), check(t))
	})
}

func FuzzXML(f *testing.F) {
	f.Add(village().xml())
	f.Fuzz(func(t *testing.T, content []byte) {
		_ = decodeXML(context.Background(), bytes.NewReader(content), check(t))
	})
}

// check accepts all elements and looks at what decoders promise.
func check(t *testing.T) handler {
	return handler{
		node: func(n *Node) error {
			if p := n.Place.Point(); p[0] < -180 || p[0] > 180 || p[1] < -90 || p[1] > 90 {
				t.Errorf("node %d at %v", n.ID, p)
			}
			return nil
		},
		way:      func(*Way) error { return nil },
		relation: func(*Relation) error { return nil },
	}
}

func FuzzProfile(f *testing.F) {
	f.Add([]byte("version: 1\nlayers: [{layer: a, geometry: Point, rules: [{from: [node], match: [{a: [\"*\"]}]}]}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, err := ParseProfile(text); err == nil && len(p.Layers) == 0 {
			t.Error("a profile without layers")
		}
	})
}

func BenchmarkPBF(b *testing.B) {
	path := filepath.Join(realdata.Hanoi(b), "osm", "hanoi_roads_merged.osm.pbf")
	content, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	h := handler{
		node:     func(*Node) error { n++; return nil },
		way:      func(*Way) error { n++; return nil },
		relation: func(*Relation) error { n++; return nil },
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if err := decodePBF(context.Background(), bytes.NewReader(content), h); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "elements/s")
}

func BenchmarkRoads(b *testing.B) {
	path := filepath.Join(realdata.Hanoi(b), "osm", "hanoi_roads_merged.osm.pbf")
	s, err := Open(feed.File{Path: path}, testProfile(b), "osm_roads")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if err := s.Read(context.Background(), count{&n}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "features/s")
}

type count struct{ n *int }

func (c count) Record(*feed.Record) error { *c.n++; return nil }
func (count) Problem(feed.Problem) error  { return nil }
