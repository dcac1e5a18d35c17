package geopackage

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/gdaltest"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
)

// connect opens the file as another program would. The caller closes
// it.
func connect(t *testing.T, path string) *lite.Conn {
	t.Helper()
	d, err := lite.NewDriver()
	if err != nil {
		t.Fatal(err)
	}
	c, err := d.Connect(path, "rw", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// foreign runs SQL on the file as another program would.
func foreign(t *testing.T, path string, statements ...string) {
	t.Helper()
	c := connect(t, path)
	defer c.Close()
	for _, s := range statements {
		if err := c.Exec(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func TestSameGeometryInAnotherFormIsUnchanged(t *testing.T) {
	path := kindsFile(t)
	// Feature 1 is the point 105.8 21: big-endian, with an envelope.
	const blob = "47500002" + "000010e6" + "405a733333333333405a7333333333334035000000000000" + "4035000000000000" +
		"0000000001" + "405a733333333333" + "4035000000000000"
	foreign(t, path, "UPDATE kinds SET geom = x'"+blob+"', seen = '2026-11-23 08:30:00.5' WHERE code = 'K0'")
	s := mustOpen(t, path)
	before := version(t, s)
	if tally := putAll(t, s, kinds(), kindsFeatures(t)); tally.Unchanged != 4 {
		t.Errorf("tally %+v", tally)
	}
	if v := version(t, s); v != before {
		t.Errorf("version %d after %d", v, before)
	}
}

func TestKeysThatAreNotUnique(t *testing.T) {
	path := kindsFile(t)
	foreign(t, path, "DROP INDEX twin_key_kinds_code", "UPDATE kinds SET code = 'K0'",
		`UPDATE twin_layers SET layer = replace(layer, '"key":"code"', '"key":"addr:street"')`, "UPDATE twin_state SET edited = 1")
	s := mustOpen(t, path)
	layer := kinds()
	putAll(t, s, layer, kindsFeatures(t)[:1]) // makes code the key again, now without uniqueness
	if text := state(t, s); strings.Count(text, `code="K0"`) != 4 || !strings.Contains(text, "kinds key=code") {
		t.Errorf("state:\n%s", text)
	}
	feature := kindsFeatures(t)[0]
	feature.Values[2] = city.Integer(55)
	if tally := putAll(t, s, layer, []city.Feature{feature}); tally.Updated != 1 {
		t.Errorf("tally %+v", tally)
	}
	if text := state(t, s); !strings.Contains(text, `  1 [105.8,21] code="K0" addr:street="phố Hàng Bạc" lanes=55`) || strings.Count(text, "lanes=55") != 1 {
		t.Errorf("the first of the key is not the one that changed:\n%s", text)
	}
}

func TestExtentShrinksWithTheLayer(t *testing.T) {
	path := kindsFile(t)
	s := mustOpen(t, path)
	features := kindsFeatures(t)
	features[2].Geometry = orb.Point{105.5, 21.2} // was the southern edge, 20.9
	putAll(t, s, kinds(), features)
	mustClose(t, s)
	if out := gdaltest.Run(t, "ogrinfo", "-so", path, "kinds"); !strings.Contains(out, "Extent: (105.100000, 21.000000) - (105.800000, 21.500000)") {
		t.Errorf("extent:\n%s", out)
	}
}

func TestRowsThatCannotBeServed(t *testing.T) {
	path := kindsFile(t)
	foreign(t, path, "INSERT INTO kinds (code, geom) VALUES ('none', NULL), ('broken', x'4750'), ('text', 'POINT (1 2)'), ('empty', x'"+emptyCollection()+"')",
		"UPDATE kinds SET lanes = 'several' WHERE code = 'K1'")
	s := mustOpen(t, path)
	text := state(t, s)
	for _, code := range []string{"none", "broken", "text", "empty"} {
		if !strings.Contains(text, fmt.Sprintf("null code=%q", code)) {
			t.Errorf("%s is not there without geometry:\n%s", code, text)
		}
	}
	if !strings.Contains(text, `code="K1" addr:street="phố Hàng Bạc" length_m`) {
		t.Errorf("lanes of K1 is not null:\n%s", text)
	}
	// They can be put right.
	feature := kindsFeatures(t)[0]
	feature.Values[0] = city.String("broken")
	if tally := putAll(t, s, kinds(), []city.Feature{feature}); tally.Updated != 1 {
		t.Errorf("tally %+v", tally)
	}
}

func emptyCollection() string {
	return "47500011e6100000" + hex.EncodeToString([]byte{1, 7, 0, 0, 0, 0, 0, 0, 0})
}

func TestOpenWhileAnotherProgramReads(t *testing.T) {
	path := kindsFile(t)
	c := connect(t, path)
	defer c.Close()
	if err := c.Exec(t.Context(), "BEGIN"); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Integer(t.Context(), "SELECT count(*) FROM kinds"); err != nil || n != 4 {
		t.Fatal(n, err)
	}
	s := mustOpen(t, path)
	if n := countFeatures(t, s, "kinds"); n != 4 {
		t.Errorf("%d features", n)
	}
	if err := c.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	feature := kindsFeatures(t)[0]
	feature.Values[2] = city.Integer(55)
	if tally := putAll(t, s, kinds(), []city.Feature{feature}); tally.Updated != 1 {
		t.Errorf("tally %+v", tally)
	}
}

func TestTablesThatAreNoLayers(t *testing.T) {
	path := kindsFile(t)
	foreign(t, path,
		"CREATE TABLE utm (id INTEGER PRIMARY KEY, g POINT)",
		"INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('utm', 'features', 'utm', -1)",
		"INSERT INTO gpkg_geometry_columns VALUES ('utm', 'g', 'POINT', -1, 0, 0)",
		"CREATE TABLE keyless (a TEXT, g POINT)",
		"INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('keyless', 'features', 'keyless', 4326)",
		"INSERT INTO gpkg_geometry_columns VALUES ('keyless', 'g', 'POINT', 4326, 0, 0)")
	s := mustOpen(t, path)
	if text := state(t, s); strings.Contains(text, "utm") || strings.Contains(text, "keyless") {
		t.Errorf("state:\n%s", text)
	}
	notices := strings.Join(s.Notices(), "\n")
	if !strings.Contains(notices, `table "utm" is no layer: its coordinates are in srs_id -1`) || !strings.Contains(notices, `table "keyless" is no layer: it has no integer primary key`) {
		t.Errorf("notices:\n%s", notices)
	}
}
