package cql2

import (
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// truth is one of SQL's three. In their order, AND is the least and OR the
// greatest of its operands; NOT changes the sign.
type truth int8

const (
	no      truth = -1
	unknown truth = 0
	yes     truth = 1
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// predicate is a compiled condition.
type predicate interface {
	test(*env) truth
}

// constant is TRUE, FALSE, and what is known before any feature.
type constant truth

func (c constant) test(*env) truth { return truth(c) }

// all is AND: it ends at the first that is not so.
type all []predicate

func (a all) test(e *env) truth {
	least := yes
	for _, p := range a {
		if t := p.test(e); t < least {
			if least = t; t == no {
				break
			}
		}
	}
	return least
}

// some is OR: it ends at the first that is so.
type some []predicate

func (s some) test(e *env) truth {
	most := no
	for _, p := range s {
		if t := p.test(e); t > most {
			if most = t; t == yes {
				break
			}
		}
	}
	return most
}

// not is NOT.
type not struct{ of predicate }

func (n not) test(e *env) truth { return -n.of.test(e) }

// isUnknown is IS NULL of a condition.
type isUnknown struct{ of predicate }

func (u isUnknown) test(e *env) truth { return truthOf(u.of.test(e) == unknown) }

// memoSlots is how many verdicts a memo remembers at first: enough for what a box
// of features has, 1 kB. Values whose slots are taken are tested again.
const memoSlots = 256

// memoMisses is after how many tests a memo remembers every value that there is,
// a byte for each: a layer is being walked.
const memoMisses = 2048

// memo remembers what a predicate on one property said of its values.
type memo struct {
	property int
	of       predicate
	table    *snapshot.Table // whose numbers the slots hold
	misses   int
	slots    [memoSlots]uint32
	full     []int8 // by number: the verdict plus two, 0 where there is none
	ofNull   truth
	nullDone bool
}

// test looks the value's number up: a slot holds the number plus one, and the
// verdict plus one in the two lowest bits.
func (m *memo) test(e *env) truth {
	if m.table != e.table {
		m.reset(e.table)
	}
	number, ok := e.number(m.property)
	if !ok {
		if !m.nullDone {
			m.ofNull, m.nullDone = m.of.test(e), true
		}
		return m.ofNull
	}
	if m.full != nil {
		if m.full[number] == 0 {
			m.full[number] = int8(m.of.test(e)) + 2
		}
		return truth(m.full[number] - 2)
	}
	slot := &m.slots[number%memoSlots]
	if *slot>>2 != number+1 {
		*slot = (number+1)<<2 | uint32(m.of.test(e)+1)
		if m.misses++; m.misses == memoMisses {
			m.full = make([]int8, e.table.NumValues())
		}
	}
	return truth(*slot&3) - 1
}

func (m *memo) reset(t *snapshot.Table) {
	m.table, m.nullDone, m.misses, m.full = t, false, 0, nil
	clear(m.slots[:])
}
