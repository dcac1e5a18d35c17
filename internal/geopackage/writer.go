package geopackage

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Writer changes layers inside a transaction: the shape that package twin asks
// for.
type Writer = interface {
	Layers() []city.Layer
	PutLayer(ctx context.Context, layer city.Layer) error
	Put(ctx context.Context, layer city.LayerID, f *city.Feature) error
	Tally(ctx context.Context) (map[city.LayerID]city.Tally, error)
}

// writer is one write transaction.
type writer struct {
	c       *conn
	cat     *catalogue // a copy of its own
	loaders map[city.LayerID]*loader
	touched bool // edited is 2: our triggers are quiet
	wrote   bool // there is something to commit
	changed bool // something differs from the last version
}

func (w *writer) Layers() []city.Layer { return w.cat.layers }

// begin turns what others did since the last version into a version.
func (w *writer) begin(ctx context.Context) error {
	w.loaders = map[city.LayerID]*loader{}
	if !w.cat.stale() {
		return nil
	}
	return w.absorb(ctx)
}

// touch makes our own triggers quiet until finish. It is called before the
// first change, so that a transaction without changes writes nothing at all.
func (w *writer) touch(ctx context.Context) error {
	if w.touched {
		return nil
	}
	w.touched, w.wrote = true, true
	return w.c.exec(ctx, "UPDATE twin_state SET edited = 2")
}

// PutLayer creates a layer or changes its definition.
func (w *writer) PutLayer(ctx context.Context, layer city.Layer) error {
	if err := layer.Validate(); err != nil {
		return err
	}
	t := w.cat.tables[layer.ID]
	var err error
	if t == nil {
		_, err = w.create(ctx, layer)
	} else {
		err = w.redefine(ctx, t, layer)
	}
	if err != nil {
		return fmt.Errorf("put layer %q: %w", layer.ID, err)
	}
	return nil
}

func (w *writer) create(ctx context.Context, layer city.Layer) (*table, error) {
	layer.Table = ""
	layer.Properties = slices.Clone(layer.Properties)
	t := &table{layer: layer, name: string(layer.ID), srsID: srsWGS84, indexed: true, loading: true}
	t.id, t.geom = freeColumn("fid", layer.Properties), freeColumn("geom", layer.Properties)
	for _, p := range layer.Properties {
		t.columns = append(t.columns, column{name: p.Name, kind: p.Type, declared: sqlType(p.Type)})
	}
	if err := w.touch(ctx); err != nil {
		return nil, err
	}
	if err := createTable(ctx, w.c, t); err != nil {
		return nil, err
	}
	w.cat.tables[layer.ID] = t
	for i := range t.columns {
		if err := w.describe(ctx, t, i); err != nil {
			return nil, err
		}
	}
	return t, w.define(ctx, t)
}

// freeColumn returns name, or the first name_1, name_2 … that no property has.
func freeColumn(name string, properties []city.Property) string {
	taken := func(name string) bool {
		return slices.ContainsFunc(properties, func(p city.Property) bool { return strings.EqualFold(p.Name, name) })
	}
	free := name
	for n := 1; taken(free); n++ {
		free = fmt.Sprintf("%s_%d", name, n)
	}
	return free
}

func (w *writer) redefine(ctx context.Context, t *table, layer city.Layer) error {
	merged, err := merge(&t.layer, layer)
	if err != nil {
		return err
	}
	before, after := t.stored, ""
	if after, err = define(&merged); err != nil || after == before {
		return err
	}
	if err := w.touch(ctx); err != nil {
		return err
	}
	old := t.layer.Properties
	t.layer = merged
	for i, p := range merged.Properties {
		if i < len(old) && p == old[i] {
			continue
		}
		if i >= len(old) {
			if err := w.addColumn(ctx, t, p); err != nil {
				return err
			}
		}
		if err := w.describe(ctx, t, i); err != nil {
			return err
		}
	}
	if l := w.loaders[layer.ID]; l != nil {
		if err := l.rebind(ctx); err != nil {
			return err
		}
	}
	return w.define(ctx, t)
}

// merge gives the definition that old becomes: its properties in their order,
// with the words of the new one, then those that are new.
func merge(old *city.Layer, layer city.Layer) (city.Layer, error) {
	if layer.Geometry != old.Geometry {
		return layer, fmt.Errorf("geometry %s cannot become %s: %w", old.Geometry, layer.Geometry, city.ErrBadLayer)
	}
	merged := layer
	merged.Table = old.Table
	merged.Properties = nil
	for _, p := range old.Properties {
		i := layer.PropertyIndex(p.Name)
		if i < 0 {
			return layer, fmt.Errorf("property %q cannot be dropped: %w", p.Name, city.ErrBadLayer)
		}
		if layer.Properties[i].Type != p.Type {
			return layer, fmt.Errorf("property %q is a %s and cannot become a %s: %w", p.Name, p.Type, layer.Properties[i].Type, city.ErrBadLayer)
		}
		merged.Properties = append(merged.Properties, layer.Properties[i])
	}
	for _, p := range layer.Properties {
		if old.PropertyIndex(p.Name) < 0 {
			merged.Properties = append(merged.Properties, p)
		}
	}
	return merged, nil
}

func (w *writer) addColumn(ctx context.Context, t *table, p city.Property) error {
	for _, taken := range []string{t.id, t.geom} {
		if strings.EqualFold(taken, p.Name) {
			return fmt.Errorf("property %q: the table's own column has this name: %w", p.Name, city.ErrBadLayer)
		}
	}
	if l := w.loaders[t.layer.ID]; l != nil {
		if err := l.flush(ctx); err != nil {
			return err
		}
	}
	declared := sqlType(p.Type)
	t.columns = append(t.columns, column{name: p.Name, kind: p.Type, declared: declared})
	return w.c.exec(ctx, "ALTER TABLE "+quote(t.name)+" ADD COLUMN "+quote(p.Name)+" "+declared)
}

// describe tells other programs what a column means (schema extension F.9):
// its title, and that text is JSON.
func (w *writer) describe(ctx context.Context, t *table, i int) error {
	p := t.layer.Properties[i]
	var mime, title, description driver.Value
	if p.Type == city.KindJSON {
		mime = mimeJSON
	}
	if p.Title != "" {
		title = p.Title
	}
	if p.TitleEN != "" {
		description = p.TitleEN
		if p.Unit != "" {
			description = p.TitleEN + " (" + p.Unit + ")"
		}
	}
	if mime == nil && title == nil && description == nil {
		return nil
	}
	return w.c.exec(ctx, `INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description, mime_type) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (table_name, column_name) DO UPDATE SET title = excluded.title, description = excluded.description, mime_type = excluded.mime_type`,
		t.name, p.Name, p.Name, title, description, mime)
}

// define stores the definition of a layer and makes the index of its key.
func (w *writer) define(ctx context.Context, t *table) error {
	definition, err := define(&t.layer)
	if err != nil {
		return err
	}
	err = w.c.exec(ctx, `INSERT INTO twin_layers (table_name, layer) VALUES (?, ?)
  ON CONFLICT (table_name) DO UPDATE SET layer = excluded.layer`, t.name, definition)
	if err != nil {
		return err
	}
	t.stored = definition
	w.changed = true
	w.cat.list()
	return w.indexKey(ctx, t)
}

// indexKey makes the index by which Put finds features: unique, unless the
// table of another program holds a key twice.
func (w *writer) indexKey(ctx context.Context, t *table) error {
	if t.layer.Key == "" {
		return nil
	}
	index := fmt.Sprintf("INDEX IF NOT EXISTS %s ON %s (%s)", quote("twin_key_"+t.name+"_"+t.layer.Key), quote(t.name), quote(t.layer.Key))
	if err := w.c.exec(ctx, "CREATE UNIQUE "+index); err == nil || ctx.Err() != nil {
		return err
	}
	return w.c.exec(ctx, "CREATE "+index)
}

// Put stores a feature; see loader for how.
func (w *writer) Put(ctx context.Context, layer city.LayerID, f *city.Feature) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l := w.loaders[layer]
	if l == nil {
		t, err := w.cat.find(layer)
		if err != nil {
			return err
		}
		if l, err = newLoader(ctx, w, t); err != nil {
			return fmt.Errorf("layer %q: %w", layer, err)
		}
		w.loaders[layer] = l
	}
	if err := l.add(ctx, f); err != nil {
		return fmt.Errorf("layer %q: put feature %s: %w", layer, l.describe(f), err)
	}
	return nil
}

// Tally flushes and counts.
func (w *writer) Tally(ctx context.Context) (map[city.LayerID]city.Tally, error) {
	tally := make(map[city.LayerID]city.Tally, len(w.loaders))
	for id, l := range w.loaders {
		if err := l.flush(ctx); err != nil {
			return nil, fmt.Errorf("layer %q: %w", id, err)
		}
		tally[id] = l.tally
	}
	return tally, nil
}

// finish writes what was buffered, completes indexes and triggers, and gives
// the version. The caller commits.
func (w *writer) finish(ctx context.Context, message string) error {
	for id, l := range w.loaders {
		if err := l.finish(ctx); err != nil {
			return fmt.Errorf("layer %q: %w", id, err)
		}
	}
	if !w.touched {
		return nil
	}
	for id, t := range w.cat.tables {
		if err := w.complete(ctx, t); err != nil {
			return fmt.Errorf("layer %q: %w", id, err)
		}
	}
	if w.changed {
		return w.commitVersion(ctx, message)
	}
	return w.c.exec(ctx, "UPDATE twin_state SET edited = 0")
}

// complete puts the triggers of a table in place that wait for the end of a
// bulk load.
func (w *writer) complete(ctx context.Context, t *table) error {
	if t.loading {
		if err := fillRtree(ctx, w.c, t); err != nil {
			return err
		}
		t.loading = false
	}
	if t.watched {
		return nil
	}
	for _, trigger := range editTriggers(t) {
		if err := w.c.exec(ctx, trigger); err != nil {
			return err
		}
	}
	t.watched = true
	return nil
}

func (w *writer) commitVersion(ctx context.Context, message string) error {
	w.cat.version++
	if err := w.c.exec(ctx, "UPDATE twin_state SET version = ?, edited = 0", int64(w.cat.version)); err != nil {
		return err
	}
	if err := w.c.exec(ctx, "INSERT INTO twin_versions (version, message) VALUES (?, ?)", int64(w.cat.version), message); err != nil {
		return err
	}
	schema, err := w.c.integer(ctx, "PRAGMA schema_version")
	w.cat.schema = schema
	w.touched, w.changed = false, false
	return err
}

func (w *writer) closeStatements() {
	for _, l := range w.loaders {
		l.close()
	}
}

// large reports whether the transaction went through so many features that the
// page cache is full of them.
func (w *writer) large() bool {
	const many = 10_000
	for _, l := range w.loaders {
		if l.tally.Created+l.tally.Updated+l.tally.Unchanged > many {
			return true
		}
	}
	return false
}
