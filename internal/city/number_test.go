package city

import "testing"

func TestCompareNumbers(t *testing.T) {
	const big = 1 << 53
	for _, c := range []struct {
		a, b Value
		want int
	}{
		{Integer(2), Integer(10), -1},
		{Integer(2), Number(2), 0},
		{Integer(2), Number(2.5), -1},
		{Integer(-2), Number(-2.5), 1},
		{Integer(big + 1), Number(big), 1}, // as float64s they would be equal
		{Integer(1<<63 - 1), Number(1 << 63), -1},
		{Integer(-1 << 63), Number(-1e300), 1},
		{Number(0.5), Number(0.25), 1},
	} {
		if got := CompareNumbers(c.a, c.b); got != c.want {
			t.Errorf("%v and %v: %d, want %d", c.a, c.b, got, c.want)
		}
		if got := CompareNumbers(c.b, c.a); got != -c.want {
			t.Errorf("%v and %v: %d, want %d", c.b, c.a, got, -c.want)
		}
	}
}
