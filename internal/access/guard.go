package access

import (
	"context"
	"errors"
	"net/netip"
)

// Action is what a request wants. The set is closed.
type Action uint8

// The actions. Read is whatever changes nothing; Write is the rest, that of
// features and layers as of watches.
const (
	Read Action = iota
	Write
)

// Guard lets requests in. It is safe for concurrent use.
type Guard struct {
	auth     *Authenticator
	limiter  *Limiter
	readKeys bool
}

// NewGuard returns a Guard. With requireReadKey reading needs credentials too.
func NewGuard(auth *Authenticator, limiter *Limiter, requireReadKey bool) *Guard {
	return &Guard{auth, limiter, requireReadKey}
}

// Admit returns who asks, or why they may not: one of the errors of this
// package, or a *LimitError. What a Principal may do to a layer is the caller's
// to ask: Admit only demands that those who write are known.
//
// Credentials that prove nothing are an error also where none are needed: the
// client believes to be somebody. An address that sends many is not even
// listened to for a while, whatever it sends, so that guessing does not go
// faster than Limits.Failures.
func (g *Guard) Admit(ctx context.Context, action Action, c Credentials, client netip.Addr) (Principal, error) {
	var p Principal
	if c.none() {
		p.Anonymous = true
	} else {
		failures, from, now := g.limiter.failures, subscriber(client), g.limiter.now
		if err := failures.check(from, now); err != nil {
			return Principal{}, err
		}
		var err error
		if p, err = g.auth.Authenticate(ctx, c); err != nil {
			if errors.Is(err, ErrBadCredentials) {
				_ = failures.take(from, now) // the next one is refused if this was the last
			}
			return Principal{}, err
		}
	}
	if err := g.limiter.take(action, &p, client); err != nil {
		return Principal{}, err
	}
	if p.Anonymous && (g.readKeys || action == Write) {
		return Principal{}, ErrNoCredentials
	}
	return p, nil
}

// Still reports whether credentials that were admitted as p still are: those of a
// revoked key are not, nor an expired token. What cannot be found out now counts
// as yes. It counts no request.
func (g *Guard) Still(ctx context.Context, c Credentials, p *Principal) bool {
	if c.none() {
		return p.Anonymous
	}
	now, err := g.auth.Authenticate(ctx, c)
	return errors.Is(err, ErrUnavailable) || err == nil && now.Name == p.Name && now.Role == p.Role
}

// RequiresReadKey reports whether nothing can be read without credentials.
func (g *Guard) RequiresReadKey() bool { return g.readKeys }
