package schema

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/codec"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
)

// FeatureTables describes every feature table that the file registers, whoever
// made it, with a layer inferred from its columns; views only when asked for.
func FeatureTables(ctx context.Context, c *lite.Conn, views bool) ([]*Table, error) {
	has, triggers, err := objects(ctx, c)
	if err != nil {
		return nil, err
	}
	var found []*Table
	const query = `SELECT c.table_name, g.column_name, g.geometry_type_name, g.srs_id,
  coalesce(c.identifier, ''), coalesce(c.description, '')
  FROM gpkg_contents c JOIN gpkg_geometry_columns g ON g.table_name = c.table_name
  WHERE c.data_type = 'features' ORDER BY c.table_name`
	err = c.Each(ctx, query, nil, func(row []driver.Value) error {
		t := &Table{}
		t.Name, _ = row[0].(string)
		t.Geom, _ = row[1].(string)
		geometry, _ := row[2].(string)
		t.SRSID, _ = row[3].(int64)
		t.Layer.Geometry = geometryType(geometry)
		t.Layer.Title, _ = row[4].(string)
		t.Layer.TitleEN = t.Layer.Title
		t.Layer.Description, _ = row[5].(string)
		if has["table/"+t.Name] || views && has["view/"+t.Name] {
			t.triggers = triggers[t.Name]
			t.Indexed = has["table/"+t.Rtree()]
			found = append(found, t)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read gpkg_contents: %w", err)
	}
	for _, t := range found {
		if err := t.readColumns(ctx, c, has["table/gpkg_data_columns"]); err != nil {
			return nil, fmt.Errorf("columns of table %q: %w", t.Name, err)
		}
	}
	return found, nil
}

// MimeJSON marks a text column that holds JSON.
const MimeJSON = "application/json"

// objects lists tables and views as "type/name", and our triggers by the table
// that they watch and their name.
func objects(ctx context.Context, c *lite.Conn) (has map[string]bool, triggers map[string]map[string]string, err error) {
	has, triggers = map[string]bool{}, map[string]map[string]string{}
	const query = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type IN ('table', 'view') OR type = 'trigger' AND name GLOB 'twin_*'"
	err = c.Each(ctx, query, nil, func(row []driver.Value) error {
		kind, _ := row[0].(string)
		name, _ := row[1].(string)
		if kind != "trigger" {
			has[kind+"/"+name] = true
			return nil
		}
		table, _ := row[2].(string)
		if triggers[table] == nil {
			triggers[table] = map[string]string{}
		}
		triggers[table][name], _ = row[3].(string)
		return nil
	})
	return has, triggers, err
}

func geometryType(name string) city.GeometryType {
	for _, t := range []city.GeometryType{
		city.GeometryPoint, city.GeometryLineString, city.GeometryPolygon, city.GeometryMultiPoint,
		city.GeometryMultiLineString, city.GeometryMultiPolygon, city.GeometryCollection,
	} {
		if strings.EqualFold(string(t), name) {
			return t
		}
	}
	return city.GeometryAny
}

// readColumns finds the key and the properties. Blobs are no properties, and
// neither is what city.Layer does not admit as a name.
func (t *Table) readColumns(ctx context.Context, c *lite.Conn, described bool) error {
	json := map[string]bool{}
	titles := map[string]string{}
	if described {
		const query = "SELECT column_name, coalesce(mime_type, ''), coalesce(title, '') FROM gpkg_data_columns WHERE table_name = ?"
		err := c.Each(ctx, query, []driver.Value{t.Name}, func(row []driver.Value) error {
			name, _ := row[0].(string)
			json[name] = row[1] == MimeJSON
			titles[name], _ = row[2].(string)
			return nil
		})
		if err != nil {
			return err
		}
	}
	keys := 0
	err := c.Each(ctx, "SELECT name, upper(type), pk FROM pragma_table_xinfo(?) WHERE hidden = 0", []driver.Value{t.Name}, func(row []driver.Value) error {
		name, _ := row[0].(string)
		declared, _ := row[1].(string)
		if pk, _ := row[2].(int64); pk > 0 {
			if keys++; keys == 1 && declared == "INTEGER" {
				t.ID = name
				return nil
			}
			t.ID = "" // a key of several columns is no id
		}
		kind := codec.KindOf(declared, json[name])
		if name == t.Geom || kind == city.KindNull || reserved(name) || len(name) > 63 || strings.ContainsAny(name, "\x00\"\r\n") {
			return nil
		}
		t.Columns = append(t.Columns, Column{Name: name, Kind: kind, Declared: declared})
		t.Layer.Properties = append(t.Layer.Properties, city.Property{Name: name, Type: kind, Title: titles[name]})
		return nil
	})
	return err
}

// LayerID makes a layer id of a table's name: of "Đường phố 2024" duong_pho_2024.
// One that is an id already, without two underscores on end, stays as it is.
func LayerID(table string) city.LayerID {
	if id, err := city.ParseLayerID(table); err == nil && !strings.Contains(table, "__") {
		return id
	}
	text := city.Slug(table)
	if _, err := city.ParseLayerID(text); err != nil {
		text = "layer_" + text
	}
	return city.LayerID(strings.TrimRight(text[:min(len(text), mostID)], "_"))
}

// mostID is the length of a layer id that leaves room for what FreeID appends.
const mostID = 55

// FreeID appends a number to an id that is taken.
func FreeID(id city.LayerID, taken map[city.LayerID]*Table) city.LayerID {
	free := id
	for n := 2; taken[free] != nil; n++ {
		free = city.LayerID(fmt.Sprintf("%s_%d", id, n))
	}
	return free
}
