package codec

import (
	"database/sql/driver"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// SQLite keeps anything in any column, and every program writes time in its own
// way.
func TestDecodeValueOfOthers(t *testing.T) {
	day := city.Date(time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC))
	instant := city.Instant(time.Date(2025, 7, 1, 8, 30, 5, 0, time.UTC))
	for _, test := range []struct {
		kind   city.Kind
		stored driver.Value
		want   city.Value
	}{
		{city.KindString, nil, city.Null},
		{city.KindString, "", city.String("")},
		{city.KindString, int64(7), city.String("7")},
		{city.KindString, 1.5, city.String("1.5")},
		{city.KindString, []byte("Hà Nội"), city.String("Hà Nội")},
		{city.KindInteger, 12.0, city.Integer(12)},
		{city.KindInteger, 12.5, city.Null},
		{city.KindInteger, 1e300, city.Null},
		{city.KindInteger, " 42 ", city.Integer(42)},
		{city.KindInteger, "many", city.Null},
		{city.KindNumber, int64(3), city.Number(3)},
		{city.KindNumber, "2.5", city.Number(2.5)},
		{city.KindNumber, "NaN", city.Null},
		{city.KindNumber, []byte{1}, city.Null},
		{city.KindBoolean, int64(2), city.Boolean(true)},
		{city.KindBoolean, int64(0), city.Boolean(false)},
		{city.KindBoolean, "true", city.Boolean(true)},
		{city.KindBoolean, "yes", city.Null},
		{city.KindDate, "2025-07-01", day},
		{city.KindDate, "2025-07-01T23:59:59Z", day},
		{city.KindDate, "01/07/2025", city.Null},
		{city.KindDate, "2025-02-30", city.Null},
		{city.KindInstant, "2025-07-01T08:30:05Z", instant},
		{city.KindInstant, "2025-07-01T08:30:05.000Z", instant},
		{city.KindInstant, "2025-07-01 08:30:05", instant},
		{city.KindInstant, "2025-07-01T15:30:05+07:00", instant},
		{city.KindInstant, "2025-07-01 15:30:05+07:00", instant},
		{city.KindInstant, "yesterday", city.Null},
		{city.KindJSON, "[1, 2]", mustJSONValue(t, "[1,2]")},
		{city.KindJSON, "{", city.Null},
	} {
		if got := DecodeValue(test.kind, test.stored); got != test.want {
			t.Errorf("%s of %#v: %s %q, want %s %q", test.kind, test.stored, got.Kind(), got, test.want.Kind(), test.want)
		}
	}
}

func mustJSONValue(t testing.TB, text string) city.Value {
	t.Helper()
	v, err := city.JSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestKindOf(t *testing.T) {
	for declared, want := range map[string]city.Kind{
		"TEXT": city.KindString, "TEXT(50)": city.KindString, "VARCHAR(20)": city.KindString, "": city.KindString,
		"MEDIUMINT": city.KindInteger, "INTEGER": city.KindInteger, "TINYINT": city.KindInteger, "INT8": city.KindInteger,
		"REAL": city.KindNumber, "DOUBLE": city.KindNumber, "FLOAT": city.KindNumber, "NUMERIC(10,2)": city.KindNumber,
		"BOOLEAN": city.KindBoolean, "DATE": city.KindDate, "DATETIME": city.KindInstant, "BLOB": city.KindNull, "BLOB(10)": city.KindNull,
	} {
		if got := KindOf(declared, false); got != want {
			t.Errorf("KindOf(%q) = %s, want %s", declared, got, want)
		}
	}
	if got := KindOf("TEXT", true); got != city.KindJSON {
		t.Errorf("text with the media type of JSON is %s", got)
	}
}

// FuzzValue stores whatever text gives a value and reads it back.
func FuzzValue(f *testing.F) {
	for kind := city.KindString; kind <= city.KindJSON; kind++ {
		for _, text := range []string{"Hà Nội", "12", "-0.5", "true", "2025-07-01", "2025-07-01T08:30:05.123456Z", `{"a":[1]}`, ""} {
			f.Add(uint8(kind), text)
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, text string) {
		k := city.Kind(kind%uint8(city.KindJSON)) + 1
		v, err := Coerce(k, DecodeValue(k, text))
		if err != nil {
			return
		}
		if again := DecodeValue(k, EncodeValue(v)); again != v {
			t.Errorf("%s %q was stored as %#v and read as %q", k, v, EncodeValue(v), again)
		}
	})
}
