package encode

import (
	"math/bits"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Texts keeps the GeoJSON of features that are shown again, as it stands behind their
// ids. A feature never changes, so that nothing that is kept here becomes wrong: what
// was edited is another feature.
//
//	layer, id ─► set ─┬─ way ── asked: the last of these that was not found
//	                  ├─ way    kept:  the feature, and its text
//	                  ├─ way
//	                  └─ way
//
// A text is kept when it was wanted twice. It is safe for concurrent use and has no
// locks: each place is an atomic pointer to what never changes.
type Texts struct{ places []textPlace }

type textPlace struct {
	mark  atomic.Uint32 // of what is kept
	asked atomic.Uint32
	kept  atomic.Pointer[keptText]
}

type keptText struct {
	f    *snapshot.Feature
	text string
}

const (
	textWays = 4 // in how many places a text may be: one line of memory
	// maxText is the length of the longest that is kept; most have 300 to 500 bytes.
	maxText = 1 << 10
)

// NewTexts returns room for texts of so many bytes in all; nil, which keeps none,
// where not one fits.
func NewTexts(bytes int64) *Texts {
	n := bytes / maxText / textWays * textWays
	if n == 0 {
		return nil
	}
	return &Texts{places: make([]textPlace, n)}
}

// room returns how long the texts of features are that are kept, and how many are not.
// They are looked at in one loop that waits for nothing: what is read of memory here
// is read side by side, and stands ready for find.
func (t *Texts) room(layer uint64, features []*snapshot.Feature) (bytes, others int) {
	for _, f := range features {
		set, mark, _ := t.placesOf(layer, f)
		length := 0
		for i := range set {
			if set[i].mark.Load() == mark {
				if kept := set[i].kept.Load(); kept != nil {
					length = len(kept.text)
				}
			}
		}
		bytes += length
		if length == 0 {
			others++
		}
	}
	return bytes, others
}

// find returns the text of a feature, or "". again tells that it was the last of its
// places to be looked for in vain before.
func (t *Texts) find(layer uint64, f *snapshot.Feature) (text string, again bool) {
	set, mark, at := t.placesOf(layer, f)
	for i := range set {
		if set[i].mark.Load() != mark {
			continue
		}
		if kept := set[i].kept.Load(); kept != nil && kept.f == f {
			return kept.text, false
		}
	}
	return "", set[at].asked.Swap(mark) == mark
}

// keep keeps a copy of a text in an empty place, or in that of another.
func (t *Texts) keep(layer uint64, f *snapshot.Feature, text []byte) {
	if len(text) > maxText {
		return
	}
	set, mark, at := t.placesOf(layer, f)
	for i := range set {
		if m := set[i].mark.Load(); m == 0 || m == mark { // the same, before it was edited
			at = i
			break
		}
	}
	set[at].mark.Store(mark)
	set[at].kept.Store(&keptText{f, string(text)})
}

// hashOf returns what tells the features of a layer from those of others.
func hashOf(l *snapshot.Layer) uint64 { return xxhash.Sum64String(string(l.ID())) }

// placesOf returns where a text may be, how it is marked there, and which place it
// takes when all are taken. layer is its hashOf.
func (t *Texts) placesOf(layer uint64, f *snapshot.Feature) (set []textPlace, mark uint32, at int) {
	const golden = 0x9e37_79b9_7f4a_7c15 // 2^64 by the golden ratio: neighbours become far apart
	hash := (layer ^ uint64(f.ID())) * golden
	first, low := bits.Mul64(hash, uint64(len(t.places)/textWays))
	first *= textWays
	return t.places[first : first+textWays], uint32(hash>>8) | 1, int(low >> 62)
}
