package cql2

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
)

// folded is CASEI or ACCENTI of a text.
type folded struct {
	op expr.Op
	v  value
}

func (f folded) of(e *env) city.Value {
	v := f.v.of(e)
	if v.IsNull() {
		return v
	}
	return city.String(e.fold(f.op, v.Text()))
}

// folding is CASEI or ACCENTI of texts, letter by letter: what a letter becomes is
// remembered. It takes a fifth of the time that the whole text takes, or less.
type folding struct {
	op      expr.Op
	letters map[rune]string
	caser   cases.Caser // has a state
	buf     []byte
}

func newFolding(op expr.Op) folding {
	return folding{op: op, letters: map[rune]string{}, caser: cases.Fold()}
}

// fold returns a text folded, in NFC.
func (e *env) fold(op expr.Op, text string) string {
	if op == expr.CaseI {
		return e.caseI.text(text)
	}
	return e.accentI.text(text)
}

func (f *folding) text(text string) string {
	f.buf = f.buf[:0]
	for _, r := range text {
		if r < utf8.RuneSelf {
			if f.op == expr.CaseI && r >= 'A' && r <= 'Z' {
				r += 'a' - 'A'
			}
			f.buf = append(f.buf, byte(r))
			continue
		}
		letter, ok := f.letters[r]
		if !ok {
			letter = f.letter(r)
		}
		if letter == "" { // it joins the one before it
			return f.whole(text)
		}
		f.buf = append(f.buf, letter...)
	}
	return string(f.buf)
}

// maxLetters bounds what a folding remembers: a text may have any characters.
const maxLetters = 4096

// letter folds one character; "" where it, or what it becomes, may be composed
// with what stands before it, or becomes nothing.
func (f *folding) letter(r rune) string {
	before := func(s string) bool { return norm.NFC.PropertiesString(s).BoundaryBefore() }
	letter := f.whole(string(r))
	if letter == "" || r == utf8.RuneError || !before(string(r)) || !before(letter) {
		letter = ""
	}
	if len(f.letters) < maxLetters {
		f.letters[r] = letter
	}
	return letter
}

// whole folds a text at once.
func (f *folding) whole(text string) string {
	if f.op == expr.CaseI {
		return foldCase(f.caser, text)
	}
	return foldAccents(text)
}

// foldCase returns the text in full case folding (Unicode 3.13, D144), in NFC.
// Both sides of a comparison pass here: ß is ss, and both sigmas are one.
func foldCase(caser cases.Caser, text string) string {
	return norm.NFC.String(caser.String(norm.NFC.String(text)))
}

// foldAccents returns the text without the marks on its letters. The marks that
// tell kana apart stay (recommendation on special Japanese non-spacing marks).
func foldAccents(text string) string {
	const voiced, halfVoiced = '\u3099', '\u309a'
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case r == voiced || r == halfVoiced:
			return r
		case unicode.Is(unicode.Mn, r):
			return -1
		}
		return withoutStroke(r)
	}, norm.NFD.String(text)))
}

// withoutStroke returns the letter under a stroke, which Unicode does not take
// apart.
func withoutStroke(r rune) rune {
	switch r {
	case 'đ', 'ð':
		return 'd'
	case 'Đ', 'Ð':
		return 'D'
	case 'ø':
		return 'o'
	case 'Ø':
		return 'O'
	case 'ł':
		return 'l'
	case 'Ł':
		return 'L'
	case 'ħ':
		return 'h'
	case 'Ħ':
		return 'H'
	case 'ŧ':
		return 't'
	case 'Ŧ':
		return 'T'
	case 'ı':
		return 'i'
	}
	return r
}

// like is LIKE with a pattern that is known.
type like struct {
	v       value
	pattern pattern
}

func (l *like) test(e *env) truth {
	v := l.v.of(e)
	if v.IsNull() {
		return unknown
	}
	return truthOf(l.pattern.matches(v.Text()))
}

// pattern is a LIKE pattern: % stands for any characters, _ for one, and what
// follows a backslash for itself.
type pattern []part

// part is one character of a pattern, or a wildcard.
type part struct {
	char rune
	kind partKind
}

type partKind uint8

const (
	exactly partKind = iota
	anyOne
	anyMany
)

func newPattern(text string) pattern {
	var p pattern
	escaped := false
	for _, r := range text {
		switch {
		case escaped:
			p, escaped = append(p, part{char: r}), false
		case r == '\\':
			escaped = true
		case r == '_':
			p = append(p, part{kind: anyOne})
		case r == '%':
			if n := len(p); n == 0 || p[n-1].kind != anyMany {
				p = append(p, part{kind: anyMany})
			}
		default:
			p = append(p, part{char: r})
		}
	}
	if escaped { // a backslash at the end stands for itself
		p = append(p, part{char: '\\'})
	}
	return p
}

// matches takes time in proportion to the two lengths multiplied at most: only
// the last % is tried again.
func (p pattern) matches(text string) bool {
	at, i := 0, 0
	again, resume := -1, 0
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case i < len(p) && p[i].kind == anyMany:
			again, resume = i, at
			i++
		case i < len(p) && (p[i].kind == anyOne || p[i].char == r):
			at += size
			i++
		case again >= 0:
			_, skipped := utf8.DecodeRuneInString(text[resume:])
			resume += skipped
			at, i = resume, again+1
		default:
			return false
		}
	}
	return i == len(p) || i == len(p)-1 && p[i].kind == anyMany
}
