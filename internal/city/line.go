package city

import (
	"strings"
	"unicode"
)

// OneLine returns text as it may stand in a line for people, in a terminal or a log:
// control characters, with which text that others wrote could end the line, move the
// cursor or pretend to be something else, become U+FFFD.
func OneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
