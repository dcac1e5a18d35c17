package coding

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// TestParts joins parts of many lengths, none among them, in one stream: it reads
// as their contents one after the other, and is the same for the same parts.
func TestParts(t *testing.T) {
	codecs, err := NewCodecs(1)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 5))
	for range 100 {
		var parts []Part
		var want []byte
		for range r.IntN(6) {
			content := make([]byte, r.IntN(1<<r.IntN(18)))
			for i := range content {
				content[i] = byte(r.IntN(1 + r.IntN(256)))
			}
			p := codecs.Part(content)
			if again := codecs.Part(content); !bytes.Equal(again.Deflated, p.Deflated) || again.CRC != p.CRC {
				t.Fatalf("%d bytes: two runs differ", len(content))
			}
			parts, want = append(parts, p), append(want, content...)
		}
		// The reader compares CRC and length.
		got, err := decode(Gzip, AppendParts(nil, parts))
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%d parts: %d bytes come back (%v), want %d", len(parts), len(got), err, len(want))
		}
	}
}
