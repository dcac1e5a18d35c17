package bbox

import (
	"math"
	"strconv"
)

// ParseNumber reads a finite decimal number of at most 64 characters; unlike
// strconv it knows no hexadecimal, no underscores and no words.
func ParseNumber(text string) (float64, bool) {
	if len(text) > 64 {
		return 0, false
	}
	for _, c := range []byte(text) {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && !math.IsInf(v, 0)
}
