package textenc

import (
	"errors"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

func evidence(texts ...string) Evidence {
	var e Evidence
	for _, t := range texts {
		e.Observe([]byte(t), false)
	}
	return e
}

func TestDecide(t *testing.T) {
	vietnamese := "Phố Hàng Đào"
	legacy, err := charmap.Windows1258.NewEncoder().String("Pho\u0302\u0301 Ha\u0300ng Đa\u0300o")
	if err != nil {
		// 1258 has the circumflex letters composed and the tones as marks.
		legacy, err = charmap.Windows1258.NewEncoder().String("Phô\u0301 Ha\u0300ng Đa\u0300o")
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		stated string
		ldid   byte
		text   string
		want   string
		noted  bool
	}{
		{"stated UTF-8 and true", "UTF-8", 0, vietnamese, "UTF-8", false},
		{"stated UTF-8 and false", "UTF-8", 0, legacy, "windows-1258", true},
		{"stated Latin 1, is UTF-8", "ISO-8859-1", 0, vietnamese, "UTF-8", true},
		{"stated as 88591", "88591", 0, legacy, "ISO-8859-1", false},
		{"stated 1258", "1258", 0, legacy, "windows-1258", false},
		{"nothing stated, UTF-8", "", 0x57, vietnamese, "UTF-8", false},
		{"nothing stated, legacy", "", 0x57, legacy, "windows-1258", true},
		{"language driver Cyrillic", "", 0xC9, legacy, "windows-1251", false},
		{"ASCII only", "", 0, "Hanoi", "UTF-8", false},
	} {
		d, note, err := Decide(c.stated, c.ldid, evidence(c.text))
		if err != nil || d.Name != c.want || (note != "") != c.noted {
			t.Errorf("%s: got %q, note %q, error %v; want %q, noted %v", c.name, d.Name, note, err, c.want, c.noted)
		}
	}
	d, _, err := Decide("", 0, evidence(legacy))
	if err != nil {
		t.Fatal(err)
	}
	if text, ok := d.Decode([]byte(legacy)); !ok || norm.NFC.String(text) != vietnamese {
		t.Errorf("decoded %q, %v", text, ok)
	}
	if _, _, err := Decide("klingon", 0, Evidence{}); !errors.Is(err, ErrUnknown) {
		t.Errorf("unknown name: %v", err)
	}
}

func TestCutCharacter(t *testing.T) {
	b := []byte("Hà Nộ")
	cut := b[:len(b)-1]
	var e Evidence
	e.Observe(cut, true)
	if e.Broken != 0 {
		t.Error("a cut character in a full field counts against UTF-8")
	}
	if text, ok := UTF8().Decode(cut); ok || text != "Hà N" {
		t.Errorf("decoded %q, %v", text, ok)
	}
}

func TestMojibake(t *testing.T) {
	bad, err := charmap.Windows1252.NewDecoder().String("Hà Nội, Đống Đa")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{bad: true, "Hà Nội": false, "São Paulo": false, "Hanoi": false, "Đường Láng": false} {
		if Mojibake(text) != want {
			t.Errorf("%q: want %v", text, want)
		}
	}
}
