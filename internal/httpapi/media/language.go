package media

import (
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
)

// Language is one in which people are answered.
type Language uint8

// The languages that there are, the one for whom nobody asks for another first.
const (
	Vietnamese Language = iota
	English
	Languages // how many there are
)

// Tag names the language (BCP 47), as Content-Language and hreflang do.
func (l Language) Tag() string { return [...]string{"vi", "en"}[l] }

// Say returns one of two texts that say the same.
func (l Language) Say(vi, en string) string {
	if l == English {
		return en
	}
	return vi
}

// Choose returns the text in the language, or the one that there is.
func (l Language) Choose(vi, en string) string {
	if text := l.Say(vi, en); text != "" {
		return text
	}
	return vi + en // one of them is empty
}

// Preferred returns the language that Accept-Language likes best (RFC 9110, section
// 12.5.4), the first of those that it likes as much; the first of all when it likes
// none, for an answer in another language is better than none. Of a range only the
// language counts, so that en-GB is English.
func Preferred(fields []string) Language {
	var weights [Languages]float64
	var named [Languages]bool
	others := 0.0
	for _, field := range fields {
		params.Split(field, func(element string) {
			tag, parameters, _ := strings.Cut(element, ";")
			tag, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
			weight := quality(parameters)
			if tag == "*" {
				others = weight
			}
			for l := range Languages {
				if tag == l.Tag() {
					weights[l], named[l] = max(weights[l], weight), true
				}
			}
		})
	}
	best, most := Vietnamese, 0.0
	for l := range Languages {
		if !named[l] {
			weights[l] = others
		}
		if weights[l] > most {
			best, most = l, weights[l]
		}
	}
	return best
}
