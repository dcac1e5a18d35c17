package main

import (
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/ingest"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
)

// TestWriteIssues says where each example is, and nothing where it is the file as a whole.
func TestWriteIssues(t *testing.T) {
	var b strings.Builder
	writeIssues(&b, []ingest.Issue{{Layer: "a", Action: feed.Noted, Reason: "r", Count: 2, Examples: []ingest.Example{
		{File: "a.csv", At: feed.Position{}.String(), Detail: "the file does not say"},
		{File: "a.csv", At: feed.Position{Line: 3}.String(), Detail: "d"},
	}}})
	const want = "a: noted: r (2)\n    a.csv: the file does not say\n    a.csv: line 3 d\n"
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}
