package twin

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

const (
	// heartbeat is how long the store may be silent before it is asked whether
	// it is still there, and patience how long it may take to say so.
	heartbeat = 5 * time.Second
	patience  = 10 * time.Second
	// firstBackoff and lastBackoff bound the pauses between attempts to reach a
	// store that is away.
	firstBackoff = 50 * time.Millisecond
	lastBackoff  = 2 * time.Second
	// maxRevisions is how many changed features are taken over one by one;
	// beyond it reading everything anew is faster (a change costs about 20 µs,
	// a feature read about 4 µs).
	maxRevisions = 50_000
)

// Run follows the store until ctx ends: every version that anybody commits is
// published, in order. While the store is away readers keep the last good
// state, and what was missed is caught up when it returns.
func (t *Twin) Run(ctx context.Context) {
	backoff := firstBackoff
	for ctx.Err() == nil {
		err := t.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			t.found()
			backoff = firstBackoff
			continue
		}
		t.lose(err)
		select {
		case <-time.After(backoff):
		case <-ctx.Done():
		}
		backoff = min(2*backoff, lastBackoff)
	}
}

// follow waits for something new, or for a heartbeat, and publishes it. What a
// Commit has published meanwhile is not read again: if there is more than that,
// Await tells at once.
func (t *Twin) follow(ctx context.Context) error {
	if _, stale := t.Stale(); stale {
		return t.CatchUp(ctx)
	}
	known := t.State().Version()
	waiting, cancel := context.WithTimeout(ctx, heartbeat)
	err := t.store.Await(waiting, known)
	expired := waiting.Err() != nil
	cancel()
	if expired {
		return t.CatchUp(ctx)
	}
	if err != nil {
		return err
	}
	return t.catchUp(ctx, known+1)
}

// Stale returns since when the store cannot be reached, and whether that is so.
func (t *Twin) Stale() (since time.Time, stale bool) {
	if lost := t.lost.Load(); lost != nil {
		return *lost, true
	}
	return time.Time{}, false
}

func (t *Twin) lose(err error) {
	now := t.now()
	if t.lost.CompareAndSwap(nil, &now) {
		t.log.Error("the store cannot be reached; serving the last good version", "version", int64(t.State().Version()), "error", err)
	}
}

func (t *Twin) found() {
	if lost := t.lost.Swap(nil); lost != nil {
		t.log.Info("the store is back", "away", t.now().Sub(*lost).Round(time.Millisecond), "version", int64(t.State().Version()))
	}
}

// CatchUp publishes what the store has and the twin has not. It returns when
// all that was committed before the call is published.
func (t *Twin) CatchUp(ctx context.Context) error { return t.catchUp(ctx, anyVersion) }

// anyVersion is one that no store reaches.
const anyVersion city.Version = math.MaxInt64

// catchUp is CatchUp that does nothing when version enough is published by the time
// that it is its turn.
func (t *Twin) catchUp(ctx context.Context, enough city.Version) error {
	if err := t.begin(ctx); err != nil {
		return err
	}
	defer t.end()
	if t.State().Version() >= enough {
		return nil
	}
	var steps []*State
	err := t.answering(ctx, func(ctx context.Context, r Reader) (err error) {
		steps, err = t.advance(ctx, r)
		return err
	})
	if errors.Is(err, city.ErrTooManyChanges) || errors.Is(err, city.ErrHistoryGone) {
		t.log.Warn("reading the whole store anew", "version", int64(t.State().Version()), "reason", err)
		return t.reload(ctx)
	}
	if err != nil {
		return fmt.Errorf("follow the store: %w", err)
	}
	for _, s := range steps {
		t.publish(s)
		t.log.Debug("published", "version", int64(s.Version()), "edits", len(s.Edits), "whole", s.Whole)
	}
	return nil
}

// answering is Store.Read of a store that must begin to answer in time; how long
// it then reads is another matter.
func (t *Twin) answering(ctx context.Context, read func(context.Context, Reader) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silent := time.AfterFunc(patience, func() { cancel(errSilent) })
	defer silent.Stop()
	err := t.store.Read(ctx, func(r Reader) error {
		silent.Stop()
		return read(ctx, r)
	})
	if err != nil && errors.Is(context.Cause(ctx), errSilent) {
		return errors.Join(errSilent, err)
	}
	return err
}

var errSilent = fmt.Errorf("no answer in %s: %w", patience, city.ErrUnavailable)

// errBehind means a store whose version is older than what is published: it was
// restored from a copy. Its numbers now mean something else.
var errBehind = errors.New("the store is at an older version than the twin; it was replaced or restored")

// advance makes the states from the newest published to the one of r.
func (t *Twin) advance(ctx context.Context, r Reader) ([]*State, error) {
	last := t.State()
	switch {
	case r.Version() == last.Version():
		return nil, nil
	case r.Version() < last.Version():
		return nil, fmt.Errorf("version %d after %d: %w", r.Version(), last.Version(), errBehind)
	}
	sets, err := r.Changes(ctx, last.Version(), t.revisions)
	if err != nil {
		return nil, err
	}
	var states []*State
	come, err := t.steps(ctx, r, last, sets, func(s *State) error {
		states = append(states, s)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if come != r.Version() {
		return nil, fmt.Errorf("changes lead to version %d, the store is at %d: %w", come, r.Version(), city.ErrHistoryGone)
	}
	return states, nil
}

func needsReading(set *city.ChangeSet) bool { return len(set.Whole) > 0 || len(set.Definitions) > 0 }

// step makes one state of one change set, or of several of which the first
// needs whole layers.
func (t *Twin) step(ctx context.Context, r Reader, last *State, sets []city.ChangeSet) (*State, error) {
	final := &sets[len(sets)-1]
	next := &State{At: final.At, Since: last.Version(), Rejected: last.Rejected}
	step := snapshot.Step{Version: final.Version}
	var anew []city.Layer
	for i := range sets {
		next.Whole = append(next.Whole, sets[i].Whole...)
		for _, d := range sets[i].Definitions {
			next.Whole = append(next.Whole, d.ID)
		}
		for j := range sets[i].Revisions {
			step.Changes = append(step.Changes, sets[i].Revisions[j].Change())
		}
		next.Sets = append(next.Sets, header(&sets[i]))
	}
	slices.Sort(next.Whole)
	next.Whole = slices.Compact(next.Whole)
	step.Changes = slices.DeleteFunc(step.Changes, func(c city.Change) bool { return slices.Contains(next.Whole, c.Layer) })
	for _, id := range next.Whole {
		i := slices.IndexFunc(r.Layers(), func(l city.Layer) bool { return l.ID == id })
		if i < 0 {
			step.Dropped = append(step.Dropped, id)
		} else {
			anew = append(anew, r.Layers()[i])
		}
	}
	var rejected []snapshot.Rejected
	var err error
	if len(anew) > 0 {
		if step.Loaded, rejected, err = load(ctx, r, anew); err != nil {
			return nil, err
		}
	}
	var left []snapshot.Rejected
	next.Snapshot, next.Edits, left = last.Snapshot.Take(step)
	t.warnRejected(append(rejected, left...))
	next.Rejected = append(stillRejected(next, step.Changes), append(rejected, left...)...)
	return next, nil
}

// header returns set without its revisions, which would keep old geometry in
// memory.
func header(set *city.ChangeSet) city.ChangeSet {
	h := *set
	h.Revisions = nil
	return h
}

// stillRejected returns those of next.Rejected that the step said nothing about.
func stillRejected(next *State, changes []city.Change) []snapshot.Rejected {
	if len(next.Rejected) == 0 {
		return nil
	}
	told := make(map[city.Change]bool, len(changes))
	for _, c := range changes {
		told[city.Change{Layer: c.Layer, ID: c.ID}] = true
	}
	var still []snapshot.Rejected
	for _, r := range next.Rejected {
		if !next.Touches(r.Layer) && !told[city.Change{Layer: r.Layer, ID: r.ID}] {
			still = append(still, r)
		}
	}
	return still
}
