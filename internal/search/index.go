package search

import (
	"slices"
	"strings"
	"sync"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Index keeps the folded names of layers. Its zero value is ready; it is safe
// for concurrent use.
type Index struct {
	mu     sync.Mutex
	layers map[city.LayerID][]*names // those asked for last, the very last first
}

// keptStates is of how many states of a layer the names are kept: the newest, and an
// old one to which somebody has pinned what they look at.
const keptStates = 2

// names are the distinct names of one state of a layer.
type names struct {
	layer   *snapshot.Layer
	entries []entry
}

// entry is a name and the features that bear it: an imported street is hundreds
// of features with one name.
type entry struct {
	text     string // folded: code, names, number, with a newline between
	features []*snapshot.Feature
}

// searched are the properties that a search looks into; full names have the kind of
// a ward in them.
var searched = []string{city.PropCode, city.PropName, city.PropNameEN, "ref", "full_name", "full_name_en"}

// of returns the names of a layer, folding them when nobody has asked since the
// layer last changed.
func (x *Index) of(l *snapshot.Layer) *names {
	if kept := x.kept(l); kept != nil {
		return kept
	}
	made := fold(l) // two may do this at once; the result is the same
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.layers == nil {
		x.layers = map[city.LayerID][]*names{}
	}
	others := x.layers[l.ID()]
	x.layers[l.ID()] = append([]*names{made}, others[:min(len(others), keptStates-1)]...)
	return made
}

// kept returns the names of a layer if they are kept, and nil otherwise.
func (x *Index) kept(l *snapshot.Layer) *names {
	x.mu.Lock()
	defer x.mu.Unlock()
	states := x.layers[l.ID()]
	i := slices.IndexFunc(states, func(n *names) bool { return n.layer == l })
	if i < 0 {
		return nil
	}
	found := states[i]
	copy(states[1:i+1], states[:i])
	states[0] = found
	return found
}

func fold(l *snapshot.Layer) *names {
	n := &names{layer: l}
	var columns []int
	for _, p := range searched {
		if i := l.Definition().PropertyIndex(p); i >= 0 {
			columns = append(columns, i)
		}
	}
	if len(columns) == 0 {
		return n
	}
	at := map[string]int{} // by the text as it stands
	var raw strings.Builder
	l.All(func(f *snapshot.Feature) bool {
		raw.Reset()
		for _, i := range columns {
			if text := l.Value(f, i).Text(); text != "" {
				raw.WriteString(text)
				raw.WriteByte('\n')
			}
		}
		if raw.Len() == 0 {
			return true
		}
		i, known := at[raw.String()]
		if !known {
			i = len(n.entries)
			at[raw.String()] = i
			n.entries = append(n.entries, entry{text: foldLines(raw.String())})
		}
		n.entries[i].features = append(n.entries[i].features, f)
		return true
	})
	return n
}

func foldLines(text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = Fold(line)
	}
	return strings.Join(lines, "\n")
}
