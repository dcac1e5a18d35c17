// Package media knows the formats of answers: their media types, what f calls them,
// and how Accept weighs them (RFC 9110, section 12.5.1).
package media
