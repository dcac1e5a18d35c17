package access

import (
	"fmt"
	"math"
	"net/netip"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"
)

// LimitError means that somebody asks too often.
type LimitError struct {
	Policy string // which limit: reads, writes, failed-logins
	Rate   Rate
	Wait   time.Duration // until one more request is admitted
}

// Error makes LimitError an error.
func (e *LimitError) Error() string {
	return fmt.Sprintf("more than %s a second (%s)", e.Rate, e.Policy)
}

// RetryAfter returns Wait in whole seconds, rounded up: at least 1.
func (e *LimitError) RetryAfter() int { return max(1, int(math.Ceil(e.Wait.Seconds()))) }

// Window returns the time in which the whole burst is available again, in whole
// seconds, rounded up: at least 1.
func (e *LimitError) Window() int { return max(1, int(math.Ceil(e.Rate.window().Seconds()))) }

// Limiter counts requests. It is safe for concurrent use.
type Limiter struct {
	addressReads, failures *buckets[netip.Addr]
	keyReads               *buckets[string]
	addressWrites          *buckets[netip.Addr]
	keyWrites              *buckets[string]
	now                    func() time.Time
}

// NewLimiter returns a Limiter. It reports every mistake in limits.
func NewLimiter(limits Limits) (*Limiter, error) { return newLimiter(limits, time.Now) }

// newLimiter is NewLimiter with a clock.
func newLimiter(limits Limits, now func() time.Time) (*Limiter, error) {
	if err := limits.Validate(); err != nil {
		return nil, err
	}
	if limits.MaxBuckets == 0 {
		limits.MaxBuckets = DefaultLimits().MaxBuckets
	}
	return &Limiter{
		addressReads:  newBuckets[netip.Addr]("reads", limits.AddressReads, limits.MaxBuckets),
		keyReads:      newBuckets[string]("reads", limits.KeyReads, limits.MaxBuckets),
		addressWrites: newBuckets[netip.Addr]("writes", limits.Writes, limits.MaxBuckets),
		keyWrites:     newBuckets[string]("writes", limits.Writes, limits.MaxBuckets),
		failures:      newBuckets[netip.Addr]("failed-logins", limits.Failures, limits.MaxBuckets),
		now:           now,
	}, nil
}

// take admits one request of p from client, or returns a *LimitError.
func (l *Limiter) take(action Action, p *Principal, client netip.Addr) error {
	reads, writes := l.addressReads, l.addressWrites
	if p.Anonymous {
		if action == Write {
			reads = writes
		}
		return reads.take(subscriber(client), l.now)
	}
	if action == Write {
		return l.keyWrites.take(p.Name, l.now)
	}
	return l.keyReads.take(p.Name, l.now)
}

// subscriber is the address by which a client is counted: IPv4 as it is, of
// IPv6 the /64. The zero Addr, of a peer without one, is a subscriber too.
func subscriber(client netip.Addr) netip.Addr {
	client = client.Unmap()
	if !client.Is6() {
		return client
	}
	prefix, err := client.WithZone("").Prefix(64)
	if err != nil { // of an IPv6 address there is none
		return client
	}
	return prefix.Addr()
}

// buckets are the token buckets of one kind. A nil *buckets admits all.
type buckets[K comparable] struct {
	policy string
	rate   Rate
	cache  *otter.Cache[K, *rate.Limiter]
}

func newBuckets[K comparable](policy string, r Rate, most int) *buckets[K] {
	if r.Off() {
		return nil
	}
	return &buckets[K]{
		policy: policy, rate: r,
		// Must panics on options that contradict each other, which a number of
		// at least 1 does not.
		cache: otter.Must(&otter.Options[K, *rate.Limiter]{MaximumSize: most}),
	}
}

// take takes one token of k's bucket, or returns a *LimitError.
func (b *buckets[K]) take(k K, now func() time.Time) error {
	if b == nil {
		return nil
	}
	bucket, found := b.cache.GetIfPresent(k)
	if !found {
		bucket, _ = b.cache.SetIfAbsent(k, rate.NewLimiter(rate.Limit(b.rate.PerSecond), b.rate.Burst))
	}
	t := now()
	if bucket.AllowN(t, 1) {
		return nil
	}
	return b.refusal(bucket, t)
}

// check returns what take would, and takes nothing.
func (b *buckets[K]) check(k K, now func() time.Time) error {
	if b == nil {
		return nil
	}
	bucket, found := b.cache.GetIfPresent(k)
	if !found {
		return nil
	}
	t := now()
	if bucket.TokensAt(t) >= 1 {
		return nil
	}
	return b.refusal(bucket, t)
}

func (b *buckets[K]) refusal(bucket *rate.Limiter, t time.Time) *LimitError {
	missing := max(0, 1-bucket.TokensAt(t))
	return &LimitError{b.policy, b.rate, time.Duration(missing / b.rate.PerSecond * float64(time.Second))}
}

// close stops what the caches run in the background.
func (b *buckets[K]) close() {
	if b != nil {
		b.cache.StopAllGoroutines()
	}
}

// Close frees what the limiter holds beside memory.
func (l *Limiter) Close() {
	l.addressReads.close()
	l.keyReads.close()
	l.addressWrites.close()
	l.keyWrites.close()
	l.failures.close()
}
