package city

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Slug writes a name in the letters of layer ids, words joined by single
// underscores: "Đường phố 2024" is duong_pho_2024. It is empty for a name without
// a Latin letter or a digit, may begin with a digit, and may be too long or a name
// that stores keep for themselves: ParseLayerID tells.
func Slug(name string) string {
	var slug strings.Builder
	gap := false
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		if r == 'đ' { // a letter of its own, which NFD leaves
			r = 'd'
		}
		switch {
		case unicode.Is(unicode.Mn, r): // a tone or vowel mark, split off
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if gap && slug.Len() > 0 {
				slug.WriteByte('_')
			}
			gap = false
			slug.WriteRune(r)
		default:
			gap = true
		}
	}
	return slug.String()
}
