package crs

import "math"

const radian = math.Pi / 180 // one degree in radians

// finite reports whether both numbers are ordinary ones.
func finite(a, b float64) bool {
	return !math.IsNaN(a) && !math.IsNaN(b) && !math.IsInf(a, 0) && !math.IsInf(b, 0)
}
