package watch

import (
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Batch is what a reader of one watch has not seen.
type Batch struct {
	// Messages are in the order of their versions. The first is a reset when
	// something before it is lost.
	Messages []*Message
	// UpTo is the version up to which that is all: ask from it next.
	UpTo city.Version
	// More is closed when there may be more, or the watch is gone.
	More <-chan struct{}
}

// Since returns what a watch has found after a version. A version that does not
// exist yet, which a reader can have from a store that was restored from a copy,
// gives a reset. Nothing waits for the reader: one that is too slow gets a reset
// too. city.ErrNotFound when there is no such watch, or not any more.
func (m *Manager) Since(id string, after city.Version) (Batch, error) {
	newest := m.twin.State().Version()
	m.mu.Lock()
	defer m.mu.Unlock()
	e, err := m.find(id)
	if err != nil {
		return Batch{}, err
	}
	b := Batch{UpTo: max(m.at, e.watch.Since), More: e.more}
	after = max(after, e.watch.Since)
	role, known := m.options.Role(e.watch.Owner)
	if !known {
		b.UpTo = after
		return b, nil
	}
	switch {
	case after > b.UpTo && after <= newest:
		b.UpTo = after // the engine is about to come there
		return b, nil
	case after > b.UpTo:
		b.Messages = []*Message{lost(id, b.UpTo)}
		return b, nil
	}
	messages, whole := e.log.after(after)
	if !whole {
		b.Messages = append(b.Messages, lost(id, e.log.from))
		messages = e.log.messages
	}
	for _, msg := range messages {
		if msg = m.visible(role, msg); msg != nil {
			b.Messages = append(b.Messages, msg)
		}
	}
	return b, nil
}

// visible returns msg without what a role may not know now, and nil when nothing
// is left.
func (m *Manager) visible(role city.Role, msg *Message) *Message {
	now := m.twin.Snapshot()
	hidden := func(ev Event) bool {
		if !ev.seenIn.VisibleAt(role) {
			return true
		}
		// What left was known to the owner before; all else must still be seen.
		l := now.Layer(ev.Layer)
		return ev.Kind != Leave && l != nil && !l.Definition().VisibleAt(role)
	}
	if !slices.ContainsFunc(msg.Events, hidden) {
		return msg
	}
	left := *msg
	left.Events = slices.DeleteFunc(slices.Clone(msg.Events), hidden)
	if len(left.Events) == 0 {
		return nil
	}
	return &left
}
