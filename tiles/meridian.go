package tiles

import "math"

// meridian finds world y of latitudes near the middle of one tile without
// logarithm and sine: by the Taylor series of the Mercator projection there,
//
//	y(φ₀+δ) = y₀ + sec φ₀ δ + sec′ φ₀ δ²/2! + … + sec⁽⁵⁾ φ₀ δ⁶/6!
//
// which took a fifth of the time of Sin and Log. Within a tile of zoom 8, its
// buffer included, |δ| ≤ 0.0128 cos φ₀, so that the first term left out is below
// 61/5040·0.0128⁷·2³²/2π (4·10⁻⁷ of a world unit at the equator, 6·10⁻⁶ at 85°).
// A y so near to where rounding changes that this could matter is found exactly:
// y gives the same integers as worldY, always.
type meridian struct {
	ready       bool
	latitude    float64 // φ₀ in degrees
	reach       float64 // degrees from φ₀ within which the series holds; 0: nowhere
	coefficient [7]float64
}

const (
	// seriesZoom is the first zoom whose tiles are small enough.
	seriesZoom = 8
	// seriesError bounds, in world units, the error of the series together with
	// that of computing in float64, which is 10⁻⁶ there.
	seriesError = 1e-4
)

// begin forgets the last tile.
func (m *meridian) begin() { m.ready = false }

// prepare finds the series of a tile's middle.
func (m *meridian) prepare(t Tile) {
	*m = meridian{ready: true}
	if t.Z < seriesZoom || t.Z > MaxZoom {
		return
	}
	y := math.Ldexp(float64(t.Y)+0.5, 32-int(t.Z))
	m.latitude = latOf(y)
	sin, cos := math.Sincos(m.latitude * (math.Pi / 180))
	// Half a tile with its buffer, as an angle: a radian of y is cos φ of φ, to
	// the first order; the slack is for the second.
	const half = math.Pi * (1 + 2.0*Buffer/Extent) * 1.01
	m.reach = math.Ldexp(half, -int(t.Z)) * cos * (180 / math.Pi)
	// The derivatives of sec φ by φ in radians; the world turns south as y grows.
	s2, scale := sin*sin, -worldSize/(2*math.Pi)
	derivatives := [6]float64{1, sin, 1 + s2, sin * (5 + s2), 5 + 18*s2 + s2*s2, sin * (61 + 58*s2 + s2*s2)}
	m.coefficient[0] = worldYFloat(m.latitude)
	for i, d := range derivatives {
		// δ in degrees, divided by cos φ and by the factorial's next factor each time
		scale *= math.Pi / 180 / cos / float64(i+1)
		m.coefficient[i+1] = d * scale
	}
}

// y returns worldY of a latitude in degrees.
func (m *meridian) y(latitude float64) uint32 {
	d := latitude - m.latitude
	if !(math.Abs(d) <= m.reach) {
		return worldY(latitude)
	}
	c := &m.coefficient
	v := c[0] + d*(c[1]+d*(c[2]+d*(c[3]+d*(c[4]+d*(c[5]+d*c[6]))))) + 0.5
	whole := math.Floor(v)
	if rest := v - whole; rest < seriesError || rest > 1-seriesError || v < 0 || v >= worldSize {
		return worldY(latitude)
	}
	return uint32(int64(whole))
}
