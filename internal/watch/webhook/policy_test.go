package webhook

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
)

func policyFor(tb testing.TB, rules ...string) *Policy {
	tb.Helper()
	p, err := ParsePolicy(rules)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func TestPolicy(t *testing.T) {
	_, err := ParsePolicy([]string{"10.0.0.0/8", "a b", "*.hanoi.gov.vn", "http://x", "1.2.3.4", "-x", "fe80::1%eth0"})
	if err == nil || strings.Count(err.Error(), "webhook rule") != 4 || !errors.Is(err, ErrRule) {
		t.Errorf("bad rules: %v", err)
	}
	for _, c := range []struct {
		rules, url string
		ok         bool
	}{
		{"", "https://example.org/", false},
		{"public", "https://example.org/", true},
		{"public", "http://example.org/", false},
		{"public", "https://8.8.8.8/", true},
		{"public", "https://10.1.1.1/", false},
		{"public", "https://127.0.0.1/", false},
		{"public", "https://[::1]/", false},
		{"public", "https://[::ffff:127.0.0.1]/", false},
		{"public", "https://0x7f000001/", true}, // a name, which the dialler checks
		{"10.0.0.0/8", "http://10.1.1.1:8080/x", true},
		{"10.0.0.0/8", "http://11.1.1.1/", false},
		{"10.0.0.0/8", "http://anything.vn/", true}, // the dialler checks its address
		{"::1", "http://[::1]/", true},
		{"*.hanoi.gov.vn", "http://a.b.hanoi.gov.vn/", true},
		{"*.hanoi.gov.vn", "http://A.HANOI.gov.vn./", true},
		{"*.hanoi.gov.vn", "http://hanoi.gov.vn/", false},
		{"*.hanoi.gov.vn", "http://evilhanoi.gov.vn/", false},
		{"hanoi.gov.vn", "http://hanoi.gov.vn/", true},
		{"hanoi.gov.vn", "http://hanoi.gov.vn.evil.org/", false},
		{"hanoi.gov.vn", "ftp://hanoi.gov.vn/", false},
		{"hanoi.gov.vn", "http://user@hanoi.gov.vn/", false},
		{"hanoi.gov.vn", "http://hanoi.gov.vn/#x", false},
		{"hanoi.gov.vn", "hanoi.gov.vn", false},
		{"hanoi.gov.vn", "http:///x", false},
		{"hanoi.gov.vn", "http://a b/", false},
	} {
		var rules []string
		if c.rules != "" {
			rules = []string{c.rules}
		}
		if _, err := policyFor(t, rules...).Check(c.url); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrPolicy) {
			t.Errorf("%q allows %s: %v", c.rules, c.url, err)
		}
	}
	for _, c := range []struct {
		rules, host, address string
		secure, ok           bool
	}{
		{"public", "example.org", "93.184.215.14", true, true},
		{"public", "example.org", "93.184.215.14", false, false},
		{"public", "rebound.org", "10.0.0.1", true, false},
		{"public", "rebound.org", "169.254.169.254", true, false},
		{"public", "rebound.org", "100.64.0.1", true, false},
		{"public", "rebound.org", "::ffff:10.0.0.1", true, false},
		{"public", "rebound.org", "64:ff9b::7f00:1", true, false},
		{"public", "rebound.org", "2002:7f00:1::", true, false},
		{"public", "rebound.org", "::", true, false},
		{"public", "rebound.org", "fd00::1", true, false},
		{"public", "example.org", "2606:4700::1111", true, true},
		{"hooks.vn", "hooks.vn", "10.0.0.1", false, true},
		{"hooks.vn", "hooks.vn", "127.0.0.1", false, false},
		{"hooks.vn", "hooks.vn", "169.254.169.254", false, false},
		{"hooks.vn", "hooks.vn", "224.0.0.1", false, false},
		{"hooks.vn", "other.vn", "10.0.0.1", false, false},
		{"10.0.0.0/8", "any.vn", "10.0.0.1", false, true},
		{"10.0.0.0/8", "any.vn", "::ffff:10.0.0.1", false, true},
		{"127.0.0.1", "any.vn", "127.0.0.1", false, true},
		{"127.0.0.1", "any.vn", "127.0.0.2", false, false},
	} {
		if got := policyFor(t, c.rules).address(c.host, netip.MustParseAddr(c.address), c.secure); got != c.ok {
			t.Errorf("%s allows %s at %s (https: %v): %v", c.rules, c.host, c.address, c.secure, got)
		}
	}
}
