// Package feedtest keeps what a reader of files finds, for its tests.
package feedtest

import (
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
)

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
