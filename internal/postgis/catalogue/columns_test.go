package catalogue

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// TestDecodeValueRefuses gives each kind bytes of a length that it cannot have.
func TestDecodeValueRefuses(t *testing.T) {
	text := newInterner()
	for kind := city.KindInteger; kind <= city.KindJSON; kind++ {
		for _, raw := range [][]byte{{}, make([]byte, 3), make([]byte, 9)} {
			if v, err := DecodeValue(kind, ReadNumber, raw, text); err == nil {
				t.Errorf("%d bytes are the %s %v", len(raw), kind, v)
			}
		}
		if v, err := DecodeValue(kind, ReadNumber, nil, text); err != nil || !v.IsNull() {
			t.Errorf("NULL is the %s %v, %v", kind, v, err)
		}
	}
}

// TestWiden wants the number that one would write for the float32.
func TestWiden(t *testing.T) {
	for f, want := range map[float32]float64{0.1: 0.1, 16777216: 16777216, -2.5e-40: -2.5e-40, 0: 0} {
		raw := binary.BigEndian.AppendUint32(nil, math.Float32bits(f))
		if v, err := DecodeValue(city.KindNumber, ReadReal, raw, nil); err != nil || v != city.Number(want) {
			t.Errorf("%v reads as %v, %v", f, v, err)
		}
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		raw := binary.BigEndian.AppendUint32(nil, math.Float32bits(float32(f)))
		if v, err := DecodeValue(city.KindNumber, ReadReal, raw, nil); err != nil || !v.IsNull() {
			t.Errorf("%v reads as %v, %v", f, v, err)
		}
	}
}

// TestInterner gives back what it got, in any order, and one string for equal
// short texts that follow each other.
func TestInterner(t *testing.T) {
	text := newInterner()
	for i := range 20000 {
		raw := []byte{byte(i * 7), byte(i >> 3), byte(i % 5)}
		if got := text.string(raw); got != string(raw) {
			t.Fatalf("text %q came back as %q", raw, got)
		}
	}
	raw := []byte("in_operation")
	text.string(raw)
	if n := testing.AllocsPerRun(100, func() { text.string(raw) }); n != 0 {
		t.Errorf("%v allocations for a text that is known", n)
	}
}
