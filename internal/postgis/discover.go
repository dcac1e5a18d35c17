package postgis

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
)

// Candidate is a relation of the database that has a geometry column, and
// whether it can be served as a layer.
type Candidate struct {
	Schema   string `json:"schema"`
	Table    string `json:"table"`
	Relation string `json:"relation"` // table, partitioned table, view, materialised view, foreign table
	// GeometryColumn is the first one where there are several.
	GeometryColumn string            `json:"geometry_column"`
	Geometry       city.GeometryType `json:"geometry"`
	SRID           int               `json:"srid"` // 0 where the column declares none
	Geography      bool              `json:"geography,omitempty"`
	Key            string            `json:"key,omitempty"`  // the unique integer column
	Keys           []string          `json:"keys,omitempty"` // or else the columns of the unique key
	Rows           int64             `json:"rows"`           // the server's estimate, -1 where it has none
	// Layer is the layer that is served from the relation already.
	Layer city.LayerID `json:"layer,omitempty"`
	// Problems say what is missing before it can be served; none when it can.
	Problems []string `json:"problems,omitempty"`

	oid    uint32
	curves bool
	equals []string // the schemas of the operators = of Keys; "" where there is none
}

// partitionedTable is a Candidate's Relation.
const partitionedTable = "partitioned table"

// Name returns schema.table, as Layer.Table has it.
func (c *Candidate) Name() string { return c.Schema + "." + c.Table }

// Discover lists every table, partitioned table, view, materialised view and
// foreign table outside our schema that has a geometry or geography column, by
// schema and name, publishable or not.
func (s *Store) Discover(ctx context.Context) ([]Candidate, error) {
	entries, err := s.catalogue.Load(ctx, s.pool)
	if err != nil {
		return nil, err
	}
	return discover(ctx, s.pool, entries)
}

// relationsSQL has a row for each relation with a geometry column. Partitions
// are left out, for their parent stands for them, and so is what belongs to an
// extension.
const relationsSQL = `
WITH spatial AS (
	SELECT a.attrelid, array_agg(a.attname::text ORDER BY a.attnum) AS names,
		(array_agg(t.typname = 'geography' ORDER BY a.attnum))[1] AS geography
	FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
		JOIN pg_extension e ON e.extname = 'postgis' AND e.extnamespace = t.typnamespace
	WHERE a.attnum > 0 AND NOT a.attisdropped AND t.typname IN ('geometry', 'geography')
	GROUP BY a.attrelid
)
SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::text, greatest(c.reltuples::bigint, -1),
	spatial.names, spatial.geography,
	coalesce(gm.type, gg.type, 'GEOMETRY'), coalesce(gm.srid, gg.srid, 0),
	EXISTS (SELECT FROM spatial_ref_sys r WHERE r.srid = coalesce(gm.srid, gg.srid, 0)),
	coalesce(k.name, ''), coalesce(k.not_null, false), coalesce(ks.names, '{}'), coalesce(ks.not_null, false),
	coalesce(ks.equals, '{}'), coalesce(ks.locked, '{}'),
	(SELECT array_agg(a.attname::text) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
	EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary),
	has_table_privilege(c.oid, 'SELECT'), has_table_privilege(c.oid, 'TRIGGER'),
	c.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits WHERE inhparent = c.oid)
FROM spatial
	JOIN pg_class c ON c.oid = spatial.attrelid
	JOIN pg_namespace n ON n.oid = c.relnamespace
	LEFT JOIN geometry_columns gm ON gm.f_table_schema = n.nspname AND gm.f_table_name = c.relname
		AND gm.f_geometry_column = spatial.names[1]
	LEFT JOIN geography_columns gg ON gg.f_table_schema = n.nspname AND gg.f_table_name = c.relname
		AND gg.f_geography_column = spatial.names[1]
	LEFT JOIN LATERAL (
		SELECT a.attname::text AS name, a.attnotnull AS not_null
		FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
		WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1
			AND i.indpred IS NULL AND i.indexprs IS NULL
			AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
		ORDER BY a.attnotnull DESC, i.indisprimary DESC, a.attnum LIMIT 1
	) k ON true
	LEFT JOIN LATERAL (
		SELECT array_agg(a.attname::text ORDER BY key.place) AS names, bool_and(a.attnotnull) AS not_null,
			array_agg(coalesce(home.nspname::text, '') ORDER BY key.place) AS equals,
			array_agg(DISTINCT home.nspname::text) FILTER (WHERE NOT has_schema_privilege(home.oid, 'USAGE')) AS locked
		FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indclass::oid[]) WITH ORDINALITY AS key (attnum, class, place)
			JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = key.attnum AND a.attname <> ALL (spatial.names)
			JOIN pg_type t ON t.oid = a.atttypid
			JOIN pg_opclass class ON class.oid = key.class
			-- Strategy 3 of a btree is that two keys are the same. PostgreSQL has no = for
			-- a domain of an enumeration.
			LEFT JOIN pg_amop same ON same.amopfamily = class.opcfamily AND same.amopstrategy = 3
				AND same.amoplefttype = class.opcintype AND same.amoprighttype = class.opcintype
				AND NOT (t.typtype = 'd' AND class.opcintype = 'anyenum'::regtype)
			LEFT JOIN pg_operator o ON o.oid = same.amopopr AND o.oprname = '='
			LEFT JOIN pg_namespace home ON home.oid = o.oprnamespace
		WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND key.place <= i.indnkeyatts
			AND i.indpred IS NULL AND i.indexprs IS NULL
		GROUP BY i.indexrelid, i.indisprimary, i.indnkeyatts
		HAVING count(*) = i.indnkeyatts -- it is not by the geometry
		ORDER BY bool_and(home.oid IS NOT NULL AND a.attnotnull) DESC, bool_and(home.oid IS NOT NULL) DESC,
			i.indisprimary DESC, i.indnkeyatts, min(a.attnum) LIMIT 1
	) ks ON true
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
	AND n.nspname <> $1 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
	AND NOT EXISTS (SELECT FROM pg_depend d
		WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname, c.relname`

// found is what relationsSQL says beside the Candidate.
type found struct {
	kind, geometryType    string
	geometryColumns       []string
	columns               []string
	knownSRID             bool
	keyNotNull            bool
	keysNotNull           bool
	locked                []string // schemas of operators that this role may not use
	primary               bool     // there is a primary key, of whatever kind
	maySelect, mayTrigger bool
	inherited             bool
}

func discover(ctx context.Context, q catalogue.Querier, entries []*catalogue.Entry) ([]Candidate, error) {
	rows, err := q.Query(ctx, relationsSQL, catalogue.Schema)
	if err != nil {
		return nil, fmt.Errorf("discover tables: %w", err)
	}
	candidates, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Candidate, error) {
		var c Candidate
		var f found
		err := row.Scan(&c.oid, &c.Schema, &c.Table, &f.kind, &c.Rows, &f.geometryColumns, &c.Geography,
			&f.geometryType, &c.SRID, &f.knownSRID, &c.Key, &f.keyNotNull, &c.Keys, &f.keysNotNull,
			&c.equals, &f.locked, &f.columns, &f.primary, &f.maySelect, &f.mayTrigger, &f.inherited)
		if err == nil {
			c.judge(&f)
		}
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("discover tables: %w", err)
	}
	for i := range candidates {
		for _, e := range entries {
			if e.Source.Schema == candidates[i].Schema && e.Source.Table == candidates[i].Table {
				candidates[i].Layer = e.Layer.ID
			}
		}
	}
	return candidates, nil
}

// judge fills in what follows from f, the Problems above all.
func (c *Candidate) judge(f *found) {
	c.GeometryColumn = f.geometryColumns[0]
	if c.Geography && c.SRID == 0 {
		c.SRID = catalogue.WGS84 // what an undeclared geography means
	}
	c.Relation = map[string]string{
		"r": "table", "p": partitionedTable, "v": "view", "m": "materialised view", "f": "foreign table",
	}[f.kind]
	var known bool
	c.Geometry, c.curves, known = geometryType(f.geometryType)
	add := func(format string, args ...any) { c.Problems = append(c.Problems, fmt.Sprintf(format, args...)) }
	table := pgx.Identifier{c.Schema, c.Table}.Sanitize()
	c.judgeKey(f, table, add)
	if f.inherited {
		add("other tables inherit from it, so that its key is not unique over all its rows")
	}
	if len(f.geometryColumns) > 1 {
		add("it has several geometry columns: %s", strings.Join(f.geometryColumns, ", "))
	}
	if !known {
		add("its geometry type %s cannot be served", f.geometryType)
	}
	switch {
	case c.SRID == 0 && f.maySelect:
		add("its column %s declares no SRID: ALTER TABLE %s ALTER COLUMN %s TYPE geometry(%s, 5897) USING ST_SetSRID(%s, 5897), with the SRID that it has",
			catalogue.Quote(c.GeometryColumn), table, catalogue.Quote(c.GeometryColumn), c.Geometry, catalogue.Quote(c.GeometryColumn))
	case c.SRID != 0 && !f.knownSRID:
		add("its SRID %d is not in spatial_ref_sys, so that it cannot be transformed to WGS 84", c.SRID)
	}
	if !f.maySelect {
		add("this role may not read it: GRANT SELECT ON %s TO CURRENT_USER", table)
	}
	if (f.kind == "r" || f.kind == "p") && !f.mayTrigger {
		add("this role may not put triggers on it, without which changes would go unseen: GRANT TRIGGER ON %s TO CURRENT_USER", table)
	}
}

// judgeKey chooses between an integer key and another.
func (c *Candidate) judgeKey(f *found, table string, add func(format string, args ...any)) {
	known := !slices.Contains(c.equals, "")
	if c.Key != "" && (f.keyNotNull || !f.keysNotNull || !known) {
		c.Keys = nil
	} else {
		c.Key = "" // none, or one that may be NULL beside a key that may not
	}
	names := strings.Join(c.Keys, ", ")
	switch {
	case f.kind != "r" && f.kind != "p":
		add("it is a %s: that has no unique key and no triggers, so features would have no lasting id and changes would go unseen; "+
			"publish the table behind it, or CREATE TABLE … AS SELECT", c.Relation)
	case c.Key != "" && !f.keyNotNull:
		add("its unique column %s may be NULL: ALTER TABLE %s ALTER COLUMN %s SET NOT NULL", catalogue.Quote(c.Key), table, catalogue.Quote(c.Key))
	case c.Key != "":
	case len(c.Keys) == 0:
		add("it has no unique key for the feature ids: ALTER TABLE %s ADD COLUMN %s", table, f.newKey())
	case !known:
		add("its unique key (%s) has a type for which PostgreSQL has no operator =: ALTER TABLE %s ADD COLUMN %s", names, table, f.newKey())
	case !f.keysNotNull:
		required := make([]string, len(c.Keys))
		for i, name := range c.Keys {
			required[i] = "ALTER COLUMN " + catalogue.Quote(name) + " SET NOT NULL"
		}
		add("its unique key (%s) may be NULL: ALTER TABLE %s %s", names, table, strings.Join(required, ", "))
	}
	for _, schema := range f.locked {
		if c.Key == "" {
			add("this role may not use the operator = of its unique key (%s): GRANT USAGE ON SCHEMA %s TO CURRENT_USER", names, catalogue.Quote(schema))
		}
	}
}

// newKey is the column that makes up for a key that is missing: it has a name of
// its own, and is the primary key where there is none.
func (f *found) newKey() string {
	name := "id"
	for n := 2; slices.Contains(f.columns, name); n++ {
		name = fmt.Sprintf("id_%d", n)
	}
	if f.primary {
		return name + " bigint GENERATED ALWAYS AS IDENTITY NOT NULL UNIQUE"
	}
	return name + " bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
}

// geometryType maps the type of a column, as geometry_columns or
// geography_columns has it, to ours; curves says that it has to be asked for
// lines instead of arcs.
func geometryType(name string) (t city.GeometryType, curves, known bool) {
	name = strings.ToLower(name)
	for _, dimensions := range []string{"zm", "z", "m"} {
		if trimmed, ok := strings.CutSuffix(name, dimensions); ok {
			name = trimmed
			break
		}
	}
	switch name {
	case "geometry":
		return city.GeometryAny, true, true
	case "point":
		return city.GeometryPoint, false, true
	case "linestring":
		return city.GeometryLineString, false, true
	case "polygon":
		return city.GeometryPolygon, false, true
	case "multipoint":
		return city.GeometryMultiPoint, false, true
	case "multilinestring":
		return city.GeometryMultiLineString, false, true
	case "multipolygon":
		return city.GeometryMultiPolygon, false, true
	case "geometrycollection":
		return city.GeometryCollection, true, true
	case "circularstring", "compoundcurve":
		return city.GeometryLineString, true, true
	case "curvepolygon":
		return city.GeometryPolygon, true, true
	case "multicurve":
		return city.GeometryMultiLineString, true, true
	case "multisurface":
		return city.GeometryMultiPolygon, true, true
	default:
		return city.GeometryAny, false, false
	}
}
