package snapshot

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// TestAppendJSON holds what a table writes against what its values write.
func TestAppendJSON(t *testing.T) {
	object, err := city.JSON([]byte(`{"a":[1,"<"]}`))
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 28, 13, 14, 15, 123_456_000, time.UTC)
	values := []city.Value{
		city.String(""), city.String("Phố Tràng Tiền"), city.String(`"`), city.String(`\`), city.String("a<b>&c"),
		city.String("\n"), city.String("\x00\x1f\x7f"), city.String("\u2028"), city.String("\u2029"), city.String("\u2027"),
		city.String("\xff"), city.String("\xe1\xbb"), city.String("\ufffd"), city.String("😀"), city.String("\xed\xa0\x80"),
		city.String(strings.Repeat("Ngõ ", 31)), city.String(strings.Repeat("x", 127)), city.String(strings.Repeat("x", 128)),
		city.String(strings.Repeat("ộ", 6_000)), city.String(strings.Repeat("x", 20_000) + `"`),
		city.Integer(-7), city.Integer(1 << 62), city.Number(1e-7), city.Number(2.5), city.Boolean(true), city.Boolean(false),
		city.Date(day), city.Date(day.AddDate(-3000, 0, 0)), city.Instant(day), object, city.Null,
	}
	keys := []city.Property{{Name: "name"}, {Name: `đường "<1>"`}}
	table := newWorkshop(keys).table
	for _, v := range values {
		table.add(v)
	}
	for i, v := range values {
		if got, want := string(table.AppendJSON([]byte("x"), uint32(i))), "x"+string(v.AppendJSON(nil)); got != want {
			t.Errorf("value %d: %.80s, want %.80s", i, got, want)
		}
	}
	for i, want := range []string{`,"name":`, `,"đường \"\u003c1\u003e\"":`} {
		if got := string(table.AppendMember([]byte("x"), uint32(i))); got != "x"+want {
			t.Errorf("member %d: %s, want %s", i, got, want)
		}
	}
	broken := table
	broken.json = slices.Clone(table.json)
	broken.json[3] = '"'
	seen := false
	for i := range uint32(len(values)) {
		if err := table.check(i); err != nil {
			t.Error(err)
		}
		seen = seen || broken.check(i) != nil
	}
	if !seen {
		t.Error("check does not see a quote that is not escaped")
	}
}

func FuzzAppendJSON(f *testing.F) {
	f.Add("Ngõ 1 <Trần>")
	f.Add("\xff\u2028")
	f.Fuzz(func(t *testing.T, text string) {
		table := newWorkshop(nil).table
		v := city.String(text)
		if got, want := table.AppendJSON(nil, table.add(v)), v.AppendJSON(nil); string(got) != string(want) {
			t.Fatalf("%q: %s, want %s", text, got, want)
		}
	})
}
