package lifetime

import (
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// role is what a property says about the life of a feature.
type role uint8

const (
	noRole role = iota
	roleStatus
	roleFrom
	roleTo
	roleStarted
	roleCompletion
)

// Rules read the lives of the features of one layer. They are compiled once for
// a layer, never change, and hold the layer in memory.
type Rules struct {
	layer *snapshot.Layer
	roles []role // by property; nil when the layer has no dates
	// marks has a bit for each of the first 64 properties that has a role: most
	// tags have none, and this tells so without a look into memory. Later
	// properties have the bit of the first 64 that they share it with.
	marks uint64
	last  uint32 // the last property with a role
	// values are the dictionary's indices of the four statuses, by stage; not
	// used where the layer has no status.
	values [stages]uint32
}

// Compile returns the rules of a layer. Properties that have one of the names
// but another type, such as a number named started, say nothing.
func Compile(l *snapshot.Layer) *Rules {
	r := &Rules{layer: l}
	def := l.Definition()
	roles, dated := make([]role, len(def.Properties)), false
	for i := range def.Properties {
		p := &def.Properties[i]
		switch as := roleOf(p.Name); {
		case as == roleStatus && p.Type == city.KindString:
			roles[i] = as
		case as > roleStatus && (p.Type == city.KindDate || p.Type == city.KindInstant):
			roles[i], dated = as, true
		}
	}
	if !dated {
		return r
	}
	r.roles = roles
	for i, as := range roles {
		if as != noRole {
			r.marks |= 1 << (i % 64)
			r.last = uint32(i)
		}
	}
	for s := planned; s < stages; s++ {
		r.values[s], _ = l.Table().Status(s.status())
	}
	return r
}

func roleOf(property string) role {
	switch property {
	case city.PropStatus:
		return roleStatus
	case city.PropValidFrom:
		return roleFrom
	case city.PropValidTo:
		return roleTo
	case city.PropStarted:
		return roleStarted
	case city.PropCompletion:
		return roleCompletion
	default:
		return noRole
	}
}

// Dated tells whether the layer has dates at all. Without, every feature is
// there on every day, as it is recorded.
func (r *Rules) Dated() bool { return r.roles != nil }

// Status returns the stage of f on the days of w, "" when it has none, and
// whether it is there.
func (r *Rules) Status(f *snapshot.Feature, w Window) (city.Status, bool) {
	if r.roles == nil {
		return r.layer.Status(f), true
	}
	s, _, there := r.see(f, w)
	if s == unstaged && there {
		return r.layer.Status(f), true
	}
	return s.status(), there
}

// Tags returns tags, which are those of f or the first of them, as they are on
// the days of w: with the status of then. There tells whether f is there; if
// not, tags are nil. They are tags itself where nothing differs, and otherwise
// lie in scratch, until its next use.
func (r *Rules) Tags(f *snapshot.Feature, tags []tiles.Tag, w Window, scratch *[]tiles.Tag) (then []tiles.Tag, there bool) {
	if r.roles == nil {
		return tags, true
	}
	s, at, there := r.see(f, w)
	if !there {
		return nil, false
	}
	if s == unstaged || at >= len(tags) || tags[at].Value == r.values[s] {
		return tags, true
	}
	*scratch = append((*scratch)[:0], tags...)
	(*scratch)[at].Value = r.values[s]
	return *scratch, true
}

// see returns the stage of f and which of its tags records the status.
func (r *Rules) see(f *snapshot.Feature, w Window) (s stage, at int, there bool) {
	l := life{from: always, to: never, started: never, completion: never}
	// Both parts of the tags, those that tiles carry and the others, are in the
	// order of the schema.
	tags, drawn := f.Tags(), len(f.TileTags())
	at = r.read(&l, tags[:drawn], 0)
	if i := r.read(&l, tags[drawn:], drawn); i > 0 {
		at = i
	}
	s, there = l.during(w)
	return s, at, there
}

// read takes what some tags say into l. It returns which of them is the status,
// counted from first; 0 when none is.
func (r *Rules) read(l *life, tags []tiles.Tag, first int) (status int) {
	table := r.layer.Table()
	for i, tag := range tags {
		if tag.Key > r.last {
			break
		}
		if r.marks>>(tag.Key%64)&1 == 0 {
			continue
		}
		switch r.roles[tag.Key] {
		case noRole:
		case roleStatus:
			l.stage, status = r.stage(tag.Value), first+i
		case roleFrom:
			l.from = dayOf(table, tag.Value, always)
		case roleTo:
			l.to = dayOf(table, tag.Value, never)
		case roleStarted:
			l.started = dayOf(table, tag.Value, never)
		case roleCompletion:
			l.completion = dayOf(table, tag.Value, never)
		}
	}
	return status
}

// stage returns which status a value of the dictionary is.
func (r *Rules) stage(value uint32) stage {
	for s := planned; s < stages; s++ {
		if r.values[s] == value {
			return s
		}
	}
	return unstaged
}

func dayOf(table *snapshot.Table, value uint32, unknown city.Day) city.Day {
	if d, ok := table.Value(value).Day(); ok {
		return d
	}
	return unknown
}
