package snapshot

import "github.com/hanoitwin/hanoitwin/internal/city"

// lookup finds the index of a value. The zero lookup is empty.
//
// Each kind has a map of its own, by what alone tells its values apart: to hash and
// compare whole values takes half as much time again.
type lookup struct {
	texts [city.KindJSON + 1]map[string]uint32 // of strings and JSON
	bits  [city.KindJSON + 1]map[uint64]uint32 // of the other kinds
}

// find returns the index of v, and whether it has one.
func (l *lookup) find(v city.Value) (i uint32, ok bool) {
	switch k := v.Kind(); k {
	case city.KindString, city.KindJSON:
		i, ok = l.texts[k][v.Text()]
	default:
		i, ok = l.bits[k][v.Bits()]
	}
	return i, ok
}

// put gives v an index.
func (l *lookup) put(v city.Value, i uint32) {
	switch k := v.Kind(); k {
	case city.KindString, city.KindJSON:
		if l.texts[k] == nil {
			l.texts[k] = map[string]uint32{}
		}
		l.texts[k][v.Text()] = i
	default:
		if l.bits[k] == nil {
			l.bits[k] = map[uint64]uint32{}
		}
		l.bits[k][v.Bits()] = i
	}
}

// clear forgets all values, and keeps the memory.
func (l *lookup) clear() {
	for k := range l.texts {
		clear(l.texts[k])
		clear(l.bits[k])
	}
}
