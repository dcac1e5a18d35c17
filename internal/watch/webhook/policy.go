package webhook

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// Policy says where webhooks may go. A nil or empty one allows nothing. It is
// immutable.
//
// Requests that others have this server make reach what this server reaches: a
// city's inner network, the database, its own metrics. So the operator lists the
// receivers:
//
//	hooks.hanoi.gov.vn   a host, and *.hanoi.gov.vn those below one. What it
//	                     resolves to must not be loopback or link-local.
//	10.20.0.0/16, ::1    addresses, whatever host resolves to them
//	public               addresses of the public internet, by https only
//
// A host is checked when the watch is made, its address at each connection,
// after the name was resolved, so that a name whose address changes gains
// nothing.
type Policy struct {
	hosts    []string // lower case; "*.x" for what is below x
	prefixes []netip.Prefix
	public   bool
}

// ParsePolicy reads a list of rules and reports every one that is wrong.
func ParsePolicy(rules []string) (*Policy, error) {
	p := &Policy{}
	var errs []error
	for _, rule := range rules {
		rule = strings.ToLower(strings.TrimSpace(rule))
		if rule == "public" {
			p.public = true
			continue
		}
		if prefix, err := netip.ParsePrefix(rule); err == nil && prefix.Addr().Zone() == "" {
			p.prefixes = append(p.prefixes, prefix.Masked())
			continue
		}
		if addr, err := netip.ParseAddr(rule); err == nil && addr.Zone() == "" {
			p.prefixes = append(p.prefixes, netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()))
			continue
		}
		if !isHost(strings.TrimPrefix(rule, "*.")) {
			errs = append(errs, fmt.Errorf("webhook rule %q is no host, no *.host, no address, no prefix such as 10.0.0.0/8, and not public: %w", rule, ErrRule))
			continue
		}
		p.hosts = append(p.hosts, rule)
	}
	return p, errors.Join(errs...)
}

// isHost reports whether s is a DNS name in ASCII; names in other letters are
// written in their xn-- form.
func isHost(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}

// empty reports whether p allows nothing.
func (p *Policy) empty() bool {
	return p == nil || !p.public && len(p.hosts) == 0 && len(p.prefixes) == 0
}

// host reports whether a name is listed.
func (p *Policy) host(name string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	for _, h := range p.hosts {
		if below, wild := strings.CutPrefix(h, "*"); h == name || wild && strings.HasSuffix(name, below) && len(name) > len(below) {
			return true
		}
	}
	return false
}

// address reports whether a connection to an address is allowed that host, a
// name or an address, was resolved to.
func (p *Policy) address(host string, addr netip.Addr, secure bool) bool {
	if p.empty() {
		return false
	}
	addr = addr.WithZone("").Unmap()
	for _, prefix := range p.prefixes {
		if prefix.Contains(addr) {
			return true
		}
	}
	if p.host(host) && addr.IsGlobalUnicast() && !addr.IsLoopback() && !addr.IsLinkLocalUnicast() {
		return true
	}
	return p.public && secure && isPublic(addr)
}

// Check checks what can be known before a name is resolved.
func (p *Policy) Check(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case p.empty():
		return nil, fmt.Errorf("webhooks are switched off here: the operator lists no receivers: %w", ErrPolicy)
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("not an https:// or http:// URL: %w", ErrPolicy)
	case u.User != nil || u.Fragment != "" || u.Opaque != "":
		return nil, fmt.Errorf("a URL with a user or a fragment: %w", ErrPolicy)
	}
	secure := u.Scheme == "https"
	host := u.Hostname()
	if addr, err := netip.ParseAddr(host); err == nil {
		if !p.address(host, addr, secure) {
			return nil, fmt.Errorf("the operator does not list %s: %w", addr, ErrPolicy)
		}
		return u, nil
	}
	if !isHost(strings.ToLower(strings.TrimSuffix(host, "."))) {
		return nil, fmt.Errorf("not a host name: %w", ErrPolicy)
	}
	// Which address the name has is seen when it is called.
	if !p.host(host) && len(p.prefixes) == 0 && (!p.public || !secure) {
		return nil, fmt.Errorf("the operator does not list %.100s: %w", host, ErrPolicy)
	}
	return u, nil
}

// dial checks the very address of a connection that is about to be made.
func (p *Policy) dial(host, address string, secure bool) error {
	text, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("address %q: %w", address, ErrPolicy)
	}
	addr, err := netip.ParseAddr(text)
	if err != nil || !p.address(host, addr, secure) {
		return fmt.Errorf("address %s of %.100s is not listed: %w", text, host, ErrPolicy)
	}
	return nil
}

// isPublic reports whether an address belongs to the public internet, by the
// IANA registries of special-purpose addresses.
func isPublic(addr netip.Addr) bool {
	if !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return false
	}
	for _, text := range [...]string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		// What carries IPv4 inside (NAT64, Teredo, 6to4) could lead back inside.
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	} {
		if netip.MustParsePrefix(text).Contains(addr) {
			return false
		}
	}
	return true
}
