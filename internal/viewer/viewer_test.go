package viewer

import (
	"bytes"
	"compress/gzip"
	"path"
	"regexp"
	"strings"
	"testing"
)

func files(t *testing.T) map[string]File {
	t.Helper()
	all, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestComplete holds that the page names only files that are there, and no other
// server.
func TestComplete(t *testing.T) {
	all := files(t)
	address := regexp.MustCompile(`(?:href|src)="([^"]+)"|url\(["']?([^"')]+)`)
	for _, name := range []string{"index.html", "app.css"} {
		found := address.FindAllStringSubmatch(string(all[name].Content), -1)
		if len(found) < 5 {
			t.Errorf("%s names only %d files", name, len(found))
		}
		for _, m := range found {
			target := m[1] + m[2]
			file, ours := strings.CutPrefix(target, "/viewer/")
			switch {
			case ours && all[file].Content == nil:
				t.Errorf("%s names %s, which is not there", name, target)
			case !ours && !strings.HasPrefix(target, "/") && !strings.HasPrefix(target, "#"):
				t.Errorf("%s names %s, which is not ours", name, target)
			}
		}
	}
}

// TestNothingInline holds what the Content-Security-Policy demands of the page.
func TestNothingInline(t *testing.T) {
	page := string(files(t)["index.html"].Content)
	for _, pattern := range []string{`<style`, `style="`, `<script>`, ` on[a-z]+="`, `javascript:`} {
		if regexp.MustCompile(pattern).MatchString(page) {
			t.Errorf("the page has %s", pattern)
		}
	}
}

// TestScriptsAreSmall holds the bar: all scripts together, compressed by gzip.
func TestScriptsAreSmall(t *testing.T) {
	const bar = 350_000
	total := 0
	for name, f := range files(t) {
		if path.Ext(name) != ".js" {
			continue
		}
		var out bytes.Buffer
		w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
		_, _ = w.Write(f.Content)
		_ = w.Close()
		total += out.Len()
	}
	t.Logf("%d bytes of scripts, gzip", total)
	if total == 0 || total > bar {
		t.Errorf("%d bytes of scripts, gzip; the bar is %d", total, bar)
	}
}
