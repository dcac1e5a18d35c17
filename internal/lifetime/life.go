package lifetime

import (
	"math"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Marks that stand for a date that is not known. No Window reaches them.
const (
	always city.Day = math.MinInt32 // of valid_from
	never  city.Day = math.MaxInt32 // of the others
)

// Dates are what a feature records of its life; nil where it does not say.
type Dates struct {
	From, To            *city.Day // valid_from, valid_to
	Started, Completion *city.Day // started, planned_completion
}

// Status returns the stage, on some days, of a feature that records a status and
// dates, and whether it is there at all. A status that is none of the four is
// returned as it is.
func Status(status city.Status, dates Dates, w Window) (shown city.Status, there bool) {
	l := life{stage: stageOf(status), from: always, to: never, started: never, completion: never}
	for _, d := range []struct {
		day  *city.Day
		mark *city.Day
	}{{dates.From, &l.from}, {dates.To, &l.to}, {dates.Started, &l.started}, {dates.Completion, &l.completion}} {
		if d.day != nil {
			*d.mark = *d.day
		}
	}
	s, there := l.during(w)
	if s == unstaged {
		return status, there
	}
	return s.status(), there
}

// stage is a status as a small number; the zero value is a feature without one
// of the four.
type stage uint8

const (
	unstaged stage = iota
	planned
	underConstruction
	inOperation
	retired
	stages
)

func stageOf(s city.Status) stage {
	for i, known := range city.Statuses() {
		if known == s {
			return planned + stage(i)
		}
	}
	return unstaged
}

func (s stage) status() city.Status {
	switch s {
	case planned:
		return city.Planned
	case underConstruction:
		return city.UnderConstruction
	case inOperation:
		return city.InOperation
	case retired:
		return city.Retired
	default:
		return ""
	}
}

// life is one feature's record, with always and never for what it does not say.
type life struct {
	stage                         stage
	from, to, started, completion city.Day
}

// start returns the day that l counts valid_from as, and the first on which the
// feature is there: earlier where it is being built before.
func (l *life) start() (from, begin city.Day) {
	from = l.from
	if l.stage == underConstruction && from == always && l.started != never {
		from = l.started
	}
	begin = from
	if l.stage != unstaged && l.started < from {
		begin = l.started
	}
	return from, begin
}

// during returns the stage on the last day of w on which the feature is there.
func (l *life) during(w Window) (stage, bool) {
	from, begin := l.start()
	if w.Last < begin || w.First >= l.to || begin >= l.to {
		return unstaged, false
	}
	day := w.Last
	if day >= l.to {
		day = l.to - 1
	}
	switch {
	case day < from:
		return underConstruction, true
	case l.stage == planned || l.stage == underConstruction:
		if l.completion > from && day >= l.completion {
			return inOperation, true
		}
		if l.started >= from && day >= l.started {
			return underConstruction, true
		}
	}
	return l.stage, true
}
