package events

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/bbox"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/tilechange"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// topic is what a subscriber wants to know: subscribers of equal topics get the
// same bytes, which are made once.
type topic struct {
	role   city.Role
	layers string // canonical comma list; empty means all
	tiles  bool   // whether changed tiles are told
	low    uint8  // zooms of them
	high   uint8
	box    string // only tiles that meet it; empty means everywhere
}

// news makes the events of versions. The newest are kept, because many
// subscribers ask for the same.
type news struct {
	source Source
	mu     sync.Mutex
	kept   map[newsKey]*bulletin
	order  []newsKey // oldest first
}

type newsKey struct {
	topic   topic
	version city.Version
	hidden  string // the layers that are hidden from the role now
}

// bulletin is one event that is made once, by the first who asks.
type bulletin struct {
	once sync.Once
	text []byte
}

// maxBulletins bounds the events that are kept: enough that subscribers of a
// few topics, some of them a few versions late, share them.
const maxBulletins = 256

func newNews(source Source) *news {
	return &news{source: source, kept: map[newsKey]*bulletin{}}
}

// event returns the text of the event that tells a topic of a state.
func (n *news) event(t topic, s *twin.State) []byte {
	newest := n.source.State()
	b := n.bulletin(newsKey{t, s.Version(), hiddenLayers(newest, t.role)})
	b.once.Do(func() { b.text = n.report(t, s, newest) })
	return b.text
}

func (n *news) bulletin(key newsKey) *bulletin {
	n.mu.Lock()
	defer n.mu.Unlock()
	if b := n.kept[key]; b != nil {
		return b
	}
	if len(n.order) == maxBulletins {
		delete(n.kept, n.order[0])
		n.order = slices.Delete(n.order, 0, 1)
	}
	b := &bulletin{}
	n.kept[key], n.order = b, append(n.order, key)
	return b
}

// versionEvent is the data of an event.
type versionEvent struct {
	Version city.Version `json:"version"`
	Since   city.Version `json:"since"` // the version before, for this server
	At      string       `json:"at,omitempty"`
	// Changesets say who and why, those aside that only hidden layers know of.
	Changesets []setHeader `json:"changesets"`
	// Layers are those in which something changed.
	Layers []city.LayerID `json:"layers"`
	// Features are the ids of what changed, by layer.
	Features map[city.LayerID][]int64 `json:"features"`
	// Whole are the layers that must be loaded anew: they came, went or were
	// redefined, or so much changed that it is not told one by one.
	Whole []city.LayerID `json:"whole,omitempty"`
	// Tiles are the changed tiles as "x/y" by zoom, and Ranges where they are
	// many; absent when the subscriber asked for none.
	Tiles  map[uint8][]string `json:"tiles,omitempty"`
	Ranges []tileRange        `json:"tile_ranges,omitempty"`
}

// tileRange is all tiles of a zoom from one corner to the other, some of which
// changed.
type tileRange struct {
	Z    uint8  `json:"z"`
	MinX uint32 `json:"min_x"`
	MinY uint32 `json:"min_y"`
	MaxX uint32 `json:"max_x"`
	MaxY uint32 `json:"max_y"`
}

// setHeader says who made a version, when and why.
type setHeader struct {
	Version city.Version `json:"version"`
	At      string       `json:"at,omitempty"`
	Author  string       `json:"author,omitempty"`
	Message string       `json:"message,omitempty"`
}

// wants tells whether the topic is about a layer of its name.
func (t *topic) wants(layer city.LayerID) bool {
	if t.layers == "" {
		return true
	}
	for name := range strings.SplitSeq(t.layers, ",") {
		if name == string(layer) {
			return true
		}
	}
	return false
}

// hiddenLayers names the layers that a role may not see, "" when there is none.
func hiddenLayers(s *twin.State, role city.Role) string {
	names := ""
	for _, l := range s.Snapshot.Layers() {
		if !l.Definition().VisibleAt(role) {
			names += string(l.ID()) + ","
		}
	}
	return names
}

// report makes the event of a state, as it may be told now.
func (n *news) report(t topic, s, newest *twin.State) []byte {
	e := versionEvent{
		Version: s.Version(), Since: s.Since, At: edge.Moment(s.At),
		Changesets: []setHeader{}, Layers: []city.LayerID{}, Features: map[city.LayerID][]int64{},
	}
	secret := false // whether something changed that the role may not know of
	var told []snapshot.Edit
	for i := range s.Edits {
		ed := &s.Edits[i]
		id := ed.Layer()
		if !ed.Is.Definition().VisibleAt(t.role) || view.HiddenNow(newest, id, t.role) {
			secret = true
			continue
		}
		if t.wants(id) {
			e.Features[id] = append(e.Features[id], ed.ID())
			told = append(told, *ed)
		}
	}
	for id := range e.Features {
		e.Layers = append(e.Layers, id)
	}
	for _, id := range wholeLayers(s) {
		// A layer that is gone tells nothing of who might have seen it, so that
		// only those hear of it who may see all.
		l := s.Snapshot.Layer(id)
		if l != nil && !l.Definition().VisibleAt(t.role) || view.HiddenNow(newest, id, t.role) || l == nil && !t.role.AtLeast(city.Admin) && goneWasHidden(s, id, t.role) {
			secret = true
			continue
		}
		if t.wants(id) {
			e.Whole, e.Layers = append(e.Whole, id), append(e.Layers, id)
		}
	}
	slices.Sort(e.Layers)
	for _, set := range s.Sets {
		h := setHeader{Version: set.Version, At: edge.Moment(set.At)}
		if !secret { // a message may name what is hidden
			h.Author, h.Message = set.Author, set.Message
		}
		e.Changesets = append(e.Changesets, h)
	}
	if t.tiles {
		n.addTiles(&e, &t, s, told)
	}
	body, err := json.Marshal(e)
	if err != nil { // it holds nothing that JSON cannot
		body = fmt.Appendf(nil, `{"version":%d}`, s.Version())
	}
	return fmt.Appendf(nil, "event: version\nid: %d\ndata: %s\n\n", s.Version(), body)
}

// tilePatience bounds the search for changed tiles of one event.
const tilePatience = 2 * time.Second

// addTiles tells which tiles changed, of the layers and for the zooms and the box
// of the topic.
func (n *news) addTiles(e *versionEvent, t *topic, s *twin.State, edits []snapshot.Edit) {
	ctx, cancel := context.WithTimeout(context.Background(), tilePatience)
	defer cancel()
	var whole []tilechange.Whole
	if len(e.Whole) > 0 {
		was := snapshot.Empty(s.Since)
		if before, err := n.source.At(s.Since); err == nil {
			was = before.Snapshot
		}
		whole = tilechange.Wholes(was, s.Snapshot, func(id city.LayerID) bool { return slices.Contains(e.Whole, id) })
	}
	e.Tiles = map[uint8][]string{}
	for _, bound := range t.bounds() {
		var differ tilechange.Differ
		levels, err := differ.Find(ctx, edits, whole, tilechange.Query{MinZoom: t.low, MaxZoom: t.high, Bound: bound})
		if err != nil { // it took too long: anything may have changed
			e.Tiles, e.Ranges = nil, everyTile(t.low, t.high)
			return
		}
		for _, l := range levels {
			for _, tile := range l.Tiles {
				e.Tiles[l.Z] = append(e.Tiles[l.Z], fmt.Sprintf("%d/%d", tile.X, tile.Y))
			}
			for _, r := range l.Ranges {
				e.Ranges = append(e.Ranges, tileRange{l.Z, r.MinX, r.MinY, r.MaxX, r.MaxY})
			}
		}
	}
}

func everyTile(low, high uint8) []tileRange {
	var all []tileRange
	for z := low; z <= high; z++ {
		last := uint32(1)<<z - 1
		all = append(all, tileRange{Z: z, MaxX: last, MaxY: last})
	}
	return all
}

// bounds returns the boxes to look for tiles in; nil is everywhere.
func (t *topic) bounds() []*orb.Bound {
	if t.box == "" {
		return []*orb.Bound{nil}
	}
	box, err := bbox.Parse(t.box)
	if err != nil { // it was read before
		return nil
	}
	var all []*orb.Bound
	for _, b := range box.Bounds() {
		all = append(all, &b)
	}
	return all
}

// wholeLayers lists the layers that a state has anew.
func wholeLayers(s *twin.State) []city.LayerID {
	if !s.Everything {
		return s.Whole
	}
	var all []city.LayerID
	for _, l := range s.Snapshot.Layers() {
		all = append(all, l.ID())
	}
	return all
}

// goneWasHidden tells whether a removed layer was hidden from a role when it was
// removed; what is not known counts as hidden.
func goneWasHidden(s *twin.State, id city.LayerID, role city.Role) bool {
	for _, set := range s.Sets {
		for _, d := range set.Definitions {
			if d.ID == id && d.Before != nil {
				return !d.Before.VisibleAt(role)
			}
		}
	}
	return true
}
