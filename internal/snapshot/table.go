package snapshot

import (
	"encoding/binary"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Table is the dictionary of one layer: its property names and its distinct
// values. Tags are pairs of indices into it. It implements tiles.Table.
type Table struct {
	keys    []city.Property
	members []string // by property, see AppendMember
	values  []city.Value
	// Value i as an MVT message body is encodedAt[i] of encoded: tiles copy it, most
	// of a tile being values.
	encoded   []byte
	encodedAt []span
	// Value i as JSON is jsonAt[i] of json, unless it is long: then it is made when it
	// is asked for, and the span is empty.
	json   []byte
	jsonAt []span
	// statuses are the values of the four statuses, by city.Statuses: a layer
	// that has a status property has them all, whether or not a feature does.
	// A view of another day needs a value for what no feature records.
	statuses []uint32
}

// span is a part of a slice of bytes.
type span struct{ start, end uint32 }

var _ tiles.Table = (*Table)(nil)

// NumKeys returns the number of properties.
func (t *Table) NumKeys() int { return len(t.keys) }

// NumValues returns a number that the index of no value reaches: that of the distinct
// values, and of the places of values that no feature has any more.
func (t *Table) NumValues() int { return len(t.values) }

// Key returns the name of property i.
func (t *Table) Key(i uint32) string { return t.keys[i].Name }

// Value returns the distinct value i.
func (t *Table) Value(i uint32) city.Value { return t.values[i] }

// Status returns which of the values is the status s; ok is false when the layer
// has no status property, or s is none of the four.
func (t *Table) Status(s city.Status) (value uint32, ok bool) {
	if i := slices.Index(city.Statuses(), s); i >= 0 && i < len(t.statuses) {
		return t.statuses[i], true
	}
	return 0, false
}

// AppendValue appends the body of the MVT Value message of value i: numbers as
// numbers, booleans as booleans, dates as ISO 8601 text, arrays and objects as
// JSON text.
func (t *Table) AppendValue(dst []byte, i uint32) []byte {
	at := t.encodedAt[i]
	return append(dst, t.encoded[at.start:at.end]...)
}

// AppendValue appends the body of the MVT Value message of v, as Table.AppendValue
// does for one of its values.
func AppendValue(dst []byte, v city.Value) []byte {
	switch v.Kind() {
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

// add appends a value and returns its index. Readers hold shorter copies of the
// slices and never look behind their ends.
func (t *Table) add(v city.Value) uint32 {
	t.lengthen(1)
	i := uint32(len(t.values) - 1)
	t.set(i, v)
	return i
}

// lengthen appends places for n values.
func (t *Table) lengthen(n int) {
	t.values = append(t.values, make([]city.Value, n)...)
	t.encodedAt = append(t.encodedAt, make([]span, n)...)
	t.jsonAt = append(t.jsonAt, make([]span, n)...)
}

// set puts a value into a place that no feature points to.
func (t *Table) set(i uint32, v city.Value) {
	t.values[i] = v
	start := uint32(len(t.encoded))
	t.encoded = AppendValue(t.encoded, v)
	t.encodedAt[i] = span{start, uint32(len(t.encoded))}
	t.setJSON(i, v)
}

// view returns t as a reader may hold it: as long as it is now.
func (t *Table) view() Table {
	n, bytes, texts := len(t.values), len(t.encoded), len(t.json)
	return Table{
		keys: t.keys, members: t.members, values: t.values[:n:n], encoded: t.encoded[:bytes:bytes],
		encodedAt: t.encodedAt[:n:n], json: t.json[:texts:texts], jsonAt: t.jsonAt[:n:n], statuses: t.statuses,
	}
}

// maxRows is how many rows are looked for again by what they say. Beyond it all are
// forgotten: a row takes some hundreds of bytes, and where features take ever new
// values, as of what moves and tells when, none is met again.
const maxRows = 10_000

// workshop is what the building goroutine keeps for a layer from version to
// version: the growing dictionary, the interned rows, the preparer of shapes.
// Readers never touch it. Snapshots see only the prefix of values that was there
// when they were published, so appending never disturbs them. When most values are
// those of former features, swept makes the next versions another workshop.
type workshop struct {
	table  Table
	lookup map[city.Value]uint32
	free   []uint32 // places of the table that no feature has pointed to yet
	swept  weight   // of the values that were alive when that was last looked at
	last   []known  // by property: what the row before had, as the next mostly has
	rows   map[string]*row
	key    []byte // scratch

	preparer tiles.Preparer
}

// known is a value and its index.
type known struct {
	value city.Value
	index uint32
}

func newWorkshop(keys []city.Property) *workshop {
	w := &workshop{
		table: Table{keys: keys, members: members(keys)}, lookup: map[city.Value]uint32{},
		last: make([]known, len(keys)), rows: map[string]*row{},
	}
	w.internStatuses()
	return w
}

// internStatuses makes the four statuses values of a layer that has a status.
func (w *workshop) internStatuses() {
	isStatus := func(p city.Property) bool { return p.Name == city.PropStatus && p.Type == city.KindString }
	if !slices.ContainsFunc(w.table.keys, isStatus) {
		return
	}
	w.table.statuses = nil // what readers hold stays as it is
	for _, s := range city.Statuses() {
		w.table.statuses = append(w.table.statuses, w.value(city.String(string(s))))
	}
}

// tidy bounds what is kept to find equal rows by. Features go on sharing those that
// they have.
func (w *workshop) tidy() {
	if len(w.rows) > maxRows {
		w.rows = map[string]*row{}
	}
}

func (w *workshop) value(v city.Value) uint32 {
	i, known := w.lookup[v]
	if !known {
		if last := len(w.free) - 1; last >= 0 {
			i, w.free = w.free[last], w.free[:last]
			w.table.set(i, v)
		} else {
			i = w.table.add(v)
		}
		w.lookup[v] = i
	}
	return i
}

// row returns the interned row of f's attributes under the schema def.
func (w *workshop) row(def *city.Layer, inTiles []bool, f *city.Feature) *row {
	key := w.key[:0]
	drawn := 0
	for _, wanted := range [...]bool{true, false} {
		for i, v := range f.Values {
			if inTiles[i] != wanted || v.IsNull() {
				continue
			}
			if last := &w.last[i]; last.value != v {
				*last = known{v, w.value(v)}
			}
			key = binary.LittleEndian.AppendUint32(key, uint32(i))
			key = binary.LittleEndian.AppendUint32(key, w.last[i].index)
		}
		if wanted {
			drawn = len(key) / 8
		}
	}
	w.key = key
	if r, ok := w.rows[string(key)]; ok {
		return r
	}
	r := &row{tags: make([]tiles.Tag, 0, len(key)/8), drawn: uint16(drawn), minZoom: def.MinZoomOf(f)}
	for ; len(key) > 0; key = key[8:] {
		r.tags = append(r.tags, tiles.Tag{Key: binary.LittleEndian.Uint32(key), Value: binary.LittleEndian.Uint32(key[4:])})
	}
	w.rows[string(w.key)] = r
	return r
}

// repack lays out tags and values in the order in which the features of order
// use them first. Later changes intern rows anew: the keys of the old ones are
// not worth their memory.
func (w *workshop) repack(raw []rawFeature, order []int32) {
	const unused = ^uint32(0)
	number := make([]uint32, len(w.table.values))
	for i := range number {
		number[i] = unused
	}
	packed := Table{
		keys: w.table.keys, members: w.table.members, values: make([]city.Value, 0, len(w.table.values)),
		encoded: make([]byte, 0, len(w.table.encoded)), encodedAt: make([]span, 0, len(w.table.encodedAt)),
		json: make([]byte, 0, len(w.table.json)), jsonAt: make([]span, 0, len(w.table.jsonAt)),
	}
	clear(w.lookup)
	clear(w.last)
	for _, i := range order {
		r := raw[i].row
		if r.packed {
			continue
		}
		r.packed = true
		r.tags = slices.Clone(r.tags)
		for j := range r.tags {
			tag := &r.tags[j]
			if number[tag.Value] == unused {
				v := w.table.values[tag.Value]
				number[tag.Value] = packed.add(v)
				w.lookup[v] = number[tag.Value]
			}
			tag.Value = number[tag.Value]
		}
	}
	w.table, w.rows = packed, map[string]*row{}
	w.internStatuses()
	w.swept = w.weight()
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
