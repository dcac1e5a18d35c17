package httpapi

import (
	"net/http"
	"net/netip"
	"net/url"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/forwarded"
)

// link is a web link as OGC APIs write it.
type link struct {
	Href  string `json:"href"`
	Rel   string `json:"rel"`
	Type  string `json:"type,omitempty"`
	Title string `json:"title,omitempty"`
	Lang  string `json:"hreflang,omitempty"`
	// Templated links have {z}, {x} and {y} in them.
	Templated bool `json:"templated,omitempty"`
}

// base returns the address of the server as the client knows it, without a
// slash at the end: Config.PublicURL, else what a trusted proxy forwards, else
// the Host of the request.
func (x *exchange) base() string {
	s := x.server
	if s.config.PublicURL != "" {
		return s.config.PublicURL
	}
	scheme, host, prefix := "http", x.r.Host, ""
	if x.r.TLS != nil {
		scheme = "https"
	}
	if s.trustsPeer(x.r) {
		f := forwarded.Of(x.r.Header, s.config.TrustedProxies)
		if f.Proto == "http" || f.Proto == "https" {
			scheme = f.Proto
		}
		if validHost(f.Host) {
			host = f.Host
		}
		prefix = f.Prefix
	}
	if !validHost(host) {
		return prefix // links without a host are right from anywhere
	}
	return scheme + "://" + host + prefix
}

// validHost keeps anything but names, addresses and ports out of links.
func validHost(host string) bool {
	if host == "" || len(host) > 255 {
		return false
	}
	for _, c := range []byte(host) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			c == '.', c == '-', c == '_', c == ':', c == '[', c == ']':
		default:
			return false
		}
	}
	return true
}

// trustsPeer reports whether the other end of the connection is a trusted proxy.
func (s *Server) trustsPeer(r *http.Request) bool {
	if len(s.config.TrustedProxies) == 0 {
		return false
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && forwarded.Trusts(s.config.TrustedProxies, peer.Addr())
}

// clientAddress returns who asks, for the log: the peer, or when that is a
// trusted proxy the nearest address in its forwarded headers that is not.
func (x *exchange) clientAddress() string {
	s := x.server
	peer, err := netip.ParseAddrPort(x.r.RemoteAddr)
	if err != nil {
		return x.r.RemoteAddr
	}
	if forwarded.Trusts(s.config.TrustedProxies, peer.Addr()) {
		if f := forwarded.Of(x.r.Header, s.config.TrustedProxies); f.Client.IsValid() {
			return f.Client.String()
		}
	}
	return peer.Addr().String()
}

func unescapePath(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}
