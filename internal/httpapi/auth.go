package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
)

// identify returns who sends the request. Without a guard everybody is nobody:
// all that is public can be read, and nothing written.
func (x *exchange) identify(guard *access.Guard, action access.Action) (access.Principal, error) {
	if guard == nil {
		if action == access.Write {
			return access.Principal{}, access.ErrNoCredentials
		}
		return access.Principal{Anonymous: true}, nil
	}
	// Not x.working(), which the exchange takes with it: a connection to an
	// issuer may be made for longer than this request.
	return guard.Admit(x.r.Context(), action, x.credentials(), x.clientAddr())
}

func (x *exchange) credentials() access.Credentials {
	return access.Credentials{Authorization: x.r.Header["Authorization"], APIKey: x.r.Header["X-Api-Key"]}
}

// recheckEvery is how long a long answer goes on before it is seen whether the
// client's key has been revoked meanwhile.
const recheckEvery = time.Second

// stillKnown reports whether a client to whom an answer is still being sent may
// have the rest. It looks at most once in recheckEvery; checked is when it did.
func (x *exchange) stillKnown(checked *time.Time) bool {
	now := x.server.now()
	if x.who.Role == "" || now.Sub(*checked) < recheckEvery {
		return true
	}
	*checked = now
	return x.server.config.Guard.Still(x.r.Context(), x.credentials(), &x.who)
}

// clientAddr returns who asks: the peer, or when that is a trusted proxy the
// nearest address in its forwarded headers that is not. It is the zero Addr when
// the peer has none.
func (x *exchange) clientAddr() netip.Addr {
	peer, err := netip.ParseAddrPort(x.r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	trusted := x.server.config.TrustedProxies
	if contains(trusted, peer.Addr()) {
		if f := forwardedOf(x.r.Header, trusted); f.client.IsValid() {
			return f.client
		}
	}
	return peer.Addr()
}

// errForbidden is in what the 403s of this file wrap.
var errForbidden = errors.New("forbidden")

// mayWrite returns nil when p may write features of the layer, otherwise the
// problem to answer with. A layer that p may not read is the caller's to deny:
// it does not exist for p.
func mayWrite(p *access.Principal, layer *city.Layer) error {
	switch {
	case p.MayWrite(layer):
		return nil
	case p.MayWriteSomething():
		return forbidden(p, "write the layer "+string(layer.ID))
	default:
		return forbidden(p, "write; that takes an editor")
	}
}

// mayAdmin returns nil when p may make, change and remove layers, otherwise the
// problem to answer with.
func mayAdmin(p *access.Principal) error {
	if p.MayAdmin() {
		return nil
	}
	return forbidden(p, "make, change or remove layers; that takes an admin")
}

func forbidden(p *access.Principal, what string) error {
	if p.Role == "" {
		return access.ErrNoCredentials
	}
	answer := problem(http.StatusForbidden, "forbidden", "Not allowed", fmt.Sprintf("%s (%s) may not %s.", p.Name, p.Role, what))
	answer.cause = errForbidden
	return answer
}

// accessProblem returns the problem that an error of package access is, or nil
// for other errors. It tells no more than the client knows: why credentials are
// not valid stands in the log.
func accessProblem(err error) *Problem {
	var limit *access.LimitError
	var p *Problem
	switch {
	case errors.As(err, &limit):
		p = problem(http.StatusTooManyRequests, "too-many-requests", "Too many requests",
			fmt.Sprintf("The limit is %g a second, after a burst of %d; try again in %d s.", limit.Rate.PerSecond, limit.Rate.Burst, limit.RetryAfter()))
	case errors.Is(err, access.ErrNoCredentials):
		p = problem(http.StatusUnauthorized, "credentials-needed", "Credentials are needed",
			"Send an API key or a token: Authorization: Bearer …, or X-API-Key: ….")
	case errors.Is(err, access.ErrExpired):
		p = problem(http.StatusUnauthorized, "token-expired", "The token has expired", "")
	case errors.Is(err, access.ErrBadCredentials):
		p = problem(http.StatusUnauthorized, "bad-credentials", "The credentials are not valid",
			"The API key or token is unknown, revoked, malformed, or made for somebody else.")
	case errors.Is(err, access.ErrAmbiguous):
		p = problem(http.StatusBadRequest, "ambiguous-credentials", "More than one credential",
			"Send Authorization or X-API-Key, and that once.")
	case errors.Is(err, access.ErrNoRole):
		p = problem(http.StatusForbidden, "no-role", "No role here",
			"The token is valid, but whom it names has no role in this twin.")
	case errors.Is(err, access.ErrUnavailable):
		p = problem(http.StatusServiceUnavailable, "credentials-unavailable", "Credentials cannot be checked now",
			"Who keeps the keys does not answer; try again in a moment.")
	default:
		return nil
	}
	p.cause = err
	return p
}

// setChallenge sets the headers that belong to a refusal: WWW-Authenticate as
// in RFC 6750, section 3; Retry-After and those of RateLimit
// (draft-ietf-httpapi-ratelimit-headers-10).
func setChallenge(h http.Header, err error) {
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

// keepPrivate lets no shared cache keep an answer for somebody known. Answers
// need no Vary beside that: each is revalidated with the credentials of whoever
// asks, and its ETag is made from what they may see.
func keepPrivate(h http.Header) {
	if now := h["Cache-Control"]; len(now) == 1 {
		if rest, public := strings.CutPrefix(now[0], "public"); public {
			h["Cache-Control"] = []string{"private" + rest}
		}
	}
}
