package edge

import (
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/answers"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
)

// RecallAnswer answers with the page that is kept for this request, if there is one.
// Otherwise, when it is time to keep it, Send will.
func (x *Exchange) RecallAnswer() (done bool) {
	a := x.View.Answers
	if a == nil || x.Format != media.GeoJSON || x.LensText != "" || x.PinText != "" || len(x.Query.Carried) > 0 {
		return false
	}
	q := answers.Question{Base: x.Base(), Path: x.Request.URL.Path, Query: x.Request.URL.RawQuery, Coding: coding.Negotiate(x.Request.Header["Accept-Encoding"]), Language: uint8(x.Lang)}
	hash := q.Hash()
	kept, again := a.Find(hash, &q)
	if kept == nil {
		x.server.answerMisses.Add(1)
		if again {
			x.keeping = &keeping{hash, q}
		}
		return false
	}
	x.server.answerHits.Add(1)
	x.Headers[HeaderCRS] = kept.CRS
	x.SetProfile()
	x.setRevalidated()
	x.Deliver(&kept.Payload, x.Fixed.Format[x.Format])
	return true
}

// keeping is what an answer under way is to be kept for.
type keeping struct {
	hash     uint64
	question answers.Question
}

// keepAnswer keeps a copy of what is about to be sent, if RecallAnswer said so.
func (x *Exchange) keepAnswer(p *coding.Payload) {
	k := x.keeping
	if k == nil || len(p.Body)+len(k.question.Base)+len(k.question.Path)+len(k.question.Query) > answers.MaxWeight {
		return
	}
	x.View.Answers.Keep(k.hash, &answers.Answer{
		Payload:  coding.Payload{Body: slices.Clone(p.Body), Coding: p.Coding, ETag: slices.Clone(p.ETag), Length: slices.Clone(p.Length)},
		Question: k.question, CRS: x.Headers[HeaderCRS],
	})
}

// AnswerCounts are how many pages were found among those that are kept, and not.
func (c *Core) AnswerCounts() (hits, misses uint64) {
	return c.answerHits.Load(), c.answerMisses.Load()
}
