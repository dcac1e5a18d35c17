package city

import "testing"

func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "Cầu Chương Dương": "Cầu Chương Dương", "a\x1b[2Jb": "a\uFFFD[2Jb", "a\tb\r\nc": "a\uFFFDb\uFFFD\uFFFDc",
		"a\u0085b": "a\uFFFDb", "a\u202Eb": "a\uFFFDb", "\xff": "\uFFFD",
	} {
		if got := OneLine(text); got != want {
			t.Errorf("OneLine(%q) = %q, want %q", text, got, want)
		}
	}
}
