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

// Adopt publishes an existing table, named schema.table as Discover has it, as
// a layer, without copying it: reads go to the table, in WGS 84, with all its
// columns as properties; triggers on it let every change count as a version.
// The table itself is never written. When it is that layer already, nothing
// happens. The error wraps ErrNotPublishable and says what is missing.
func (s *Store) Adopt(ctx context.Context, layer city.LayerID, table string) error {
	_, err := s.Write(ctx, "publish "+table, func(w Writer) error {
		for _, l := range w.Layers() {
			if l.ID == layer && l.Table != "" && (l.Table == table || l.Table == "public."+table) {
				return nil
			}
			if l.ID == layer {
				return fmt.Errorf("layer %q exists already: %w", layer, ErrNotPublishable)
			}
		}
		return w.PutLayer(ctx, city.Layer{ID: layer, Table: table})
	})
	return err
}

// adopt makes the entry of a layer that names a Table, and the triggers. Title,
// geometry and properties are taken from the table where the layer has none.
func adopt(ctx context.Context, tx pgx.Tx, entries []*catalogue.Entry, layer city.Layer) (*catalogue.Entry, error) {
	candidates, err := discover(ctx, tx, entries)
	if err != nil {
		return nil, err
	}
	c, err := choose(candidates, layer.Table)
	if err != nil {
		return nil, err
	}
	properties, columns, err := tableColumns(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	e := &catalogue.Entry{Layer: layer, Source: catalogue.Source{
		Schema: c.Schema, Table: c.Table, ID: c.Key, Geometry: c.GeometryColumn, SRID: c.SRID,
		Geography: c.Geography, Curves: c.curves, Columns: columns,
	}}
	e.Layer.Table = c.Name()
	if layer.Title == "" {
		e.Layer.Title = c.Table
	}
	if layer.TitleEN == "" {
		e.Layer.TitleEN = c.Table
	}
	if layer.Geometry == "" {
		e.Layer.Geometry = c.Geometry
	}
	if layer.Geometry != "" && layer.Geometry != c.Geometry && layer.Geometry != city.GeometryAny {
		return nil, fmt.Errorf("%s holds %s, not %s: %w", c.Name(), c.Geometry, layer.Geometry, ErrNotPublishable)
	}
	if len(layer.Properties) == 0 {
		e.Layer.Properties = properties
	} else if e.Source.Columns, err = pick(layer.Properties, properties, columns); err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name(), err)
	}
	if err := e.Layer.Validate(); err != nil {
		return nil, err
	}
	return e, install(ctx, tx, e, c)
}

// install makes what keeps the history of an adopted table, and numbers its rows where
// its key is no integer.
func install(ctx context.Context, tx pgx.Tx, e *catalogue.Entry, c *Candidate) (err error) {
	if e.Generation, err = catalogue.NextGeneration(ctx, tx); err != nil {
		return err
	}
	if err := e.CreateHistory(ctx, tx); err != nil {
		return err
	}
	numbered := c.Key == ""
	if numbered {
		e.Source.NumberBy(c.Keys, c.equals, e.Generation)
		if err := e.CreateNumbers(ctx, tx); err != nil {
			return err
		}
	}
	if err := e.CreateTriggers(ctx, tx, c.Relation == partitionedTable); err != nil || !numbered {
		return err
	}
	return e.NumberAll(ctx, tx)
}

// choose finds the candidate that table names and refuses what cannot be
// published. A name without schema means one in public.
func choose(candidates []Candidate, table string) (*Candidate, error) {
	named := func(name string) []int {
		var at []int
		for i := range candidates {
			if candidates[i].Name() == name {
				at = append(at, i)
			}
		}
		return at
	}
	at := named(table)
	if len(at) == 0 {
		at = named("public." + table)
	}
	switch len(at) {
	case 0:
		return nil, fmt.Errorf("there is no table %q with a geometry column: %w: %w", table, ErrNotPublishable, city.ErrNotFound)
	case 1:
	default: // dots inside names: "a.b"."c" and "a"."b.c"
		return nil, fmt.Errorf("%q names several tables: %w", table, ErrNotPublishable)
	}
	c := &candidates[at[0]]
	if c.Layer != "" {
		return nil, fmt.Errorf("%s is published already, as layer %q: %w", c.Name(), c.Layer, ErrNotPublishable)
	}
	if len(c.Problems) > 0 {
		return nil, fmt.Errorf("%s: %w: %s", c.Name(), ErrNotPublishable, strings.Join(c.Problems, "; "))
	}
	return c, nil
}

// tableColumns lists the columns of a table that can be properties, in their
// order: all but an integer key, geometry, rasters and bytes.
func tableColumns(ctx context.Context, tx pgx.Tx, c *Candidate) ([]city.Property, []catalogue.Column, error) {
	// A domain counts as the type below it.
	rows, err := tx.Query(ctx, `
		SELECT a.attname::text, b.typname::text, b.typtype::text, b.typcategory::text,
			CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END
		FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
			JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
		WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
		ORDER BY a.attnum`, c.oid)
	if err != nil {
		return nil, nil, err
	}
	var properties []city.Property
	columns := []catalogue.Column{}
	var name, typeName, typeKind, category string
	var modifier int32
	_, err = pgx.ForEachRow(rows, []any{&name, &typeName, &typeKind, &category, &modifier}, func() error {
		kind, how := tableType(typeName, typeKind, category, modifier)
		if kind != city.KindNull && name != c.Key {
			properties = append(properties, city.Property{Name: name, Type: kind})
			columns = append(columns, catalogue.Column{Name: name, Reading: how})
		}
		return nil
	})
	return properties, columns, err
}

// tableType says as what a column of an existing table is served; KindNull: not
// at all.
func tableType(name, kind, category string, modifier int32) (city.Kind, catalogue.Reading) {
	switch name {
	case "geometry", "geography", "raster", "bytea":
		return city.KindNull, ""
	case "int2", "int4", "int8":
		return city.KindInteger, catalogue.ReadInteger
	case "float4":
		return city.KindNumber, catalogue.ReadReal
	case "float8":
		return city.KindNumber, catalogue.ReadNumber
	case "numeric":
		// The modifier is precision << 16 | scale (11 bits), plus 4; -1 for none.
		if scale, precision := (modifier-4)&0x7ff, (modifier-4)>>16; modifier >= 4 && scale == 0 && precision <= 18 {
			return city.KindInteger, catalogue.ReadInteger
		}
		return city.KindNumber, catalogue.ReadNumber
	case "bool":
		return city.KindBoolean, catalogue.ReadBoolean
	case "date":
		return city.KindDate, catalogue.ReadDate
	case "timestamp":
		return city.KindInstant, catalogue.ReadTimestamp
	case "timestamptz":
		return city.KindInstant, catalogue.ReadInstant
	case "json", "jsonb":
		return city.KindJSON, catalogue.ReadJSON
	}
	if category == "A" || kind == "c" {
		return city.KindJSON, catalogue.ReadToJSON
	}
	return city.KindString, catalogue.ReadText
}

// pick returns the columns of the properties that a catalogue chose, which may
// ask for text of anything and for numbers of integers.
func pick(chosen, properties []city.Property, columns []catalogue.Column) ([]catalogue.Column, error) {
	picked := make([]catalogue.Column, len(chosen))
	for i, p := range chosen {
		at := slices.IndexFunc(properties, func(have city.Property) bool { return have.Name == p.Name })
		if at < 0 {
			return nil, fmt.Errorf("there is no column %q: %w", p.Name, ErrNotPublishable)
		}
		picked[i] = columns[at]
		switch have := properties[at].Type; {
		case have == p.Type:
		case p.Type == city.KindString:
			picked[i].Reading = catalogue.ReadText
		case p.Type == city.KindNumber && have == city.KindInteger:
			picked[i].Reading = catalogue.ReadNumber
		default:
			return nil, fmt.Errorf("column %q is %s, not %s: %w", p.Name, have, p.Type, ErrNotPublishable)
		}
	}
	return picked, nil
}
