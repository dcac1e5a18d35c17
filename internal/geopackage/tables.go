package geopackage

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// featureTables describes every feature table that the file registers, whoever
// made it, with a layer inferred from its columns; views only when asked for.
func featureTables(ctx context.Context, c *conn, views bool) ([]*table, error) {
	has, err := tableNames(ctx, c)
	if err != nil {
		return nil, err
	}
	var found []*table
	const query = `SELECT c.table_name, g.column_name, g.geometry_type_name, g.srs_id,
  coalesce(c.identifier, ''), coalesce(c.description, '')
  FROM gpkg_contents c JOIN gpkg_geometry_columns g ON g.table_name = c.table_name
  WHERE c.data_type = 'features' ORDER BY c.table_name`
	err = c.each(ctx, query, nil, func(row []driver.Value) error {
		t := &table{}
		t.name, _ = row[0].(string)
		t.geom, _ = row[1].(string)
		geometry, _ := row[2].(string)
		t.srsID, _ = row[3].(int64)
		t.layer.Geometry = geometryType(geometry)
		t.layer.Title, _ = row[4].(string)
		t.layer.TitleEN = t.layer.Title
		t.layer.Description, _ = row[5].(string)
		if has["table/"+t.name] || views && has["view/"+t.name] {
			t.watched = has["trigger/"+editTrigger("insert", t.name)]
			t.indexed = has["table/"+t.rtree()]
			found = append(found, t)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read gpkg_contents: %w", err)
	}
	for _, t := range found {
		if err := t.readColumns(ctx, c, has["table/gpkg_data_columns"]); err != nil {
			return nil, fmt.Errorf("columns of table %q: %w", t.name, err)
		}
	}
	return found, nil
}

// tableNames lists tables, views and triggers as "type/name".
func tableNames(ctx context.Context, c *conn) (map[string]bool, error) {
	names := map[string]bool{}
	err := c.each(ctx, "SELECT type || '/' || name FROM sqlite_master WHERE type IN ('table', 'view', 'trigger')", nil, func(row []driver.Value) error {
		name, _ := row[0].(string)
		names[name] = true
		return nil
	})
	return names, err
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
func (t *table) readColumns(ctx context.Context, c *conn, described bool) error {
	json := map[string]bool{}
	titles := map[string]string{}
	if described {
		const query = "SELECT column_name, coalesce(mime_type, ''), coalesce(title, '') FROM gpkg_data_columns WHERE table_name = ?"
		err := c.each(ctx, query, []driver.Value{t.name}, func(row []driver.Value) error {
			name, _ := row[0].(string)
			json[name] = row[1] == mimeJSON
			titles[name], _ = row[2].(string)
			return nil
		})
		if err != nil {
			return err
		}
	}
	keys := 0
	err := c.each(ctx, "SELECT name, upper(type), pk FROM pragma_table_xinfo(?) WHERE hidden = 0", []driver.Value{t.name}, func(row []driver.Value) error {
		name, _ := row[0].(string)
		declared, _ := row[1].(string)
		if pk, _ := row[2].(int64); pk > 0 {
			if keys++; keys == 1 && declared == "INTEGER" {
				t.id = name
				return nil
			}
			t.id = "" // a key of several columns is no id
		}
		kind := kindOf(declared, json[name])
		if name == t.geom || kind == city.KindNull || len(name) > 63 || strings.ContainsAny(name, "\x00\"\r\n") {
			return nil
		}
		t.columns = append(t.columns, column{name: name, kind: kind, declared: declared})
		t.layer.Properties = append(t.layer.Properties, city.Property{Name: name, Type: kind, Title: titles[name]})
		return nil
	})
	return err
}

// kindOf maps a declared type to a kind: by the names of the standard, then,
// for what others write, by SQLite's rules of affinity. Blobs give KindNull.
func kindOf(declared string, json bool) city.Kind {
	name, _, _ := strings.Cut(declared, "(")
	switch name = strings.TrimSpace(name); name {
	case "BOOLEAN", "BOOL":
		return city.KindBoolean
	case "DATE":
		return city.KindDate
	case "DATETIME", "TIMESTAMP":
		return city.KindInstant
	case "JSON":
		return city.KindJSON
	}
	contains := func(part string) bool { return strings.Contains(name, part) }
	switch {
	case contains("INT"):
		return city.KindInteger
	case contains("CHAR"), contains("CLOB"), contains("TEXT"):
		if json {
			return city.KindJSON
		}
		return city.KindString
	case contains("BLOB"):
		return city.KindNull
	case contains("REAL"), contains("FLOA"), contains("DOUB"), contains("NUM"), contains("DEC"):
		return city.KindNumber
	default:
		return city.KindString
	}
}

// slug makes a layer id of any name: "Đường phố 2024" becomes "duong_pho_2024".
func slug(name string) city.LayerID {
	var id strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case r == 'đ':
			id.WriteByte('d')
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			id.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // an accent
		case !strings.HasSuffix(id.String(), "_"):
			id.WriteByte('_')
		}
	}
	text := id.String()
	if name == text { // keep what is good already, such as a trailing underscore
		if good, err := city.ParseLayerID(name); err == nil {
			return good
		}
	}
	text = strings.Trim(text, "_")
	if _, err := city.ParseLayerID(text); err != nil {
		text = "layer_" + text
	}
	return city.LayerID(strings.TrimRight(text[:min(len(text), 55)], "_"))
}

// freeID appends a number to an id that is taken.
func freeID(id city.LayerID, taken map[city.LayerID]*table) city.LayerID {
	free := id
	for n := 2; taken[free] != nil; n++ {
		free = city.LayerID(fmt.Sprintf("%s_%d", id, n))
	}
	return free
}
