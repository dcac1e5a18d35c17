package view

import (
	"slices"
	"strings"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// LayerSet is some layers of one Snapshot in the order of their names, and its
// canonical spelling: two spellings of one set share cache entries. It is shared
// between requests.
type LayerSet struct {
	Name   string // such as "roads,water", or "all" for every layer there is
	Layers []*snapshot.Layer
}

// Layers reads a comma list of layer names. It returns the names that do not
// exist beside the set; a list that is longer than limit gives ok == false.
// A name that is repeated counts once.
func (v *View) Layers(list string, limit int) (set LayerSet, unknown []string, ok bool) {
	if !strings.Contains(list, ",") {
		if l := v.Snapshot.Layer(city.LayerID(list)); l != nil {
			i, _ := slices.BinarySearchFunc(v.All.Layers, l.ID(), CompareLayer)
			return LayerSet{Name: list, Layers: v.All.Layers[i : i+1 : i+1]}, nil, true
		}
	}
	kept := v.spellings.of(list)
	if s := kept.Load(); s != nil && s.list == list && s.names <= limit {
		return s.set, nil, true
	}
	n := 0
	set.Layers = make([]*snapshot.Layer, 0, min(strings.Count(list, ",")+1, limit))
	params.Split(list, func(name string) {
		if n++; n > limit {
			return
		}
		if l := v.Snapshot.Layer(city.LayerID(name)); l != nil {
			set.Layers = append(set.Layers, l)
		} else {
			unknown = append(unknown, name)
		}
	})
	slices.SortFunc(set.Layers, func(a, b *snapshot.Layer) int { return CompareLayer(a, b.ID()) })
	set.Layers = slices.Clip(slices.Compact(set.Layers))
	set.Name = NameOf(set.Layers)
	if ok = n <= limit; ok && unknown == nil && len(list) <= maxSpelling {
		kept.Store(&spelling{list: strings.Clone(list), names: n, set: set}) // not the URL that it was cut from
	}
	return set, unknown, ok
}

// spellings are lists that a view was asked for, each in the place of its hash: a map
// asks for all of its tiles with the same one. Reading one anew took a tenth of a hot
// tile's time.
type spellings [16]atomic.Pointer[spelling]

// spelling is a list without mistakes, as a client wrote it, and its layers.
type spelling struct {
	list  string
	names int
	set   LayerSet
}

// maxSpelling bounds the lists that are kept, in bytes.
const maxSpelling = 1 << 10

// of returns the place of a list.
func (s *spellings) of(list string) *atomic.Pointer[spelling] {
	return &s[xxhash.Sum64String(list)%uint64(len(s))]
}

// CompareLayer orders a layer and an id by name.
func CompareLayer(l *snapshot.Layer, id city.LayerID) int {
	switch a := l.ID(); {
	case a < id:
		return -1
	case a > id:
		return 1
	default:
		return 0
	}
}

// NameOf joins the names of layers with commas.
func NameOf(layers []*snapshot.Layer) string {
	n := 0
	for _, l := range layers {
		n += len(l.ID()) + 1
	}
	var name strings.Builder
	name.Grow(n)
	for i, l := range layers {
		if i > 0 {
			name.WriteByte(',')
		}
		name.WriteString(string(l.ID()))
	}
	return name.String()
}
