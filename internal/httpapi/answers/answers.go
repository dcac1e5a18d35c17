package answers

import (
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
)

// Cache keeps pages of features as they were sent, for whoever asks the same of
// the same state: all who come back to a page ask whether it is still true.
//
// They belong to a view and go with it, so that a kept page is never of another
// state or for another role. A page is kept when it is asked for twice: the first
// time costs nothing but its hash.
//
//	hash of the request ─► set ─┬─ way ── asked: hash of the last that was not found
//	                            ├─ way    kept:  the page with all of its request
//	                            ├─ way
//	                            └─ way
//
// There are no locks: each place is one atomic pointer to what never changes. Two
// that are kept at once may push one another out.
type Cache struct{ places []place }

type place struct {
	asked atomic.Uint64
	kept  atomic.Pointer[Answer]
}

const (
	// ways is in how many places a page may be.
	ways = 4
	// MaxWeight is the weight of the largest page that is kept. A hundred roads
	// weigh 45 kB.
	MaxWeight = 128 << 10
)

// Answer is a page as it was sent.
type Answer struct {
	coding.Payload
	Question Question
	CRS      []string // Content-Crs
}

// Question is all that a page depends on beside its view and the config.
type Question struct {
	Base, Path, Query string
	Coding            coding.Preference
	Language          uint8 // of the titles of its links
}

// New returns room for pages of so many bytes in all; nil where not one fits.
func New(bytes int64) *Cache {
	n := bytes / MaxWeight / ways * ways
	if n == 0 {
		return nil
	}
	return &Cache{places: make([]place, n)}
}

func (a *Cache) set(hash uint64) []place {
	first := int(hash%uint64(len(a.places)/ways)) * ways
	return a.places[first : first+ways]
}

// Find returns what is kept for a question, or nil; again tells that it was the last
// of its set to be asked for in vain before.
func (a *Cache) Find(hash uint64, q *Question) (kept *Answer, again bool) {
	set := a.set(hash)
	for i := range set {
		if kept := set[i].kept.Load(); kept != nil && kept.Question == *q {
			return kept, false
		}
	}
	return nil, set[hash>>32%ways].asked.Swap(hash) == hash
}

// Keep keeps a copy of an answer in an empty place, or in that of another.
func (a *Cache) Keep(hash uint64, kept *Answer) {
	set := a.set(hash)
	at := &set[hash>>32%ways]
	for i := range set {
		if set[i].kept.Load() == nil {
			at = &set[i]
			break
		}
	}
	at.kept.Store(kept)
}

// Hash is the same for equal questions.
func (q *Question) Hash() uint64 {
	var room [512]byte
	text := append(append(room[:0], q.Base...), 0)
	text = append(append(text, q.Path...), 0)
	text = append(text, q.Query...)
	return xxhash.Sum64(text) + uint64(q.Coding.Best) + uint64(q.Language)<<8
}
