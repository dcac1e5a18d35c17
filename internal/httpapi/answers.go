package httpapi

import (
	"slices"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
)

// answers keeps pages of features as they were sent, for whoever asks the same of
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
type answers struct{ places []answerPlace }

type answerPlace struct {
	asked atomic.Uint64
	kept  atomic.Pointer[answer]
}

const (
	// answerWays is in how many places a page may be.
	answerWays = 4
	// maxAnswer is the weight of the largest page that is kept. A hundred roads
	// weigh 45 kB.
	maxAnswer = 128 << 10
)

type answer struct {
	payload
	question answerQuestion
	crs      []string // Content-Crs
}

// answerQuestion is all that a page depends on beside its view and the config.
type answerQuestion struct {
	base, path, query string
	coding            coding.Preference
}

// newAnswers returns room for pages of so many bytes in all; nil where not one fits.
func newAnswers(bytes int64) *answers {
	n := bytes / maxAnswer / answerWays * answerWays
	if n == 0 {
		return nil
	}
	return &answers{places: make([]answerPlace, n)}
}

func (a *answers) set(hash uint64) []answerPlace {
	first := int(hash%uint64(len(a.places)/answerWays)) * answerWays
	return a.places[first : first+answerWays]
}

// find returns what is kept for a question, or nil; again tells that it was the last
// of its set to be asked for in vain before.
func (a *answers) find(hash uint64, q *answerQuestion) (kept *answer, again bool) {
	set := a.set(hash)
	for i := range set {
		if kept := set[i].kept.Load(); kept != nil && kept.question == *q {
			return kept, false
		}
	}
	return nil, set[hash>>32%answerWays].asked.Swap(hash) == hash
}

// keep keeps a copy of an answer in an empty place, or in that of another.
func (a *answers) keep(hash uint64, kept *answer) {
	set := a.set(hash)
	place := &set[hash>>32%answerWays]
	for i := range set {
		if set[i].kept.Load() == nil {
			place = &set[i]
			break
		}
	}
	place.kept.Store(kept)
}

// recallAnswer answers with the page that is kept for this request, if there is one.
// Otherwise, when it is time to keep it, send will.
func (x *exchange) recallAnswer() (done bool) {
	a := x.view.answers
	if a == nil || x.format != formatGeoJSON || x.lensText != "" || x.pinText != "" || len(x.query.carried) > 0 {
		return false
	}
	q := answerQuestion{base: x.base(), path: x.r.URL.Path, query: x.r.URL.RawQuery, coding: coding.Negotiate(x.r.Header["Accept-Encoding"])}
	hash := q.hash()
	kept, again := a.find(hash, &q)
	if kept == nil {
		x.server.answerCounts.misses.Add(1)
		if again {
			x.keeping = &keeping{hash, q}
		}
		return false
	}
	x.server.answerCounts.hits.Add(1)
	x.header[headerCRS] = kept.crs
	x.setRevalidated()
	x.deliver(&kept.payload, x.server.fixed.format[x.format])
	return true
}

func (q *answerQuestion) hash() uint64 {
	var room [512]byte
	text := append(append(room[:0], q.base...), 0)
	text = append(append(text, q.path...), 0)
	text = append(text, q.query...)
	return xxhash.Sum64(text) + uint64(q.coding.Best)
}

// keeping is what an answer under way is to be kept for.
type keeping struct {
	hash     uint64
	question answerQuestion
}

// keepAnswer keeps a copy of what is about to be sent, if recallAnswer said so.
func (x *exchange) keepAnswer(p *payload) {
	k := x.keeping
	if k == nil || len(p.body)+len(k.question.base)+len(k.question.path)+len(k.question.query) > maxAnswer {
		return
	}
	x.view.answers.keep(k.hash, &answer{
		payload:  payload{body: slices.Clone(p.body), coding: p.coding, etag: slices.Clone(p.etag), length: slices.Clone(p.length)},
		question: k.question, crs: x.header[headerCRS],
	})
}

// answerCounts counts pages that were found and not.
type answerCounts struct{ hits, misses atomic.Uint64 }
