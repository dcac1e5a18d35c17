package geopackage

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/codec"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
)

// PutLayer creates a layer or changes its definition.
func (w *writer) PutLayer(ctx context.Context, layer city.Layer) error {
	if err := layer.Validate(); err != nil {
		return err
	}
	t := w.cat.Tables[layer.ID]
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

func (w *writer) create(ctx context.Context, layer city.Layer) (*schema.Table, error) {
	layer.Table = ""
	layer.Properties = slices.Clone(layer.Properties)
	t := &schema.Table{Layer: layer, Name: string(layer.ID), SRSID: w.srs, Indexed: true, Loading: true}
	t.ID, t.Geom = freeColumn("fid", layer.Properties), freeColumn("geom", layer.Properties)
	for _, p := range layer.Properties {
		if err := schema.CheckProperty(p.Name); err != nil {
			return nil, err
		}
		t.Columns = append(t.Columns, schema.Column{Name: p.Name, Kind: p.Type, Declared: codec.SQLType(p.Type)})
	}
	if err := w.touch(ctx); err != nil {
		return nil, err
	}
	if err := schema.CreateTable(ctx, w.c, t); err != nil {
		return nil, err
	}
	w.cat.Tables[layer.ID] = t
	for i := range t.Columns {
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

func (w *writer) redefine(ctx context.Context, t *schema.Table, layer city.Layer) error {
	merged, err := merge(&t.Layer, layer)
	if err != nil {
		return err
	}
	before, after := t.Stored, ""
	if after, err = schema.Define(&merged); err != nil || after == before {
		return err
	}
	if err := w.touch(ctx); err != nil {
		return err
	}
	old := t.Layer.Properties
	t.Layer = merged
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

func (w *writer) addColumn(ctx context.Context, t *schema.Table, p city.Property) error {
	if err := schema.CheckProperty(p.Name); err != nil {
		return err
	}
	for _, taken := range []string{t.ID, t.Geom} {
		if strings.EqualFold(taken, p.Name) {
			return fmt.Errorf("property %q: the table's own column has this name: %w", p.Name, city.ErrBadLayer)
		}
	}
	if l := w.loaders[t.Layer.ID]; l != nil {
		if err := l.flush(ctx); err != nil {
			return err
		}
	}
	declared := codec.SQLType(p.Type)
	t.Columns = append(t.Columns, schema.Column{Name: p.Name, Kind: p.Type, Declared: declared})
	return w.c.Exec(ctx, "ALTER TABLE "+lite.Quote(t.Name)+" ADD COLUMN "+lite.Quote(p.Name)+" "+declared)
}

// describe tells other programs what a column means (schema extension F.9):
// its title, and that text is JSON.
func (w *writer) describe(ctx context.Context, t *schema.Table, i int) error {
	p := t.Layer.Properties[i]
	var mime, title, description driver.Value
	if p.Type == city.KindJSON {
		mime = schema.MimeJSON
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
	return w.c.Exec(ctx, `INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description, mime_type) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (table_name, column_name) DO UPDATE SET title = excluded.title, description = excluded.description, mime_type = excluded.mime_type`,
		t.Name, p.Name, p.Name, title, description, mime)
}

// define stores the definition of a layer, remembers the one before, and makes
// the indexes of its keys.
func (w *writer) define(ctx context.Context, t *schema.Table) error {
	definition, err := schema.Define(&t.Layer)
	if err != nil {
		return err
	}
	if t.Number == 0 {
		t.Number, err = w.c.Integer(ctx, "INSERT INTO twin_layers (table_name, layer) VALUES (?, ?) RETURNING id", t.Name, definition)
		if err == nil {
			err = w.remember(ctx, t.Number, t.Layer.ID, nil, false)
		}
	} else {
		err = w.remember(ctx, t.Number, t.Layer.ID, t.Stored, false)
		if err == nil {
			err = w.c.Exec(ctx, "UPDATE twin_layers SET layer = ? WHERE id = ?", definition, t.Number)
		}
	}
	if err != nil {
		return err
	}
	t.Stored, t.Outdated = definition, true
	w.changed = true
	w.cat.List()
	return t.IndexKeys(ctx, w.c)
}

// remember records what a definition was before this version, nil if there was
// none. The first that is said of a layer in a version counts.
func (w *writer) remember(ctx context.Context, number int64, id city.LayerID, before driver.Value, lost bool) error {
	next := int64(w.cat.Version) + 1
	told, err := w.c.Integer(ctx, "SELECT count(*) FROM twin_layers_was WHERE number = ? AND version = ?", number, next)
	if err != nil {
		return err
	}
	if told > 0 {
		return w.c.Exec(ctx, "UPDATE twin_layers_was SET lost = ? WHERE number = ? AND version = ?", lost, number, next)
	}
	return w.c.Exec(ctx, "INSERT INTO twin_layers_was (version, number, layer_id, before, lost) VALUES (?, ?, ?, ?, ?)",
		next, number, string(id), before, lost)
}

// bury ends the life of a layer. Lost says that nobody knows what was in it.
func (w *writer) bury(ctx context.Context, number int64, id city.LayerID, definition string, lost bool) error {
	if err := w.c.Exec(ctx, "DELETE FROM twin_layers WHERE id = ?", number); err != nil {
		return err
	}
	if err := w.remember(ctx, number, id, definition, lost); err != nil {
		return err
	}
	// What was made in this very transaction never was.
	return w.c.Exec(ctx, "DELETE FROM twin_layers_was WHERE number = ? AND version = ? AND before IS NULL", number, int64(w.cat.Version)+1)
}

// DropLayer removes a layer. All layers of a GeoPackage are tables of the file:
// the table goes too, whoever made it.
func (w *writer) DropLayer(ctx context.Context, layer city.LayerID) error {
	t, err := w.cat.Find(layer)
	if err != nil {
		return err
	}
	if err := w.drop(ctx, t); err != nil {
		return fmt.Errorf("drop layer %q: %w", layer, err)
	}
	return nil
}

func (w *writer) drop(ctx context.Context, t *schema.Table) error {
	delete(w.loaders, t.Layer.ID)
	if err := w.touch(ctx); err != nil {
		return err
	}
	if !t.Loading { // then there was nothing in it before
		if err := t.Bury(ctx, w.c); err != nil {
			return err
		}
	}
	if err := w.bury(ctx, t.Number, t.Layer.ID, t.Stored, false); err != nil {
		return err
	}
	if err := schema.DropTable(ctx, w.c, t); err != nil {
		return err
	}
	delete(w.cat.Tables, t.Layer.ID)
	w.cat.List()
	w.changed = true
	return nil
}
