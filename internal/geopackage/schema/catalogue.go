package schema

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/codec"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
)

// Catalogue is what a file holds at one version.
type Catalogue struct {
	State
	Changed bool // the schema was changed by somebody else since the version
	// Outdated says that triggers are as another version of this program made
	// them.
	Outdated bool
	Gone     []Definition
	Tables   map[city.LayerID]*Table
	Layers   []city.Layer // by id
	Notices  []string
}

// State is the row of twin_state and SQLite's schema cookie.
type State struct {
	Version city.Version
	Edited  bool         // rows were changed by somebody else since Version
	Format  int64        // of the tables of ours
	Since   city.Version // where the record begins
	Schema  int64        // grows with each DDL statement
}

// Definition is a row of twin_layers.
type Definition struct {
	Number int64
	Table  string
	Layer  string // as JSON
	// Heir is the table that has the triggers of a layer whose own table is
	// gone: another program has renamed it.
	Heir string
}

// Stale reports whether somebody else changed the file since its version.
func (c *Catalogue) Stale() bool { return c.Edited || c.Changed }

// List refreshes Layers after Tables changed.
func (c *Catalogue) List() {
	c.Layers = make([]city.Layer, 0, len(c.Tables))
	for _, t := range c.Tables {
		c.Layers = append(c.Layers, t.Layer)
	}
	slices.SortFunc(c.Layers, func(a, b city.Layer) int { return strings.Compare(string(a.ID), string(b.ID)) })
}

// Find returns the table of a layer; the error wraps city.ErrNotFound.
func (c *Catalogue) Find(layer city.LayerID) (*Table, error) {
	t := c.Tables[layer]
	if t == nil {
		return nil, fmt.Errorf("layer %q: %w", layer, city.ErrNotFound)
	}
	return t, nil
}

// Clone copies what a transaction changes.
func (c *Catalogue) Clone() *Catalogue {
	n := *c
	n.Tables = make(map[city.LayerID]*Table, len(c.Tables))
	for id, t := range c.Tables {
		copied := *t
		copied.Columns = slices.Clip(t.Columns)
		copied.Layer.Properties = slices.Clip(t.Layer.Properties)
		n.Tables[id] = &copied
	}
	return &n
}

// ReadState reads the version and what decides whether a catalogue read before
// is still good. It wraps city.ErrNotFound when there is no state.
func ReadState(ctx context.Context, c *lite.Conn) (State, error) {
	s := State{Format: 1}
	row, ok, err := c.One(ctx, "SELECT * FROM twin_state WHERE id = 1")
	if err == nil && !ok {
		err = city.ErrNotFound
	}
	if err != nil {
		return s, fmt.Errorf("read twin_state: %w", err)
	}
	integer := func(i int) int64 { n, _ := row[i].(int64); return n }
	s.Version, s.Edited = city.Version(integer(1)), integer(2) != 0
	if len(row) >= 5 {
		s.Format, s.Since = integer(3), city.Version(integer(4))
	}
	s.Schema, err = c.Integer(ctx, "PRAGMA schema_version")
	return s, err
}

// Load reads what the file holds inside the current transaction. Previous is
// used again when nothing has changed since; it may be nil.
func Load(ctx context.Context, c *lite.Conn, previous *Catalogue) (*Catalogue, error) {
	state, err := ReadState(ctx, c)
	if err != nil {
		return nil, err
	}
	if p := previous; p != nil && p.State == state && !p.Stale() {
		return p, nil
	}
	cat := &Catalogue{State: state, Tables: map[city.LayerID]*Table{}}
	stored, err := Definitions(ctx, c)
	if err != nil {
		return nil, err
	}
	found, err := FeatureTables(ctx, c, false)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b *Table) int { // ours choose their ids first
		return rank(stored[a.Name]) - rank(stored[b.Name])
	})
	for _, t := range found {
		t.Number, t.Stored = stored[t.Name].Number, stored[t.Name].Layer
		delete(stored, t.Name)
		if reason := t.unfit(); reason != "" {
			cat.Notices = append(cat.Notices, fmt.Sprintf("table %q is no layer: %s", t.Name, reason))
			continue
		}
		if err := cat.adopt(t); err != nil {
			return nil, err
		}
	}
	for _, gone := range stored {
		gone.Heir = heir(found, gone.Number)
		cat.Gone = append(cat.Gone, gone)
		cat.Changed = true
	}
	cat.List()
	return cat, nil
}

func rank(d Definition) int {
	if d.Layer == "" {
		return 1
	}
	return 0
}

// heir names the table that has the triggers of the layer with a number.
func heir(found []*Table, number int64) string {
	for _, t := range found {
		if t.triggers[fmt.Sprintf("twin_was_%d_delete", number)] != "" {
			return t.Name
		}
	}
	return ""
}

// adopt reconciles what the table is with what twin_layers says of it.
func (c *Catalogue) adopt(t *Table) error {
	if t.Stored == "" {
		t.Layer.ID = FreeID(LayerID(t.Name), c.Tables)
		if string(t.Layer.ID) != t.Name {
			t.Layer.Table = "main." + t.Name
		}
		c.Changed = true
	} else {
		layer, err := ParseDefinition(t.Name, t.Stored)
		if err != nil {
			return err
		}
		Reconcile(t, layer)
		definition, err := Define(&t.Layer)
		if err != nil {
			return err
		}
		t.settle(c.Format)
		c.Outdated = c.Outdated || t.Outdated
		if definition != t.Stored || !t.Watched {
			c.Changed = true
		}
	}
	if err := t.Layer.Validate(); err != nil {
		c.Notices = append(c.Notices, fmt.Sprintf("table %q is no layer: %v", t.Name, err))
		return nil
	}
	c.Tables[t.Layer.ID] = t
	return nil
}

// Reconcile gives t the definition that was stored, without the properties
// whose columns are gone and with those that were added.
func Reconcile(t *Table, layer city.Layer) {
	inTable := map[string]int{}
	for i, col := range t.Columns {
		inTable[col.Name] = i
	}
	var properties []city.Property
	var columns []Column
	used := map[string]bool{}
	for _, p := range layer.Properties {
		i, ok := inTable[p.Name]
		if !ok {
			continue
		}
		if col := t.Columns[i]; codec.SQLType(p.Type) == codec.SQLType(col.Kind) {
			t.Columns[i].Kind = p.Type // text that is JSON
		} else {
			p.Type = col.Kind
		}
		properties, columns = append(properties, p), append(columns, t.Columns[i])
		used[p.Name] = true
	}
	for i, p := range t.Layer.Properties {
		if !used[p.Name] {
			properties, columns = append(properties, p), append(columns, t.Columns[i])
		}
	}
	geometry := t.Layer.Geometry
	dropped := len(properties) < len(layer.Properties)
	layer.Properties, layer.Geometry = properties, geometry
	t.Layer, t.Columns = layer, columns
	if dropped {
		ForgetMissing(&t.Layer)
	}
}

// ForgetMissing takes references to properties that are gone out of a layer.
func ForgetMissing(l *city.Layer) {
	missing := func(name string) bool { return l.PropertyIndex(name) < 0 }
	if l.Key != "" && missing(l.Key) {
		l.Key = ""
	}
	l.Tiles.Attributes = slices.DeleteFunc(slices.Clone(l.Tiles.Attributes), missing)
	l.Tiles.Classes = slices.DeleteFunc(slices.Clone(l.Tiles.Classes), func(z city.ZoomClass) bool { return missing(z.Property) })
}

// Definitions reads twin_layers by table.
func Definitions(ctx context.Context, c *lite.Conn) (map[string]Definition, error) {
	stored := map[string]Definition{}
	err := c.Each(ctx, "SELECT id, table_name, layer FROM twin_layers", nil, func(row []driver.Value) error {
		var d Definition
		d.Number, _ = row[0].(int64)
		d.Table, _ = row[1].(string)
		d.Layer, _ = row[2].(string)
		stored[d.Table] = d
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read twin_layers: %w", err)
	}
	return stored, nil
}

// Define writes a layer as twin_layers keeps it.
func Define(l *city.Layer) (string, error) {
	text, err := json.Marshal(l)
	if err != nil {
		return "", fmt.Errorf("layer %q: %w", l.ID, err)
	}
	return string(text), nil
}

// ParseDefinition is the inverse of Define.
func ParseDefinition(table, definition string) (city.Layer, error) {
	var layer city.Layer
	if err := json.Unmarshal([]byte(definition), &layer); err != nil {
		return layer, fmt.Errorf("definition of table %q: %w", table, err)
	}
	return layer, nil
}
