package tms_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/tms"
)

// inverse converts from the CRS of a set to lon/lat, apart from the package.
func inverse(t testing.TB, s *tms.Set) func(orb.Point) orb.Point {
	t.Helper()
	return conversion(t, sridOf(t, s), crs.WGS84)
}

// forward converts from lon/lat to the CRS of a set, apart from the package.
func forward(t testing.TB, s *tms.Set) func(orb.Point) orb.Point {
	t.Helper()
	return conversion(t, crs.WGS84, sridOf(t, s))
}

func sridOf(t testing.TB, s *tms.Set) crs.SRID {
	t.Helper()
	srid, err := crs.ParseSRID(s.CRS())
	if err != nil {
		t.Fatal(err)
	}
	return srid
}

func conversion(t testing.TB, from, to crs.SRID) func(orb.Point) orb.Point {
	t.Helper()
	transform, err := crs.NewTransform(from, to)
	if err != nil {
		t.Fatal(err)
	}
	return func(p orb.Point) orb.Point {
		q, err := transform.Point(p)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
}

// somewhere returns a random tile with a random place in it, in the CRS.
func somewhere(r *rand.Rand, s *tms.Set) (tms.Tile, orb.Point) {
	m := uint8(r.IntN(int(s.Served())))
	columns, rows := s.Size(m)
	tile := tms.Tile{Matrix: m, Row: r.Uint32N(rows), Col: r.Uint32N(columns)}
	b := s.Bound(tile)
	return tile, within(r, b)
}

func within(r *rand.Rand, b orb.Bound) orb.Point {
	return orb.Point{b.Min[0] + r.Float64()*(b.Max[0]-b.Min[0]), b.Min[1] + r.Float64()*(b.Max[1]-b.Min[1])}
}

// TestPlacesLieInTheirTiles: a place is in the tile whose bounds hold it, for the
// grid of the Encoder too.
func TestPlacesLieInTheirTiles(t *testing.T) {
	for _, s := range tms.Sets() {
		r := rand.New(rand.NewPCG(1, 2))
		inv := inverse(t, s)
		project := s.Projection()
		if project == nil {
			project = tiles.Project
		}
		for range 2000 {
			tile, xy := somewhere(r, s)
			lonLat := inv(xy)
			if got, ok := s.At(lonLat, tile.Matrix); !ok || got != tile {
				// The way there and back costs a millimetre.
				if b := s.Bound(tile); !nearEdge(b, xy, 0.01*s.Bound(tms.Tile{Matrix: 18}).Max[0]/1e6) && got != tile {
					t.Fatalf("%s: %v in %v, want %v", s.ID(), xy, got, tile)
				}
			}
			square := s.Square(tile)
			v, ok := project(lonLat)
			if !ok {
				t.Fatalf("%s: no place for %v", s.ID(), lonLat)
			}
			shift := 32 - square.Z
			dx, dy := int64(v.X)-int64(square.X)<<shift, int64(v.Y)-int64(square.Y)<<shift
			if side := int64(1) << shift; dx < -1 || dy < -1 || dx > side+1 || dy > side+1 {
				t.Fatalf("%s %v: %v placed at %d, %d of %d", s.ID(), tile, xy, dx, dy, side)
			}
			b := s.Bound(tile)
			side := b.Max[0] - b.Min[0]
			wantX, wantY := (xy[0]-b.Min[0])/side*float64(int64(1)<<shift), (b.Max[1]-xy[1])/side*float64(int64(1)<<shift)
			if math.Abs(float64(dx)-wantX) > 1.3 || math.Abs(float64(dy)-wantY) > 1.3 {
				t.Fatalf("%s %v: %v placed at %d, %d, want %v, %v", s.ID(), tile, xy, dx, dy, wantX, wantY)
			}
		}
	}
}

func nearEdge(b orb.Bound, p orb.Point, d float64) bool {
	return math.Min(math.Min(p[0]-b.Min[0], b.Max[0]-p[0]), math.Min(p[1]-b.Min[1], b.Max[1]-p[1])) < math.Abs(d)
}

// TestSearchMissesNothing: whatever place of an edge lies in a tile or its
// buffer, the bounds of the edge's ends are found by the tile's search.
func TestSearchMissesNothing(t *testing.T) {
	for _, s := range tms.Sets() {
		r := rand.New(rand.NewPCG(3, 4))
		inv, fwd := inverse(t, s), forward(t, s)
		bends := 0
		for range 4000 {
			tile, _ := somewhere(r, s)
			b := s.Bound(tile)
			grown := b.Pad((b.Max[0] - b.Min[0]) * tiles.Buffer / tiles.Extent)
			on := within(r, grown)
			search := s.Search(tile)
			if lonLat := inv(clampTo(on, s)); !search.Bound(0, 0).Contains(lonLat) && on == clampTo(on, s) {
				t.Fatalf("%s %v: %v is %v, outside %v", s.ID(), tile, on, lonLat, search.Bound(0, 0))
			}
			// An edge of up to 20° through that place, its ends in lon/lat.
			middle := inv(clampTo(on, s))
			size := math.Pow(10, -4+5*r.Float64())
			from := orb.Point{middle[0] + size*r.NormFloat64(), middle[1] + size*r.NormFloat64()}
			to := orb.Point{middle[0] + size*r.NormFloat64(), middle[1] + size*r.NormFloat64()}
			if !inDomain(s, from) || !inDomain(s, to) {
				continue
			}
			a, z := fwd(from), fwd(to)
			p := r.Float64()
			at := orb.Point{a[0] + p*(z[0]-a[0]), a[1] + p*(z[1]-a[1])}
			m := uint8(r.IntN(int(s.Served())))
			tile, ok := s.At(inv(clampTo(at, s)), m)
			if !ok || at != clampTo(at, s) {
				continue
			}
			search = s.Search(tile)
			ends := orb.MultiPoint{from, to}.Bound()
			if !search.Bound(0, 0).Intersects(ends) {
				bends++
			}
			low, high := [2]float32{down(ends.Min[0]), down(ends.Min[1])}, [2]float32{up(ends.Max[0]), up(ends.Max[1])}
			if !search.Meets(ends) || search.Misses(low, high) || !search.Bound(ends.Max[0]-ends.Min[0], ends.Max[1]-ends.Min[1]).Intersects(ends) {
				t.Fatalf("%s %v: edge %v–%v passes, but is not found", s.ID(), tile, from, to)
			}
		}
		if straight := s.ID() != tms.VN2000; straight != (bends == 0) {
			t.Errorf("%s: %d edges left the bounds of their ends", s.ID(), bends)
		}
	}
}

func down(v float64) float32 { return math.Nextafter32(float32(v), -1e9) }
func up(v float64) float32   { return math.Nextafter32(float32(v), 1e9) }

// clampTo keeps a place within the tiles of a set.
func clampTo(p orb.Point, s *tms.Set) orb.Point {
	b := s.Extent()
	return orb.Point{min(max(p[0], b.Min[0]), b.Max[0]), min(max(p[1], b.Min[1]), b.Max[1])}
}

// inDomain tells whether a lon/lat place can be projected.
func inDomain(s *tms.Set, p orb.Point) bool {
	if s.ID() == tms.VN2000 {
		return math.Abs(p[0]-105) <= 29 && math.Abs(p[1]) <= 75
	}
	return math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 85
}

// TestLimitsHoldAllTiles: no feature within an extent leaves a mark outside of
// the limits, straight edges between its places included.
func TestLimitsHoldAllTiles(t *testing.T) {
	for _, s := range tms.Sets() {
		r := rand.New(rand.NewPCG(5, 6))
		inv, fwd := inverse(t, s), forward(t, s)
		for range 1000 {
			_, xy := somewhere(r, s)
			middle := inv(xy)
			size := math.Pow(10, -4+5*r.Float64())
			box := orb.Bound{Min: middle, Max: middle}.Extend(orb.Point{middle[0] + size*r.NormFloat64(), middle[1] + size*r.NormFloat64()})
			if !inDomain(s, box.Min) || !inDomain(s, box.Max) {
				continue
			}
			m := uint8(r.IntN(int(s.Served())))
			limits, ok := s.Limits(box, m)
			if !ok {
				t.Fatalf("%s: no limits for %v", s.ID(), box)
			}
			for range 5 {
				a, z, p := fwd(within(r, box)), fwd(within(r, box)), r.Float64()
				at := orb.Point{a[0] + p*(z[0]-a[0]), a[1] + p*(z[1]-a[1])}
				if tile, ok := s.At(inv(clampTo(at, s)), m); ok && !limits.Contains(tile) {
					t.Fatalf("%s: %v shows %v, outside %+v", s.ID(), box, tile, limits)
				}
			}
		}
	}
}

// TestLimitsAreTight: in Hà Nội limits are at most two tiles wider than what the
// corners of an extent span, and a hundredth.
func TestLimitsAreTight(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, s := range tms.Sets() {
		fwd := forward(t, s)
		for range 1000 {
			box := orb.Bound{Min: within(r, orb.Bound{Min: orb.Point{105.3, 20.6}, Max: orb.Point{106, 21.4}})}
			box.Max = orb.Point{box.Min[0] + 0.1*r.Float64(), box.Min[1] + 0.1*r.Float64()}
			m := uint8(r.IntN(int(s.Served())))
			l, ok := s.Limits(box, m)
			low, high := fwd(box.Min), fwd(box.Max)
			side := s.CellSize(m) * tms.TileSize
			if !ok || float64(l.MaxCol-l.MinCol) > (high[0]-low[0]+100)*1.01/side+2 && s.ID() == tms.VN2000 ||
				float64(l.MaxRow-l.MinRow) > (high[1]-low[1]+100)*1.01/side+2 {
				t.Fatalf("%s %v m=%d: %+v", s.ID(), box, m, l)
			}
		}
	}
}

func TestLimitsOfElsewhere(t *testing.T) {
	vn := find(t, tms.VN2000)
	for _, far := range []orb.Bound{
		{Min: orb.Point{2, 48}, Max: orb.Point{3, 49}},       // Paris: out of the domain
		{Min: orb.Point{105, -20}, Max: orb.Point{106, -19}}, // south of the equator: no row
		{Min: orb.Point{80, 20}, Max: orb.Point{81, 21}},     // west of the first column
	} {
		if l, ok := vn.Limits(far, 10); ok {
			t.Errorf("%v: %+v", far, l)
		}
	}
	if _, ok := vn.Limits(orb.Bound{Min: orb.Point{105, 20}, Max: orb.Point{106, 21}}, 19); ok {
		t.Error("limits of a matrix that is not served")
	}
	all, ok := vn.Limits(orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}, 3)
	if !ok || all != (tms.Limits{Matrix: 3, MaxRow: 7, MaxCol: 7}) {
		t.Errorf("the whole globe: %+v, %v", all, ok)
	}
}

// TestPrepareOutside: a feature with a vertex that has no place is refused whole.
func TestPrepareOutside(t *testing.T) {
	p := tiles.Preparer{Projection: find(t, tms.VN2000).Projection()}
	for _, g := range []orb.Geometry{orb.Point{2, 48}, orb.LineString{{105, 21}, {2, 48}}, orb.Point{105, 76}} {
		if _, err := p.Prepare(g); !errors.Is(err, tiles.ErrOutside) {
			t.Errorf("%v: %v", g, err)
		}
	}
	if _, err := p.Prepare(orb.LineString{{105, 21}, {math.NaN(), 48}}); !errors.Is(err, tiles.ErrCoordinate) {
		t.Error(err)
	}
	g, err := p.Prepare(orb.LineString{{105, 21}, {134, 60}})
	if err != nil || g.IsZero() {
		t.Errorf("a line far out of the tiles: %v", err)
	}
}
