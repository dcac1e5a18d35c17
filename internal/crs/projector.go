package crs

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/geodesy"
)

// Projector converts many places from WGS 84 longitude, latitude to another
// system, many times as fast as a Transform and close to it: within 1e-5 m in Việt
// Nam, within 1 mm wherever the system is defined. It serves one goroutine.
//
// The globe is cut into cells of an eighth of a degree. Where one is first
// needed, the Transform converts 4 × 4 Chebyshev nodes in it, and a polynomial
// through them, of degree 3 in all, converts every place of the cell:
//
//	┌─●──●────●──●─┐   x, y = Σ c · u^i · v^j, i + j ≤ 3, u and v from -1 to 1
//	│ ●  ●    ●  ● │
//	│              │   What is left out begins with h⁴/16 of the fourth
//	│ ●  ●    ●  ● │   derivative, twice in each direction: 7 km to the fourth
//	└─●──●────●──●─┘   by the earth's radius cubed, below 1e-6 m in Hà Nội
//
// What comes out depends on the place alone, not on what was converted before.
// Where a cell reaches beyond the domain of the system, or beyond the latitudes
// where that estimate holds, the Transform itself converts.
type Projector struct {
	exact *Transform
	// cells is indexed by the low bits of a cell's column and row, so that
	// neighbours never drive each other out.
	cells  [projectorSide * projectorSide]projectorCell
	last   *projectorCell // the last smooth one that was found
	points []orb.Point    // the coordinates of the last Geometry
}

const (
	projectorSide = 16    // cells that are kept in each direction: 2 degrees
	cellDegrees   = 0.125 // a power of two: columns and rows are exact
	// cellMaxLat ends the cells: nearer to the poles the derivatives of Web
	// Mercator grow without bound.
	cellMaxLat = 60
	// cellMaxMeridian is how many degrees from the central meridian of a
	// transverse Mercator projection its cells reach.
	cellMaxMeridian = 20
)

type projectorCell struct {
	lon, lat float64 // its middle, degrees
	state    uint8   // unknown, smooth or rough
	x, y     cubic
}

// at returns where a place lies in the cell; ok is false where it lies elsewhere.
func (c *projectorCell) at(lon, lat float64) (u, v float64, ok bool) {
	u, v = (lon-c.lon)*(2/cellDegrees), (lat-c.lat)*(2/cellDegrees)
	return u, v, u >= -1 && u < 1 && v >= -1 && v < 1 // NaN is not
}

// cubic is a polynomial of degree 3: c03 is that of v³.
type cubic struct{ c00, c01, c02, c03, c10, c11, c12, c20, c21, c30 float64 }

func (c *cubic) at(u, v float64) float64 {
	return ((c.c30*u+c.c21*v+c.c20)*u+(c.c12*v+c.c11)*v+c.c10)*u + ((c.c03*v+c.c02)*v+c.c01)*v + c.c00
}

const (
	cellUnknown = iota
	cellSmooth  // the polynomial holds
	cellRough   // every place is converted by itself
)

// NewProjector returns a Projector to a system, or ErrUnknownCRS.
func NewProjector(to SRID) (*Projector, error) {
	t, err := NewTransform(WGS84, to)
	if err != nil {
		return nil, err
	}
	return &Projector{exact: t, last: &projectorCell{lon: math.Inf(1)}}, nil
}

// Point converts one place: longitude, latitude in degrees. It returns
// ErrOutside where the system is not defined.
func (p *Projector) Point(lonLat orb.Point) (orb.Point, error) {
	x, y, ok := p.xy(lonLat[0], lonLat[1])
	if !ok {
		return p.exact.Point(lonLat)
	}
	return orb.Point{x, y}, nil
}

// xy converts a place of a smooth cell; others are not ok.
func (p *Projector) xy(lon, lat float64) (x, y float64, ok bool) {
	cell := p.last // the next vertex mostly lies in the same
	u, v, ok := cell.at(lon, lat)
	if !ok {
		if cell = p.find(lon, lat); cell == nil {
			return 0, 0, false
		}
		u, v, _ = cell.at(lon, lat)
	}
	return cell.x.at(u, v), cell.y.at(u, v), true
}

// find returns the cell of a place, nil when it is rough.
func (p *Projector) find(lon, lat float64) *projectorCell {
	// Written so that NaN fails.
	if !(math.Abs(lon) <= 180 && math.Abs(lat) <= cellMaxLat) {
		return nil
	}
	column, row := int(math.Floor(lon*(1/cellDegrees))), int(math.Floor(lat*(1/cellDegrees)))
	cell := &p.cells[uint(column)%projectorSide*projectorSide+uint(row)%projectorSide]
	at := projectorCell{lon: (float64(column) + 0.5) * cellDegrees, lat: (float64(row) + 0.5) * cellDegrees}
	if cell.state == cellUnknown || cell.lon != at.lon || cell.lat != at.lat {
		*cell = at
		p.prepare(cell)
	}
	if cell.state == cellRough {
		return nil
	}
	p.last = cell
	return cell
}

// prepare fits the polynomials of a cell.
func (p *Projector) prepare(cell *projectorCell) {
	cell.state = cellRough
	if to := &p.exact.to; to.projection == transverseMercator &&
		math.Abs(geodesy.WrapDegrees(cell.lon-to.centralMeridian)) > cellMaxMeridian {
		return
	}
	var nodes [4]float64
	for k := range nodes {
		nodes[k] = math.Cos(float64(2*k+1) * math.Pi / 8)
	}
	var x, y [4][4]float64
	for i, u := range nodes {
		for j, v := range nodes {
			q, err := p.exact.Point(orb.Point{cell.lon + u*cellDegrees/2, cell.lat + v*cellDegrees/2})
			if err != nil {
				return
			}
			x[i][j], y[i][j] = q[0], q[1]
		}
	}
	cell.x, cell.y = fitCubic(x), fitCubic(y)
	cell.state = cellSmooth
}

// fitCubic returns the polynomial through values at the nodes u = cos((2i+1)π/8),
// v = cos((2j+1)π/8), the Chebyshev terms beyond degree 3 left out.
func fitCubic(values [4][4]float64) cubic {
	c := eachWay(values, chebyshev)
	for i := range 4 {
		for j := 4 - i; j < 4; j++ {
			c[i][j] = 0
		}
	}
	c = eachWay(c, powersOf)
	return cubic{c[0][0], c[0][1], c[0][2], c[0][3], c[1][0], c[1][1], c[1][2], c[2][0], c[2][1], c[3][0]}
}

// eachWay changes the rows of a matrix, then its columns.
func eachWay(m [4][4]float64, change func([4]float64) [4]float64) [4][4]float64 {
	for i := range m {
		m[i] = change(m[i])
	}
	for j := range 4 {
		column := change([4]float64{m[0][j], m[1][j], m[2][j], m[3][j]})
		for i := range 4 {
			m[i][j] = column[i]
		}
	}
	return m
}

// chebyshev returns the coefficients of the Chebyshev polynomials T0 to T3 whose sum
// has these values at cos((2k+1)π/8).
func chebyshev(values [4]float64) (a [4]float64) {
	for m := range a {
		for k, f := range values {
			a[m] += f / 2 * math.Cos(float64(m*(2*k+1))*math.Pi/8)
		}
	}
	a[0] /= 2
	return a
}

// powersOf returns the coefficients of a sum of T0 to T3, lowest power first.
func powersOf(a [4]float64) [4]float64 {
	return [4]float64{a[0] - a[2], a[1] - 3*a[3], 2 * a[2], 4 * a[3]}
}

// Geometry converts a geometry vertex by vertex. The coordinates of the new one
// hold until the next call. Errors are those of Transform.Geometry.
func (p *Projector) Geometry(g orb.Geometry) (orb.Geometry, error) {
	p.points = p.points[:0]
	return converted(p, g)
}

// Positions converts those of one line. The new ones hold until the next call of it or of
// Geometry. Errors are those of Transform.Geometry.
func (p *Projector) Positions(points []orb.Point) ([]orb.Point, error) {
	p.points = p.points[:0]
	return p.run(points)
}

// run converts points into the end of p.points. When that grows, the runs before
// stay valid where they were.
func (p *Projector) run(points []orb.Point) ([]orb.Point, error) {
	start := len(p.points)
	p.points = slices.Grow(p.points, len(points))[:start+len(points)]
	converted := p.points[start:]
	for i, point := range points {
		x, y, ok := p.xy(point[0], point[1])
		if !ok {
			q, err := p.exact.Point(point)
			if err != nil {
				return nil, fmt.Errorf("vertex %d: %w", i, err)
			}
			x, y = q[0], q[1]
		}
		converted[i] = orb.Point{x, y}
	}
	return converted[:len(converted):len(converted)], nil
}
