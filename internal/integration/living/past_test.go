package living

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
)

// chapter is one commit of the story that the tests of the past tell, and what
// is recorded after it: the text of each feature by layer/id.
type chapter struct {
	version city.Version
	message string
	content map[string]string
}

// restarted serves the store as a process does that starts now, and keeps only
// what it read. It does not follow: one twin at a time does that.
func restarted(t *testing.T, store twin.Store) *living {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	tw, err := twin.Open(t.Context(), store, log, twin.Options{Retention: twin.Retention{Versions: 1}})
	if err != nil {
		t.Fatal(err)
	}
	server, err := httpapi.New(httpapi.Config{}, tw, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return &living{&served{tw, server}, store}
}

// tell commits a story: features come, move, are renamed, go, and come back; a
// layer comes and goes. It returns a chapter for each version.
func tell(t *testing.T, l *living) []chapter {
	t.Helper()
	at := func(x float64) orb.Point { return orb.Point{105.8 + x, 21.0001} }
	f := func(code string, steps int64, x float64) *city.Feature {
		return &city.Feature{Geometry: at(x), Values: []city.Value{city.String(code), city.Integer(steps)}}
	}
	content := map[string]string{}
	var story []chapter
	commit := func(message string, c twin.Commit) []int64 {
		t.Helper()
		c.Author, c.Message = "người kể", message
		v, ids, err := l.Commit(t.Context(), c)
		if err != nil {
			t.Fatalf("%s: %v", message, err)
		}
		for _, gone := range c.Drop {
			for key := range content {
				if strings.HasPrefix(key, string(gone)+"/") {
					delete(content, key)
				}
			}
		}
		now := map[string]string{}
		for i, e := range c.Edits {
			key := fmt.Sprintf("%s/%d", e.Layer, ids[i])
			if delete(content, key); e.Feature != nil {
				content[key] = fmt.Sprint(e.Feature.Values, e.Feature.Geometry)
			}
		}
		for key, text := range content {
			now[key] = text
		}
		story = append(story, chapter{v, message, now})
		return ids
	}
	odd := []city.Layer{walkersLayer("odd")}
	a := commit("hai người", twin.Commit{Put: odd, Edits: []twin.Edit{{Layer: "odd", Feature: f("A", 1, 0)}, {Layer: "odd", Feature: f("B", 1, 0.01)}}})
	commit("A đi", twin.Commit{Edits: []twin.Edit{{Layer: "odd", ID: a[0], Feature: f("A", 1, 0.002)}}})
	b := commit("lớp mới", twin.Commit{Put: []city.Layer{walkersLayer("even")}, Edits: []twin.Edit{{Layer: "even", Feature: f("C", 1, 0.02)}}})
	commit("A đổi", twin.Commit{Edits: []twin.Edit{{Layer: "odd", ID: a[0], Feature: f("A", 2, 0.002)}, {Layer: "even", ID: b[0], Feature: f("C", 2, 0.02)}}})
	commit("A mất", twin.Commit{Edits: []twin.Edit{{Layer: "odd", ID: a[0]}}})
	commit("A về", twin.Commit{Edits: []twin.Edit{{Layer: "odd", ID: a[0], Absent: true, Feature: f("A", 2, 0.002)}}})
	commit("bỏ lớp", twin.Commit{Drop: []city.LayerID{"even"}, Edits: []twin.Edit{{Layer: "odd", Feature: f("D", 1, 0.03)}}})
	return story
}

// TestDiffOfVersions holds /diff between all pairs of versions against what was
// committed, when all are in memory and when all but the last are made from the
// record, also after a restart.
func TestDiffOfVersions(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, where string) {
		l := live(t, newStore(t, where), httpapi.Config{}, twin.Options{})
		story := tell(t, l)
		again := restarted(t, l.store)
		for name, tw := range map[string]*living{"kept": l, "recalled": again} {
			for _, from := range story {
				for _, to := range story {
					tw.holdDiff(t, name, from, to)
				}
			}
		}
		if code, body := l.get(fmt.Sprintf("/diff?from=1&to=%d", story[len(story)-1].version+1)); code != http.StatusNotFound {
			t.Errorf("a version to come: %d %s", code, body)
		}
	})
}

func (l *living) holdDiff(t *testing.T, name string, from, to chapter) {
	t.Helper()
	question := fmt.Sprintf("from=%d&to=%d", from.version, to.version)
	var want []string
	for key, was := range from.content {
		if is, there := to.content[key]; !there {
			want = append(want, key+" removed")
		} else if is != was {
			want = append(want, key+" changed")
		}
	}
	for key := range to.content {
		if _, there := from.content[key]; !there {
			want = append(want, key+" added")
		}
	}
	code, body := l.get("/diff?" + question)
	var answer struct {
		Features []struct {
			ID            int64
			Layer, Change string
			Shift         *float64 `json:"shift_m"`
		}
	}
	if err := json.Unmarshal(body, &answer); code != http.StatusOK || err != nil {
		t.Fatalf("%s, %s: %d %v %s", name, question, code, err, body)
	}
	var got []string
	for _, f := range answer.Features {
		key := fmt.Sprintf("%s/%d", f.Layer, f.ID)
		got = append(got, key+" "+f.Change)
		moved := f.Change == "changed" && from.content[key][strings.Index(from.content[key], "]")+1:] != to.content[key][strings.Index(to.content[key], "]")+1:]
		if (f.Shift != nil) != moved || moved && (*f.Shift < 207 || *f.Shift > 209) { // 0.002° of longitude
			t.Errorf("%s, %s: %s moved %t by %v", name, question, key, moved, f.Shift)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%s, %s: %v, want %v", name, question, got, want)
	}
	var drawn []string
	if code, body := l.get("/tiles/diff/all/8/203/112.mvt?" + question); code == http.StatusOK {
		tile, err := mvttest.Decode(body)
		if err != nil {
			t.Fatal(err)
		}
		for _, layer := range tile.Layers {
			for _, f := range layer.Features {
				drawn = append(drawn, fmt.Sprintf("%s/%d %s", layer.Name, f.ID, f.Tags["change"]))
			}
		}
	} else if code != http.StatusNoContent {
		t.Errorf("%s, %s: tile %d %s", name, question, code, body)
	}
	slices.Sort(drawn)
	if !slices.Equal(drawn, want) {
		t.Errorf("%s, %s: tile %v, want %v", name, question, drawn, want)
	}
}

// TestHistoryOfFeature reads every state of features that changed, went and came
// back, whole and page by page, also after a restart.
func TestHistoryOfFeature(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, where string) {
		l := live(t, newStore(t, where), httpapi.Config{}, twin.Options{})
		story := tell(t, l)
		again := restarted(t, l.store)
		for _, key := range []string{"odd/1", "odd/2", "odd/3"} {
			var want []string
			last := ""
			for _, c := range story {
				if is := c.content[key]; is != last {
					want = append(want, fmt.Sprintf("%d người kể %s: %s", c.version, c.message, is))
					last = is
				}
			}
			layer, id, _ := strings.Cut(key, "/")
			for _, tw := range []*living{l, again} {
				for _, limit := range []int{1, 2, 100} {
					target := fmt.Sprintf("/collections/%s/items/%s/history?limit=%d", layer, id, limit)
					if got := tw.history(t, target); !slices.Equal(got, want) {
						t.Errorf("%s:\n%q, want\n%q", target, got, want)
					}
				}
			}
		}
	})
}

// TestHistoryOfRemovedLayer removes a layer and makes another of its name: what is
// recorded of the first keeps its names, and is found while there is none, too.
func TestHistoryOfRemovedLayer(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, where string) {
		l := live(t, newStore(t, where), httpapi.Config{}, twin.Options{})
		commit := func(c twin.Commit) city.Version {
			t.Helper()
			v, _, err := l.Commit(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		save := func(values ...city.Value) city.Version {
			t.Helper()
			return commit(twin.Commit{Edits: []twin.Edit{{Layer: "odd", Feature: &city.Feature{Geometry: orb.Point{105.8, 21}, Values: values}}}})
		}
		first := walkersLayer("odd")
		commit(twin.Commit{Put: []city.Layer{first}})
		made := save(city.String("W1"), city.Integer(7))
		gone := commit(twin.Commit{Drop: []city.LayerID{"odd"}})
		state := func(v city.Version, properties string) string {
			return fmt.Sprintf(`{"version":%d`, v) + " … " + properties
		}
		want := []string{state(made, `"properties":{"code":"W1","steps":7}`)}
		history := func(query string) (code int, states []string) {
			code, body := l.get("/collections/odd/items/1/history" + query)
			for _, text := range strings.Split(string(body), `{"version":`)[1:] {
				version, rest, _ := strings.Cut(text, ",")
				if at := strings.Index(rest, `"properties"`); at >= 0 {
					rest, _, _ = strings.Cut(rest[at:], "}")
					states = append(states, `{"version":`+version+" … "+rest+"}")
				}
			}
			return code, states
		}
		if code, _ := history(""); code != http.StatusNotFound {
			t.Errorf("history in a layer that was removed: %d", code)
		}
		pinned := fmt.Sprintf("?version=%d", gone-1)
		if code, got := history(pinned); code != http.StatusOK || !slices.Equal(got, want) {
			t.Errorf("its history before that: %d %q, want %q", code, got, want)
		}
		first.Properties = []city.Property{{Name: "steps", Type: city.KindString}, {Name: city.PropCode, Type: city.KindString}}
		commit(twin.Commit{Put: []city.Layer{first}})
		other := save(city.String("seven"), city.String("W2"))
		if _, got := history(pinned); !slices.Equal(got, want) {
			t.Errorf("the same when there is another: %q, want %q", got, want)
		}
		want = append(want, state(other, `"properties":{"steps":"seven","code":"W2"}`))
		if _, got := history(""); !slices.Equal(got, want) {
			t.Errorf("all of it: %q, want %q", got, want)
		}
		for _, v := range []city.Version{made, gone} {
			if _, body := l.get(fmt.Sprintf("/changesets/%d", v)); !strings.Contains(string(body), `"properties":{"code":"W1","steps":7}`) {
				t.Errorf("version %d: %s", v, body)
			}
		}
	})
}

// history follows the pages of a history.
func (l *living) history(t *testing.T, target string) (all []string) {
	t.Helper()
	for target != "" {
		code, body := l.get(target)
		var page struct {
			States []struct {
				Version         city.Version
				Author, Message string
				At              string
				Feature         *struct {
					Geometry   struct{ Coordinates orb.Point }
					Properties struct {
						Code  string
						Steps int64
					}
				}
			}
			Links []struct{ Href, Rel string }
		}
		if err := json.Unmarshal(body, &page); code != http.StatusOK || err != nil {
			t.Fatalf("%s: %d %v %s", target, code, err, body)
		}
		for _, s := range page.States {
			text := ""
			if s.Feature != nil {
				text = fmt.Sprint([]city.Value{city.String(s.Feature.Properties.Code), city.Integer(s.Feature.Properties.Steps)}, s.Feature.Geometry.Coordinates)
			}
			if s.At == "" {
				t.Errorf("%s: version %d has no time", target, s.Version)
			}
			all = append(all, fmt.Sprintf("%d %s %s: %s", s.Version, s.Author, s.Message, text))
		}
		target = ""
		for _, link := range page.Links {
			if link.Rel == "next" {
				target = link.Href[strings.Index(link.Href, "/collections"):]
			}
		}
	}
	return all
}

// TestRecallAndTouched: what is asked of a twin directly.
func TestRecallAndTouched(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, where string) {
		l := live(t, newStore(t, where), httpapi.Config{}, twin.Options{})
		story := tell(t, l)
		first, last := story[0].version, story[len(story)-1].version
		if l.Touched(first, last) == nil || l.Touched(last, first) == nil || l.Touched(first, last+1) != nil {
			t.Error("what is touched is known between versions in memory, and only there")
		}
		again := restarted(t, l.store)
		if again.Touched(first, last) != nil {
			t.Error("what was touched before the start cannot be known")
		}
		for _, c := range story {
			s, err := again.Recall(t.Context(), c.version)
			if err != nil || s.Version() != c.version {
				t.Fatalf("version %d: %v", c.version, err)
			}
			if err := s.Snapshot.Check(); err != nil {
				t.Fatal(err)
			}
			if twice, err := again.Recall(t.Context(), c.version); err != nil || twice != s {
				t.Errorf("version %d is made twice, %v", c.version, err)
			}
		}
		var gone *twin.GoneError
		if _, err := again.Recall(t.Context(), last+1); !errors.As(err, &gone) || !errors.Is(err, city.ErrNotFound) {
			t.Errorf("a version to come: %v", err)
		}
		if _, _, err := again.History(t.Context(), "rivers", 1, 0, last, 10); !errors.Is(err, city.ErrNotFound) {
			t.Errorf("history in no layer: %v", err)
		}
	})
}
