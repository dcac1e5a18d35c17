package geopackage

import (
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
)

// statements are those that a loader runs on its table. Their text is made once.
type statements struct {
	c                   *lite.Conn
	t                   *schema.Table
	manyByKey, manyByID string            // select a batch of features
	one, has            string            // select one, or 1 where it is; take the id
	others              map[string]string // by key: selects the id of another that has it; takes key and id
	insertion           string            // takes id, geometry, values
	rewriting           string            // takes values, id
	moving              string            // takes geometry, values, id
	removal             string            // takes id
}

func newStatements(c *lite.Conn, t *schema.Table) statements {
	table, id := lite.Quote(t.Name), lite.Quote(t.ID)
	where := " WHERE " + id + " = ?"
	among := func(column string) string {
		return t.SelectRows() + " WHERE " + lite.Quote(column) + " IN (?" + strings.Repeat(", ?", batchRows-1) + ") ORDER BY " + id
	}
	names, sets := "", ""
	for _, col := range t.Columns {
		names += ", " + lite.Quote(col.Name)
		sets += ", " + lite.Quote(col.Name) + " = ?"
	}
	s := statements{c: c, t: t, others: map[string]string{}}
	s.manyByID, s.one = among(t.ID), t.SelectRows()+where
	if t.Layer.Key != "" {
		s.manyByKey = among(t.Layer.Key)
	}
	s.has = "SELECT 1 FROM " + table + where
	for _, key := range t.KeyColumns() {
		s.others[key] = "SELECT " + id + " FROM " + table + " WHERE " + lite.Quote(key) + " = ? AND " + id + " <> ? LIMIT 1"
	}
	s.insertion = "INSERT INTO " + table + " (" + id + ", " + lite.Quote(t.Geom) + names + ") VALUES (?, ?" + strings.Repeat(", ?", len(t.Columns)) + ")"
	s.rewriting = "UPDATE " + table + " SET " + strings.TrimPrefix(sets, ", ") + where
	s.moving = "UPDATE " + table + " SET " + lite.Quote(t.Geom) + " = ?" + sets + where
	s.removal = "DELETE FROM " + table + where
	return s
}
