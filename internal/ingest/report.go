package ingest

import (
	"cmp"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
)

// Report says what an import did. It marshals to JSON.
type Report struct {
	Files  []FileReport  `json:"files"`
	Layers []LayerReport `json:"layers"`
	Issues []Issue       `json:"issues"` // worst first
}

// FileReport is about one file.
type FileReport struct {
	Path   string `json:"path"`
	Format Format `json:"format"`
	CRS    string `json:"crs,omitempty"` // of its coordinates, such as EPSG:32648
}

// LayerReport is about one layer. Read = Stored + Skipped.
type LayerReport struct {
	Layer    city.LayerID `json:"layer"`
	Created  bool         `json:"created"`
	Key      string       `json:"key"`             // property that features are recognised by
	Added    []string     `json:"added,omitempty"` // properties appended to the layer
	Read     int64        `json:"read"`
	Stored   int64        `json:"stored"` // handed to the store, changed or not
	Skipped  int64        `json:"skipped"`
	Repaired int64        `json:"repaired"`
}

// Issue counts one kind of problem.
type Issue struct {
	Layer    city.LayerID `json:"layer,omitempty"`
	Reason   string       `json:"reason"`
	Action   feed.Action  `json:"action"`
	Count    int64        `json:"count"`
	Examples []Example    `json:"examples"` // the first ones
}

// Example is one place where a problem was.
type Example struct {
	File   string `json:"file"`
	At     string `json:"at"`
	Detail string `json:"detail,omitempty"`
}

// Faults counts what a strict import would refuse.
func (r *Report) Faults() int64 {
	n := int64(0)
	for _, i := range r.Issues {
		if i.Action != feed.Noted {
			n += i.Count
		}
	}
	return n
}

// Nothing reports that there were features and that all were skipped.
func (r *Report) Nothing() bool {
	read, stored := int64(0), int64(0)
	for _, l := range r.Layers {
		read, stored = read+l.Read, stored+l.Stored
	}
	return read > 0 && stored == 0
}

// severity orders actions, worst first.
func severity(a feed.Action) int {
	return slices.Index([]feed.Action{feed.Skipped, feed.Dropped, feed.Repaired, feed.Kept, feed.Noted}, a)
}

// ledger gathers issues, with a bounded number of examples of each.
type ledger struct {
	limit  int
	issues map[issueKey]*Issue
}

type issueKey struct {
	layer  city.LayerID
	reason string
	action feed.Action
}

func newLedger(limit int) *ledger {
	if limit <= 0 {
		limit = defaultExamples
	}
	return &ledger{limit: limit, issues: map[issueKey]*Issue{}}
}

func (l *ledger) add(layer city.LayerID, file string, p feed.Problem) {
	key := issueKey{layer, p.Reason, p.Action}
	issue := l.issues[key]
	if issue == nil {
		issue = &Issue{Layer: layer, Reason: p.Reason, Action: p.Action}
		l.issues[key] = issue
	}
	issue.Count++
	if len(issue.Examples) < l.limit {
		issue.Examples = append(issue.Examples, Example{File: file, At: p.At.String(), Detail: p.Detail})
	}
}

// sorted returns the issues, worst first, the frequent before the rare.
func (l *ledger) sorted() []Issue {
	out := make([]Issue, 0, len(l.issues))
	for _, issue := range l.issues {
		out = append(out, *issue)
	}
	slices.SortFunc(out, func(a, b Issue) int {
		return cmp.Or(
			cmp.Compare(severity(a.Action), severity(b.Action)),
			cmp.Compare(b.Count, a.Count),
			cmp.Compare(a.Layer, b.Layer),
			cmp.Compare(a.Reason, b.Reason),
		)
	})
	return out
}
