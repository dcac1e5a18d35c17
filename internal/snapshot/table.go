package snapshot

import (
	"encoding/binary"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Table is the dictionary of one layer: its property names and its distinct
// values. Tags are pairs of indices into it. It implements tiles.Table.
type Table struct {
	keys   []city.Property
	values []city.Value
}

var _ tiles.Table = (*Table)(nil)

// NumKeys returns the number of properties.
func (t *Table) NumKeys() int { return len(t.keys) }

// NumValues returns the number of distinct values.
func (t *Table) NumValues() int { return len(t.values) }

// Key returns the name of property i.
func (t *Table) Key(i uint32) string { return t.keys[i].Name }

// Value returns the distinct value i.
func (t *Table) Value(i uint32) city.Value { return t.values[i] }

// AppendValue appends the body of the MVT Value message of value i: numbers as
// numbers, booleans as booleans, dates as ISO 8601 text, arrays and objects as
// JSON text.
func (t *Table) AppendValue(dst []byte, i uint32) []byte {
	switch v := t.values[i]; v.Kind() {
	case city.KindString, city.KindJSON:
		return tiles.AppendString(dst, v.Text())
	case city.KindInteger:
		return tiles.AppendInt(dst, v.Int())
	case city.KindNumber:
		return tiles.AppendFloat(dst, v.Float())
	case city.KindBoolean:
		return tiles.AppendBool(dst, v.Bool())
	default:
		return tiles.AppendString(dst, v.String())
	}
}

// workshop is what the building goroutine keeps for a layer from version to
// version: the growing dictionary, the interned rows, the preparer of shapes.
// Readers never touch it. Snapshots see only the prefix of values that was there
// when they were published, so appending never disturbs them.
//
// Values are never forgotten while the layer stays loaded. A layer whose
// features take ever new values grows by about 60 bytes for each.
type workshop struct {
	values []city.Value
	lookup map[city.Value]uint32
	rows   map[string]*row
	key    []byte // scratch

	preparer tiles.Preparer
}

func newWorkshop() *workshop {
	return &workshop{lookup: map[city.Value]uint32{}, rows: map[string]*row{}}
}

func (w *workshop) value(v city.Value) uint32 {
	if i, ok := w.lookup[v]; ok {
		return i
	}
	i := uint32(len(w.values))
	w.values = append(w.values, v)
	w.lookup[v] = i
	return i
}

// row returns the interned row of f's attributes under the schema def.
func (w *workshop) row(def *city.Layer, inTiles []bool, f *city.Feature) *row {
	key := w.key[:0]
	n := 0
	for i, v := range f.Values {
		if v.IsNull() {
			continue
		}
		key = binary.LittleEndian.AppendUint32(key, uint32(i))
		key = binary.LittleEndian.AppendUint32(key, w.value(v))
		n++
	}
	w.key = key
	if r, ok := w.rows[string(key)]; ok {
		return r
	}
	r := &row{tags: make([]tiles.Tag, 0, n), minZoom: def.MinZoomOf(f)}
	all := true
	for ; len(key) > 0; key = key[8:] {
		tag := tiles.Tag{Key: binary.LittleEndian.Uint32(key), Value: binary.LittleEndian.Uint32(key[4:])}
		r.tags = append(r.tags, tag)
		all = all && inTiles[tag.Key]
	}
	r.tileTags = r.tags
	if !all {
		r.tileTags = nil
		for _, tag := range r.tags {
			if inTiles[tag.Key] {
				r.tileTags = append(r.tileTags, tag)
			}
		}
	}
	w.rows[string(w.key)] = r
	return r
}

// repack lays out rows and values in the order in which the features of order
// use them first, and makes the features of raw point to the new rows. Later
// changes intern rows anew: the keys of the old ones are not worth their memory.
func (w *workshop) repack(raw []rawFeature, order []int32) {
	const unused = ^uint32(0)
	number := make([]uint32, len(w.values))
	for i := range number {
		number[i] = unused
	}
	values := make([]city.Value, 0, len(w.values))
	renumber := func(tags []tiles.Tag) []tiles.Tag {
		out := make([]tiles.Tag, len(tags))
		for i, tag := range tags {
			if number[tag.Value] == unused {
				number[tag.Value] = uint32(len(values))
				values = append(values, w.values[tag.Value])
			}
			out[i] = tiles.Tag{Key: tag.Key, Value: number[tag.Value]}
		}
		return out
	}
	moved := make(map[*row]*row, len(w.rows))
	for _, i := range order {
		old := raw[i].row
		if moved[old] == nil {
			r := &row{tags: renumber(old.tags), minZoom: old.minZoom}
			r.tileTags = r.tags
			if len(old.tileTags) != len(old.tags) {
				r.tileTags = renumber(old.tileTags)
			}
			moved[old] = r
		}
		raw[i].row = moved[old]
	}
	clear(w.lookup)
	for i, v := range values {
		w.lookup[v] = uint32(i)
	}
	w.values, w.rows = values, map[string]*row{}
}

// tileAttributes tells for each property whether tiles carry it.
func tileAttributes(def *city.Layer) []bool {
	carried := make([]bool, len(def.Properties))
	for i := range carried {
		carried[i] = len(def.Tiles.Attributes) == 0
	}
	for _, name := range def.Tiles.Attributes {
		carried[def.PropertyIndex(name)] = true
	}
	return carried
}
