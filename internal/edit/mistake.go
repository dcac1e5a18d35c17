package edit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Kind says what sort of mistake it is: whether the request, the state, or the
// meeting of the two is wrong. The set is closed.
type Kind uint8

// The kinds of mistakes.
const (
	Bad     Kind = iota // wrong whatever the state
	Unknown             // names a layer or feature that is not there
	Taken               // wants a code that another feature has
	Changed             // the feature is no longer the one that the writer knows
)

// Mistake is one thing that is wrong with what a client sent.
type Mistake struct {
	Kind     Kind
	Pointer  string // JSON Pointer (RFC 6901) into the body; "" is all of it
	Value    string // as sent, cut to 100 bytes
	Expected string // what would be right
	Limit    any    // the limit that was passed, nil for none
	Detail   string
}

// Mistakes are all that is wrong with a request.
type Mistakes struct {
	List []Mistake
	// More counts those beyond the first maxMistakes, which are not listed.
	More int
}

// maxMistakes bounds a list that the client determines.
const maxMistakes = 100

// Error names every mistake that is listed.
func (m *Mistakes) Error() string {
	var b strings.Builder
	for i := range m.List {
		if i > 0 {
			b.WriteString("; ")
		}
		where := m.List[i].Pointer
		if where == "" {
			where = "the body"
		}
		b.WriteString(where + " " + m.List[i].Detail)
	}
	if m.More > 0 {
		fmt.Fprintf(&b, "; and %d more", m.More)
	}
	return b.String()
}

// Is lets errors.Is find city.ErrConflict when a feature is not as the writer
// knows it.
func (m *Mistakes) Is(target error) bool {
	return target == city.ErrConflict && slices.ContainsFunc(m.List, func(one Mistake) bool { return one.Kind == Changed })
}

// Only reports whether all mistakes are of one kind.
func (m *Mistakes) Only(k Kind) bool {
	for i := range m.List {
		if m.List[i].Kind != k {
			return false
		}
	}
	return m.More == 0
}

func (m *Mistakes) add(mistake Mistake) {
	if m.full() {
		m.More++
		return
	}
	mistake.Value = clip(mistake.Value)
	m.List = append(m.List, mistake)
}

// count returns how many there are, listed or not.
func (m *Mistakes) count() int { return len(m.List) + m.More }

// full reports that no more is listed.
func (m *Mistakes) full() bool { return len(m.List) == maxMistakes }

// err returns m as an error, nil when there are none.
func (m *Mistakes) err() error {
	if len(m.List) == 0 {
		return nil
	}
	return m
}

// pointer appends a member name to a JSON Pointer.
func pointer(at, name string) string {
	return at + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(clip(name))
}

// clip shortens what a client sent before it is repeated to it.
func clip(text string) string {
	const most = 100
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
