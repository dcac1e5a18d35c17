package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Mistake is one thing that is wrong with what a client sent.
type Mistake struct {
	Pointer  string // JSON Pointer (RFC 6901) into the document; "" is all of it
	Value    string // as given, cut to 100 bytes; never of a secret
	Expected string // what would be right
	Limit    any    // the limit that was passed, or nil
	Detail   string // what is wrong, such as "is missing"
}

// InvalidError reports everything that is wrong with a watch, at least one
// mistake.
type InvalidError struct{ Mistakes []Mistake }

// Error lists the mistakes.
func (e *InvalidError) Error() string {
	texts := make([]string, len(e.Mistakes))
	for i, m := range e.Mistakes {
		texts[i] = m.Pointer + " " + m.Detail
	}
	return "watch: " + strings.Join(texts, "; ")
}

// maxMistakes bounds an answer.
const maxMistakes = 32

// Reader takes a JSON document apart and gathers mistakes.
type Reader struct{ mistakes []Mistake }

func (r *Reader) mistake(m Mistake) {
	if len(r.mistakes) < maxMistakes {
		r.mistakes = append(r.mistakes, m)
	}
}

// wrong notes a mistake about a value that may be shown.
func (r *Reader) wrong(field string, raw json.RawMessage, expected, detail string) {
	r.mistake(Mistake{Pointer: field, Value: clip(string(raw)), Expected: expected, Detail: detail})
}

// Err returns an *InvalidError of all mistakes, or nil.
func (r *Reader) Err() error {
	if len(r.mistakes) == 0 {
		return nil
	}
	return &InvalidError{r.mistakes}
}

// object reads an object and notes members that are not known. Members that are
// null count as absent.
func (r *Reader) object(field string, raw json.RawMessage, known ...string) (map[string]json.RawMessage, bool) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		m := Mistake{Pointer: field, Value: clip(string(raw)), Expected: "an object with " + strings.Join(known, ", "), Detail: "is not a JSON object"}
		if field == "" {
			m.Value = "" // a secret may stand in it
		}
		r.mistake(m)
		return nil, false
	}
	names := make([]string, 0, len(members))
	for name, value := range members {
		if string(value) == "null" {
			delete(members, name)
		} else if !slices.Contains(known, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		r.mistake(Mistake{Pointer: join(field, clip(name)), Expected: "one of " + strings.Join(known, ", "), Detail: "is not known"})
	}
	return members, true
}

func join(pointer, name string) string {
	return pointer + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// list reads an array of at most a number of members.
func (r *Reader) list(field string, raw json.RawMessage, most int) ([]json.RawMessage, bool) {
	var members []json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		r.wrong(field, raw, "an array", "is not an array")
		return nil, false
	}
	if len(members) > most {
		r.tooMany(field, len(members), most)
		return nil, false
	}
	return members, true
}

func (r *Reader) tooMany(field string, n, most int) {
	r.mistake(Mistake{Pointer: field, Limit: most, Expected: fmt.Sprintf("at most %d", most), Detail: fmt.Sprintf("has %d members; the limit is %d", n, most)})
}

func (r *Reader) text(field string, raw json.RawMessage) (string, bool) {
	var text string
	if !bytes.HasPrefix(raw, []byte(`"`)) || json.Unmarshal(raw, &text) != nil {
		r.wrong(field, raw, "a string", "is not a string")
		return "", false
	}
	return text, true
}

func (r *Reader) number(field string, raw json.RawMessage) (float64, bool) {
	var v float64
	if len(raw) == 0 || !strings.ContainsRune("-0123456789", rune(raw[0])) || json.Unmarshal(raw, &v) != nil {
		r.wrong(field, raw, "a number", "is not a number")
		return 0, false
	}
	return v, true
}

// clip shortens what a client sent before it is repeated to it.
func clip(text string) string {
	const most = 100
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
