package edge

import (
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/forwarded"
)

// Identify returns who sends the request. Without a guard everybody is nobody:
// all that is public can be read, and nothing written.
func (x *Exchange) Identify(guard *access.Guard, action access.Action) (access.Principal, error) {
	if guard == nil {
		if action == access.Write {
			return access.Principal{}, access.ErrNoCredentials
		}
		return access.Principal{Anonymous: true}, nil
	}
	// Not x.working(), which the exchange takes with it: a connection to an
	// issuer may be made for longer than this request.
	return guard.Admit(x.Request.Context(), action, x.credentials(), x.clientAddr())
}

func (x *Exchange) credentials() access.Credentials {
	return access.Credentials{Authorization: x.Request.Header["Authorization"], APIKey: x.Request.Header["X-Api-Key"]}
}

// recheckEvery is how long a long answer goes on before it is seen whether the
// client's key has been revoked meanwhile.
const recheckEvery = time.Second

// StillKnown reports whether a client to whom an answer is still being sent may
// have the rest. It looks at most once in recheckEvery; checked is when it did.
func (x *Exchange) StillKnown(checked *time.Time) bool {
	now := x.server.now()
	if x.Who.Role == "" || now.Sub(*checked) < recheckEvery {
		return true
	}
	*checked = now
	return x.server.config.Guard.Still(x.Request.Context(), x.credentials(), &x.Who)
}

// clientAddr returns who asks: the peer, or when that is a trusted proxy the
// nearest address in its forwarded headers that is not. It is the zero Addr when
// the peer has none.
func (x *Exchange) clientAddr() netip.Addr {
	peer, err := netip.ParseAddrPort(x.Request.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	trusted := x.server.config.TrustedProxies
	if forwarded.Trusts(trusted, peer.Addr()) {
		if f := forwarded.Of(x.Request.Header, trusted); f.Client.IsValid() {
			return f.Client
		}
	}
	return peer.Addr()
}

// KeepPrivate lets no shared cache keep an answer for somebody known. Answers
// need no Vary beside that: each is revalidated with the credentials of whoever
// asks, and its ETag is made from what they may see.
func KeepPrivate(h http.Header) {
	if now := h["Cache-Control"]; len(now) == 1 {
		if rest, public := strings.CutPrefix(now[0], "public"); public {
			h["Cache-Control"] = []string{"private" + rest}
		}
	}
}
