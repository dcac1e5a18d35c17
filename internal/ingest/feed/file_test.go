package feed

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"
)

func TestOpen(t *testing.T) {
	const text = "Hà Nội"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(text[:3]))
	_ = z.Close()
	z.Reset(&packed) // gzip files may be joined
	_, _ = z.Write([]byte(text[3:]))
	_ = z.Close()
	bzip, err := base64.StdEncoding.DecodeString(bzipped)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"plain": []byte(text), "gzip": packed.Bytes(), "bzip2": bzip} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		counted := int64(0)
		f := File{Path: path, Count: func(n int64) { counted += n }}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || string(got) != text || counted != f.Size() || counted != int64(len(content)) {
			t.Errorf("%s: %q %v, %d bytes of %d", name, got, err, counted, f.Size())
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if head, err := f.Head(3); string(head) != text[:3] || err != nil {
			t.Errorf("%s: head %q %v", name, head, err)
		}
		if head, err := f.Head(100); string(head) != text || err != nil {
			t.Errorf("%s: head %q %v", name, head, err)
		}
	}
	if _, err := (File{Path: filepath.Join(t.TempDir(), "none")}).Open(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
}

func TestPosition(t *testing.T) {
	for want, p := range map[string]Position{
		"way/7":                       {ID: "way/7"},
		"feature 3, line 4, byte 512": {Index: 3, Line: 4, Offset: 512},
		"file":                        {},
		"roads/5, feature 2":          {ID: "roads/5", Index: 2},
	} {
		if got := p.String(); got != want {
			t.Errorf("%+v: %q, want %q", p, got, want)
		}
	}
}

// bzipped is the text as bzip2 writes it.
const bzipped = "QlpoOTFBWSZTWQrzuWkAAACVPUAAAEEAIAAgQAAACAgAIAAgACINGEIMmIPApxzxdyRThQkArzuWkA=="
