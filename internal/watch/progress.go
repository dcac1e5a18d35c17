package watch

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// The document of positions. One for all watches: most have nothing to tell in
// most versions, and one write a second is enough for those that have.
const (
	kindProgress = "watch_progress"
	nameProgress = "webhooks"
)

// progress is up to which version webhooks have been told everything: Version,
// or for those that wait or fail, what Behind says.
type progress struct {
	Version city.Version      `json:"version"`
	Behind  map[string]behind `json:"behind,omitempty"`
}

type behind struct {
	Version city.Version `json:"version"`
	Since   time.Time    `json:"since,omitzero"` // of the first of the failed attempts
	Failing bool         `json:"failing,omitempty"`
	Problem string       `json:"problem,omitempty"`
}

// loadProgress brings the webhooks where they were. What was told after the
// positions were stored last is told again.
func (m *Manager) loadProgress(ctx context.Context) error {
	bodies, err := m.store.Documents(ctx, kindProgress)
	if err != nil {
		return fmt.Errorf("read positions of watches: %w", err)
	}
	var p progress
	if body := bodies[nameProgress]; body != nil {
		if err := json.Unmarshal(body, &p); err != nil {
			return fmt.Errorf("read positions of watches: %w", err)
		}
	}
	for id, e := range m.entries {
		d := e.delivery
		if d == nil {
			continue
		}
		d.told = max(p.Version, e.watch.Since)
		if b, ok := p.Behind[id]; ok {
			d.told, d.since, d.failing, d.problem = b.Version, b.Since, b.Failing, b.Problem
		}
	}
	return nil
}

// saveProgress stores positions now and then until ctx ends.
func (m *Manager) saveProgress(ctx context.Context) {
	ticker := time.NewTicker(m.options.Save)
	defer ticker.Stop()
	saved, at := time.Now(), city.Version(0)
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		idle := time.Since(saved) < m.options.SaveIdle
		v, err := m.putProgress(ctx, func(p progress, dirty bool) bool { return dirty || !idle && p.Version > at })
		if err != nil {
			m.log.Warn("positions of watches are not stored", "error", err)
		} else if v > 0 {
			saved, at = time.Now(), v
		}
	}
}

// saveFinally stores positions when ctx has ended.
func (m *Manager) saveFinally(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storing)
	defer cancel()
	if _, err := m.putProgress(ctx, func(progress, bool) bool { return true }); err != nil {
		m.log.Warn("positions of watches are not stored; webhooks will be told some events again", "error", err)
	}
}

// progress returns the positions as they are, whether something was sent since
// the last call, and whether there is a webhook at all.
func (m *Manager) progress() (p progress, dirty, needed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p.Version = m.at
	for id, e := range m.entries {
		d := e.delivery
		if d == nil {
			continue
		}
		needed = true
		if d.failing || d.running || e.log.next(id, d.told) != nil {
			if p.Behind == nil {
				p.Behind = map[string]behind{}
			}
			p.Behind[id] = behind{d.told, d.since, d.failing, d.problem}
		}
	}
	dirty, m.courier.dirty = m.courier.dirty, false
	return p, dirty, needed
}

// putProgress stores the positions if there is a webhook and worth says so. It
// returns the version that it stored, or 0.
func (m *Manager) putProgress(ctx context.Context, worth func(p progress, dirty bool) bool) (city.Version, error) {
	m.changing.Lock() // see Create
	defer m.changing.Unlock()
	p, dirty, needed := m.progress()
	if !needed || !worth(p, dirty) {
		return 0, nil
	}
	body, err := json.Marshal(p)
	if err == nil {
		err = m.store.PutDocument(ctx, kindProgress, nameProgress, body)
	}
	if err != nil && dirty {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.courier.dirty = true
	}
	return p.Version, err
}
