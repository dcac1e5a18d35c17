package access

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// ErrBadIssuer marks an IssuerConfig that cannot be used.
var ErrBadIssuer = errors.New("invalid OpenID Connect settings")

// maxSkew bounds how far the issuer's clock may be from ours.
const maxSkew = 10 * time.Minute

// IssuerConfig says whose tokens are believed, and what their claims mean.
type IssuerConfig struct {
	// URL is the issuer, exactly as its tokens name it. https, or http on this
	// machine.
	URL string
	// Audience must be among the token's audiences: tokens that the issuer made
	// for other services are refused. Required.
	Audience string
	// RoleClaim names the claim that holds the role: a text of one or more words,
	// or a list. A path goes into objects: realm_access.roles. Default: roles.
	RoleClaim string
	// Roles translates values of that claim; of several roles the highest holds.
	// Empty: viewer, editor and admin mean themselves. Nothing else means
	// anything.
	Roles map[string]city.Role
	// NameClaim names the claim by which history records the user, as "oidc:"
	// and its value. Default: sub, which alone the standard promises to be unique
	// and never given to another; it is also what is used where a token lacks the
	// claim.
	NameClaim string
	// Skew is how far the issuer's clock may be from ours. Default: one minute.
	Skew time.Duration
}

func (c IssuerConfig) withDefaults() IssuerConfig {
	if c.RoleClaim == "" {
		c.RoleClaim = "roles"
	}
	if c.NameClaim == "" {
		c.NameClaim = "sub"
	}
	if c.Skew == 0 {
		c.Skew = time.Minute
	}
	if len(c.Roles) == 0 {
		c.Roles = map[string]city.Role{}
		for _, r := range city.Roles() {
			c.Roles[string(r)] = r
		}
	}
	return c
}

// Validate reports everything that is wrong with c. The errors wrap
// ErrBadIssuer.
func (c IssuerConfig) Validate() error {
	var errs []error
	if err := checkURL(c.URL); err != nil {
		errs = append(errs, err)
	} else if strings.ContainsAny(c.URL, "?#") {
		errs = append(errs, fmt.Errorf("issuer %q: a query or a fragment has no place in it: %w", c.URL, ErrBadIssuer))
	}
	if c.Audience == "" {
		errs = append(errs, fmt.Errorf("no audience is set: tokens for other services would be valid here: %w", ErrBadIssuer))
	}
	if c.Skew < 0 || c.Skew > maxSkew {
		errs = append(errs, fmt.Errorf("clock skew %s, want 0 to %s: %w", c.Skew, maxSkew, ErrBadIssuer))
	}
	for value, role := range c.Roles {
		if _, err := city.ParseRole(string(role)); err != nil || value == "" {
			errs = append(errs, fmt.Errorf("role %q for the claim's value %q: %w", role, value, ErrBadIssuer))
		}
	}
	return errors.Join(errs...)
}

// checkURL demands that nobody on the way can change what is read there.
func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil {
		return fmt.Errorf("%.200q is no URL that can be asked: %w", text, ErrBadIssuer)
	}
	if u.Scheme == "https" {
		return nil
	}
	addr, err := netip.ParseAddr(u.Hostname())
	if u.Scheme == "http" && (u.Hostname() == "localhost" || err == nil && addr.IsLoopback()) {
		return nil
	}
	return fmt.Errorf("%.200q is neither https nor on this machine: %w", text, ErrBadIssuer)
}
