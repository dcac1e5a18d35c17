package problem

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
)

// errForbidden is in what the 403s of this file wrap.
var errForbidden = errors.New("forbidden")

// MayWrite returns nil when p may write features of the layer, otherwise the
// problem to answer with. A layer that p may not read is the caller's to deny:
// it does not exist for p.
func MayWrite(p *access.Principal, layer *city.Layer) error {
	switch {
	case p.MayWrite(layer):
		return nil
	case p.MayWriteSomething():
		return Forbidden(p, "write the layer "+string(layer.ID))
	default:
		return Forbidden(p, "write; that takes an editor")
	}
}

// MayAdmin returns nil when p may make, change and remove layers, otherwise the
// problem to answer with.
func MayAdmin(p *access.Principal) error {
	if p.MayAdmin() {
		return nil
	}
	return Forbidden(p, "make, change or remove layers; that takes an admin")
}

// Forbidden is the error of somebody who may not do what; whoever has not said who
// they are is asked to.
func Forbidden(p *access.Principal, what string) error {
	if p.Role == "" {
		return access.ErrNoCredentials
	}
	answer := New(http.StatusForbidden, "forbidden", "Not allowed", fmt.Sprintf("%s (%s) may not %s.", p.Name, p.Role, what))
	answer.Cause = errForbidden
	return answer
}

// ofAccess returns the problem that an error of package access is, or nil
// for other errors. It tells no more than the client knows: why credentials are
// not valid stands in the log.
func ofAccess(err error) *Problem {
	var limit *access.LimitError
	var p *Problem
	switch {
	case errors.As(err, &limit):
		p = New(http.StatusTooManyRequests, "too-many-requests", "Too many requests",
			fmt.Sprintf("The limit is %g a second, after a burst of %d; try again in %d s.", limit.Rate.PerSecond, limit.Rate.Burst, limit.RetryAfter()))
	case errors.Is(err, access.ErrNoCredentials):
		p = New(http.StatusUnauthorized, "credentials-needed", "Credentials are needed",
			"Send an API key or a token: Authorization: Bearer …, or X-API-Key: ….")
	case errors.Is(err, access.ErrExpired):
		p = New(http.StatusUnauthorized, "token-expired", "The token has expired", "")
	case errors.Is(err, access.ErrBadCredentials):
		p = New(http.StatusUnauthorized, "bad-credentials", "The credentials are not valid",
			"The API key or token is unknown, revoked, malformed, or made for somebody else.")
	case errors.Is(err, access.ErrAmbiguous):
		p = New(http.StatusBadRequest, "ambiguous-credentials", "More than one credential",
			"Send Authorization or X-API-Key, and that once.")
	case errors.Is(err, access.ErrNoRole):
		p = New(http.StatusForbidden, "no-role", "No role here",
			"The token is valid, but whom it names has no role in this twin.")
	case errors.Is(err, access.ErrUnavailable):
		p = New(http.StatusServiceUnavailable, "credentials-unavailable", "Credentials cannot be checked now",
			"Who keeps the keys does not answer; try again in a moment.")
	default:
		return nil
	}
	p.Cause = err
	return p
}

// SetChallenge sets the headers that belong to a refusal: WWW-Authenticate as
// in RFC 6750, section 3; Retry-After and those of RateLimit
// (draft-ietf-httpapi-ratelimit-headers-10).
func SetChallenge(h http.Header, err error) {
	const bearer = `Bearer realm="hanoitwin"`
	challenge := func(text string) { h["Www-Authenticate"] = []string{text} }
	var limit *access.LimitError
	switch {
	case errors.As(err, &limit):
		wait, name := strconv.Itoa(limit.RetryAfter()), strconv.Quote(limit.Policy)
		h["Retry-After"] = []string{wait}
		h["Ratelimit-Policy"] = []string{fmt.Sprintf("%s;q=%d;w=%d", name, limit.Rate.Burst, limit.Window())}
		h["Ratelimit"] = []string{name + ";r=0;t=" + wait}
	case errors.Is(err, access.ErrNoCredentials): // section 3.1: no code
		challenge(bearer)
	case errors.Is(err, access.ErrExpired):
		challenge(bearer + `, error="invalid_token", error_description="The token has expired"`)
	case errors.Is(err, access.ErrBadCredentials):
		challenge(bearer + `, error="invalid_token", error_description="The token is not valid"`)
	case errors.Is(err, access.ErrAmbiguous):
		challenge(bearer + `, error="invalid_request", error_description="More than one credential"`)
	case errors.Is(err, access.ErrNoRole), errors.Is(err, errForbidden):
		challenge(bearer + `, error="insufficient_scope"`)
	}
}
