package data_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"golang.org/x/text/unicode/norm"

	"github.com/hanoitwin/hanoitwin/data"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/goldentest"
)

// TestSeedIDsAreStable freezes which id means what: links, tiles and stores
// keep them for ever. New features go to the end of a file.
func TestSeedIDsAreStable(t *testing.T) {
	var got bytes.Buffer
	for _, id := range data.SeedLayers() {
		layer, features := seed(t, id)
		at := layer.PropertyIndex(city.PropCode)
		seen := map[string]bool{}
		for i, f := range features {
			code := f.Value(at).Text()
			if f.ID != int64(i+1) || code == "" || seen[code] {
				t.Errorf("%s: feature %d has id %d and code %q", id, i+1, f.ID, code)
			}
			seen[code] = true
			fmt.Fprintf(&got, "%s %d %s\n", id, f.ID, code)
		}
	}
	goldentest.Compare(t, "ids.txt", got.Bytes()) // ids and codes of the seed must not change
}

// TestSeedHasTheCommonFacts: what the dataset promises of every feature.
func TestSeedHasTheCommonFacts(t *testing.T) {
	for _, id := range data.SeedLayers() {
		layer, features := seed(t, id)
		for _, f := range features {
			value := func(name string) city.Value { return f.Value(layer.PropertyIndex(name)) }
			for _, name := range []string{city.PropCode, city.PropName, city.PropNameEN, city.PropStatus, city.PropAccuracy, city.PropSource} {
				if value(name).IsNull() {
					t.Errorf("%s %d has no %s", id, f.ID, name)
				}
			}
			if _, err := city.ParseStatus(value(city.PropStatus).Text()); err != nil {
				t.Errorf("%s %d: %v", id, f.ID, err)
			}
			if value("schematic").Bool() == value("schematic_note").IsNull() || value("schematic_note").IsNull() != value("schematic_note_en").IsNull() {
				t.Errorf("%s %d: a schematic shape says why, in both languages, and no other does", id, f.ID)
			}
			if value(city.PropValidFrom).IsNull() != value("date_precision").IsNull() {
				t.Errorf("%s %d: valid_from and date_precision come together", id, f.ID)
			}
			if from, to := value(city.PropValidFrom), value(city.PropValidTo); !to.IsNull() && !from.Time().Before(to.Time()) {
				t.Errorf("%s %d: valid_from %s, valid_to %s", id, f.ID, from, to)
			}
		}
	}
}

// TestSeedNotesComeInPairs: each …_en stands beside its Vietnamese text.
func TestSeedNotesComeInPairs(t *testing.T) {
	for _, id := range data.SeedLayers() {
		layer, features := seed(t, id)
		for i, p := range layer.Properties {
			vietnamese, ok := strings.CutSuffix(p.Name, "_en")
			if !ok {
				continue
			}
			at := layer.PropertyIndex(vietnamese)
			if at < 0 {
				t.Errorf("%s: %s without %s", id, p.Name, vietnamese)
				continue
			}
			for _, f := range features {
				if f.Value(i).IsNull() != f.Value(at).IsNull() {
					t.Errorf("%s %d: %s in one language only", id, f.ID, vietnamese)
				}
			}
		}
	}
}

// TestSeedIsReviewable: one feature a line, properties sorted, coordinates of
// six decimals at most, text in normal form C: what a person compares in a diff.
func TestSeedIsReviewable(t *testing.T) {
	for _, id := range data.SeedLayers() {
		text, err := os.ReadFile(filepath.Join("seed", string(id)+".geojson"))
		if err != nil {
			t.Fatal(err)
		}
		if !norm.NFC.IsNormal(text) {
			t.Errorf("%s is not in normal form C", id)
		}
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		if lines[0] != `{"type":"FeatureCollection","features":[` || lines[len(lines)-1] != "]}" || len(lines) != seedCounts[id]+2 {
			t.Errorf("%s does not have one feature a line", id)
			continue
		}
		for i, line := range lines[1 : len(lines)-1] {
			line = strings.TrimSuffix(line, ",")
			if want := canonical(t, line); line != want {
				t.Errorf("%s feature %d is not in canonical form:\n%s\nwant:\n%s", id, i+1, line, want)
			}
		}
	}
}

// canonical writes a feature the way that the seed files do.
func canonical(t *testing.T, line string) string {
	t.Helper()
	var f struct {
		ID         int64          `json:"id"`
		Properties map[string]any `json:"properties"` // written with sorted keys
		Geometry   struct {
			Type        string `json:"type"`
			Coordinates any    `json:"coordinates"`
		} `json:"geometry"`
	}
	d := json.NewDecoder(strings.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&f); err != nil {
		t.Fatal(err)
	}
	member := func(v any) string {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSuffix(b.String(), "\n")
	}
	return fmt.Sprintf(`{"type":"Feature","id":%d,"properties":%s,"geometry":%s}`, f.ID, member(f.Properties), member(f.Geometry))
}

func TestSeedCoordinatesAreRounded(t *testing.T) {
	for _, id := range data.SeedLayers() {
		_, features := seed(t, id)
		for _, f := range features {
			eachPosition(f.Geometry, func(p orb.Point) {
				for _, c := range p {
					if micro := c * 1e6; math.Abs(micro-math.Round(micro)) > 1e-4 {
						t.Errorf("%s %d: coordinate %v has more than six decimals", id, f.ID, c)
					}
				}
			})
		}
	}
}

func eachPosition(g orb.Geometry, visit func(orb.Point)) {
	switch g := g.(type) {
	case orb.Point:
		visit(g)
	case orb.LineString:
		for _, p := range g {
			visit(p)
		}
	case orb.MultiLineString:
		for _, line := range g {
			eachPosition(line, visit)
		}
	case orb.Polygon:
		for _, ring := range g {
			eachPosition(orb.LineString(ring), visit)
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			eachPosition(polygon, visit)
		}
	}
}

// TestRingsMeet: the sections of each ring, in their order, share a vertex,
// loops close, and the one gap says why.
func TestRingsMeet(t *testing.T) {
	layer, features := seed(t, "ring_roads")
	value := func(f *city.Feature, name string) city.Value { return f.Value(layer.PropertyIndex(name)) }
	sections, gaps := map[string][]*city.Feature{}, []string(nil)
	var rings []string
	for _, f := range features {
		ring := value(f, "ring").Text()
		if sections[ring] == nil {
			rings = append(rings, ring)
		}
		sections[ring] = append(sections[ring], f)
		if got := value(f, "section").Int(); got != int64(len(sections[ring])) {
			t.Errorf("%s: section %d of %s", value(f, "code"), got, ring)
		}
	}
	if want := []string{"VD1", "VD2", "VD2.5", "VD3", "VD3.5", "VD4", "VD5"}; !slices.Equal(rings, want) {
		t.Fatalf("rings %v, want %v", rings, want)
	}
	for _, ring := range rings {
		for i, f := range sections[ring] {
			next := i + 1
			if next == len(sections[ring]) {
				if !value(f, "ring_closed").Bool() {
					continue
				}
				next = 0
			}
			from, to := f.Geometry.(orb.LineString), sections[ring][next].Geometry.(orb.LineString)
			if from[len(from)-1] != to[0] {
				gaps = append(gaps, value(f, "code").Text())
				if value(f, "gap_note").IsNull() {
					t.Errorf("%s does not meet the next section and does not say why", value(f, "code"))
				}
			}
		}
	}
	if want := []string{"VD25-6"}; !slices.Equal(gaps, want) {
		t.Errorf("gaps after %v, want %v", gaps, want)
	}
}

// TestMeasuredLengths: length_km_measured is the length of the shape to the
// 10 m that it is rounded to.
func TestMeasuredLengths(t *testing.T) {
	for _, id := range data.SeedLayers() {
		layer, features := seed(t, id)
		at := layer.PropertyIndex("length_km_measured")
		for _, f := range features {
			if line, ok := f.Geometry.(orb.LineString); ok && at >= 0 {
				if got, want := f.Value(at).Float(), geodesy.Length(line)/1000; math.Abs(got-want) > 0.0051 {
					t.Errorf("%s %d: length_km_measured %v, the shape has %.4f km", id, f.ID, got, want)
				}
			}
		}
	}
}

// TestOfficialLengths holds the figures that people know by heart.
func TestOfficialLengths(t *testing.T) {
	layer, features := seed(t, "ring_roads")
	got := map[string]float64{}
	for _, f := range features {
		got[f.Value(layer.PropertyIndex("ring")).Text()] = f.Value(layer.PropertyIndex("ring_length_km_official")).Float()
	}
	want := map[string]float64{"VD1": 7.2, "VD2": 43.6, "VD2.5": 19.41, "VD3": 65, "VD3.5": 45.29, "VD4": 112.8, "VD5": 331.5}
	for ring, km := range want {
		if got[ring] != km {
			t.Errorf("%s: official length %v km, want %v", ring, got[ring], km)
		}
	}
}

// TestZoneAreas: the schematic polygons have the area that they stand for.
func TestZoneAreas(t *testing.T) {
	layer, features := seed(t, "high_tech_zones")
	for _, f := range features {
		want := f.Value(layer.PropertyIndex("area_ha")).Float()
		if got := geodesy.Area(f.Geometry) / 10_000; math.Abs(got-want) > 0.02*want {
			t.Errorf("%s: %.1f ha drawn, %.1f ha stated", f.Value(layer.PropertyIndex("code")), got, want)
		}
	}
}

// TestWardsAddUp: 51 wards and 75 communes of the city's area.
func TestWardsAddUp(t *testing.T) {
	layer, features := seed(t, "wards")
	counts, area := map[string]int{}, 0.0
	start := time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)
	for _, f := range features {
		counts[f.Value(layer.PropertyIndex("type")).Text()]++
		area += f.Value(layer.PropertyIndex("area_km2")).Float()
		if from := f.Value(layer.PropertyIndex("valid_from")).Time(); !from.Equal(start) {
			t.Errorf("ward %d is valid from %v", f.ID, from)
		}
		if f.Value(layer.PropertyIndex("formed_from")).IsNull() {
			t.Errorf("ward %d does not say what it was formed from", f.ID)
		}
	}
	if counts["ward"] != 51 || counts["commune"] != 75 || math.Abs(area-3359.84) > 0.1 {
		t.Errorf("%v units, %.2f km²; want 51 wards, 75 communes, 3359.84 km² within 0.1", counts, area)
	}
}

// TestCrossReferences: what one layer says of another is there.
func TestCrossReferences(t *testing.T) {
	codes := map[string]bool{}
	for _, id := range data.SeedLayers() {
		layer, features := seed(t, id)
		for _, f := range features {
			codes[string(id)+"/"+f.Value(layer.PropertyIndex(city.PropCode)).Text()] = true
		}
	}
	layer, features := seed(t, "projects")
	for _, f := range features {
		same := f.Value(layer.PropertyIndex("same_as")).Text()
		if same == "" {
			continue
		}
		id, list, _ := strings.Cut(same, "/")
		for _, code := range strings.Split(list, ", ") {
			if !codes[id+"/"+code] {
				t.Errorf("project %d: same_as %q: no %s in %s", f.ID, same, code, id)
			}
		}
	}
	layer, features = seed(t, "high_tech_zones")
	for _, f := range features {
		if part := f.Value(layer.PropertyIndex("part_of")).Text(); part != "" && !codes["high_tech_zones/"+part] {
			t.Errorf("zone %d is part of %q, which is not there", f.ID, part)
		}
	}
}
