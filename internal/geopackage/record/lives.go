package record

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

// turn is a change of a layer's definition.
type turn struct {
	seq     int64
	version city.Version
	made    bool   // there was no layer before
	lost    bool   // the table went away, and nobody knows what was in it
	before  string // read when it is asked for, unless seq is 0
}

// life is a layer from its making to its removal.
type life struct {
	id     city.LayerID
	number int64
	turns  []turn
	table  *schema.Table // nil when it has been removed
}

// born returns the version that made the layer, 0 when it is older than the
// record.
func (l *life) born() city.Version {
	if len(l.turns) > 0 && l.turns[0].made {
		return l.turns[0].version
	}
	return 0
}

// alive reports whether the layer was there at a version.
func (l *life) alive(v city.Version) bool {
	return l.born() <= v && (l.table != nil || v < l.died())
}

// died returns the version that removed a layer.
func (l *life) died() city.Version { return l.turns[len(l.turns)-1].version }

func (l *life) lost() bool { return l.table == nil && l.turns[len(l.turns)-1].lost }

// readLives lists every layer that the store ever had, in the order in which
// they were made. What others did to the schema since the last version stands
// for a change in the next.
func readLives(ctx context.Context, c *lite.Conn, cat *schema.Catalogue) ([]*life, error) {
	var lives []*life
	byNumber := map[int64]*life{}
	get := func(number int64, id city.LayerID) *life {
		l := byNumber[number]
		if l == nil {
			l = &life{number: number, id: id}
			byNumber[number], lives = l, append(lives, l)
		}
		return l
	}
	err := c.Lookup(ctx, "SELECT seq, version, number, layer_id, before IS NULL, lost FROM twin_layers_was ORDER BY seq", nil, func(row []driver.Value) error {
		integer := func(i int) int64 { n, _ := row[i].(int64); return n }
		id, _ := row[3].(string)
		l := get(integer(2), city.LayerID(id))
		l.turns = append(l.turns, turn{seq: integer(0), version: city.Version(integer(1)), made: integer(4) != 0, lost: integer(5) != 0})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read twin_layers_was: %w", err)
	}
	pending := cat.Version + 1
	for _, layer := range cat.Layers {
		t := cat.Tables[layer.ID]
		l := &life{id: layer.ID, turns: []turn{{version: pending, made: true}}}
		if t.Stored == "" {
			lives = append(lives, l)
		} else if l = get(t.Number, layer.ID); !t.Watched {
			return nil, fmt.Errorf("layer %q was replaced by another program: %w", layer.ID, city.ErrHistoryGone)
		} else if definition, err := schema.Define(&t.Layer); err != nil {
			return nil, err
		} else if definition != t.Stored {
			l.turns = append(l.turns, turn{version: pending, before: t.Stored})
		}
		l.table = t
	}
	for _, gone := range cat.Gone {
		layer, err := schema.ParseDefinition(gone.Table, gone.Layer)
		if err != nil {
			return nil, err
		}
		l := get(gone.Number, layer.ID)
		l.turns = append(l.turns, turn{version: pending, lost: true, before: gone.Layer})
	}
	slices.SortStableFunc(lives, func(a, b *life) int { return strings.Compare(string(a.id), string(b.id)) })
	return lives, nil
}

// definition returns what the layer was defined as after version v; nil where it
// did not exist.
func (r *Reader) definition(ctx context.Context, l *life, v city.Version) (*city.Layer, error) {
	if l == nil || !l.alive(v) {
		return nil, nil //nolint:nilnil // a layer that does not exist is no error here
	}
	for i := range l.turns {
		if l.turns[i].version > v {
			return r.before(ctx, l, &l.turns[i])
		}
	}
	layer := l.table.Layer
	return &layer, nil
}

// before returns the definition that a turn ended.
func (r *Reader) before(ctx context.Context, l *life, t *turn) (*city.Layer, error) {
	text := t.before
	if t.seq != 0 {
		row, _, err := r.c.One(ctx, "SELECT before FROM twin_layers_was WHERE seq = ?", t.seq)
		if err != nil {
			return nil, err
		}
		text, _ = row[0].(string)
	}
	layer, err := schema.ParseDefinition(string(l.id), text)
	return &layer, err
}

// newest returns the last definition of a life, in whose order the values of its
// features are told.
func (r *Reader) newest(ctx context.Context, l *life) (*city.Layer, error) {
	if l.table == nil {
		return r.before(ctx, l, &l.turns[len(l.turns)-1])
	}
	layer := l.table.Layer
	return &layer, nil
}

// columnsOf gives the columns that hold the properties of a layer.
func columnsOf(layer *city.Layer) []schema.Column {
	columns := make([]schema.Column, len(layer.Properties))
	for i, p := range layer.Properties {
		columns[i] = schema.Column{Name: p.Name, Kind: p.Type, Declared: codec.SQLType(p.Type)}
	}
	return columns
}

// at returns the life of a layer at version v, nil for none.
func (r *Reader) at(id city.LayerID, v city.Version) *life {
	for _, l := range r.lives {
		if l.id == id && l.alive(v) {
			return l
		}
	}
	return nil
}

// ids lists the names of all layers that ever were.
func (r *Reader) ids() []city.LayerID {
	var ids []city.LayerID
	for _, l := range r.lives {
		ids = append(ids, l.id)
	}
	return slices.Compact(ids)
}
