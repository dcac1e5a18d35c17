package check

import "testing"

func TestFoldCode(t *testing.T) {
	for code, want := range map[string]string{
		"VD3-4": "vd3-4", "VĐ3–4": "vd3-4", " vd3 4 ": "vd3-4", "VD25-1": "vd25-1", "VD2.5-1": "vd2-5-1",
		"VD2-51": "vd2-51", "": "", "–": "", "Hòa Lạc": "hoa-lac", "đ": "d",
	} {
		if got := foldCode(code); got != want {
			t.Errorf("foldCode(%q) = %q, want %q", code, got, want)
		}
	}
}
