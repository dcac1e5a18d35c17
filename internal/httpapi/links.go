package httpapi

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
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
		f := forwardedOf(x.r.Header, s.config.TrustedProxies)
		if f.proto == "http" || f.proto == "https" {
			scheme = f.proto
		}
		if validHost(f.host) {
			host = f.host
		}
		prefix = f.prefix
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
	return err == nil && contains(s.config.TrustedProxies, peer.Addr())
}

func contains(prefixes []netip.Prefix, addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	for _, p := range prefixes {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// clientAddress returns who asks, for the log: the peer, or when that is a
// trusted proxy the nearest address in its forwarded headers that is not.
func (x *exchange) clientAddress() string {
	s := x.server
	peer, err := netip.ParseAddrPort(x.r.RemoteAddr)
	if err != nil {
		return x.r.RemoteAddr
	}
	if contains(s.config.TrustedProxies, peer.Addr()) {
		if f := forwardedOf(x.r.Header, s.config.TrustedProxies); f.client.IsValid() {
			return f.client.String()
		}
	}
	return peer.Addr().String()
}

// forwarded is what a chain of proxies tells about the client's own request.
type forwarded struct {
	client              netip.Addr
	proto, host, prefix string
}

// forwardedOf reads Forwarded (RFC 7239), or X-Forwarded-* when there is none.
//
// Each proxy appends the peer that it saw; what stands before the entry of an
// untrusted peer was written by that peer and proves nothing:
//
//	Forwarded: for=made.up, for=203.0.113.7;host=twin.vn;proto=https, for=10.0.0.2
//	           ✗ not believed  ✓ the client, as the first of our proxies saw it
func forwardedOf(h http.Header, trusted []netip.Prefix) forwarded {
	if fields := h["Forwarded"]; len(fields) > 0 {
		return standardForwarded(strings.Join(fields, ","), trusted)
	}
	f := forwarded{
		// The X- headers do not say which proxy wrote what: the last entry is
		// the one of the proxy that we trust.
		proto:  strings.ToLower(lastPart(h["X-Forwarded-Proto"])),
		host:   lastPart(h["X-Forwarded-Host"]),
		prefix: cleanPrefix(lastPart(h["X-Forwarded-Prefix"])),
	}
	entries := strings.Split(strings.Join(h["X-Forwarded-For"], ","), ",")
	for i := len(entries) - 1; i >= 0; i-- {
		addr, ok := parseNode(strings.TrimSpace(entries[i]))
		if !ok {
			break
		}
		f.client = addr
		if !contains(trusted, addr) {
			break
		}
	}
	return f
}

func standardForwarded(field string, trusted []netip.Prefix) forwarded {
	var f forwarded
	entries := strings.Split(field, ",")
	for i := len(entries) - 1; i >= 0; i-- {
		entry := forwarded{}
		known := false
		for pair := range strings.SplitSeq(entries[i], ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			value = strings.Trim(value, `"`)
			switch strings.ToLower(name) {
			case "for":
				entry.client, known = parseNode(value)
			case "proto":
				entry.proto = strings.ToLower(value)
			case "host":
				entry.host = value
			}
		}
		f = entry
		if !known || !contains(trusted, entry.client) {
			break
		}
	}
	return f
}

// parseNode reads 192.0.2.1, 192.0.2.1:80, [2001:db8::1], [2001:db8::1]:80.
func parseNode(text string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(text); err == nil {
		return ap.Addr().Unmap(), true
	}
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return addr.Unmap(), err == nil
}

func lastPart(fields []string) string {
	if len(fields) == 0 {
		return ""
	}
	field := fields[len(fields)-1]
	return strings.TrimSpace(field[strings.LastIndexByte(field, ',')+1:])
}

// cleanPrefix returns a path prefix such as /twin, or "".
func cleanPrefix(text string) string {
	text = strings.TrimRight(text, "/")
	if !strings.HasPrefix(text, "/") || strings.HasPrefix(text, "//") || len(text) > 255 {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.RawQuery != "" || u.Fragment != "" {
		return ""
	}
	return u.EscapedPath()
}

func unescapePath(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}
