package integration

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/realdata/tilelist"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
)

// TestMembersEqualPostGIS compares which features stand in each tile of the
// fixed list with those for which ST_AsMVTGeom gives a geometry.
//
// The two may differ for the reasons below and no other. PostGIS itself decides
// which one holds for a feature, and the number of each is frozen.
//
//	small       PostGIS drops what is less than half a unit wide and high
//	            before it looks where it lies. We draw it when its ends round
//	            to two units.
//	simplified  PostGIS simplifies by half a unit before it rounds, which
//	            takes loops and slivers of about a unit. We round only, and
//	            PostGIS shows what we show on a grid 16 times finer.
//	border      Rounded, it runs along the border of the buffer and never
//	            comes inside. PostGIS drops it, we keep it.
//	generalised A rule of the catalogue lets us simplify, and that moved it into
//	            the buffer. First zooms and least sizes are the same in both.
//	folded      Rounded, it is a line there and back again. PostGIS drops it
//	            on any grid, we draw it.
//	rounding    A coordinate lies so near to the middle between two units that
//	            rounding it to our grid of 2^32 first (9 mm) tips it over, or
//	            lies right in the middle, where PostGIS rounds to even.
func TestMembersEqualPostGIS(t *testing.T) {
	t.Parallel()
	c := servedCity(t)
	db := pgtest.Open(t)
	for _, statement := range mvtOracle {
		db.Exec(statement)
	}
	var report strings.Builder
	list := tilelist.Read(t)
	for _, mode := range []struct {
		title  string
		layers []string
	}{{"all features at every zoom", plainLayers()}, {"the catalogue's rules", ruledLayers()}} {
		fmt.Fprintf(&report, "%s\n", mode.title)
		for _, name := range mode.layers {
			layer := c.Snapshot().Layer(city.LayerID(name))
			loadOracle(t, db, layer)
			rows := map[uint8]*membership{}
			for _, at := range list {
				if rows[at.Z] == nil {
					rows[at.Z] = &membership{reasons: map[string]int{}}
				}
				rows[at.Z].compare(t, db, c, name, at)
			}
			for _, z := range slices.Sorted(maps.Keys(rows)) {
				fmt.Fprintf(&report, "  %-19s z%-2d %s\n", name, z, rows[z])
			}
		}
	}
	// How PostGIS simplifies is its own affair and changes between versions;
	// that each difference has a reason holds for all.
	var version string
	db.QueryRow(`SELECT substring(postgis_lib_version() from '^\d+\.\d+')`).Scan(&version)
	frozen(t, "members-postgis-"+version+".txt", report.String())
}

// membership sums up the tiles of a zoom.
type membership struct {
	tiles, ours, theirs int
	reasons             map[string]int
}

func (m *membership) String() string {
	text := fmt.Sprintf("%2d tiles: %6d ours, %6d PostGIS", m.tiles, m.ours, m.theirs)
	for _, reason := range slices.Sorted(maps.Keys(m.reasons)) {
		text += fmt.Sprintf(", %s %d", reason, m.reasons[reason])
	}
	return text
}

func (m *membership) compare(t *testing.T, db *pgtest.DB, server *served, layer string, at tiles.Tile) {
	t.Helper()
	ours := tileMembers(t, server, layer, at)
	theirs := map[int64]bool{}
	var differing []int64
	for _, row := range db.QueryRows(`SELECT id FROM members($1::regclass, $2, $3, $4)`, layer, int32(at.Z), int32(at.X), int32(at.Y)) {
		id := row[0].(int64)
		theirs[id] = true
		if !ours[id] {
			differing = append(differing, id)
		}
	}
	for id := range ours {
		if !theirs[id] {
			differing = append(differing, id)
		}
	}
	m.tiles++
	m.ours += len(ours)
	m.theirs += len(theirs)
	verdicts := db.QueryRows(`SELECT id, mine, near, small, exact, finer, inside, folded FROM verdicts($1::regclass, $2, $3, $4, $5)`,
		layer, int32(at.Z), int32(at.X), int32(at.Y), differing)
	if len(verdicts) != len(differing) {
		t.Errorf("%v %s: %d verdicts on %v", at, layer, len(verdicts), differing)
	}
	for _, row := range verdicts {
		id := row[0].(int64)
		v := verdict{row[1].(bool), row[2].(bool), row[3].(bool), row[4].(bool), row[5].(bool), row[6].(bool), row[7].(bool)}
		reason := v.reason(ours[id])
		if reason == "" {
			t.Errorf("%v %s %d: ours %v, PostGIS %v, and nothing explains it: %+v", at, layer, id, ours[id], theirs[id], v)
		}
		m.reasons[cmp.Or(reason, "unexplained")]++
	}
}

// tileMembers returns the ids in our tile.
func tileMembers(t *testing.T, server *served, layer string, at tiles.Tile) map[int64]bool {
	t.Helper()
	code, body := server.get(fmt.Sprintf("/tiles/%s/%s.mvt", layer, at))
	if code != http.StatusOK && code != http.StatusNoContent {
		t.Fatalf("%v %s: status %d", at, layer, code)
	}
	tile, err := mvttest.Decode(body)
	if err != nil {
		t.Fatalf("%v %s: %v", at, layer, err)
	}
	ids := map[int64]bool{}
	for _, l := range tile.Layers {
		for _, f := range l.Features {
			if ids[int64(f.ID)] {
				t.Errorf("%v %s %d: twice", at, layer, f.ID)
			}
			ids[int64(f.ID)] = true
		}
	}
	return ids
}

// verdict is what PostGIS says of a feature in whose membership we differ.
type verdict struct {
	mine   bool // rounded as we do, some of it lies in the buffered tile
	near   bool // it comes as near to the buffered tile as our simplification can move it
	small  bool // less than half a unit wide and high
	exact  bool // rounded as PostGIS does, some of it lies in the buffered tile
	finer  bool // rounded as we do, PostGIS shows it on a grid that is 16 times finer
	inside bool // rounded as we do, it is not only on the border
	folded bool // rounded as we do, it is a line that goes back to its start and encloses nothing
}

// reason names the difference, "" when there is none that we tolerate. What
// our encoder does must be what rounding and the layer's rules explain, in any
// case.
func (v verdict) reason(ours bool) string {
	switch {
	case ours && !v.mine && v.near:
		return "generalised"
	case v.mine != ours:
		return ""
	case ours && v.small:
		return "small"
	case ours != v.exact:
		return "rounding"
	case ours && v.finer:
		return "simplified"
	case ours && !v.inside:
		return "border"
	case ours && v.folded:
		return "folded"
	}
	return ""
}

// mvtOracle is SQL that answers for a tile and a table of geometries.
var mvtOracle = []string{
	// Tile units, y downwards, as float64.
	`CREATE FUNCTION units(g geometry, tile geometry) RETURNS geometry LANGUAGE sql IMMUTABLE AS $$
		SELECT ST_SetSRID(ST_Affine(g, k, 0, 0, -k, -ST_XMin(tile) * k, ST_YMax(tile) * k), 0)
		FROM (SELECT 4096 / (ST_XMax(tile) - ST_XMin(tile)) AS k) AS scale $$`,
	`CREATE FUNCTION buffered() RETURNS geometry LANGUAGE sql IMMUTABLE AS $$
		SELECT ST_MakeEnvelope(-64, -64, 4160, 4160) $$`,
	`CREATE FUNCTION extent(g geometry) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
		SELECT greatest(ST_XMax(g) - ST_XMin(g), ST_YMax(g) - ST_YMin(g)) $$`,
	// Whether a rounded geometry shows in the buffered tile.
	`CREATE FUNCTION shows(g geometry) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
		SELECT coalesce(CASE ST_Dimension(g)
			WHEN 0 THEN ST_Intersects(g, buffered())
			WHEN 1 THEN ST_Length(ST_Intersection(g, buffered())) > 0
			ELSE ST_Area(ST_Intersection(ST_MakeValid(g), buffered())) > 0 END, false) $$`,
	// Our rounding: to the grid of 2^32 first, of which a unit of zoom z has
	// 2^(20-z), then to units, the middle upwards. That grid is coarser than
	// the 1e-6 that turn "to even" into "upwards".
	`CREATE FUNCTION round_ours(u geometry, z int) RETURNS geometry LANGUAGE sql IMMUTABLE AS $$
		SELECT ST_SnapToGrid(ST_Translate(ST_SnapToGrid(u, 2.0 ^ (z - 20)), 1e-6, 1e-6), 1) $$`,
	// The index is asked for a little more than the buffer, so that what rounds
	// into it is found.
	`CREATE FUNCTION members(layer regclass, z int, x int, y int) RETURNS TABLE (id bigint) LANGUAGE plpgsql AS $$ BEGIN
		RETURN QUERY EXECUTE format('SELECT id FROM %s WHERE first_zoom <= $1
			AND mercator && ST_TileEnvelope($1, $2, $3, margin => 66.0 / 4096)
			AND (ST_Dimension(mercator) = 0 OR extent(mercator) >= least * extent(ST_TileEnvelope($1, $2, $3)) / 4096)
			AND ST_AsMVTGeom(mercator, ST_TileEnvelope($1, $2, $3), 4096, 64, true) IS NOT NULL', layer) USING z, x, y;
		END $$`,
	`CREATE FUNCTION verdicts(layer regclass, z int, x int, y int, ids bigint[])
		RETURNS TABLE (id bigint, mine boolean, near boolean, small boolean, exact boolean, finer boolean, inside boolean, folded boolean) LANGUAGE plpgsql AS $$ BEGIN
		RETURN QUERY EXECUTE format('SELECT id, allowed_ours AND shows(r), allowed_ours AND tolerance > 0 AND ST_DWithin(u, buffered(), tolerance + 0.5),
				ST_Dimension(u) > 0 AND extent(u) < 0.5,
				allowed AND shows(ST_SnapToGrid(u, 1)),
				ST_AsMVTGeom(r, ST_MakeEnvelope(0, 0, 4096, 4096), 16 * 4096, 16 * 64, true) IS NOT NULL,
				coalesce(ST_Relate(ST_MakeValid(r), buffered(), ''T********''), false),
				coalesce(ST_Dimension(r) = 1 AND ST_IsClosed(r) AND coalesce(ST_IsEmpty(ST_BuildArea(ST_Node(r))), true), false)
			FROM (SELECT id, tolerance, u, round_ours(u, $1) AS r,
					first_zoom <= $1 AND (ST_Dimension(u) = 0 OR extent(u) >= least) AS allowed,
					first_zoom <= $1 AND (ST_Dimension(u) = 0 OR extent(ST_SnapToGrid(u, 2.0 ^ ($1 - 20))) >= least) AS allowed_ours
				FROM (SELECT *, units(mercator, ST_TileEnvelope($1, $2, $3)) AS u FROM %s WHERE id = ANY ($4)) AS a) AS b
			ORDER BY id', layer) USING z, x, y, ids;
		END $$`,
}

// loadOracle copies a layer into PostGIS. The first zoom of a feature is not
// taken from the snapshot but computed by the catalogue's rules in SQL.
func loadOracle(t *testing.T, db *pgtest.DB, l *snapshot.Layer) {
	t.Helper()
	def := l.Definition()
	columns := []string{"id", "geom"}
	create := "id bigint PRIMARY KEY, geom geometry(Geometry, 4326)"
	zoom := "CASE"
	for _, c := range def.Tiles.Classes {
		column := quoted(c.Property)
		if !slices.Contains(columns, c.Property) {
			columns = append(columns, c.Property)
			create += ", " + column + " text"
		}
		zoom += fmt.Sprintf(" WHEN %s IN ('%s') THEN %d", column, strings.Join(c.Values, "', '"), c.MinZoom)
	}
	zoom += fmt.Sprintf(" ELSE %d END", def.Tiles.MinZoom)
	if len(def.Tiles.Classes) == 0 {
		zoom = fmt.Sprint(def.Tiles.MinZoom)
	}
	var rows [][]any
	l.All(func(f *snapshot.Feature) bool {
		row := []any{f.ID(), f.Geometry()}
		for _, name := range columns[2:] {
			if v := l.Value(f, def.PropertyIndex(name)); v.IsNull() {
				row = append(row, nil)
			} else {
				row = append(row, v.String())
			}
		}
		rows = append(rows, row)
		return true
	})
	name := quoted(string(def.ID))
	db.Exec("CREATE TABLE " + name + " (" + create + ")")
	db.Copy(string(def.ID), columns, rows)
	db.Exec("ALTER TABLE " + name + " ADD COLUMN mercator geometry(Geometry, 3857), ADD COLUMN first_zoom int, ADD COLUMN least float8, ADD COLUMN tolerance float8")
	db.Exec(fmt.Sprintf("UPDATE %s SET mercator = ST_Transform(geom, 3857), first_zoom = %s, least = %v, tolerance = %v",
		name, zoom, def.Tiles.MinSize, def.Tiles.Simplify))
	db.Exec("CREATE INDEX ON " + name + " USING gist (mercator)")
	db.Exec("ANALYZE " + name)
}

func quoted(name string) string { return `"` + name + `"` }
