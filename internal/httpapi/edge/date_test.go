package edge

import (
	"testing"
	"time"
)

// TestDate lets a clock go on and back: the header is that of its second, in UTC.
func TestDate(t *testing.T) {
	var c Core
	at := time.Date(2026, 11, 23, 15, 30, 0, 0, time.FixedZone("Hanoi", 7*3600))
	for _, step := range []struct {
		on   time.Duration
		want string
	}{
		{0, "Mon, 23 Nov 2026 08:30:00 GMT"},
		{999 * time.Millisecond, "Mon, 23 Nov 2026 08:30:00 GMT"},
		{time.Second, "Mon, 23 Nov 2026 08:30:01 GMT"},
		{24 * time.Hour, "Tue, 24 Nov 2026 08:30:00 GMT"},
		{0, "Mon, 23 Nov 2026 08:30:00 GMT"},
	} {
		if got := c.dateOf(at.Add(step.on)); len(got) != 1 || got[0] != step.want {
			t.Errorf("%s on: %q, want %s", step.on, got, step.want)
		}
	}
	if n := testing.AllocsPerRun(100, func() { c.dateOf(at) }); n != 0 {
		t.Errorf("%g allocations within a second", n)
	}
}
