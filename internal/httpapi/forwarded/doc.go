// Package forwarded reads what trusted proxies tell about a client's own request:
// Forwarded (RFC 7239), or the X-Forwarded headers.
package forwarded
