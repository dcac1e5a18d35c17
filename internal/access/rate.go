package access

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrBadLimits marks limits that cannot be.
var ErrBadLimits = errors.New("invalid rate limits")

// Rate is a token bucket: Burst requests at once, refilled by PerSecond. The
// zero Rate limits nothing.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Off reports whether r limits nothing.
func (r Rate) Off() bool { return r.PerSecond == 0 }

// String returns r as UnmarshalText reads it.
func (r Rate) String() string {
	if r.Off() {
		return "0"
	}
	return strconv.FormatFloat(r.PerSecond, 'f', -1, 64) + "/" + strconv.Itoa(r.Burst)
}

// MarshalText writes r as UnmarshalText reads it.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads PERSECOND/BURST, PERSECOND alone (then Burst is twice as
// many, at least 1), or 0, which limits nothing.
func (r *Rate) UnmarshalText(text []byte) error {
	perSecond, burst, has := strings.Cut(string(text), "/")
	var parsed Rate
	var err error
	if parsed.PerSecond, err = strconv.ParseFloat(perSecond, 64); err != nil {
		return fmt.Errorf("rate %q: want REQUESTS-PER-SECOND/BURST: %w", text, ErrBadLimits)
	}
	switch {
	case has:
		if parsed.Burst, err = strconv.Atoi(burst); err != nil {
			return fmt.Errorf("rate %q: want REQUESTS-PER-SECOND/BURST: %w", text, ErrBadLimits)
		}
	case parsed.PerSecond > 0 && parsed.PerSecond <= maxPerSecond:
		parsed.Burst = max(1, int(2*parsed.PerSecond))
	}
	if err := parsed.validate(); err != nil {
		return err
	}
	*r = parsed
	return nil
}

// maxPerSecond is above what a server answers; it keeps arithmetic sane.
const maxPerSecond = 1e6

func (r Rate) validate() error {
	switch {
	case r.Off():
		return nil
	case !(r.PerSecond >= 0.001 && r.PerSecond <= maxPerSecond) || r.Burst < 1 || r.Burst > maxPerSecond:
		return fmt.Errorf("rate %s: want 0, or 0.001 to %d a second and a burst of at least 1: %w", r, int(maxPerSecond), ErrBadLimits)
	}
	return nil
}

// window is the time in which an empty bucket fills.
func (r Rate) window() time.Duration {
	return time.Duration(float64(r.Burst) / r.PerSecond * float64(time.Second))
}

// Limits are the rates of one server. The zero value limits nothing.
//
// An address is an IPv4 address or an IPv6 /64, which is what one subscriber
// gets. Clients behind one address share its bucket, unless they have keys.
type Limits struct {
	AddressReads Rate // of those without credentials, each address
	KeyReads     Rate // of each key or user, whatever the address
	Writes       Rate // of each key or user
	Failures     Rate // credentials that prove nothing, each address
	// MaxBuckets is how many buckets of each kind are kept; those that are used
	// least make room for others, which start full. Default 65,536: 20 MB for
	// each kind at most.
	MaxBuckets int
}

// DefaultLimits are generous: a map that pans asks for some 40 tiles at once.
func DefaultLimits() Limits {
	return Limits{
		AddressReads: Rate{200, 400},
		KeyReads:     Rate{1000, 2000},
		Writes:       Rate{50, 100},
		Failures:     Rate{0.5, 10},
		MaxBuckets:   65_536,
	}
}

// Validate reports everything that is wrong with l. The errors wrap
// ErrBadLimits.
func (l Limits) Validate() error {
	errs := []error{l.AddressReads.validate(), l.KeyReads.validate(), l.Writes.validate(), l.Failures.validate()}
	if l.MaxBuckets < 0 {
		errs = append(errs, fmt.Errorf("%d buckets: %w", l.MaxBuckets, ErrBadLimits))
	}
	return errors.Join(errs...)
}
