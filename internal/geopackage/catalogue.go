package geopackage

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// column is one column of a table that is a property.
type column struct {
	name     string
	kind     city.Kind
	declared string // type as declared, upper case
}

// table is one feature table and the layer it holds.
type table struct {
	layer   city.Layer
	name    string   // SQL name of the table
	id      string   // its integer primary key
	geom    string   // its geometry column
	columns []column // one a property, in the order of layer.Properties
	srsID   int64    // as in gpkg_spatial_ref_sys
	watched bool     // the edit triggers are there
	indexed bool     // it has an R-tree
	loading bool     // inside a transaction: the R-tree and its triggers wait for the end
	stored  string   // its definition in twin_layers, empty if it has none
}

func (t *table) rtree() string { return "rtree_" + t.name + "_" + t.geom }

// catalogue is what a file holds at one version.
type catalogue struct {
	version city.Version
	schema  int64 // SQLite's schema cookie: grows with each DDL statement
	edited  bool  // rows were changed by somebody else since version
	changed bool  // the schema was
	gone    []string
	tables  map[city.LayerID]*table
	layers  []city.Layer // by id
	notices []string
}

// stale reports whether somebody else changed the file since its version.
func (c *catalogue) stale() bool { return c.edited || c.changed }

// list refreshes layers after tables changed.
func (c *catalogue) list() {
	c.layers = make([]city.Layer, 0, len(c.tables))
	for _, t := range c.tables {
		c.layers = append(c.layers, t.layer)
	}
	slices.SortFunc(c.layers, func(a, b city.Layer) int { return strings.Compare(string(a.ID), string(b.ID)) })
}

func (c *catalogue) find(layer city.LayerID) (*table, error) {
	t := c.tables[layer]
	if t == nil {
		return nil, fmt.Errorf("layer %q: %w", layer, city.ErrNotFound)
	}
	return t, nil
}

// clone copies what a transaction changes.
func (c *catalogue) clone() *catalogue {
	n := *c
	n.tables = make(map[city.LayerID]*table, len(c.tables))
	for id, t := range c.tables {
		copied := *t
		copied.columns = slices.Clip(t.columns)
		copied.layer.Properties = slices.Clip(t.layer.Properties)
		n.tables[id] = &copied
	}
	return &n
}

// readState reads the version and what decides whether a catalogue read before
// is still good.
func readState(ctx context.Context, c *conn) (version city.Version, edited bool, schema int64, err error) {
	row, ok, err := c.one(ctx, "SELECT version, edited FROM twin_state WHERE id = 1")
	if err != nil || !ok {
		return 0, false, 0, fmt.Errorf("read twin_state: %w", orElse(err, ErrNotStore))
	}
	v, _ := row[0].(int64)
	e, _ := row[1].(int64)
	schema, err = c.integer(ctx, "PRAGMA schema_version")
	return city.Version(v), e != 0, schema, err
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// loadCatalogue reads what the file holds inside the current transaction.
// Previous is used again when nothing has changed since; it may be nil.
func loadCatalogue(ctx context.Context, c *conn, previous *catalogue) (*catalogue, error) {
	version, edited, schema, err := readState(ctx, c)
	if err != nil {
		return nil, err
	}
	if p := previous; p != nil && p.version == version && p.schema == schema && !p.stale() && !edited {
		return p, nil
	}
	cat := &catalogue{version: version, edited: edited, schema: schema, tables: map[city.LayerID]*table{}}
	stored, err := storedLayers(ctx, c)
	if err != nil {
		return nil, err
	}
	found, err := featureTables(ctx, c, false)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b *table) int { // ours choose their ids first
		return rank(stored[a.name]) - rank(stored[b.name])
	})
	for _, t := range found {
		t.stored = stored[t.name]
		delete(stored, t.name)
		if reason := t.unfit(); reason != "" {
			cat.notices = append(cat.notices, fmt.Sprintf("table %q is no layer: %s", t.name, reason))
			continue
		}
		if err := cat.adopt(t); err != nil {
			return nil, err
		}
	}
	for name := range stored {
		cat.gone = append(cat.gone, name)
		cat.changed = true
	}
	cat.list()
	return cat, nil
}

func rank(definition string) int {
	if definition == "" {
		return 1
	}
	return 0
}

// unfit says why a table cannot be a layer of a store.
func (t *table) unfit() string {
	switch {
	case t.id == "":
		return "it has no integer primary key"
	case t.srsID != srsWGS84:
		return fmt.Sprintf("its coordinates are in srs_id %d, not in WGS 84: import it", t.srsID)
	default:
		return ""
	}
}

// adopt reconciles what the table is with what twin_layers says of it.
func (c *catalogue) adopt(t *table) error {
	if t.stored == "" {
		t.layer.ID = freeID(slug(t.name), c.tables)
		if string(t.layer.ID) != t.name {
			t.layer.Table = "main." + t.name
		}
		c.changed = true
	} else {
		layer, err := parseDefinition(t.name, t.stored)
		if err != nil {
			return err
		}
		reconcile(t, layer)
		definition, err := define(&t.layer)
		if err != nil {
			return err
		}
		if definition != t.stored || !t.watched {
			c.changed = true
		}
	}
	if err := t.layer.Validate(); err != nil {
		c.notices = append(c.notices, fmt.Sprintf("table %q is no layer: %v", t.name, err))
		return nil
	}
	c.tables[t.layer.ID] = t
	return nil
}

// reconcile gives t the definition that was stored, without the properties
// whose columns are gone and with those that were added.
func reconcile(t *table, layer city.Layer) {
	inTable := map[string]int{}
	for i, col := range t.columns {
		inTable[col.name] = i
	}
	var properties []city.Property
	var columns []column
	used := map[string]bool{}
	for _, p := range layer.Properties {
		i, ok := inTable[p.Name]
		if !ok {
			continue
		}
		if col := t.columns[i]; sqlType(p.Type) == sqlType(col.kind) {
			t.columns[i].kind = p.Type // text that is JSON
		} else {
			p.Type = col.kind
		}
		properties, columns = append(properties, p), append(columns, t.columns[i])
		used[p.Name] = true
	}
	for i, p := range t.layer.Properties {
		if !used[p.Name] {
			properties, columns = append(properties, p), append(columns, t.columns[i])
		}
	}
	geometry := t.layer.Geometry
	dropped := len(properties) < len(layer.Properties)
	layer.Properties, layer.Geometry = properties, geometry
	t.layer, t.columns = layer, columns
	if dropped {
		forgetMissing(&t.layer)
	}
}

// forgetMissing takes references to properties that are gone out of a layer.
func forgetMissing(l *city.Layer) {
	missing := func(name string) bool { return l.PropertyIndex(name) < 0 }
	if l.Key != "" && missing(l.Key) {
		l.Key = ""
	}
	l.Tiles.Attributes = slices.DeleteFunc(slices.Clone(l.Tiles.Attributes), missing)
	l.Tiles.Classes = slices.DeleteFunc(slices.Clone(l.Tiles.Classes), func(z city.ZoomClass) bool { return missing(z.Property) })
}

func storedLayers(ctx context.Context, c *conn) (map[string]string, error) {
	stored := map[string]string{}
	err := c.each(ctx, "SELECT table_name, layer FROM twin_layers", nil, func(row []driver.Value) error {
		name, _ := row[0].(string)
		definition, _ := row[1].(string)
		stored[name] = definition
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read twin_layers: %w", err)
	}
	return stored, nil
}

// define writes a layer as twin_layers keeps it.
func define(l *city.Layer) (string, error) {
	text, err := json.Marshal(l)
	if err != nil {
		return "", fmt.Errorf("layer %q: %w", l.ID, err)
	}
	return string(text), nil
}

// parseDefinition is the inverse of define.
func parseDefinition(table, definition string) (city.Layer, error) {
	var layer city.Layer
	if err := json.Unmarshal([]byte(definition), &layer); err != nil {
		return layer, fmt.Errorf("definition of table %q: %w", table, err)
	}
	return layer, nil
}
