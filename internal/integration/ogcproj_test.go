package integration

import (
	"encoding/json"
	"fmt"
	"math"
	"os/exec"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// toVN2000 is EPSG:6960, WGS 84 to VN-2000, as PROJ writes it: a choice of its own
// would depend on the version of its database.
const toVN2000 = "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 +step +proj=cart +ellps=WGS84 " +
	"+step +inv +proj=helmert +x=-191.90441429 +y=-39.30318279 +z=-111.45032835 +rx=-0.00928836 +ry=0.01975479 +rz=-0.00427372 +s=0.252906278 +convention=coordinate_frame " +
	"+step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"

// sameAsPROJ compares every position of some layers, as the server answers crs=
// with it, with what GDAL's PROJ makes of the plain one: within 1 mm. The datum is
// changed by the pipeline above, the projections are those of PROJ's database.
func sameAsPROJ(t *testing.T, o *ogc) {
	if _, err := exec.LookPath("gdaltransform"); err != nil {
		realdata.Missing(t, "gdaltransform: %v", err)
	}
	for _, layer := range []string{"intersections", "ring_roads", "city_outline"} {
		var plain []orb.Point
		for _, f := range o.items(t, layer, "limit", "30").Features {
			plain = append(plain, positions(t, f.Geometry.Coordinates)...)
		}
		if len(plain) < 30 {
			t.Fatalf("only %d positions in %s", len(plain), layer)
		}
		vn2000 := gdalTransform(t, plain, "-ct", toVN2000)
		for _, code := range []string{"3857", "32648", "4756", "3405", "3406", "5896", "5897", "5898", "5899"} {
			want := vn2000
			switch code {
			case "3857", "32648":
				want = gdalTransform(t, plain, "-s_srs", "OGC:CRS84", "-t_srs", "EPSG:"+code)
			case "4756":
			default:
				want = gdalTransform(t, vn2000, "-s_srs", "EPSG:4756", "-t_srs", "EPSG:"+code)
			}
			var got []orb.Point
			for _, f := range o.items(t, layer, "limit", "30", "crs", "EPSG:"+code).Features {
				got = append(got, positions(t, f.Geometry.Coordinates)...)
			}
			if len(got) != len(want) {
				t.Fatalf("%s in EPSG:%s: %d positions, want %d", layer, code, len(got), len(want))
			}
			worst := 0.0
			for i, p := range got {
				unit := 1.0
				if code == "4756" { // latitude first, and degrees
					p[0], p[1] = p[1], p[0]
					unit = 111_320
				}
				worst = max(worst, unit*math.Hypot(p[0]-want[i][0], p[1]-want[i][1]))
			}
			if !(worst < 1e-3) {
				t.Errorf("%s in EPSG:%s: %.6f m from PROJ's", layer, code, worst)
			}
		}
	}
}

// gdalTransform returns what gdaltransform makes of positions, x first.
func gdalTransform(t *testing.T, from []orb.Point, args ...string) []orb.Point {
	t.Helper()
	var in strings.Builder
	for _, p := range from {
		in.WriteString(fmt.Sprintf("%v %v 0\n", p[0], p[1]))
	}
	cmd := exec.CommandContext(t.Context(), "gdaltransform", args...)
	cmd.Stdin = strings.NewReader(in.String())
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var to []orb.Point
	for line := range strings.Lines(string(out)) {
		var p orb.Point
		if err := json.Unmarshal([]byte("["+strings.Join(strings.Fields(line)[:2], ",")+"]"), &p); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		to = append(to, p)
	}
	if len(to) != len(from) {
		t.Fatalf("%d positions of %d come back", len(to), len(from))
	}
	return to
}
