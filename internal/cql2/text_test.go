package cql2

import (
	"math/rand/v2"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
)

// TestFoldingByLetters compares letter by letter with the text as a whole: each
// character of Unicode alone, between others, and random texts of characters
// that combine.
func TestFoldingByLetters(t *testing.T) {
	r := rand.New(rand.NewPCG(seed, 3))
	combining := []rune("aAơƠđĐeêÊ\u0300\u0301\u0323\u0302\u0309\u031bſßİıΣςKÅ가\u1100\u1161\u11a8かハ\u3099ﬁẞ\u0345ά\u1e9b 1")
	for _, op := range []expr.Op{expr.CaseI, expr.AccentI} {
		f := newFolding(op)
		check := func(text string) {
			if got, want := f.text(text), f.whole(text); got != want {
				t.Fatalf("%s(%+q) = %+q, want %+q", op, text, got, want)
			}
		}
		for c := rune(0); c < 0x3000; c++ {
			check(string(c))
			check("Aê" + string(c) + "Ơx")
		}
		for range 20_000 {
			var text []rune
			for range r.IntN(6) {
				text = append(text, combining[r.IntN(len(combining))])
			}
			check(string(text))
		}
		check("a\xffb")
	}
}

// TestFoldingOfVietnamese knows every letter of the language, and that folding
// twice is folding once.
func TestFoldingOfVietnamese(t *testing.T) {
	const letters = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
	const upper = "AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬBCDĐEÈẺẼÉẸÊỀỂỄẾỆGHIÌỈĨÍỊKLMNOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢPQRSTUÙỦŨÚỤƯỪỬỮỨỰVXYỲỶỸÝỴ"
	const plain = "aaaaaaaaaaaaaaaaaabcddeeeeeeeeeeeeghiiiiiiklmnoooooooooooooooooopqrstuuuuuuuuuuuuvxyyyyyy"
	caseI, accentI := newFolding(expr.CaseI), newFolding(expr.AccentI)
	for _, form := range []norm.Form{norm.NFC, norm.NFD} {
		if got := caseI.text(form.String(upper)); got != letters {
			t.Errorf("casei: %s", got)
		}
		if got := accentI.text(form.String(letters)); got != plain {
			t.Errorf("accenti: %s", got)
		}
		if got := accentI.text(caseI.text(form.String(upper))); got != plain {
			t.Errorf("accenti(casei): %s", got)
		}
		if got := caseI.text(accentI.text(form.String(upper))); got != plain {
			t.Errorf("casei(accenti): %s", got)
		}
	}
	if n := utf8.RuneCountInString(letters); n != len(plain) {
		t.Errorf("%d letters, %d plain", n, len(plain))
	}
	for text, want := range map[string]string{"København": "Kobenhavn", "Łódź": "Lodz", "Straße": "Straße", "が": "が", "Ъ": "Ъ", "Й": "И"} {
		if got := accentI.text(text); got != want {
			t.Errorf("accenti(%s) = %s, want %s", text, got, want)
		}
	}
	if got := caseI.text("ΟΔΟΣ STRASSE"); got != caseI.text("οδος straße") {
		t.Errorf("casei: %s", got)
	}
}
