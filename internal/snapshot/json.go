package snapshot

import "github.com/hanoitwin/hanoitwin/internal/city"

// AppendJSON appends value i as JSON, the same text as its city.Value appends.
func (t *Table) AppendJSON(dst []byte, i uint32) []byte {
	if at := t.jsonAt[i]; at.end > at.start {
		return append(dst, t.json[at.start:at.end]...)
	}
	return t.values[i].AppendJSON(dst)
}

// longJSON is the length from which the JSON of a value is not kept.
const longJSON = 256

// setJSON keeps the JSON of value i.
func (t *Table) setJSON(i uint32, v city.Value) {
	before := len(t.json)
	if len(v.Text()) < longJSON {
		t.json = v.AppendJSON(t.json)
	}
	if len(t.json)-before >= longJSON {
		t.json = t.json[:before]
	}
	t.jsonAt[i] = span{uint32(before), uint32(len(t.json))}
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
