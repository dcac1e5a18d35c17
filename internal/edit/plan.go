package edit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Change is one step, checked: a feature before and after.
type Change struct {
	Layer city.LayerID
	// ID is the feature's, 0 for a new one, which gets its id from the store.
	ID      int64
	Was, Is *city.Feature // nil where it does not exist
	// Exact says that the step holds only for Was as it is: it is a merge patch,
	// or the client named the state that it knows.
	Exact bool
}

// Planner checks steps against one state.
type Planner struct {
	// Snapshot has the layers that the writer may see.
	Snapshot *snapshot.Snapshot
	// Extent is where features of layers may lie that declare no extent. See
	// DefaultExtent.
	Extent orb.Bound
	// Limits bound the features.
	Limits Limits
	// Coordinates converts between the coordinates in bodies and those that are
	// kept; nil: they are the same.
	Coordinates Coordinates
	// Matches reports whether a feature has one of the entity tags of a list.
	Matches func(l *snapshot.Layer, f *snapshot.Feature, tags string) bool
}

// Coordinates converts geometries between another reference system and longitude,
// latitude. Neither changes what it is given.
type Coordinates interface {
	In(orb.Geometry) (orb.Geometry, error)
	Out(orb.Geometry) (orb.Geometry, error)
}

// Plan returns a change for each step, in their order. The error is *Mistakes:
// all that is wrong with all steps, codes that are taken last. No two steps may be
// about one feature. Each code must have one owner when all steps are made: two
// features may swap theirs. That is told as far as the state tells; the store
// decides. When ctx ends, its error is returned.
func (p *Planner) Plan(ctx context.Context, steps []Step) ([]Change, error) {
	pl := plan{Planner: p, edited: map[place]string{}, codes: map[city.LayerID]*codes{}}
	changes := make([]Change, 0, len(steps))
	for i := range steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if c, ok := pl.step(&steps[i]); ok {
			changes = append(changes, c)
		}
	}
	pl.taken()
	return changes, pl.mistakes.err()
}

// Mistakes returns all that is wrong with a set of which ReadSet has found some: that,
// and what Plan says of the other steps. Codes are judged in the layers of which every
// step could be read: in others it may be that a code becomes free.
func (p *Planner) Mistakes(ctx context.Context, steps []Step, read *Mistakes) error {
	pl := plan{Planner: p, mistakes: *read, edited: map[place]string{}, codes: map[city.LayerID]*codes{}}
	unsure := map[city.LayerID]bool{}
	for i := range steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if steps[i].broken {
			unsure[steps[i].Layer] = true
		} else {
			pl.step(&steps[i])
		}
	}
	pl.claims = slices.DeleteFunc(pl.claims, func(c claim) bool { return unsure[""] || unsure[c.layer.ID()] })
	pl.taken()
	return pl.mistakes.err()
}

type plan struct {
	*Planner
	mistakes Mistakes
	edited   map[place]string // what points to the step that edits a feature
	codes    map[city.LayerID]*codes
	claims   []claim
}

type place struct {
	layer city.LayerID
	id    int64
}

func (p *plan) step(s *Step) (Change, bool) {
	c := Change{Layer: s.Layer}
	l := p.Snapshot.Layer(s.Layer)
	if l == nil {
		p.mistakes.add(Mistake{Kind: Unknown, Pointer: pointer(s.At, "layer"), Value: string(s.Layer), Expected: "the name of a layer", Detail: "names no layer"})
		return c, false
	}
	if s.Op != Create && !p.find(s, l, &c) {
		return c, false
	}
	before := p.mistakes.count()
	if s.Op != Delete {
		d := draft{at: s.BodyAt, layer: l.Definition(), extent: p.Extent, limits: p.Limits.WithDefaults(), space: p.Coordinates, was: c.Was, merge: s.Op == Patch, mistakes: &p.mistakes}
		c.Is = d.read(s.Body)
	}
	p.code(l, s, &c)
	return c, p.mistakes.count() == before
}

// find fills in the feature that a step is about.
func (p *plan) find(s *Step, l *snapshot.Layer, c *Change) bool {
	f := l.Find(s.Feature)
	if f == nil {
		p.mistakes.add(Mistake{
			Kind: Unknown, Pointer: pointer(s.At, "id"), Value: s.Feature, Expected: "the id or code of a feature",
			Detail: fmt.Sprintf("names no feature of layer %s", l.ID()),
		})
		return false
	}
	if f.ID() < 1 { // of a table of others; the store takes 0 for a new feature
		p.mistakes.add(Mistake{Pointer: pointer(s.At, "id"), Value: s.Feature, Expected: "a feature with an id from 1", Detail: "cannot be edited here"})
		return false
	}
	was := l.Exchange(f)
	c.ID, c.Was, c.Exact = f.ID(), &was, s.Op == Patch || s.IfMatch != "" && strings.TrimSpace(s.IfMatch) != "*"
	if other, twice := p.edited[place{l.ID(), f.ID()}]; twice {
		p.mistakes.add(Mistake{Pointer: pointer(s.At, "id"), Value: s.Feature, Expected: "each feature once", Detail: "is edited already by " + other})
		return false
	}
	p.edited[place{l.ID(), f.ID()}] = s.At
	if s.IfMatch != "" && !p.Matches(l, f, s.IfMatch) {
		p.mistakes.add(Mistake{
			Kind: Changed, Pointer: pointer(s.At, "if_match"), Value: s.IfMatch, Expected: "the ETag of the feature as it is now",
			Detail: fmt.Sprintf("does not match: feature %d of layer %s was changed meanwhile", f.ID(), l.ID()),
		})
		return false
	}
	return true
}
