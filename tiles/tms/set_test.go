package tms_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/tms"
)

func find(t testing.TB, id string) *tms.Set {
	t.Helper()
	s := tms.Find(tms.Sets(), id)
	if s == nil {
		t.Fatalf("no set %s", id)
	}
	return s
}

type definition struct {
	ID, Title, URI, CRS string
	OrderedAxes         []string
	WellKnownScaleSet   string
	TileMatrices        []struct {
		ID                         string
		ScaleDenominator, CellSize float64
		CornerOfOrigin             string
		PointOfOrigin              [2]float64
		TileWidth, TileHeight      int
		MatrixWidth, MatrixHeight  uint64
	}
}

func decode(t testing.TB, s *tms.Set) (d definition) {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDefinitions compares what is written with the numbers of 17-083r4, annex D,
// as the OGC's registry has them, to the digits that it gives.
func TestDefinitions(t *testing.T) {
	for _, c := range []struct {
		id, uri, crs string
		axes         [2]string
		origin       [2]float64
		matrices     int
		scale, cell  [2]float64 // of the first and of the last matrix
		width        [2]uint64
		height       uint64 // of the last
	}{
		{
			tms.WebMercatorQuad, "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad", "http://www.opengis.net/def/crs/EPSG/0/3857",
			[2]string{"X", "Y"}, [2]float64{-20037508.3427892, 20037508.3427892}, 25,
			[2]float64{559082264.028717, 33.3238997476528}, [2]float64{156543.033928041, 0.0093306919293428}, [2]uint64{1, 16777216}, 16777216,
		},
		{
			tms.WorldCRS84Quad, "http://www.opengis.net/def/tilematrixset/OGC/1.0/WorldCRS84Quad", "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
			[2]string{"Lon", "Lat"}, [2]float64{-180, 90}, 24,
			[2]float64{279541132.014358, 33.3238997476528}, [2]float64{0.703125, 0.00000008381903171539}, [2]uint64{2, 16777216}, 8388608,
		},
		{
			tms.VN2000, "", "http://www.opengis.net/def/crs/EPSG/0/5897",
			[2]string{"E", "N"}, [2]float64{-1597152, 4194304}, 19,
			[2]float64{16384 / 0.00028, 0.0625 / 0.00028}, [2]float64{16384, 0.0625}, [2]uint64{1, 262144}, 262144,
		},
	} {
		d := decode(t, find(t, c.id))
		last := len(d.TileMatrices) - 1
		if d.ID != c.id || d.Title == "" || d.URI != c.uri || d.CRS != c.crs || len(d.OrderedAxes) != 2 || [2]string(d.OrderedAxes) != c.axes || last+1 != c.matrices {
			t.Errorf("%s: %+v", c.id, d)
			continue
		}
		for i, m := range []int{0, last} {
			got := d.TileMatrices[m]
			if !close(got.ScaleDenominator, c.scale[i]) || !close(got.CellSize, c.cell[i]) || got.MatrixWidth != c.width[i] {
				t.Errorf("%s %d: %+v", c.id, m, got)
			}
		}
		for m, got := range d.TileMatrices {
			if !close(got.PointOfOrigin[0], c.origin[0]) || !close(got.PointOfOrigin[1], c.origin[1]) || got.CornerOfOrigin != "topLeft" || got.TileWidth != 256 || got.TileHeight != 256 {
				t.Errorf("%s %d: %+v", c.id, m, got)
			}
		}
		if d.TileMatrices[last].MatrixHeight != c.height {
			t.Errorf("%s: height %d", c.id, d.TileMatrices[last].MatrixHeight)
		}
	}
}

// close tells whether numbers agree to the ten digits at least of the standard.
func close(a, b float64) bool { return math.Abs(a-b) <= 1e-10*math.Abs(b) }

// TestCellsOfVN2000 holds the promise that cells are whole metres or binary parts
// of one, and that Hà Nội lies where a surveyor would look for it.
func TestCellsOfVN2000(t *testing.T) {
	s := find(t, tms.VN2000)
	for m := range s.Served() {
		if got, want := s.CellSize(m), math.Ldexp(1, 14-int(m)); got != want {
			t.Errorf("matrix %d: cells of %v m, want %v", m, got, want)
		}
	}
	// Hoàn Kiếm lake, E 588,394.32 N 2,326,366.40 by PROJ (gdaltransform).
	at, ok := s.At(orb.Point{105.8523, 21.0287}, 14)
	b := s.Bound(at)
	if !ok || b.Min[0] != math.Floor(b.Min[0]) || b.Max[0]-b.Min[0] != 256 || !b.Contains(orb.Point{588394.32, 2326366.40}) {
		t.Errorf("%v lies at %v", at, b)
	}
	if b := s.Extent(); b != (orb.Bound{Min: orb.Point{-1597152, 0}, Max: orb.Point{2597152, 4194304}}) {
		t.Errorf("extent %v", b)
	}
}

func TestParseTile(t *testing.T) {
	crs84 := find(t, tms.WorldCRS84Quad)
	for _, c := range []struct {
		matrix, row, col string
		want             tms.Tile
		square           tiles.Tile
	}{
		{"0", "0", "1", tms.Tile{Col: 1}, tiles.Tile{Z: 1, X: 1}},
		{"3", "7", "15", tms.Tile{Matrix: 3, Row: 7, Col: 15}, tiles.Tile{Z: 4, X: 15, Y: 7}},
		{"21", "2097151", "4194303", tms.Tile{Matrix: 21, Row: 2097151, Col: 4194303}, tiles.Tile{Z: 22, X: 4194303, Y: 2097151}},
	} {
		got, err := crs84.ParseTile(c.matrix, c.row, c.col)
		if err != nil || got != c.want || crs84.Square(got) != c.square || !crs84.Valid(got) {
			t.Errorf("%v, %v: %v, %v", got, err, crs84.Square(got), c.square)
		}
	}
	for _, bad := range [][3]string{
		{"0", "1", "0"}, {"0", "0", "2"}, {"22", "0", "0"}, {"24", "0", "0"}, {"", "0", "0"}, {"0", "", "0"}, {"0", "0", ""},
		{"00", "0", "0"}, {"0", "-0", "0"}, {"0", "+0", "0"}, {"0", "0", "0x0"}, {"1", "0", "4294967296"}, {"1", "18446744073709551616", "0"}, {"EPSG:4326:0", "0", "0"},
	} {
		if got, err := crs84.ParseTile(bad[0], bad[1], bad[2]); !errors.Is(err, tms.ErrTile) {
			t.Errorf("%q: %v, %v", bad, got, err)
		}
	}
	vn := find(t, tms.VN2000)
	if got := vn.Square(tms.Tile{Matrix: 18, Row: 5, Col: 7}); got != (tiles.Tile{Z: 20, X: 1<<18 + 7, Y: 1<<18 + 5}) {
		t.Errorf("square %v", got)
	}
	if vn.Valid(tms.Tile{Matrix: 19}) || vn.Valid(tms.Tile{Matrix: 1, Row: 2}) || !vn.Valid(tms.Tile{Matrix: 1, Row: 1, Col: 1}) {
		t.Error("Valid is wrong")
	}
	mercator := find(t, tms.WebMercatorQuad)
	if !mercator.Native() || vn.Native() || mercator.Projection() != nil || mercator.Square(tms.Tile{Matrix: 11, Row: 901, Col: 1626}) != (tiles.Tile{Z: 11, X: 1626, Y: 901}) {
		t.Error("Web Mercator is not the native set")
	}
	if vn.Zoom(14) != 17 || vn.Zoom(18) != 21 || crs84.Zoom(13) != 14 || mercator.Zoom(14) != 14 {
		t.Error("zooms of rules are wrong")
	}
}
