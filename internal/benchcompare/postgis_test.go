//go:build compare

package benchcompare

import (
	"bytes"
	"context"
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

// rival is the same features in PostGIS, one table a layer, with GiST indices,
// fresh statistics and no JIT (which costs more than it saves on queries this
// short). It makes tiles in two ways: from the geometry as it was imported and
// as every other client wants it, in WGS 84; and from a second column that holds
// it in Web Mercator already, the most that can be prepared for tiles.
type rival struct {
	dsn       string
	pool      *pgxpool.Pool
	sql       string
	projected string
}

func newRival(t *testing.T, layers []layer) *rival {
	t.Helper()
	db := pgtest.Open(t)
	r := &rival{dsn: db.DSN()}
	var parts, projected []string
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
		parts = append(parts, tileQuery(l, "ST_Transform(lonlat, 3857)", "lonlat && ST_Transform(wide, 4326)"))
		projected = append(projected, tileQuery(l, "geom", "geom && wide"))
	}
	const tile = "WITH tile AS (SELECT ST_TileEnvelope($1, $2, $3) AS box, ST_TileEnvelope($1, $2, $3, margin => 64.0/4096) AS wide) SELECT "
	r.sql, r.projected = tile+strings.Join(parts, " || "), tile+strings.Join(projected, " || ")
	config, err := pgxpool.ParseConfig(r.dsn)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 4
	config.ConnConfig.RuntimeParams["jit"] = "off"
	r.pool, err = pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.pool.Close)
	return r
}

// tileQuery is the sub-select of one layer, all features and all attributes.
func tileQuery(l layer, geometry, inside string) string {
	var columns strings.Builder
	for _, p := range l.def.Properties {
		columns.WriteString(", " + pgx.Identifier{p.Name}.Sanitize())
	}
	name := string(l.def.ID)
	return fmt.Sprintf(`coalesce((SELECT ST_AsMVT(f, '%s', 4096, 'g', 'id') FROM (SELECT ST_AsMVTGeom(%s, box, 4096, 64, true) AS g, id%s FROM %s, tile WHERE %s) f WHERE g IS NOT NULL), '')`,
		name, geometry, columns.String(), pgx.Identifier{name}.Sanitize(), inside)
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

// handler answers /{z}/{x}/{y} with one query, compressed by the same gzip at
// the same level as ours.
func (r *rival) handler(sql string) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) { r.tile(w, req, sql) }
}

func (r *rival) tile(w http.ResponseWriter, req *http.Request, sql string) {
	part := strings.Split(strings.Trim(req.URL.Path, "/"), "/")
	var zxy [3]int
	for i := range zxy {
		zxy[i], _ = strconv.Atoi(part[i])
	}
	var tile []byte
	if err := r.pool.QueryRow(req.Context(), sql, zxy[0], zxy[1], zxy[2]).Scan(&tile); err != nil {
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
