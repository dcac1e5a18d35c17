package watch

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/internal/watch/spec"
	"github.com/hanoitwin/hanoitwin/internal/watch/webhook"
)

// kindWatch names the documents of watches in the store.
const kindWatch = "watch"

// storing bounds how long the store may take for one document.
const storing = 10 * time.Second

// Manager keeps all watches and tells what they find. Run does the work; until it
// is called nothing is told. All methods are safe for concurrent use.
//
// One Manager at a time works on a store: a second one does not learn of the
// watches that the first makes, and both would call the webhooks.
type Manager struct {
	twin    *twin.Twin
	store   Documents
	log     *slog.Logger
	options Options
	courier courier

	// changing makes creations and deletions one after the other; mu, which is
	// taken inside of it, is never held while the store is asked.
	changing sync.Mutex

	mu      sync.Mutex
	engine  *engine
	at      city.Version // the engine's
	entries map[string]*entry
	owned   map[string]int // watches of each owner
	shelf   shelf
}

// entry is a watch at work.
type entry struct {
	target
	log      messageLog
	more     chan struct{} // closed when there is a message more, or the watch is gone
	delivery *delivery     // nil without a webhook
}

func newEntry(w *Watch) *entry {
	e := &entry{target: target{watch: w}, log: messageLog{from: w.Since}, more: make(chan struct{})}
	if w.Webhook != nil {
		e.delivery = newDelivery(w)
	}
	return e
}

// LimitError says which limit keeps a watch from being made. It wraps ErrFull.
type LimitError struct {
	Limit int
	Own   bool // of the owner; otherwise of all together
}

// Error names the limit.
func (e *LimitError) Error() string {
	if e.Own {
		return fmt.Sprintf("an owner has at most %d watches", e.Limit)
	}
	return fmt.Sprintf("there are at most %d watches in all", e.Limit)
}

// Unwrap returns ErrFull.
func (e *LimitError) Unwrap() error { return ErrFull }

// Open reads the watches from the store and looks at what happened while nobody
// watched. The store must be that of t. log must not be nil.
func Open(ctx context.Context, t *twin.Twin, store Documents, log *slog.Logger, options Options) (*Manager, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	m := &Manager{
		twin: t, store: store, log: log, options: options.withDefaults(),
		entries: map[string]*entry{}, owned: map[string]int{},
	}
	m.shelf.perWatch, m.shelf.most = m.options.Messages, m.options.Bytes
	m.courier.init(m)
	bodies, err := store.Documents(ctx, kindWatch)
	if err != nil {
		return nil, fmt.Errorf("read watches: %w", err)
	}
	for id, body := range bodies {
		w, err := decode(id, body)
		if err != nil { // made by another version of the program, perhaps
			log.Error("a watch cannot be read and tells nothing", "watch", id, "error", err)
			continue
		}
		m.entries[id] = newEntry(w)
		m.owned[w.Owner.Name]++
	}
	if err := m.loadProgress(ctx); err != nil {
		return nil, err
	}
	if err := m.resume(ctx); err != nil {
		return nil, err
	}
	for _, e := range m.entries {
		m.courier.look(e)
	}
	return m, nil
}

// sees tells what the owner of a watch may see, as far as finding events goes. Of
// an owner who is not known just now, as while a key is exchanged, the role when
// the watch was made counts: what may be told is decided when it is.
func (m *Manager) sees(w *Watch, l *city.Layer) bool {
	role, known := m.options.Role(w.Owner)
	if !known {
		role = w.Owner.Role
	}
	return l.VisibleAt(role)
}

// Create makes a watch from a document that a client sent, durably. It tells of
// what happens after Watch.Since. The error is an *InvalidError, which reports
// all mistakes, a *LimitError, or the store's.
func (m *Manager) Create(ctx context.Context, owner Owner, body []byte) (*Watch, error) {
	wanted, r := spec.Parse(body, m.options.Limits, m.options.Policy)
	// Positions are not stored meanwhile: one behind the new watch, which does not
	// name it, would make it begin too late.
	m.changing.Lock()
	defer m.changing.Unlock()
	state := m.twin.State()
	w := &Watch{Spec: wanted, ID: rand.Text(), Owner: owner, Created: m.options.Now().UTC().Truncate(time.Second), Since: state.Version()}
	r.Check(&w.Spec, state.Snapshot, func(l *city.Layer) bool { return l.VisibleAt(owner.Role) })
	if err := r.Err(); err != nil {
		return nil, err
	}
	if w.Webhook != nil && w.Webhook.Secret.Empty() {
		w.Webhook.Secret = webhook.NewSecret()
	}
	if err := m.room(owner); err != nil {
		return nil, err
	}
	document, err := w.encode()
	if err != nil {
		return nil, err
	}
	if err := m.put(ctx, w.ID, document); err != nil {
		return nil, fmt.Errorf("store watch: %w", err)
	}
	m.join(newEntry(w), state)
	return w, nil
}

// put writes a document; that the client goes away does not leave it half done.
func (m *Manager) put(ctx context.Context, id string, body []byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storing)
	defer cancel()
	return m.store.PutDocument(ctx, kindWatch, id, body)
}

func (m *Manager) room(owner Owner) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if most := m.options.Limits.PerOwner; m.owned[owner.Name] >= most {
		return &LimitError{most, true}
	}
	if most := m.options.Limits.Total; len(m.entries) >= most {
		return &LimitError{most, false}
	}
	return nil
}

// join lets a watch that begins after state take part. Where the engine has gone
// on meanwhile, it first learns of that alone.
func (m *Manager) join(e *entry, state *twin.State) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.at > state.Version() {
		states, _, err := m.twin.Since(state.Version())
		if err != nil {
			e.log.from = m.at
		}
		alone := newEngine(state.Snapshot, m.sees)
		alone.add(&e.target)
		for _, s := range states {
			if s.Version() <= m.at {
				alone.step(s, func(_ *target, events []Event) { m.keep(e, s, events) })
			}
		}
	}
	m.engine.add(&e.target)
	m.entries[e.watch.ID] = e
	m.owned[e.watch.Owner.Name]++
	m.courier.look(e)
}

// Delete removes a watch, durably. city.ErrNotFound when there is none.
func (m *Manager) Delete(ctx context.Context, id string) error {
	m.changing.Lock()
	defer m.changing.Unlock()
	if _, err := m.Get(id); err != nil {
		return err
	}
	if err := m.put(ctx, id, nil); err != nil {
		return fmt.Errorf("remove watch: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.entries[id]
	m.engine.remove(&e.target)
	m.shelf.clear(&e.log, m.at)
	delete(m.entries, id)
	if m.owned[e.watch.Owner.Name]--; m.owned[e.watch.Owner.Name] == 0 {
		delete(m.owned, e.watch.Owner.Name)
	}
	m.courier.forget(e)
	close(e.more)
	return nil
}

// Status is a watch and how its webhook fares.
type Status struct {
	*Watch
	Delivery Delivery // zero without a webhook
}

// Get returns a watch. city.ErrNotFound when there is none.
func (m *Manager) Get(id string) (Status, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, err := m.find(id)
	if err != nil {
		return Status{}, err
	}
	return m.status(e), nil
}

// find returns the entry of a watch. The caller holds mu.
func (m *Manager) find(id string) (*entry, error) {
	if e := m.entries[id]; e != nil {
		return e, nil
	}
	return nil, fmt.Errorf("watch %.100q: %w", id, city.ErrNotFound)
}

// List returns the watches of an owner, or of everyone, the oldest first.
func (m *Manager) List(owner string, everyone bool) []Status {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []Status
	for _, e := range m.entries {
		if everyone || e.watch.Owner.Name == owner {
			all = append(all, m.status(e))
		}
	}
	slices.SortFunc(all, func(a, b Status) int {
		return cmp.Or(cmp.Compare(a.Since, b.Since), a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	return all
}

func (m *Manager) status(e *entry) Status {
	s := Status{Watch: e.watch}
	if e.delivery != nil {
		s.Delivery = e.delivery.report(m, e)
	}
	return s
}
