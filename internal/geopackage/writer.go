package geopackage

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/codec"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
)

// Writer changes layers inside a transaction: the shape that package twin asks
// for.
type Writer = interface {
	Layers() []city.Layer
	Sign(author string)
	PutLayer(ctx context.Context, layer city.Layer) error
	DropLayer(ctx context.Context, layer city.LayerID) error
	Put(ctx context.Context, layer city.LayerID, f *city.Feature) error
	Get(ctx context.Context, layer city.LayerID, id int64) (*city.Feature, error)
	Save(ctx context.Context, layer city.LayerID, f *city.Feature) (int64, error)
	Delete(ctx context.Context, layer city.LayerID, id int64) error
	Tally(ctx context.Context) (map[city.LayerID]city.Tally, error)
}

// authorOurs signs what nobody else signs.
const authorOurs = "hanoitwin"

// writer is one write transaction.
type writer struct {
	c       *lite.Conn
	cat     *schema.Catalogue // a copy of its own
	loaders map[city.LayerID]*loader
	author  string
	touched bool // edited is 2: our triggers are quiet
	wrote   bool // there is something to commit
	changed bool // something differs from the last version
}

func (w *writer) Layers() []city.Layer { return w.cat.Layers }

// Sign says who makes the change; at most 200 bytes of it are kept.
func (w *writer) Sign(author string) {
	if author != "" {
		w.author = strings.ToValidUTF8(author[:min(len(author), 200)], "")
	}
}

// begin turns what others did since the last version into a version, after
// bringing a file of an older format up to date.
func (w *writer) begin(ctx context.Context) error {
	w.loaders = map[city.LayerID]*loader{}
	old := w.cat.Format < schema.Format
	if old {
		w.wrote = true
		if err := schema.Migrate(ctx, w.c, w.cat); err != nil {
			return fmt.Errorf("bring format %d up to date: %w", w.cat.Format, err)
		}
	}
	if w.cat.Stale() {
		if err := w.absorb(ctx); err != nil {
			return err
		}
	}
	if old {
		if err := w.c.Exec(ctx, "UPDATE twin_state SET since = version"); err != nil {
			return err
		}
	}
	if w.cat.Outdated {
		w.wrote = true
		for id, t := range w.cat.Tables {
			if err := w.complete(ctx, t); err != nil {
				return fmt.Errorf("layer %q: %w", id, err)
			}
		}
	}
	if !old && !w.cat.Outdated {
		return nil
	}
	w.cat.Outdated = false
	return w.refresh(ctx)
}

// touch makes our own triggers quiet until finish. It is called before the
// first change, so that a transaction without changes writes nothing at all.
func (w *writer) touch(ctx context.Context) error {
	if w.touched {
		return nil
	}
	w.touched, w.wrote = true, true
	return w.c.Do(ctx, "UPDATE twin_state SET edited = 2")
}

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
	t := &schema.Table{Layer: layer, Name: string(layer.ID), SRSID: schema.SRSWGS84, Indexed: true, Loading: true}
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
	return w.indexKeys(ctx, t)
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

// indexKeys makes the indexes by which features are found and told apart. That
// of the layer's key is unique, unless the table of another program holds a key
// twice.
func (w *writer) indexKeys(ctx context.Context, t *schema.Table) error {
	for _, key := range t.KeyColumns() {
		index := fmt.Sprintf("INDEX IF NOT EXISTS %s ON %s (%s)", lite.Quote("twin_key_"+t.Name+"_"+key), lite.Quote(t.Name), lite.Quote(key))
		if key == t.Layer.Key {
			if err := w.c.Exec(ctx, "CREATE UNIQUE "+index); err == nil {
				continue
			} else if !lite.Taken(err) {
				return err
			}
		}
		if err := w.c.Exec(ctx, "CREATE "+index); err != nil {
			return err
		}
	}
	return nil
}

// loader returns what writes the features of a layer.
func (w *writer) loader(ctx context.Context, layer city.LayerID) (*loader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if l := w.loaders[layer]; l != nil {
		return l, nil
	}
	t, err := w.cat.Find(layer)
	if err != nil {
		return nil, err
	}
	l, err := newLoader(ctx, w, t)
	if err != nil {
		return nil, fmt.Errorf("layer %q: %w", layer, err)
	}
	w.loaders[layer] = l
	return l, nil
}

// Put stores a feature; see loader for how.
func (w *writer) Put(ctx context.Context, layer city.LayerID, f *city.Feature) error {
	l, err := w.loader(ctx, layer)
	if err != nil {
		return err
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
	for id, t := range w.cat.Tables {
		if err := w.complete(ctx, t); err != nil {
			return fmt.Errorf("layer %q: %w", id, err)
		}
	}
	if w.changed {
		return w.commitVersion(ctx, w.author, message)
	}
	w.touched = false
	if err := w.c.Do(ctx, "UPDATE twin_state SET edited = 0"); err != nil {
		return err
	}
	return w.refresh(ctx)
}

// complete puts the triggers of a table in place that wait for the end of a
// bulk load, or are those of an earlier definition.
func (w *writer) complete(ctx context.Context, t *schema.Table) error {
	if t.Loading {
		if err := schema.FillRtree(ctx, w.c, t); err != nil {
			return err
		}
		t.Loading = false
	}
	if t.Watched && !t.Outdated {
		return nil
	}
	return t.Watch(ctx, w.c)
}

// commitVersion gives the transaction its version. No two have the same time,
// whatever the clock does, so that each can be found by its own.
func (w *writer) commitVersion(ctx context.Context, author, message string) error {
	set, err := w.c.Integer(ctx, "UPDATE twin_state SET version = version + 1, edited = 0 RETURNING version")
	if err != nil {
		return err
	}
	at, err := w.commitTime(ctx)
	if err != nil {
		return err
	}
	if err := w.c.Do(ctx, "INSERT INTO twin_versions (version, committed, author, message) VALUES (?, ?, ?, ?)",
		set, codec.EncodeTime(at), author, message); err != nil {
		return err
	}
	w.touched, w.changed = false, false
	return w.refresh(ctx)
}

// commitTime is now, or a microsecond after the version before.
func (w *writer) commitTime(ctx context.Context) (time.Time, error) {
	now := time.Now().UTC().Truncate(time.Microsecond)
	row, ok, err := w.c.One(ctx, "SELECT +committed FROM twin_versions ORDER BY version DESC LIMIT 1")
	if err != nil || !ok {
		return now, err
	}
	if last := codec.DecodeValue(city.KindInstant, row[0]).Time(); !now.After(last) {
		return last.Add(time.Microsecond), nil
	}
	return now, nil
}

// refresh reads what the transaction has made of the state.
func (w *writer) refresh(ctx context.Context) (err error) {
	w.cat.State, err = schema.ReadState(ctx, w.c)
	return err
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
