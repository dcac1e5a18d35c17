package tiles

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestMeridian holds the series against the projection, in and round tiles of
// every zoom from the equator to the edge of the map, also where rounding changes.
func TestMeridian(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	series := 0
	for z := uint8(0); z <= MaxZoom; z++ {
		n := uint32(1) << z
		rows := []uint32{0, n - 1, n / 2, n * 7 / 16}
		for range 12 {
			rows = append(rows, r.Uint32N(n))
		}
		for _, row := range rows {
			var m meridian
			m.prepare(Tile{X: 0, Y: row, Z: z})
			height := math.Ldexp(1, 32-int(z))
			check := func(latitude float64) {
				got, want := m.y(latitude), worldY(latitude)
				if got != want {
					t.Fatalf("z %d, row %d: y of %v is %d, want %d", z, row, latitude, got, want)
				}
				if math.Abs(latitude-m.latitude) <= m.reach {
					series++
				}
			}
			for range 200 {
				y := (float64(row) - 0.6 + 2.2*r.Float64()) * height
				check(latOf(y))
				check(latOf(math.Floor(y) + 0.5)) // half-way between two world units
			}
			check(latOf((float64(row) - 1.0/64) * height))
			check(latOf((float64(row) + 1 + 1.0/64) * height))
		}
	}
	if series < 10_000 {
		t.Errorf("the series was used %d times", series)
	}
}

// TestMeridianError demands that the series is as near as it claims: nearer than
// what makes y look closer.
func TestMeridianError(t *testing.T) {
	worst := 0.0
	for z := uint8(seriesZoom); z <= MaxZoom; z++ {
		for _, row := range []uint32{0, 1<<z - 1, 1 << z / 2, 1 << z * 7 / 16} {
			var m meridian
			m.prepare(Tile{Y: row, Z: z})
			for i := -100; i <= 100; i++ {
				d := m.reach * float64(i) / 100
				y := 0.0
				for k := 6; k >= 0; k-- {
					y = y*d + m.coefficient[k]
				}
				if latitude := m.latitude + d; math.Abs(latitude) < maxLatitude {
					worst = max(worst, math.Abs(y-worldYFloat(latitude)))
				}
			}
		}
	}
	if worst == 0 || worst > seriesError/2 {
		t.Errorf("worst error %g world units, want at most %g", worst, seriesError/2)
	}
}

func BenchmarkMeridian(b *testing.B) {
	var m meridian
	m.prepare(Tile{X: 13009, Y: 7217, Z: 14})
	latitudes := make([]float64, 1024)
	r := rand.New(rand.NewPCG(7, 2))
	for i := range latitudes {
		latitudes[i] = m.latitude + m.reach*(2*r.Float64()-1)
	}
	for _, c := range []struct {
		name string
		y    func(float64) uint32
	}{{"series", m.y}, {"naive", worldY}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			i, sum := 0, uint32(0)
			for b.Loop() {
				sum += c.y(latitudes[i%1024])
				i++
			}
			_ = sum
		})
	}
}
