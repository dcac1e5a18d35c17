package search

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Query asks for features.
type Query struct {
	Text  string     // at most MaxText bytes are looked at
	Limit int        // how many hits at most
	Near  *orb.Point // lon, lat: among equals the nearest first; nil for anywhere
}

// MaxText is the most bytes of a text that are searched for.
const MaxText = 200

// Hit is a feature that was found.
type Hit struct {
	Layer   *snapshot.Layer
	Feature *snapshot.Feature
	rank    rank
}

// rank orders hits, smallest first.
type rank struct {
	match int     // how well the text fits
	layer int     // layers made by hand before imported ones
	size  int     // a short name before a long one
	away  float64 // degrees from Near, longitude shortened
	name  city.LayerID
	id    int64
}

// Find returns what the layers hold, best first. A hit of a name that many
// features bear is one of them, the nearest to Near.
func (x *Index) Find(ctx context.Context, layers []*snapshot.Layer, q Query) ([]Hit, error) {
	text := q.Text
	if len(text) > MaxText {
		text = text[:MaxText]
	}
	whole := Fold(text)
	words := strings.FieldsFunc(whole, func(r rune) bool { return r == ' ' })
	if len(words) == 0 || q.Limit <= 0 {
		return nil, nil
	}
	var hits []Hit
	for _, l := range layers {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, e := range x.of(l).entries {
			match, found := e.fits(whole, words)
			if !found {
				continue
			}
			f, away := e.nearest(q.Near)
			hits = append(hits, Hit{l, f, rank{match, order(l), len(e.text), away, l.ID(), f.ID()}})
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int { return a.rank.compare(b.rank) })
	return hits[:min(len(hits), q.Limit)], nil
}

func (r rank) compare(s rank) int {
	return cmp.Or(
		cmp.Compare(r.match, s.match), cmp.Compare(r.layer, s.layer),
		cmp.Compare(r.size/8, s.size/8), cmp.Compare(r.away, s.away),
		cmp.Compare(r.name, s.name), cmp.Compare(r.id, s.id))
}

// fits grades the name: 0 it is the text, 1 it begins with it, 2 all words of the
// text begin words of it, 3 they are somewhere in it.
func (e *entry) fits(whole string, words []string) (grade int, found bool) {
	begin := true
	for _, w := range words {
		switch i := strings.Index(e.text, w); {
		case i < 0:
			return 0, false
		case begin && !beginsWord(e.text, w):
			begin = false
		}
	}
	grade = 3
	if begin {
		grade = 2
	}
	for line := range strings.SplitSeq(e.text, "\n") {
		switch {
		case line == whole:
			return 0, true
		case strings.HasPrefix(line, whole):
			grade = min(grade, 1)
		}
	}
	return grade, true
}

// beginsWord tells whether some word of text begins with w.
func beginsWord(text, w string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], w)
		if i < 0 {
			return false
		}
		i += from
		if i == 0 || strings.IndexByte(" \n.-", text[i-1]) >= 0 {
			return true
		}
		from = i + 1
	}
}

// order puts layers with codes, which people made, before imported ones.
func order(l *snapshot.Layer) int {
	switch l.Definition().Key {
	case city.PropCode:
		return 0
	case city.PropExternalKey:
		return 2
	}
	return 1
}

func (e *entry) nearest(p *orb.Point) (*snapshot.Feature, float64) {
	if p == nil {
		return e.features[0], 0
	}
	best, shortest := e.features[0], math.Inf(1)
	narrowing := math.Cos(p[1] * math.Pi / 180)
	for _, f := range e.features {
		c := f.Geometry().Bound().Center()
		if d := math.Hypot((c[0]-p[0])*narrowing, c[1]-p[1]); d < shortest {
			best, shortest = f, d
		}
	}
	return best, shortest
}
