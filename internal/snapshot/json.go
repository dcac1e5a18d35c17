package snapshot

import "github.com/hanoitwin/hanoitwin/internal/city"

// AppendJSON appends value i as JSON, the same text as its city.Value appends. Most
// values are text that needs no escaping, which is found out once for each distinct
// value: such a text is copied, from where it stands ready for tiles.
func (t *Table) AppendJSON(dst []byte, i uint32) []byte {
	if !t.verbatim[i] {
		return t.values[i].AppendJSON(dst)
	}
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	text := t.encoded[start+1 : t.ends[i]] // behind the tag
	for text[0] >= 0x80 {                  // and behind the length, a varint
		text = text[1:]
	}
	dst = append(dst, '"')
	dst = append(dst, text[1:]...)
	return append(dst, '"')
}

// AppendMember appends property i as a member of a JSON object: a comma, the name,
// a colon.
func (t *Table) AppendMember(dst []byte, i uint32) []byte { return append(dst, t.members[i]...) }

// members returns what AppendMember appends for each property.
func members(keys []city.Property) []string {
	all := make([]string, len(keys))
	for i := range keys {
		all[i] = string(append(city.AppendJSONString([]byte{','}, keys[i].Name), ':'))
	}
	return all
}

// verbatim reports whether v as JSON is what it is in tiles between quotes.
func verbatim(v city.Value) bool {
	switch v.Kind() {
	case city.KindDate, city.KindInstant:
		return true
	case city.KindString:
		// Whatever is escaped grows.
		var room [256]byte
		return len(city.AppendJSONString(room[:0], v.Text())) == len(v.Text())+len(`""`)
	default:
		return false
	}
}
