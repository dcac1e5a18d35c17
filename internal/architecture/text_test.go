package architecture

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// moduleRoot is the directory of the project.
func moduleRoot(t *testing.T) string {
	t.Helper()
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(root))
}

// TestTextIsNFC demands that every text file of the project is NFC UTF-8: a
// Vietnamese letter typed as a base and a combining mark is another string, and
// finds nothing.
func TestTextIsNFC(t *testing.T) {
	root := moduleRoot(t)
	checked := 0
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch name := d.Name(); {
		case d.IsDir() && (name == ".git" || name == "node_modules" || name == "bin" || name == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || !isText(name):
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		checked++
		if !utf8.Valid(content) {
			t.Errorf("%s is not UTF-8", path)
		} else if !norm.NFC.IsNormal(content) {
			t.Errorf("%s is not NFC", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if checked < 20 {
		t.Fatalf("only %d files found", checked)
	}
}

func isText(name string) bool {
	switch filepath.Ext(name) {
	case ".go", ".md", ".yaml", ".yml", ".json", ".geojson", ".sql", ".ts", ".css", ".html":
		return true
	}
	return false
}
