package snapshot

import (
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
