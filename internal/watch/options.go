package watch

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/watch/spec"
	"github.com/hanoitwin/hanoitwin/internal/watch/webhook"
)

// Documents keeps watches durably; a twin.Store is one.
type Documents interface {
	Documents(ctx context.Context, kind string) (map[string][]byte, error)
	PutDocument(ctx context.Context, kind, name string, body []byte) error
}

// Options tune a Manager. The zero value is good, and lets no webhook be made.
type Options struct {
	Limits spec.Limits
	// Policy says where webhooks may go; nil: nowhere.
	Policy *webhook.Policy
	// Role returns what the owner of a watch may do now, and false when the owner
	// is not known: then nothing is told until that changes. It must not call the
	// Manager. nil: the role that the owner had when the watch was made, for ever.
	Role func(Owner) (city.Role, bool)

	// Workers is how many webhook requests run at a time. Default 64.
	Workers int
	// PerReceiver is how many of them go to one host and port. Default 8.
	PerReceiver int
	// Timeout bounds one request. Default 10 s.
	Timeout time.Duration
	// Grace is how long requests under way may take to end when the Manager stops.
	// Default 3 s.
	Grace time.Duration
	// FirstRetry is the pause after the first failure; each later one is twice
	// as long, up to LastRetry. Half of each pause is random. Default 1 s, 10 min.
	FirstRetry, LastRetry time.Duration
	// GiveUp is for how long a message is tried before the watch is marked
	// failing and no more is sent. Default 24 h.
	GiveUp time.Duration
	// Save is how often positions are stored while messages are delivered, and
	// SaveIdle while none are. Default 1 s, 1 min.
	Save, SaveIdle time.Duration

	// Messages is how many messages of one watch are kept for readers that come
	// back or are slow, and Bytes bounds those of all. Default 128, 64 MiB.
	Messages int
	Bytes    int
	// Replayed is how many versions before the start are looked at again, so
	// that readers can go on after a restart. Default 1,000.
	Replayed int

	// RootCAs are the authorities that receivers by https may be certified by; nil:
	// those of the system.
	RootCAs *x509.CertPool

	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	o.Limits = o.Limits.WithDefaults()
	o.Workers = cmp.Or(o.Workers, 64)
	o.PerReceiver = cmp.Or(o.PerReceiver, 8)
	o.Timeout = cmp.Or(o.Timeout, 10*time.Second)
	o.Grace = cmp.Or(o.Grace, 3*time.Second)
	o.FirstRetry = cmp.Or(o.FirstRetry, time.Second)
	o.LastRetry = cmp.Or(o.LastRetry, 10*time.Minute)
	o.GiveUp = cmp.Or(o.GiveUp, 24*time.Hour)
	o.Save = cmp.Or(o.Save, time.Second)
	o.SaveIdle = cmp.Or(o.SaveIdle, time.Minute)
	o.Messages = cmp.Or(o.Messages, 128)
	o.Bytes = cmp.Or(o.Bytes, 64<<20)
	o.Replayed = cmp.Or(o.Replayed, 1_000)
	if o.Policy == nil {
		o.Policy = &webhook.Policy{}
	}
	if o.Role == nil {
		o.Role = func(owner Owner) (city.Role, bool) { return owner.Role, true }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Validate reports everything that is wrong with o; zero fields are right. The
// errors wrap ErrConfig.
func (o Options) Validate() error {
	o = o.withDefaults()
	var errs []error
	bad := func(field string, value any, want string) {
		errs = append(errs, fmt.Errorf("%s is %v, want %s: %w", field, value, want, ErrConfig))
	}
	for _, f := range []struct {
		name  string
		value any // int, int64 or time.Duration
	}{
		{"PerOwner", o.Limits.PerOwner}, {"Total", o.Limits.Total}, {"Vertices", o.Limits.Vertices},
		{"Workers", o.Workers}, {"PerReceiver", o.PerReceiver}, {"Timeout", o.Timeout}, {"Grace", o.Grace},
		{"FirstRetry", o.FirstRetry}, {"GiveUp", o.GiveUp}, {"Save", o.Save}, {"SaveIdle", o.SaveIdle},
		{"Messages", o.Messages}, {"Bytes", o.Bytes}, {"Replayed", o.Replayed},
	} {
		if reflect.ValueOf(f.value).Int() <= 0 {
			bad(f.name, f.value, "more than 0")
		}
	}
	if o.LastRetry < o.FirstRetry {
		bad("LastRetry", o.LastRetry, "at least FirstRetry")
	}
	for _, f := range []struct {
		name  string
		value float64
	}{{"RadiusMetres", o.Limits.RadiusMetres}, {"FollowMetres", o.Limits.FollowMetres}} {
		if !(f.value >= spec.MinRadiusMetres && f.value <= spec.MaxRadiusMetres) {
			bad(f.name, f.value, fmt.Sprintf("%v to %v", spec.MinRadiusMetres, spec.MaxRadiusMetres))
		}
	}
	return errors.Join(errs...)
}
