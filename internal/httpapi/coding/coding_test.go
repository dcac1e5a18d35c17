package coding

import (
	"bytes"
	"compress/gzip"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func TestNegotiate(t *testing.T) {
	for _, c := range []struct {
		fields []string
		want   Coding
		ok     bool
	}{
		{nil, Identity, true},
		{[]string{""}, Identity, true},
		{[]string{"gzip"}, Gzip, true},
		{[]string{"GZip"}, Gzip, true},
		{[]string{"x-gzip"}, Gzip, true},
		{[]string{"zstd"}, Zstd, true},
		{[]string{"gzip, zstd"}, Zstd, true},
		{[]string{"zstd, gzip"}, Zstd, true},
		{[]string{"gzip, deflate, br, zstd"}, Zstd, true},
		{[]string{"gzip", "zstd;q=0.5"}, Gzip, true},
		{[]string{"gzip;q=0.5,zstd;q=0.4"}, Gzip, true},
		{[]string{"gzip;q=0"}, Identity, true},
		{[]string{"br"}, Identity, true},
		{[]string{"*"}, Zstd, true},
		{[]string{"*;q=0.1, zstd;q=0"}, Gzip, true},
		{[]string{"identity"}, Identity, true},
		{[]string{"identity;q=0.5, gzip;q=0.2"}, Identity, true},
		{[]string{"gzip;q=0.2, identity;q=0.5, zstd;q=0.2"}, Identity, true},
		{[]string{"gzip;q=0.001"}, Gzip, true},
		{[]string{"identity;q=0"}, Identity, false},
		{[]string{"identity;q=0, gzip"}, Gzip, true},
		{[]string{"*;q=0"}, Identity, false},
		{[]string{"br, *;q=0"}, Identity, false},
		{[]string{"*;q=0, identity"}, Identity, true},
		{[]string{"gzip;q=0, zstd;q=0, identity;q=0"}, Identity, false},
		{[]string{" gzip ; q = 0.9 , zstd;q=0.8"}, Gzip, true},
		{[]string{"gzip;q=2, zstd;q=x, ;q=1, gzip;p=1"}, Identity, true},
		{[]string{"gzip;q=1.001"}, Identity, true},
		{[]string{"gzip;q=1.000"}, Gzip, true},
		{[]string{"gzip;q="}, Identity, true},
	} {
		if got := Negotiate(c.fields); got.Best != c.want || got.None == c.ok {
			t.Errorf("Negotiate(%q) = %+v, want %v, %v", c.fields, got, c.want, c.ok)
		}
	}
}

func FuzzNegotiate(f *testing.F) {
	f.Add("gzip;q=0.5, zstd, *;q=0")
	f.Add("identity;q=0,,;;q")
	f.Fuzz(func(t *testing.T, field string) {
		p := Negotiate([]string{field})
		if int(p.Best) >= Count || p.None && (p.Identity || p.Best != Identity) {
			t.Fatalf("Negotiate(%q) = %+v", field, p)
		}
		// An identity that nobody refused is always to be had.
		if p := Negotiate([]string{field, "identity;q=0.001"}); !p.Identity || p.None {
			t.Fatalf("Negotiate(%q + identity) = %+v", field, p)
		}
	})
}

func TestNegotiateAllocatesNothing(t *testing.T) {
	fields := []string{"gzip, deflate, br;q=0.9, zstd;q=0.8"}
	if n := testing.AllocsPerRun(100, func() { Negotiate(fields) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func decode(c Coding, coded []byte) ([]byte, error) {
	var r io.Reader = bytes.NewReader(coded)
	switch c {
	case Gzip:
		g, err := gzip.NewReader(r)
		if err != nil {
			return nil, err
		}
		r = g
	case Zstd:
		z, err := zstd.NewReader(r)
		if err != nil {
			return nil, err
		}
		defer z.Close()
		r = z
	}
	return io.ReadAll(r)
}

func TestCodecsRoundTrip(t *testing.T) {
	codecs, err := NewCodecs(2)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	bodies := [][]byte{{}, []byte("a"), bytes.Repeat([]byte("Hà Nội "), 100_000)}
	noise := make([]byte, 2<<20)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	bodies = append(bodies, noise)
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i, body := range bodies {
				for c := range Coding(Count) {
					coded := codecs.Append([]byte("head"), body, c)
					if string(coded[:4]) != "head" {
						t.Errorf("worker %d, body %d, %v: what was in dst is gone", worker, i, c)
						continue
					}
					if got, err := decode(c, coded[4:]); err != nil || !bytes.Equal(got, body) {
						t.Errorf("worker %d, body %d, %v: %d bytes come back (%v), want %d", worker, i, c, len(got), err, len(body))
					}
					if again := codecs.Append(nil, body, c); !bytes.Equal(again, coded[4:]) {
						t.Errorf("body %d, %v: two runs differ", i, c)
					}
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkAppend(b *testing.B) {
	codecs, err := NewCodecs(1)
	if err != nil {
		b.Fatal(err)
	}
	body := bytes.Repeat([]byte(`{"type":"Feature","id":17,"geometry":{"type":"Point","coordinates":[105.85,21.02]}},`), 40)
	for c := range Coding(Count) {
		b.Run(c.String(), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			dst := make([]byte, 0, 2*len(body))
			for b.Loop() {
				codecs.Append(dst, body, c)
			}
		})
	}
}

// TestStream reads back what streams in turn, and some that broke off, compressed.
func TestStream(t *testing.T) {
	c, err := NewCodecs(1)
	if err != nil {
		t.Fatal(err)
	}
	want := bytes.Repeat([]byte("Hồ Hoàn Kiếm "), 20_000)
	for range 3 {
		for _, coding := range []Coding{Identity, Gzip, Zstd} {
			var out bytes.Buffer
			s := c.Stream(&out, coding)
			for rest := want; len(rest) > 0; {
				n, err := s.Write(rest[:min(len(rest), 9_999)])
				if err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			if err := s.End(true); err != nil {
				t.Fatal(err)
			}
			got, err := decode(coding, out.Bytes())
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%v: %d bytes, %v", coding, len(got), err)
			}
			if coding != Identity && out.Len() > len(want)/10 {
				t.Errorf("%v: %d bytes of %d", coding, out.Len(), len(want))
			}
			var broken bytes.Buffer
			s = c.Stream(&broken, coding)
			if _, err := s.Write(want); err != nil {
				t.Fatal(err)
			}
			if err := s.End(false); err != nil {
				t.Fatal(err)
			}
			if got, err := decode(coding, broken.Bytes()); coding != Identity && err == nil && len(got) > 0 {
				t.Errorf("%v: a broken stream reads as a whole one of %d bytes", coding, len(got))
			}
		}
	}
}
