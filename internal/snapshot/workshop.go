package snapshot

import (
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/tiles"
)

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
	lookup lookup
	free   []uint32        // places of the table that no feature has pointed to yet
	swept  weight          // of the values that were alive when that was last looked at
	recent []recent        // by property: what rows before had, as the next mostly has
	rows   map[uint64]*row // by hashOf
	tags   []tiles.Tag     // scratch

	// draft: the table has values alone, which repack will lay out in another order
	// and only then write down as tiles and JSON have them.
	draft bool

	preparer tiles.Preparer
}

// recent is a few values of one property with their indices, each in the place that
// slotOf gives it.
type recent [8]known

// slotOf tells the few values apart that most properties have, and takes no time.
func slotOf(v *city.Value) int {
	slot := int(v.Bits())
	if text := v.Text(); text != "" {
		slot = len(text) + int(text[len(text)-1])
	}
	return slot & (len(recent{}) - 1)
}

// known is a value and its index.
type known struct {
	value city.Value
	index uint32
}

func newWorkshop(keys []city.Property) *workshop {
	w := &workshop{
		table:  Table{keys: keys, members: members(keys)},
		recent: make([]recent, len(keys)), rows: map[uint64]*row{},
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
		w.rows = map[uint64]*row{}
	}
}

func (w *workshop) value(v city.Value) uint32 {
	i, known := w.lookup.find(v)
	if known {
		return i
	}
	switch last := len(w.free) - 1; {
	case w.draft:
		i = uint32(len(w.table.values))
		w.table.values = append(w.table.values, v)
	case last >= 0:
		i, w.free = w.free[last], w.free[:last]
		w.table.set(i, v)
	default:
		i = w.table.add(v)
	}
	w.lookup.put(v, i)
	return i
}

// row returns the interned row of f's attributes under the schema def.
func (w *workshop) row(def *city.Layer, order tagOrder, f *city.Feature) *row {
	w.tags = w.appendTags(w.tags[:0], f, order.inTiles)
	drawn := len(w.tags)
	w.tags = w.appendTags(w.tags, f, order.others)
	hash := hashOf(w.tags)
	if r, ok := w.rows[hash]; ok && slices.Equal(r.tags, w.tags) {
		return r
	}
	r := &row{tags: slices.Clone(w.tags), drawn: uint16(drawn), minZoom: def.MinZoomOf(f)}
	w.rows[hash] = r
	return r
}

// appendTags appends those of some properties that f has.
func (w *workshop) appendTags(tags []tiles.Tag, f *city.Feature, properties []int) []tiles.Tag {
	for _, i := range properties {
		if i >= len(f.Values) || f.Values[i].IsNull() {
			continue
		}
		v := &f.Values[i]
		seen := &w.recent[i][slotOf(v)]
		if seen.value != *v {
			*seen = known{*v, w.value(*v)}
		}
		tags = append(tags, tiles.Tag{Key: uint32(i), Value: seen.index})
	}
	return tags
}

// hashOf mixes tags into a number. Where two rows have the same, the older is
// forgotten: it is not shared with later features, and nothing worse.
func hashOf(tags []tiles.Tag) uint64 {
	const golden = 0x9E37_79B9_7F4A_7C15 // 2^64 over the golden ratio (Knuth, TAOCP 3, 6.4)
	hash := uint64(len(tags))
	for _, tag := range tags {
		hash = (hash ^ (uint64(tag.Key)<<32 | uint64(tag.Value))) * golden
		hash ^= hash >> 32
	}
	return hash
}

// packer lays a workshop's tags and values out anew, row by row.
type packer struct {
	workshop *workshop
	table    Table
	number   []uint32 // by old index, the new one
}

// unused stands for the number of a value that no row has had yet.
const unused = ^uint32(0)

// repack starts to lay out tags and values in the order in which row is called.
// Nothing else may use the workshop until finish.
func (w *workshop) repack() *packer {
	n := len(w.table.values)
	p := &packer{workshop: w, number: make([]uint32, n), table: Table{
		keys: w.table.keys, members: w.table.members, values: make([]city.Value, 0, n),
		encodedAt: make([]span, 0, n), jsonAt: make([]span, 0, n),
	}}
	for i := range p.number {
		p.number[i] = unused
	}
	w.lookup.clear()
	clear(w.recent)
	return p
}

// row lays r out, unless it has been.
func (p *packer) row(r *row) {
	if r.packed {
		return
	}
	r.packed = true
	r.tags = slices.Clone(r.tags)
	for i := range r.tags {
		tag := &r.tags[i]
		if p.number[tag.Value] == unused {
			v := p.workshop.table.values[tag.Value]
			p.number[tag.Value] = p.table.add(v)
			p.workshop.lookup.put(v, p.number[tag.Value])
		}
		tag.Value = p.number[tag.Value]
	}
}

// finish gives the workshop the new table. Later changes intern rows anew: the
// hashes of the old ones are not worth their memory.
func (p *packer) finish() {
	w := p.workshop
	p.table.encoded, p.table.json = exactly(p.table.encoded), exactly(p.table.json)
	w.table, w.rows, w.draft = p.table, map[uint64]*row{}, false
	w.internStatuses()
	w.swept = w.weight()
}

// exactly returns b without the room behind its end.
func exactly(b []byte) []byte { return append(make([]byte, 0, len(b)), b...) }

// tagOrder is the order of a row's tags: the properties that tiles carry, then
// the others, each part in the order of the schema.
type tagOrder struct{ inTiles, others []int }

func tagOrderOf(def *city.Layer) tagOrder {
	var order tagOrder
	for i := range def.Properties {
		if len(def.Tiles.Attributes) == 0 || slices.Contains(def.Tiles.Attributes, def.Properties[i].Name) {
			order.inTiles = append(order.inTiles, i)
		} else {
			order.others = append(order.others, i)
		}
	}
	return order
}
