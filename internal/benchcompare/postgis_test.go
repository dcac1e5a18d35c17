//go:build compare

package benchcompare

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/klauspost/compress/gzip"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
)

// rival is the same features in PostGIS, one table a layer, with GiST indices and
// fresh statistics. It makes a tile with one query for all layers, in three ways:
//
//   - installed: as PostGIS tile servers ask, with the tile's bounds written in
//     the query, and with JIT on, as PostgreSQL has it by default: with the bounds
//     known the planner reckons that most tiles are worth compiling for, which
//     then takes longer than the tile;
//   - tuned: by someone who knows, with JIT off and the query prepared;
//   - projected: tuned, and from a second column that holds the geometry in Web
//     Mercator already, the most that can be prepared for tiles.
type rival struct {
	dsn    string
	layers []layer
	pool   *pgxpool.Pool // JIT off
}

func newRival(t *testing.T, layers []layer) *rival {
	t.Helper()
	db := pgtest.Open(t)
	r := &rival{dsn: db.DSN(), layers: layers}
	for _, l := range layers {
		table := pgx.Identifier{string(l.def.ID)}.Sanitize()
		columns, names := []string{"id bigint PRIMARY KEY"}, []string{"id"}
		for _, p := range l.def.Properties {
			columns = append(columns, pgx.Identifier{p.Name}.Sanitize()+" "+columnType(p.Type))
			names = append(names, p.Name)
		}
		db.Exec("CREATE TABLE " + table + " (" + strings.Join(columns, ", ") + ", lonlat geometry(Geometry, 4326))")
		rows := make([][]any, len(l.features))
		for i := range l.features {
			f := &l.features[i]
			rows[i] = []any{f.ID}
			for j := range l.def.Properties {
				rows[i] = append(rows[i], native(f.Value(j)))
			}
			rows[i] = append(rows[i], f.Geometry)
		}
		db.Copy(string(l.def.ID), append(names, "lonlat"), rows)
		db.Exec("ALTER TABLE " + table + " ADD COLUMN geom geometry(Geometry, 3857)")
		db.Exec("UPDATE " + table + " SET geom = ST_Transform(lonlat, 3857)")
		db.Exec("CREATE INDEX ON " + table + " USING gist (geom)")
		db.Exec("CREATE INDEX ON " + table + " USING gist (lonlat)")
		db.Exec("VACUUM FULL ANALYZE " + table)
	}
	r.pool = r.connect(t, "off")
	return r
}

// connect opens one connection for each client.
func (r *rival) connect(t *testing.T, jit string) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(r.dsn)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = clients
	config.ConnConfig.RuntimeParams["jit"] = jit
	pool, err := pgxpool.NewWithConfig(background, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// tileEnvelope are the bounds of tile z/x/y in Web Mercator, and those with the
// buffer that our tiles have.
const (
	tileEnvelope = "ST_TileEnvelope(%d, %d, %d)"
	wideEnvelope = "ST_TileEnvelope(%d, %d, %d, margin => 64.0/4096)"
)

func (r *rival) installed(t *testing.T) http.HandlerFunc {
	pool := r.connect(t, "on")
	return func(w http.ResponseWriter, req *http.Request) {
		z, x, y := zxy(req)
		box, wide := fmt.Sprintf(tileEnvelope, z, x, y), fmt.Sprintf(wideEnvelope, z, x, y)
		answerTile(w, pool.QueryRow(req.Context(), "SELECT "+r.tileQuery("ST_Transform(lonlat, 3857)", "lonlat && ST_Transform("+wide+", 4326)", box, "")))
	}
}

func (r *rival) tuned(t *testing.T) http.HandlerFunc {
	return r.prepared(r.connect(t, "off"), "ST_Transform(lonlat, 3857)", "lonlat && ST_Transform(wide, 4326)")
}

func (r *rival) projected(t *testing.T) http.HandlerFunc {
	return r.prepared(r.connect(t, "off"), "geom", "geom && wide")
}

func (r *rival) prepared(pool *pgxpool.Pool, geometry, inside string) http.HandlerFunc {
	sql := "WITH tile AS (SELECT ST_TileEnvelope($1, $2, $3) AS box, ST_TileEnvelope($1, $2, $3, margin => 64.0/4096) AS wide) SELECT " +
		r.tileQuery(geometry, inside, "box", ", tile")
	return func(w http.ResponseWriter, req *http.Request) {
		z, x, y := zxy(req)
		answerTile(w, pool.QueryRow(req.Context(), sql, z, x, y))
	}
}

// tileQuery is the expression of a tile, all features and all attributes of all
// layers.
func (r *rival) tileQuery(geometry, inside, box, from string) string {
	parts := make([]string, len(r.layers))
	for i, l := range r.layers {
		name, columns := string(l.def.ID), ""
		for _, p := range l.def.Properties {
			columns += ", " + pgx.Identifier{p.Name}.Sanitize()
		}
		parts[i] = fmt.Sprintf(`coalesce((SELECT ST_AsMVT(f, '%s', 4096, 'g', 'id') FROM (SELECT ST_AsMVTGeom(%s, %s, 4096, 64, true) AS g, id%s FROM %s%s WHERE %s) f WHERE g IS NOT NULL), '')`,
			name, geometry, box, columns, pgx.Identifier{name}.Sanitize(), from, inside)
	}
	return strings.Join(parts, " || ")
}

func columnType(k city.Kind) string {
	switch k {
	case city.KindInteger:
		return "bigint"
	case city.KindNumber:
		return "double precision"
	case city.KindBoolean:
		return "boolean"
	case city.KindJSON:
		return "jsonb"
	default:
		return "text"
	}
}

func native(v city.Value) any {
	switch v.Kind() {
	case city.KindNull:
		return nil
	case city.KindInteger:
		return v.Int()
	case city.KindNumber:
		return v.Float()
	case city.KindBoolean:
		return v.Bool()
	case city.KindJSON:
		return []byte(v.Text())
	default:
		return v.String()
	}
}

// zxy reads /{z}/{x}/{y}.
func zxy(req *http.Request) (z, x, y int) {
	_, _ = fmt.Sscanf(req.URL.Path, "/%d/%d/%d", &z, &x, &y)
	return z, x, y
}

// answerTile answers with the tile in the row, compressed by the same gzip at the
// same level as ours.
func answerTile(w http.ResponseWriter, row pgx.Row) {
	var tile []byte
	if err := row.Scan(&tile); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if len(tile) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	var packed bytes.Buffer
	gz, _ := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	_, _ = gz.Write(tile)
	_ = gz.Close()
	h := w.Header()
	h.Set("Content-Type", "application/vnd.mapbox-vector-tile")
	h.Set("Content-Encoding", "gzip")
	h.Set("Content-Length", strconv.Itoa(packed.Len()))
	_, _ = w.Write(packed.Bytes())
}
