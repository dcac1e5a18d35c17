package smalldisk

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestFill(t *testing.T) {
	if !Allowed(t) {
		return // it has run elsewhere
	}
	disk := New(t, t.TempDir(), 1<<20)
	file := filepath.Join(disk.Dir(), "file")
	content := bytes.Repeat([]byte("đầy"), 10_000)
	disk.Fill()
	if err := os.WriteFile(file, content, 0o600); !isFull(err) {
		t.Errorf("write to a full disk: %v", err)
	}
	disk.Empty()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Errorf("write when there is room again: %v", err)
	}
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, content) {
		t.Errorf("read: %d bytes, %v", len(got), err)
	}
}
