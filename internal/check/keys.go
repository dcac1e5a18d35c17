package check

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// keyring remembers the keys of one layer.
type keyring struct {
	ids    map[int64]bool
	keys   map[string]int64  // key → id of the first feature with it
	codes  map[string]int64  // likewise for code, where that is not the key
	folded map[string]string // folded code → the first code that folds so
}

func newKeyring() keyring {
	return keyring{ids: map[int64]bool{}, keys: map[string]int64{}, codes: map[string]int64{}, folded: map[string]string{}}
}

// key checks that ids, codes and the layer's key are unique, that a layer known
// by codes has them, and that no two codes can be taken for one another.
func (in *inspector) key(f *city.Feature) {
	if in.keys.ids[f.ID] {
		in.report(CodeUnique, Error, f, "id %d occurs twice", f.ID)
	}
	in.keys.ids[f.ID] = true
	if k := in.layer.Key; k != "" && k != city.PropCode {
		in.unique(f, k, in.keys.keys)
	}
	code := in.cols.text(f, city.PropCode)
	if code == "" {
		if in.layer.Key == city.PropCode {
			in.report(CodeUnique, Error, f, "no code")
		}
		return
	}
	if !in.unique(f, city.PropCode, in.keys.codes) {
		return
	}
	folded := foldCode(code)
	if other, ok := in.keys.folded[folded]; ok {
		in.report(CodeUnique, Warning, f, "code %q is easily taken for %q", code, other)
		return
	}
	in.keys.folded[folded] = code
}

// unique reports whether the feature is the first with its value of a property,
// or has none.
func (in *inspector) unique(f *city.Feature, property string, seen map[string]int64) bool {
	v := in.cols.value(f, property)
	if v.IsNull() {
		return true
	}
	text := v.String()
	if first, ok := seen[text]; ok {
		in.report(CodeUnique, Error, f, "%s %q of id %d is also that of id %d", property, text, f.ID, first)
		return false
	}
	seen[text] = f.ID
	return true
}

// foldCode maps codes that a person would confuse to the same text: case,
// diacritics and the kind of punctuation do not count, its places do, so that
// "VĐ3–4" folds to "vd3-4" and "VD2-51" stays apart from "VD25-1".
func foldCode(code string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFD.String(strings.ToLower(code)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ':
			r = 'd'
			fallthrough
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	return b.String()
}
