// Package feedtest makes the files that readers read in their tests, and keeps what
// they find.
package feedtest

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
)

// File writes a file of a name that lives as long as the test.
func File(tb testing.TB, name string, content []byte) feed.File {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		tb.Fatal(err)
	}
	return feed.File{Path: path}
}

// Found is a feed.Visitor that keeps everything.
type Found struct {
	Records  []feed.Record
	Problems []feed.Problem
}

var _ feed.Visitor = (*Found)(nil)

// Record keeps a copy of r.
func (f *Found) Record(r *feed.Record) error {
	c := *r
	c.Fields = slices.Clone(r.Fields)
	f.Records = append(f.Records, c)
	return nil
}

// Problem keeps p.
func (f *Found) Problem(p feed.Problem) error {
	f.Problems = append(f.Problems, p)
	return nil
}
