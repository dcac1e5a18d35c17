package mvttest

import "fmt"

// Check reports what is anomalous in the feature's rings, which Decode leaves
// unchecked because it takes quadratic time: rings that touch or cross
// themselves or each other along more than single positions, holes outside
// their exterior. It is slow and simple on purpose, an oracle for small tiles.
func (f *Feature) Check() error {
	for i, polygon := range f.Polygons {
		for j, ring := range polygon {
			if err := simple(ring); err != nil {
				return fmt.Errorf("polygon %d ring %d: %w", i, j, err)
			}
			for k := range j {
				if err := separate(ring, polygon[k]); err != nil {
					return fmt.Errorf("polygon %d rings %d and %d: %w", i, j, k, err)
				}
			}
			if j > 0 && !inside(ring, polygon[0]) {
				return fmt.Errorf("polygon %d: hole %d is outside", i, j)
			}
			for k := 1; k < j; k++ {
				if inside(ring, polygon[k]) || inside(polygon[k], ring) {
					return fmt.Errorf("polygon %d: holes %d and %d lie in each other", i, j, k)
				}
			}
		}
	}
	return nil
}

func cross(a, b, c XY) int64 { return (b.X-a.X)*(c.Y-a.Y) - (b.Y-a.Y)*(c.X-a.X) }

func sign(v int64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// on reports whether p lies on the segment ab.
func on(a, b, p XY) bool {
	return cross(a, b, p) == 0 && min(a.X, b.X) <= p.X && p.X <= max(a.X, b.X) &&
		min(a.Y, b.Y) <= p.Y && p.Y <= max(a.Y, b.Y)
}

func crosses(a, b, c, d XY) bool {
	return sign(cross(a, b, c))*sign(cross(a, b, d)) < 0 && sign(cross(c, d, a))*sign(cross(c, d, b)) < 0
}

func simple(ring []XY) error {
	n := len(ring)
	for i := range n {
		a, b := ring[i], ring[(i+1)%n]
		for j := i + 1; j < n; j++ {
			c, d := ring[j], ring[(j+1)%n]
			switch {
			case j == i+1:
				if on(a, b, d) || on(c, d, a) {
					return fmt.Errorf("spike at %v", b)
				}
			case i == 0 && j == n-1:
				if on(a, b, c) || on(c, d, b) {
					return fmt.Errorf("spike at %v", a)
				}
			case crosses(a, b, c, d) || on(a, b, c) || on(a, b, d) || on(c, d, a) || on(c, d, b):
				return fmt.Errorf("%v–%v meets %v–%v", a, b, c, d)
			}
		}
	}
	return nil
}

// separate allows two rings to touch in one position at most.
func separate(r, s []XY) error {
	touches := map[XY]bool{}
	for i, a := range r {
		b := r[(i+1)%len(r)]
		for j, c := range s {
			d := s[(j+1)%len(s)]
			if crosses(a, b, c, d) {
				return fmt.Errorf("%v–%v crosses %v–%v", a, b, c, d)
			}
			for _, p := range []XY{a, b} {
				if on(c, d, p) {
					touches[p] = true
				}
			}
			for _, p := range []XY{c, d} {
				if on(a, b, p) {
					touches[p] = true
				}
			}
		}
	}
	if len(touches) > 1 {
		return fmt.Errorf("rings touch in %d positions", len(touches))
	}
	return nil
}

// inside reports whether ring lies in other, given that they are separate.
func inside(ring, other []XY) bool {
	for _, p := range ring {
		in, edge := false, false
		a := other[len(other)-1]
		for _, b := range other {
			edge = edge || on(a, b, p)
			if (a.Y > p.Y) != (b.Y > p.Y) && (cross(a, b, p) > 0) == (b.Y > a.Y) {
				in = !in
			}
			a = b
		}
		if !edge {
			return in
		}
	}
	return true
}
