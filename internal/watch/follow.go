package watch

import (
	"context"
	"errors"
	"sync"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// Run follows the city, calls webhooks and stores positions until ctx ends, and
// stores them once more. Requests under way may end in Options.Grace; those that
// do not are made again after the next start.
func (m *Manager) Run(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { m.courier.run(ctx) })
	all.Go(func() { m.saveProgress(ctx) })
	m.follow(ctx)
	all.Wait()
	m.saveFinally(ctx)
}

// follow takes every state that the twin publishes.
func (m *Manager) follow(ctx context.Context) {
	for {
		states, more, err := m.twin.Since(m.position())
		if err != nil {
			// Too slow for what the twin keeps. The engine has its own state, and
			// compares the newest with that.
			states = []*twin.State{m.twin.State()}
		}
		for _, s := range states {
			m.take(s)
		}
		select {
		case <-more:
		case <-ctx.Done():
			return
		}
	}
}

func (m *Manager) position() city.Version {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at
}

// take looks at one state.
func (m *Manager) take(s *twin.State) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s.Version() <= m.at {
		return
	}
	m.engine.step(s, func(t *target, events []Event) { m.keep(m.entries[t.watch.ID], s, events) })
	m.at = s.Version()
}

// keep puts what a state means to a watch into its log, and wakes its readers.
func (m *Manager) keep(e *entry, s *twin.State, events []Event) {
	if s.Version() <= e.watch.Since {
		return
	}
	msg := &Message{
		ID: messageID(e.watch.ID, s.Version()), Watch: e.watch.ID, Version: s.Version(),
		Since: max(s.Since, e.watch.Since), At: s.At, Events: events,
	}
	if len(events) > maxEvents {
		msg.Events, msg.Reset = nil, resetMany
	}
	m.shelf.keep(&e.log, msg)
	close(e.more)
	e.more = make(chan struct{})
	m.courier.look(e)
}

// maxReplayed is how many changed features are looked at again after a start:
// about half a second of work.
const maxReplayed = 20_000

// resume makes the engine, and fills the logs with what happened before the
// start: since the position of the webhook that is farthest behind, and, so that
// live readers can go on, for some versions before. Where the record does not say
// it, readers that are behind are told a reset.
func (m *Manager) resume(ctx context.Context) error {
	now := m.twin.State()
	behind, oldest := now.Version(), now.Version()
	for _, e := range m.entries {
		oldest = min(oldest, e.watch.Since)
		if d := e.delivery; d != nil && !d.failing {
			d.told = min(d.told, now.Version()) // less when the store was restored from a copy
			behind = min(behind, d.told)
		}
	}
	horizon := max(oldest, now.Version()-city.Version(m.options.Replayed), 0)
	for _, start := range []city.Version{min(behind, horizon), behind} {
		if start >= now.Version() {
			continue
		}
		err := m.replay(ctx, start)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil || errors.Is(err, city.ErrUnavailable):
			return err
		case start == behind:
			m.log.Warn("what happened since webhooks were called last is not known; they are told a reset", "version", int64(start), "error", err)
		default:
			m.log.Info("live readers of watches start anew", "version", int64(start), "reason", err)
		}
	}
	m.begin(now)
	return nil
}

// begin makes the engine at a state, with all logs empty.
func (m *Manager) begin(at *twin.State) {
	m.engine, m.at = newEngine(at.Snapshot, m.sees), at.Version()
	for _, e := range m.entries {
		m.shelf.clear(&e.log, max(at.Version(), e.watch.Since))
		m.engine.add(&e.target)
	}
}

func (m *Manager) replay(ctx context.Context, start city.Version) error {
	begun := false
	return m.twin.Replay(ctx, start, maxReplayed, func(s *twin.State) error {
		m.mu.Lock()
		defer m.mu.Unlock()
		if !begun {
			m.begin(s)
			begun = true
			return nil
		}
		m.engine.step(s, func(t *target, events []Event) { m.keep(m.entries[t.watch.ID], s, events) })
		m.at = s.Version()
		return nil
	})
}
