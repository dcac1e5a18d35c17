package httpapi

import (
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Source gives the newest state of the city; a twin is one. Snapshot is called
// once for each request, by many goroutines, and must be as cheap as an atomic
// load. It returns nil while there is no state yet.
type Source interface {
	Snapshot() *snapshot.Snapshot
}

// view is a Snapshot with what the server derives from it once rather than for
// each request. It is immutable.
type view struct {
	snapshot *snapshot.Snapshot // nil when there is no state yet
	since    time.Time          // when this server first saw the version
	version  []string           // the Twin-Version header
	all      layerSet           // every layer
}

// layerSet is some layers of one Snapshot in the order of their names, and its
// canonical spelling: two spellings of one set share cache entries.
type layerSet struct {
	name   string // such as "roads,water", or "all" for every layer
	layers []*snapshot.Layer
}

// views keeps the newest view. A request takes the view once and reads only
// from it, so that all of its answer is of one version.
type views struct {
	source  Source
	now     func() time.Time
	current atomic.Pointer[view]
}

// load returns the view of the newest state. Versions never go back: a
// goroutine that was slow between loading a Snapshot and publishing its view
// takes the newer view that another has published meanwhile.
func (vs *views) load() *view {
	for {
		s := vs.source.Snapshot()
		old := vs.current.Load()
		if old != nil && (old.snapshot == s || newer(old.snapshot, s)) {
			return old
		}
		next := newView(s, vs.now())
		if vs.current.CompareAndSwap(old, next) {
			return next
		}
	}
}

func newer(a, b *snapshot.Snapshot) bool {
	return a != nil && (b == nil || a.Version() > b.Version())
}

func newView(s *snapshot.Snapshot, now time.Time) *view {
	v := &view{snapshot: s, since: now.UTC()}
	version := int64(0)
	if s != nil {
		version = int64(s.Version())
		v.all = layerSet{name: allLayers, layers: s.Layers()}
	}
	v.version = []string{strconv.FormatInt(version, 10)}
	return v
}

// allLayers is the name that stands for every layer in /tiles/{layers}.
const allLayers = "all"

// unknownLayers is the problem of naming layers that do not exist; it names
// those that do.
func (v *view) unknownLayers(names []string) *Problem {
	p := problem(404, "unknown-layer", "No such layer", "There is no layer named "+quoteAll(names)+".")
	p.Layers = make([]city.LayerID, 0, len(v.all.layers))
	for _, l := range v.all.layers {
		p.Layers = append(p.Layers, l.ID())
	}
	return p
}

func quoteAll(names []string) string {
	text := ""
	for i, name := range names {
		if i > 0 {
			text += ", "
		}
		text += strconv.Quote(clip(name))
	}
	return text
}

// layer returns the layer named in a path.
func (v *view) layer(name string) (*snapshot.Layer, error) {
	if l := v.snapshot.Layer(city.LayerID(name)); l != nil {
		return l, nil
	}
	return nil, v.unknownLayers([]string{name})
}

// layers reads a comma list of layer names. It returns the names that do not
// exist beside the set; a list that is longer than limit gives ok == false.
// A name that is repeated counts once.
func (v *view) layers(list string, limit int) (set layerSet, unknown []string, ok bool) {
	if l := v.snapshot.Layer(city.LayerID(list)); l != nil {
		i, _ := slices.BinarySearchFunc(v.all.layers, l.ID(), compareLayer)
		return layerSet{name: list, layers: v.all.layers[i : i+1 : i+1]}, nil, true
	}
	n := 0
	splitList(list, func(name string) {
		if n++; n > limit {
			return
		}
		if l := v.snapshot.Layer(city.LayerID(name)); l != nil {
			set.layers = append(set.layers, l)
		} else {
			unknown = append(unknown, name)
		}
	})
	slices.SortFunc(set.layers, func(a, b *snapshot.Layer) int { return compareLayer(a, b.ID()) })
	set.layers = slices.Compact(set.layers)
	set.name = nameOf(set.layers)
	return set, unknown, n <= limit
}

func compareLayer(l *snapshot.Layer, id city.LayerID) int {
	switch a := l.ID(); {
	case a < id:
		return -1
	case a > id:
		return 1
	default:
		return 0
	}
}

func nameOf(layers []*snapshot.Layer) string {
	var name []byte
	for i, l := range layers {
		if i > 0 {
			name = append(name, ',')
		}
		name = append(name, l.ID()...)
	}
	return string(name)
}
