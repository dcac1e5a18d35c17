package crs

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/geodesy"
)

// Projector converts many places from WGS 84 longitude, latitude to another
// system, many times as fast as a Transform and close to it: within 1e-5 m in Việt
// Nam, within 1 mm wherever the system is defined. It serves one goroutine.
//
// The globe is cut into cells of a quarter of a degree. Where one is first
// needed, the Transform converts 4 × 4 Chebyshev nodes in it, and a polynomial
// through them, of degree 3 in each direction, converts every place of the cell:
//
//	┌─●──●────●──●─┐   x, y = Σ c[i][j] · u^i · v^j, u and v from -1 to 1
//	│ ●  ●    ●  ● │
//	│              │   What is left out begins with h⁴/192 of the fourth
//	│ ●  ●    ●  ● │   derivative: 14 km to the fourth by the earth's radius
//	└─●──●────●──●─┘   cubed, 1e-6 m in the zones of Hà Nội
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
	projectorSide = 8    // cells that are kept in each direction: 2 degrees
	cellDegrees   = 0.25 // a power of two: columns and rows are exact
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
	x, y     [4][4]float64
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
	u, v := (lon-cell.lon)*(2/cellDegrees), (lat-cell.lat)*(2/cellDegrees)
	if !(u >= -1 && u < 1 && v >= -1 && v < 1) {
		if cell = p.find(lon, lat); cell == nil {
			return 0, 0, false
		}
		u, v = (lon-cell.lon)*(2/cellDegrees), (lat-cell.lat)*(2/cellDegrees)
	}
	return cubic(&cell.x, u, v), cubic(&cell.y, u, v), true
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

// cubic evaluates Σ c[i][j] u^i v^j.
func cubic(c *[4][4]float64, u, v float64) float64 {
	a := ((c[0][3]*v+c[0][2])*v+c[0][1])*v + c[0][0]
	b := ((c[1][3]*v+c[1][2])*v+c[1][1])*v + c[1][0]
	d := ((c[2][3]*v+c[2][2])*v+c[2][1])*v + c[2][0]
	e := ((c[3][3]*v+c[3][2])*v+c[3][1])*v + c[3][0]
	return ((e*u+d)*u+b)*u + a
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
	for i, u := range nodes {
		for j, v := range nodes {
			q, err := p.exact.Point(orb.Point{cell.lon + u*cellDegrees/2, cell.lat + v*cellDegrees/2})
			if err != nil {
				return
			}
			cell.x[i][j], cell.y[i][j] = q[0], q[1]
		}
	}
	cell.state = cellSmooth
	for _, f := range []*[4][4]float64{&cell.x, &cell.y} {
		for i := range f {
			f[i] = fitCubic(f[i])
		}
		for j := range 4 {
			column := fitCubic([4]float64{f[0][j], f[1][j], f[2][j], f[3][j]})
			for i := range 4 {
				f[i][j] = column[i]
			}
		}
	}
}

// fitCubic turns values at the four Chebyshev nodes cos((2k+1)π/8) into the
// coefficients of the cubic through them, lowest power first.
func fitCubic(values [4]float64) [4]float64 {
	var a [4]float64 // of the Chebyshev polynomials T0 to T3
	for m := range a {
		for k, f := range values {
			a[m] += f / 2 * math.Cos(float64(m*(2*k+1))*math.Pi/8)
		}
	}
	a[0] /= 2
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
	for i, point := range points {
		x, y, ok := p.xy(point[0], point[1])
		if !ok {
			q, err := p.exact.Point(point)
			if err != nil {
				return nil, fmt.Errorf("vertex %d: %w", i, err)
			}
			x, y = q[0], q[1]
		}
		p.points = append(p.points, orb.Point{x, y})
	}
	return p.points[start:len(p.points):len(p.points)], nil
}
