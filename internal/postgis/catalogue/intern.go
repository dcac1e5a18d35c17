package catalogue

import "hash/maphash"

// interner gives equal short texts one string, so that a layer's hundred
// thousand "residential" cost one allocation and not as many. It remembers one
// text a slot and forgets on collision: bounded, and right whatever it forgets. A nil one remembers nothing.
type interner struct {
	seed  maphash.Seed
	slots [1 << 10]string
}

// maxInterned bounds the texts worth remembering, in bytes; longer ones are
// seldom repeated.
const maxInterned = 40

func newInterner() *interner { return &interner{seed: maphash.MakeSeed()} }

func (t *interner) string(raw []byte) string {
	if t == nil || len(raw) > maxInterned {
		return string(raw)
	}
	slot := &t.slots[maphash.Bytes(t.seed, raw)%uint64(len(t.slots))]
	if *slot != string(raw) {
		*slot = string(raw)
	}
	return *slot
}
