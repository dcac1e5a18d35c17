package integration

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/gdaltest"
)

// TestImportByPrimaryKey imports a GeoPackage of GDAL by the name of its primary key,
// and a view, which has none.
func TestImportByPrimaryKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lines := writeFile(t, `{"type":"Feature","id":41,"geometry":{"type":"Point","coordinates":[105.85,21.03]},"properties":{"code":"A"}}`+"\n"+
		`{"type":"Feature","id":42,"geometry":{"type":"Point","coordinates":[105.86,21.03]},"properties":{"code":"B"}}`, dir, "posts.geojsonl")
	file, store := filepath.Join(dir, "posts.gpkg"), filepath.Join(dir, "store.gpkg")
	gdaltest.Run(t, "ogr2ogr", "-f", "GPKG", file, lines, "-lco", "FID=id", "-lco", "GEOMETRY_NAME=geom", "-preserve_fid")
	for _, statement := range []string{
		"CREATE VIEW seen AS SELECT geom, code AS label FROM posts",
		"INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('seen', 'features', 'seen', 4326)",
		"INSERT INTO gpkg_geometry_columns VALUES ('seen', 'geom', 'POINT', 4326, 0, 0)",
	} {
		gdaltest.Run(t, "ogrinfo", "-q", file, "-sql", statement)
	}
	keys := func(layer string) (keys []string) {
		var collection struct {
			Features []struct{ Properties map[string]any }
		}
		if err := json.Unmarshal([]byte(run(t, "export", layer, "--store", store).want(t, 0).out), &collection); err != nil {
			t.Fatal(err)
		}
		for _, f := range collection.Features {
			keys = append(keys, fmt.Sprint(f.Properties["external_key"]))
		}
		return keys
	}
	run(t, "import", file, "--layer", "posts", "--key", "id", "--empty", "--store", store).want(t, 0)
	if got := fmt.Sprint(keys("posts")); got != "[41 42]" {
		t.Errorf("by the primary key: %s", got)
	}
	const says = `posts.gpkg: layer "posts" has no property "fid" but "code", "id" (its own)`
	if r := run(t, "import", file, "--layer", "posts", "--key", "fid", "--store", store).want(t, 4); !strings.Contains(r.err, says) {
		t.Errorf("%s", r.err)
	}
	run(t, "import", file, "--layer", "seen", "--store", store).want(t, 0)
	if got := keys("seen"); len(got) != 2 || got[0] == got[1] {
		t.Errorf("a view: %v", got)
	}
}
