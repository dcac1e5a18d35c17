package encode

import (
	"strings"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
)

// plain shows features of a layer as they are stored.
func plain(l *snapshot.Layer) *Selection {
	system := refsys.CRS84()
	return &Selection{Layer: l, Space: Space{SRID: system.SRID(), URI: system.URI()}}
}

// TestTexts shows features again and again, with texts kept and without, in little
// room and in much.
func TestTexts(t *testing.T) {
	l := everything(t, city.GeometryAny, allGeometries()...)
	latitudeFirst := plain(l)
	latitudeFirst.Space.Swapped = true
	for _, bytes := range []int64{maxText * textWays, 1 << 20} {
		texts := NewTexts(bytes)
		for n := range 5 {
			for name, s := range map[string]*Selection{
				"all": plain(l), "some": {Layer: l, Columns: []int{0, 2}, Space: plain(l).Space},
				"bare": {Layer: l, NoGeometry: true, Space: plain(l).Space}, "latitude first": latitudeFirst,
			} {
				keeping, anew := NewFeatures(s), NewFeatures(s)
				keeping.Keep(texts, s)
				l.All(func(f *snapshot.Feature) bool {
					for _, members := range []string{"", `"layer":"x",`} {
						for _, tags := range [][]uint32{nil, {0}} { // as recorded, or without the first
							all := f.Tags()
							all = all[min(len(tags), len(all)):]
							got, err := keeping.Append([]byte("x"), l, f, all, []byte(members))
							want, err2 := anew.Append([]byte("x"), l, f, all, []byte(members))
							if string(got) != string(want) || err != nil || err2 != nil {
								t.Errorf("%s, round %d: %s, want %s (%v, %v)", name, n, got, want, err, err2)
							}
						}
					}
					return true
				})
			}
		}
		kept := 0
		for i := range texts.places {
			if texts.places[i].kept.Load() != nil {
				kept++
			}
		}
		if want := min(len(allGeometries()), len(texts.places)); kept != want {
			t.Errorf("%d bytes: %d texts are kept, want %d", bytes, kept, want)
		}
	}
	if NewTexts(maxText*textWays-1) != nil {
		t.Error("there is room for texts where not one set fits")
	}
}

// TestTextsOfOthers: the feature that an edit makes, and one of another layer, have
// their own.
func TestTextsOfOthers(t *testing.T) {
	layer := func(id city.LayerID, x float64) *snapshot.Layer {
		return snapshottest.Layer(t, city.Layer{ID: id, Geometry: city.GeometryPoint}, []city.Feature{{ID: 7, Geometry: orb.Point{x, 21}}})
	}
	texts := NewTexts(maxText * textWays)
	show := func(l *snapshot.Layer) string {
		features := NewFeatures(plain(l))
		features.Keep(texts, plain(l))
		f := l.Feature(7)
		text, err := features.Append(nil, l, f, f.Tags(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	before, after, other := layer("a", 105), layer("a", 106), layer("b", 107)
	for range 4 {
		for x, l := range map[string]*snapshot.Layer{"105": before, "106": after, "107": other} {
			for range 2 {
				if got := show(l); !strings.Contains(got, "["+x+",21]") {
					t.Fatalf("%s, want %s", got, x)
				}
			}
		}
	}
	kept := 0
	for i := range texts.places {
		if texts.places[i].kept.Load() != nil {
			kept++
		}
	}
	if kept != 2 {
		t.Errorf("%d texts are kept; the one after the edit takes the place of the one before", kept)
	}
}

func TestTextsThatAreLong(t *testing.T) {
	var line orb.LineString
	for i := range 200 {
		line = append(line, orb.Point{105 + float64(i)/1e4, 21})
	}
	l := everything(t, city.GeometryLineString, line)
	texts := NewTexts(1 << 20)
	features := NewFeatures(plain(l))
	features.Keep(texts, plain(l))
	f := l.Feature(5)
	for range 3 {
		if _, err := features.Append(nil, l, f, f.Tags(), nil); err != nil {
			t.Fatal(err)
		}
		if text, _ := texts.find(hashOf(l), f); text != "" {
			t.Fatalf("a text of %d bytes is kept", len(text))
		}
	}
}

// TestTextsAtOnce is for the race detector.
func TestTextsAtOnce(t *testing.T) {
	l := scattered(t, 200, true)
	texts := NewTexts(16 * maxText * textWays)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			features, anew := NewFeatures(plain(l)), NewFeatures(plain(l))
			features.Keep(texts, plain(l))
			for range 5 {
				l.All(func(f *snapshot.Feature) bool {
					got, _ := features.Append(nil, l, f, f.Tags(), nil)
					want, _ := anew.Append(nil, l, f, f.Tags(), nil)
					if string(got) != string(want) {
						t.Errorf("%s, want %s", got, want)
					}
					return !t.Failed()
				})
			}
		})
	}
	wg.Wait()
}

// TestRoom: once their texts are kept, features take the room that was told, and no
// more than the heads of all beside it.
func TestRoom(t *testing.T) {
	l := scattered(t, 200, true)
	texts := NewTexts(1 << 20)
	features := NewFeatures(plain(l))
	features.Keep(texts, plain(l))
	var all []*snapshot.Feature
	l.All(func(f *snapshot.Feature) bool {
		all = append(all, f)
		return true
	})
	var text []byte
	for range 3 {
		text = text[:0]
		for _, f := range all {
			var err error
			if text, err = features.Append(text, l, f, f.Tags(), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	if room := features.Room(l, all); room < len(text) || room > len(text)+48*len(all) {
		t.Errorf("room for %d bytes, written are %d", room, len(text))
	}
	if room := NewFeatures(plain(l)).Room(l, all); room < len(all)*100 {
		t.Errorf("room for %d bytes where none is kept", room)
	}
}
