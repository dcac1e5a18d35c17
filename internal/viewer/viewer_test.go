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
	for name, least := range map[string]int{"index.html": 5, "embed.html": 5, "example.html": 4, "app.css": 5} {
		found := address.FindAllStringSubmatch(string(all[name].Content), -1)
		if len(found) < least {
			t.Errorf("%s names only %d files", name, len(found))
		}
		for _, m := range found {
			target := m[1] + m[2]
			target, _, _ = strings.Cut(target, "#")
			file, ours := strings.CutPrefix(target, "/viewer/")
			switch {
			case ours && all[file].Content == nil:
				t.Errorf("%s names %s, which is not there", name, target)
			case !ours && !strings.HasPrefix(target, "/") && target != "":
				t.Errorf("%s names %s, which is not ours", name, target)
			}
		}
	}
}

// TestNothingInline holds what the Content-Security-Policy demands of the page.
func TestNothingInline(t *testing.T) {
	all := files(t)
	for _, name := range []string{"index.html", "embed.html", "example.html"} {
		for _, pattern := range []string{`<style`, `style="`, `<script>`, ` on[a-z]+="`, `javascript:`} {
			if all[name].Content == nil || regexp.MustCompile(pattern).Match(all[name].Content) {
				t.Errorf("%s is not there or has %s", name, pattern)
			}
		}
	}
}

// TestScriptsAreSmall holds the bar: the scripts that the map begins with, the
// worker's too, compressed by gzip. What is loaded when it is used comes on top.
func TestScriptsAreSmall(t *testing.T) {
	const bar, barWithRest = 350_000, 380_000
	all := files(t)
	begins := map[string]bool{"worker.js": true}
	for _, m := range regexp.MustCompile(`"/viewer/([^"]+\.js)"`).FindAllStringSubmatch(string(all["index.html"].Content), -1) {
		begins[m[1]] = true
	}
	first, total := 0, 0
	for name, f := range all {
		if path.Ext(name) != ".js" {
			continue
		}
		var out bytes.Buffer
		w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
		_, _ = w.Write(f.Content)
		_ = w.Close()
		total += out.Len()
		if begins[name] {
			first += out.Len()
		}
	}
	t.Logf("%d bytes of scripts to begin with, %d in all, gzip", first, total)
	if len(begins) < 3 || first > bar || total > barWithRest {
		t.Errorf("%d bytes of scripts to begin with, %d in all, gzip; the bars are %d and %d", first, total, bar, barWithRest)
	}
}
