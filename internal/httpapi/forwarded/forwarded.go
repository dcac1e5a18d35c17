package forwarded

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// Trusts tells whether an address is one of the prefixes, in IPv4 also when it is
// written as IPv6.
func Trusts(prefixes []netip.Prefix, addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	for _, p := range prefixes {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// Request is what a chain of proxies tells about the client's own request.
type Request struct {
	Client              netip.Addr
	Proto, Host, Prefix string
}

// Of reads Forwarded (RFC 7239), or X-Forwarded-* when there is none.
//
// Each proxy appends the peer that it saw; what stands before the entry of an
// untrusted peer was written by that peer and proves nothing:
//
//	Forwarded: for=made.up, for=203.0.113.7;host=twin.vn;proto=https, for=10.0.0.2
//	           ✗ not believed  ✓ the client, as the first of our proxies saw it
func Of(h http.Header, trusted []netip.Prefix) Request {
	if fields := h["Forwarded"]; len(fields) > 0 {
		return standard(strings.Join(fields, ","), trusted)
	}
	f := Request{
		// The X- headers do not say which proxy wrote what: the last entry is
		// the one of the proxy that we trust.
		Proto:  strings.ToLower(lastPart(h["X-Forwarded-Proto"])),
		Host:   lastPart(h["X-Forwarded-Host"]),
		Prefix: cleanPrefix(lastPart(h["X-Forwarded-Prefix"])),
	}
	entries := strings.Split(strings.Join(h["X-Forwarded-For"], ","), ",")
	for i := len(entries) - 1; i >= 0; i-- {
		addr, ok := parseNode(strings.TrimSpace(entries[i]))
		if !ok {
			break
		}
		f.Client = addr
		if !Trusts(trusted, addr) {
			break
		}
	}
	return f
}

func standard(field string, trusted []netip.Prefix) Request {
	var f Request
	entries := strings.Split(field, ",")
	for i := len(entries) - 1; i >= 0; i-- {
		entry := Request{}
		known := false
		for pair := range strings.SplitSeq(entries[i], ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			value = strings.Trim(value, `"`)
			switch strings.ToLower(name) {
			case "for":
				entry.Client, known = parseNode(value)
			case "proto":
				entry.Proto = strings.ToLower(value)
			case "host":
				entry.Host = value
			}
		}
		f = entry
		if !known || !Trusts(trusted, entry.Client) {
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
