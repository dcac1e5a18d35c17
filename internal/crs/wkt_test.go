package crs

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

func TestParseSRID(t *testing.T) {
	for text, want := range map[string]SRID{
		"5897": VN2000TM3482, "EPSG:5897": VN2000TM3482, " epsg:3405 ": VN2000UTM48N, "[EPSG:4326]": WGS84,
		"urn:ogc:def:crs:EPSG::5897": VN2000TM3482, "urn:ogc:def:crs:EPSG:9.9.1:3857": WebMercator,
		"http://www.opengis.net/def/crs/EPSG/0/32648":   UTM48N,
		"https://www.opengis.net/def/crs/OGC/1.3/CRS84": WGS84,
		"http://www.opengis.net/def/crs/OGC/0/CRS84h":   WGS84,
		"http://www.opengis.net/gml/srs/epsg.xml#4756":  VN2000,
		"urn:ogc:def:crs:OGC:1.3:CRS84":                 WGS84,
		"CRS84":                                         WGS84, "OGC:CRS84": WGS84, "ESRI:102100": WebMercator, "EPSG:900913": WebMercator,
		"5896": VN2000TM3481, "5898": VN2000TM3491, "5899": VN2000DN, "3406": VN2000UTM49N,
	} {
		if got, err := ParseSRID(text); err != nil || got != want {
			t.Errorf("ParseSRID(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "27700", "EPSG:", "EPSG:abc", "OGC:4326", "IGNF:4326", "-4326", "4326.0", "urn:ogc:def:crs:EPSG:4326",
		"http://www.opengis.net/def/crs/EPSG/0/", "99999999999999999999", "EPSG:CRS84",
	} {
		if got, err := ParseSRID(text); !errors.Is(err, ErrUnknownCRS) {
			t.Errorf("ParseSRID(%q) = %v, %v; want ErrUnknownCRS", text, got, err)
		}
	}
	for _, id := range SRIDs() {
		if got, err := ParseSRID(id.String()); err != nil || got != id {
			t.Errorf("ParseSRID(%q) = %v, %v", id.String(), got, err)
		}
	}
}

func TestParseWKT(t *testing.T) {
	const tm = `PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],`
	const geogVN = `GEOGCS["GCS_VN_2000",DATUM["D_Vietnam_2000",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	const unknown = `GEOGCS["unknown",DATUM["Unknown_based_on_WGS84_ellipsoid",SPHEROID["WGS84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]`
	for name, c := range map[string]struct {
		wkt  string
		want SRID // 0: ErrUnknownCRS
	}{
		"a name of one's own, ESRI's parameters": {`PROJCS["Ha Noi",` + geogVN + `,` + tm + `PARAMETER["Central_Meridian",105.0],PARAMETER["Scale_Factor",0.9999],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`, VN2000TM3482},
		"Gauss Kruger":                           {`PROJCS["x",` + geogVN + `,` + strings.Replace(tm, "Transverse_Mercator", "Gauss_Kruger", 1) + `PARAMETER["Central_Meridian",107.75],PARAMETER["Scale_Factor",0.9999],UNIT["Meter",1.0]]`, VN2000DN},
		"shift with the wrong signs":             {`GEOGCS["unnamed",DATUM["unknown",SPHEROID["WGS84",6378137,298.257223563],TOWGS84[-191.90441429,-39.30318279,-111.45032835,-0.00928836,0.01975479,-0.00427372,0.252906278]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]`, VN2000},
		"only the ellipsoid is known":            {unknown, 0},
		"only the ellipsoid, projected":          {`PROJCS["unknown",` + unknown + `,` + tm + `PARAMETER["Central_Meridian",105.0],PARAMETER["Scale_Factor",0.9996],UNIT["metre",1]]`, 0},
		"only the system's name tells":           {`PROJCS["VN-2000 / TM-3 zone 482",` + unknown + `,` + tm + `PARAMETER["Central_Meridian",105.0],PARAMETER["Scale_Factor",0.9999],UNIT["metre",1]]`, VN2000TM3482},
		"another meridian":                       {`PROJCS["x",` + geogVN + `,` + tm + `PARAMETER["Central_Meridian",105.5],PARAMETER["Scale_Factor",0.9999],UNIT["Meter",1.0]]`, 0},
		"feet":                                   {`PROJCS["x",` + geogVN + `,` + tm + `PARAMETER["Central_Meridian",105.0],PARAMETER["Scale_Factor",0.9999],UNIT["Foot",0.3048]]`, 0},
		"another false easting":                  {`PROJCS["x",` + geogVN + `,` + strings.Replace(tm, "500000.0", "0.0", 1) + `PARAMETER["Central_Meridian",105.0],PARAMETER["Scale_Factor",0.9999],UNIT["Meter",1.0]]`, 0},
		"another datum":                          {`GEOGCS["GCS_Indian_1960",DATUM["D_Indian_1960",SPHEROID["Everest",6377276.345,300.8017]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`, 0},
		"Paris":                                  {`GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Paris",2.33],UNIT["Degree",0.0174532925199433]]`, 0},
		"gons":                                   {`GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0],UNIT["grad",0.01570796]]`, 0},
		"compound, parentheses, a mark before":   {"\ufeffCOMPD_CS(\"x + height\",GEOGCS(\"WGS 84\",DATUM(\"WGS_1984\",SPHEROID(\"WGS 84\",6378137,298.25)),AUTHORITY(\"EPSG\",\"4326\")),VERT_CS(\"h\"))\r\n", WGS84},
		"bound, with the shift":                  {`BOUNDCRS[SOURCECRS[GEOGCRS["VN-2000",DATUM["Vietnam 2000",ELLIPSOID["WGS 84",6378137,298.25]],ID["EPSG",4756]]],TARGETCRS[GEOGCRS["WGS 84",DATUM["x",ELLIPSOID["WGS 84",6378137,298.25]],ID["EPSG",4326]]]]`, VN2000},
		"ellipsoidal Mercator":                   {`PROJCS["World_Mercator",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Mercator"],UNIT["Meter",1.0]]`, 0},
		"empty":                                  {"", 0},
		"not WKT":                                {"EPSG:4326", 0},
		"cut off":                                {`GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984"`, 0},
		"trailing text":                          {`GEOGCS["WGS 84"]]`, 0},
		"deep":                                   {strings.Repeat("A[", 100), 0},
		"long":                                   {`A["` + strings.Repeat("x", 70000) + `"]`, 0},
	} {
		got, err := ParseWKT(c.wkt)
		if got != c.want || (c.want == 0) != errors.Is(err, ErrUnknownCRS) {
			t.Errorf("%s: ParseWKT = %v, %v; want %v", name, got, err, c.want)
		}
	}
}

// TestParseWKTOfShapefiles reads the real .prj and .qpj files.
func TestParseWKTOfShapefiles(t *testing.T) {
	dir := filepath.Join(realdata.Hanoi(t), "shapefile")
	for _, layer := range []string{"buildings", "full_roads", "intersections", "naturals", "sensors"} {
		for _, ext := range []string{".prj", ".qpj"} {
			text, err := os.ReadFile(filepath.Join(dir, layer+ext))
			if err != nil {
				t.Fatal(err)
			}
			want := WGS84
			if layer == "buildings" {
				want = UTM48N
			}
			if got, err := ParseWKT(string(text)); err != nil || got != want {
				t.Errorf("%s%s: %v, %v; want %v", layer, ext, got, err, want)
			}
		}
	}
}

// TestParseWKTOfGDAL reads every dialect that GDAL writes of every system, with
// the authority codes and without.
func TestParseWKTOfGDAL(t *testing.T) {
	gdal, err := exec.LookPath("gdalsrsinfo")
	if err != nil {
		realdata.Missing(t, "gdalsrsinfo (gdal-bin): %v", err)
	}
	for _, id := range SRIDs() {
		for _, dialect := range []string{"wkt1", "wkt_simple", "wkt_noct", "wkt_esri", "wkt2_2015", "wkt2_2019"} {
			out, err := exec.Command(gdal, "-o", dialect, id.String()).Output()
			if err != nil {
				t.Fatalf("gdalsrsinfo -o %s %v: %v", dialect, id, err)
			}
			text := strings.TrimSpace(string(out))
			if got, err := ParseWKT(text); err != nil || got != id {
				t.Errorf("%s of %v: %v, %v\n%s", dialect, id, got, err, text)
			}
			anonymous := strings.NewReplacer(`AUTHORITY["EPSG"`, `AUTHORITY["mine"`, `ID["EPSG"`, `ID["mine"`).Replace(text)
			if got, err := ParseWKT(anonymous); err != nil || got != id {
				t.Errorf("%s of %v without codes: %v, %v\n%s", dialect, id, got, err, anonymous)
			}
		}
	}
}

func FuzzParseWKT(f *testing.F) {
	f.Add(`GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]]`)
	f.Add(`PROJCRS["a""b",METHOD("x"),1e5]`)
	f.Fuzz(func(t *testing.T, text string) {
		id, err := ParseWKT(text)
		if err == nil {
			if _, err := NewTransform(id, WGS84); err != nil {
				t.Fatalf("ParseWKT(%q) = %v: %v", text, id, err)
			}
		} else if !errors.Is(err, ErrUnknownCRS) {
			t.Fatalf("ParseWKT(%q): %v", text, err)
		}
	})
}

func FuzzParseSRID(f *testing.F) {
	f.Add("urn:ogc:def:crs:EPSG::5897")
	f.Add("[EPSG:3857]")
	f.Fuzz(func(t *testing.T, text string) {
		if id, err := ParseSRID(text); err == nil {
			if again, err := ParseSRID(id.String()); err != nil || again != id {
				t.Fatalf("ParseSRID(%q) = %v, not stable: %v, %v", text, id, again, err)
			}
		}
	})
}

// TestWKT reads what WKT writes, with the codes and without, and compares it with
// what GDAL knows under the code.
func TestWKT(t *testing.T) {
	for _, id := range SRIDs() {
		text := id.WKT()
		if got, err := ParseWKT(text); err != nil || got != id {
			t.Errorf("%v: %v, %v\n%s", id, got, err, text)
		}
		anonymous := strings.ReplaceAll(text, `AUTHORITY["EPSG"`, `AUTHORITY["mine"`)
		if got, err := ParseWKT(anonymous); err != nil || got != id {
			t.Errorf("%v without codes: %v, %v\n%s", id, got, err, anonymous)
		}
	}
	if text := SRID(27700).WKT(); text != "" {
		t.Errorf("27700: %s", text)
	}
}
