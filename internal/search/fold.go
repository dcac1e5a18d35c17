package search

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold reduces text to what a search compares: lower case letters without marks
// (đ is d), digits, and single spaces for everything else. Dots, commas and
// hyphens inside codes such as VD3.5 and VD3-4 stay, a comma as a dot.
func Fold(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	pending := rune(0) // a separator that is written when something follows
	for _, r := range norm.NFD.String(text) {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case r == 'đ' || r == 'Đ':
			r = 'd'
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			r = unicode.ToLower(r)
		default:
			pending = separator(pending, r)
			continue
		}
		if pending != 0 && b.Len() > 0 {
			b.WriteRune(pending)
		}
		pending = 0
		b.WriteRune(r)
	}
	return b.String()
}

// separator joins what lies between two words: only a lone dot, comma or hyphen
// keeps them together.
func separator(before, r rune) rune {
	if before != 0 {
		return ' '
	}
	switch r {
	case '.', ',':
		return '.'
	case '-':
		return '-'
	}
	return ' '
}
