package geodesy

import "math"

// Float32Below returns the largest float32 that is not above v: the lower side of a
// box that is kept in half the room and still holds all that it held.
func Float32Below(v float64) float32 {
	f := float32(v)
	if float64(f) > v {
		f = math.Nextafter32(f, float32(math.Inf(-1)))
	}
	return f
}

// Float32Above returns the smallest float32 that is not below v.
func Float32Above(v float64) float32 {
	f := float32(v)
	if float64(f) < v {
		f = math.Nextafter32(f, float32(math.Inf(1)))
	}
	return f
}
