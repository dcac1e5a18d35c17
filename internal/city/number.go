package city

import (
	"cmp"
	"math"
)

// CompareNumbers returns -1, 0 or 1 as a is below, equal to or above b, both of
// KindInteger or KindNumber. It is exact also where one is an integer beyond 2^53,
// which a float64 does not hold. Neither is NaN, which is not JSON.
func CompareNumbers(a, b Value) int {
	switch {
	case a.Kind() == KindInteger && b.Kind() == KindInteger:
		return cmp.Compare(a.Int(), b.Int())
	case a.Kind() == KindInteger:
		return compareMixed(a.Int(), b.Float())
	case b.Kind() == KindInteger:
		return -compareMixed(b.Int(), a.Float())
	default:
		return cmp.Compare(a.Float(), b.Float())
	}
}

// compareMixed compares exactly: an int64 has more digits than a float64.
func compareMixed(i int64, f float64) int {
	whole := math.Floor(f)
	switch {
	case whole >= 1<<63:
		return -1
	case whole < -(1 << 63):
		return 1
	case i != int64(whole):
		return cmp.Compare(i, int64(whole))
	case f > whole:
		return -1
	default:
		return 0
	}
}
