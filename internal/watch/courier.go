package watch

import (
	"context"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/watch/webhook"
)

// State says how a webhook fares.
type State string

// The states of a Delivery.
const (
	Active   State = "active"   // what there was has been taken, or is under way
	Retrying State = "retrying" // the last attempt failed
	Failing  State = "failing"  // given up: nothing is sent any more
)

// Delivery tells how a webhook fares.
type Delivery struct {
	State State
	// Told is the version up to which the receiver has taken everything.
	Told city.Version
	// Since is when the first of the failed attempts was, Attempts how many there
	// were since the start of the program, and Problem why the last one failed.
	// They are zero in state Active.
	Since    time.Time
	Attempts int
	Problem  string
}

// delivery is a webhook at work. Manager.mu guards it.
type delivery struct {
	receiver string // host and port
	told     city.Version
	attempts int       // failed ones, in a row
	since    time.Time // of the first of them
	due      time.Time // of the next
	running  bool
	slow     bool // the last attempt took long
	failing  bool
	problem  string
}

func newDelivery(w *Watch) *delivery {
	return &delivery{told: w.Since, receiver: receiverOf(w.Webhook.URL)}
}

// receiverOf names the host and port of an address, the same of all ways to write
// it: how many requests go to one receiver is counted by that.
func receiverOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), port)
}

func (d *delivery) report(m *Manager, e *entry) Delivery {
	r := Delivery{State: Active, Told: d.told}
	switch {
	case d.failing:
		r.State = Failing
	case d.attempts > 0 || !d.since.IsZero():
		r.State = Retrying
	case !d.running && e.log.next(e.watch.ID, d.told) == nil:
		r.Told = max(m.at, e.watch.Since)
	}
	if r.State != Active {
		r.Since, r.Attempts, r.Problem = d.since, d.attempts, d.problem
	}
	return r
}

// courier calls webhooks: for each watch one message after the other, in order,
// and for all together with so many workers that bad receivers cannot use them
// up.
//
//	log ─look─► waiting ─start─► running ─► taken ─► look again
//	               ▲                  │
//	               └── pause, twice ──┘ refused; in the end: failing
//	                   as long each
//
// Manager.mu guards its fields.
type courier struct {
	m         *Manager
	sender    webhook.Sender
	waiting   map[*entry]struct{} // have a message, and are not running
	receivers map[string]int      // requests under way to each
	running   int
	doubtful  int // of those running: to receivers that failed or were slow
	dirty     bool
	wake      chan struct{} // holds a token when start should look
}

func (c *courier) init(m *Manager) {
	o := &m.options
	c.m, c.sender = m, webhook.NewSender(webhook.SenderOptions{Policy: o.Policy, Timeout: o.Timeout, PerReceiver: o.PerReceiver, Workers: o.Workers, RootCAs: o.RootCAs})
	c.waiting, c.receivers, c.wake = map[*entry]struct{}{}, map[string]int{}, make(chan struct{}, 1)
}

// look notices that e may have something to send.
func (c *courier) look(e *entry) {
	d := e.delivery
	if d == nil || d.failing || d.running || e.log.next(e.watch.ID, d.told) == nil {
		return
	}
	c.waiting[e] = struct{}{}
	c.nudge()
}

func (c *courier) forget(e *entry) { delete(c.waiting, e) }

func (c *courier) nudge() {
	select {
	case c.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// run starts requests when they are due, until ctx ends. Those under way may then
// end: a message that is taken just now need not be told again.
func (c *courier) run(ctx context.Context) {
	sending, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	var requests sync.WaitGroup
	defer func() {
		timer := time.AfterFunc(c.m.options.Grace, giveUp)
		requests.Wait()
		timer.Stop()
		giveUp()
		c.sender.Close()
	}()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-c.wake:
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		if pause, any := c.start(sending, &requests); any {
			timer.Reset(pause)
		}
	}
}

// ownerPause is how soon to look again for an owner who is not known.
const ownerPause = time.Second

// start starts what is due and has a worker. It returns when the next one that
// waits for its time is due.
func (c *courier) start(ctx context.Context, requests *sync.WaitGroup) (pause time.Duration, any bool) {
	m := c.m
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.options.Now()
	for e := range c.waiting { // in random order, so that nobody is last for ever
		d := e.delivery
		if wait := d.due.Sub(now); wait > 0 {
			if !any || wait < pause {
				pause, any = wait, true
			}
			continue
		}
		doubtful := d.attempts > 0 || d.slow
		if c.running >= m.options.Workers || c.receivers[d.receiver] >= m.options.PerReceiver || doubtful && c.doubtful >= (m.options.Workers+1)/2 {
			continue // the end of a request wakes c
		}
		role, known := m.options.Role(e.watch.Owner)
		if !known { // perhaps the key is being exchanged
			d.due = now.Add(ownerPause)
			if !any || ownerPause < pause {
				pause, any = ownerPause, true
			}
			continue
		}
		delete(c.waiting, e)
		msg := c.next(e, role)
		if msg == nil {
			continue
		}
		d.running = true
		c.running++
		c.receivers[d.receiver]++
		if doubtful {
			c.doubtful++
		}
		requests.Go(func() { c.attempt(ctx, e, msg, doubtful) })
	}
	return pause, any
}

// next returns the next message that the owner may see.
func (c *courier) next(e *entry, role city.Role) *Message {
	d := e.delivery
	for {
		msg := e.log.next(e.watch.ID, d.told)
		if msg == nil {
			return nil
		}
		if visible := c.m.visible(role, msg); visible != nil {
			return visible
		}
		d.told = msg.Version
	}
}

// slowAfter is from which time on an answer counts as slow.
const slowAfter = time.Second

func (c *courier) attempt(ctx context.Context, e *entry, msg *Message, doubtful bool) {
	began := time.Now()
	refused := c.sender.Send(ctx, e.watch.Webhook, msg.ID, msg, c.m.options.Now())
	took := time.Since(began)

	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	d := e.delivery
	d.running = false
	d.slow = took > slowAfter
	c.running--
	if doubtful {
		c.doubtful--
	}
	if c.receivers[d.receiver]--; c.receivers[d.receiver] == 0 {
		delete(c.receivers, d.receiver)
	}
	c.nudge()
	if c.m.entries[e.watch.ID] != e || refused != nil && ctx.Err() != nil {
		return // deleted meanwhile, or the end
	}
	c.dirty = true
	if refused == nil {
		c.taken(e, msg)
	} else {
		c.refused(e, refused)
	}
	c.look(e)
}

func (c *courier) taken(e *entry, msg *Message) {
	d := e.delivery
	if !d.since.IsZero() {
		c.m.log.Info("webhook is taken again", "watch", e.watch.ID, "receiver", d.receiver)
	}
	d.told = max(d.told, msg.Version)
	d.attempts, d.since, d.due, d.problem = 0, time.Time{}, time.Time{}, ""
}

func (c *courier) refused(e *entry, why *webhook.Refusal) {
	d, o := e.delivery, &c.m.options
	now := o.Now()
	if d.since.IsZero() {
		d.since = now
		c.m.log.Warn("webhook is not taken", "watch", e.watch.ID, "receiver", d.receiver, "reason", why)
	}
	d.attempts++
	d.problem = why.Reason
	d.due = now.Add(max(pause(d.attempts, o.FirstRetry, o.LastRetry), min(why.Wait, o.LastRetry)))
	if why.Gone || now.Sub(d.since) >= o.GiveUp {
		d.failing = true
		c.m.log.Error("webhook is given up", "watch", e.watch.ID, "receiver", d.receiver, "since", d.since, "reason", why)
	}
}

// pause returns how long to wait after a number of failures: twice as long after
// each, half of it at random, so that receivers that come back are not called by
// all at once.
func pause(attempts int, first, last time.Duration) time.Duration {
	p := last
	if shift := attempts - 1; shift < 30 && first<<shift < last && first<<shift > 0 {
		p = first << shift
	}
	return p/2 + rand.N(p/2+1)
}
