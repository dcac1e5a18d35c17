package access

import (
	"encoding/binary"
	"errors"
	"math"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func testLimiter(t testing.TB, limits Limits, c *clock) *Limiter {
	t.Helper()
	l, err := newLimiter(limits, c.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func TestRateText(t *testing.T) {
	for text, want := range map[string]Rate{
		"0": {}, "0/7": {}, "200/400": {200, 400}, "200": {200, 400}, "0.5/10": {0.5, 10}, "0.25": {0.25, 1}, "1e3/1": {1000, 1},
	} {
		var r Rate
		if err := r.UnmarshalText([]byte(text)); err != nil || r.PerSecond != want.PerSecond || !r.Off() && r != want {
			t.Errorf("%q is %v (%v), want %v", text, r, err, want)
		}
		var back Rate
		if err := back.UnmarshalText([]byte(r.String())); err != nil || back.String() != r.String() {
			t.Errorf("%q reads back as %v (%v)", r, back, err)
		}
	}
	for _, bad := range []string{"", "x", "1/x", "1/", "/1", "1/0", "-1/5", "-1", "NaN", "NaN/5", "Inf", "Inf/5", "1e7/1", "1e-9/1", "1/1000001", "1/2/3", "5/-5"} {
		r := Rate{1, 1}
		if err := r.UnmarshalText([]byte(bad)); !errors.Is(err, ErrBadLimits) || r != (Rate{1, 1}) {
			t.Errorf("%q is %v (%v)", bad, r, err)
		}
	}
}

func TestLimitsValidate(t *testing.T) {
	for _, good := range []Limits{{}, DefaultLimits()} {
		if err := good.Validate(); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []Limits{{AddressReads: Rate{1, 0}}, {KeyReads: Rate{-1, 1}}, {Writes: Rate{math.NaN(), 1}}, {Failures: Rate{1, -1}}, {MaxBuckets: -1}} {
		if _, err := NewLimiter(bad); !errors.Is(err, ErrBadLimits) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// TestBucket follows one bucket of 2 requests a second and a burst of 3.
func TestBucket(t *testing.T) {
	c := newClock()
	l := testLimiter(t, Limits{AddressReads: Rate{2, 3}}, c)
	anyone, from := Principal{Anonymous: true}, netip.MustParseAddr("203.0.113.7")
	take := func() error { return l.take(Read, &anyone, from) }
	for i := range 3 {
		if err := take(); err != nil {
			t.Fatalf("request %d of the burst: %v", i, err)
		}
	}
	for range 5 { // refusals cost nothing
		var refused *LimitError
		if err := take(); !errors.As(err, &refused) {
			t.Fatalf("beyond the burst: %v", err)
		}
		if refused.Wait != 500*time.Millisecond || refused.RetryAfter() != 1 || refused.Policy != "reads" || refused.Rate != (Rate{2, 3}) || refused.Window() != 2 {
			t.Fatalf("%+v, retry after %d, window %d", refused, refused.RetryAfter(), refused.Window())
		}
	}
	c.pass(499 * time.Millisecond)
	if take() == nil {
		t.Error("too early")
	}
	c.pass(time.Millisecond)
	if err := take(); err != nil {
		t.Error(err)
	}
	if take() == nil {
		t.Error("one token was two")
	}
	c.pass(time.Hour)
	for i := range 4 {
		if err := take(); (err == nil) != (i < 3) {
			t.Errorf("request %d after an hour: %v", i, err)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for wait, want := range map[time.Duration]int{0: 1, time.Millisecond: 1, time.Second: 1, 1001 * time.Millisecond: 2, 90 * time.Second: 90} {
		if got := (&LimitError{Wait: wait}).RetryAfter(); got != want {
			t.Errorf("%s: %d, want %d", wait, got, want)
		}
	}
}

// TestBucketsAreApart: who shares a bucket, and who does not.
func TestBucketsAreApart(t *testing.T) {
	one := Rate{0.001, 1}
	type who struct {
		action Action
		key    string
		from   string
	}
	for name, c := range map[string]struct {
		a, b   who
		shared bool
	}{
		"an address":                    {who{Read, "", "203.0.113.7"}, who{Read, "", "203.0.113.7"}, true},
		"two addresses":                 {who{Read, "", "203.0.113.7"}, who{Read, "", "203.0.113.8"}, false},
		"the same, mapped into IPv6":    {who{Read, "", "203.0.113.7"}, who{Read, "", "::ffff:203.0.113.7"}, true},
		"an IPv6 /64":                   {who{Read, "", "2001:db8:1:2::1"}, who{Read, "", "2001:db8:1:2:ffff::9"}, true},
		"two IPv6 /64":                  {who{Read, "", "2001:db8:1:2::1"}, who{Read, "", "2001:db8:1:3::1"}, false},
		"a zone does not matter":        {who{Read, "", "fe80::1%eth0"}, who{Read, "", "fe80::2%eth1"}, true},
		"a key, wherever it is used":    {who{Read, "ops", "203.0.113.7"}, who{Read, "ops", "203.0.113.8"}, true},
		"two keys behind one address":   {who{Read, "ops", "203.0.113.7"}, who{Read, "app", "203.0.113.7"}, false},
		"a key beside strangers":        {who{Read, "", "203.0.113.7"}, who{Read, "ops", "203.0.113.7"}, false},
		"reads and writes of a key":     {who{Read, "ops", "203.0.113.7"}, who{Write, "ops", "203.0.113.7"}, false},
		"reads and writes of strangers": {who{Read, "", "203.0.113.7"}, who{Write, "", "203.0.113.7"}, false},
		"no addresses":                  {who{Read, "", ""}, who{Read, "", ""}, true},
	} {
		l := testLimiter(t, Limits{AddressReads: one, KeyReads: one, Writes: one}, newClock())
		take := func(w who) error {
			p := Principal{Name: w.key, Anonymous: w.key == ""}
			addr, _ := netip.ParseAddr(w.from)
			return l.take(w.action, &p, addr)
		}
		if err := take(c.a); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := take(c.b); (err != nil) != c.shared {
			t.Errorf("%s: %v, shared %t", name, err, c.shared)
		}
	}
}

func TestLimitsOff(t *testing.T) {
	l := testLimiter(t, Limits{}, newClock())
	for range 10_000 {
		for _, p := range []Principal{{Anonymous: true}, {Name: "ops"}} {
			if l.take(Read, &p, netip.Addr{}) != nil || l.take(Write, &p, netip.Addr{}) != nil {
				t.Fatal("no limit limits")
			}
		}
	}
}

// TestAddressFlood comes from more addresses than there are buckets: memory
// stays bounded, and the one who asks all the time stays limited.
func TestAddressFlood(t *testing.T) {
	const most = 1000
	l := testLimiter(t, Limits{AddressReads: Rate{0.001, 10}, MaxBuckets: most}, newClock())
	anyone, steady := Principal{Anonymous: true}, netip.MustParseAddr("203.0.113.7")
	admitted := 0
	for i := range 50_000 {
		var bits [16]byte
		bits[0] = 0x20
		binary.BigEndian.PutUint32(bits[4:], uint32(i))
		if err := l.take(Read, &anyone, netip.AddrFrom16(bits)); err != nil {
			t.Fatalf("address %d has asked once: %v", i, err)
		}
		if i%10 == 0 && l.take(Read, &anyone, steady) == nil {
			admitted++
		}
	}
	l.addressReads.cache.CleanUp()
	if n := l.addressReads.cache.EstimatedSize(); n > most {
		t.Errorf("%d buckets, want at most %d", n, most)
	}
	if admitted > 100 { // 10 if its bucket is never dropped, 5,000 without a limit
		t.Errorf("%d of 5,000 requests admitted during the flood", admitted)
	}
}

// TestBucketConcurrent: however many ask at once, the burst is what is admitted.
func TestBucketConcurrent(t *testing.T) {
	l := testLimiter(t, Limits{KeyReads: Rate{0.001, 100}}, newClock())
	p := Principal{Name: "ops"}
	var admitted atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				if l.take(Read, &p, netip.Addr{}) == nil {
					admitted.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := admitted.Load(); n != 100 {
		t.Errorf("%d admitted, want 100", n)
	}
}

func BenchmarkTake(b *testing.B) {
	l, err := NewLimiter(DefaultLimits())
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	anyone, from := Principal{Anonymous: true}, netip.MustParseAddr("2001:db8:1:2::1")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_ = l.take(Read, &anyone, from)
		}
	})
}
