package check

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Severity says how much a finding matters.
type Severity string

// The severities, gravest first.
const (
	Error   Severity = "error"   // a mistake
	Warning Severity = "warning" // a person should look
	Info    Severity = "info"    // true, and not to be hidden
)

// Check names one kind of test.
type Check string

// The checks, in the order of the report.
const (
	LayerDefined   Check = "layer-defined"   // the layer's definition is valid and agrees with the catalogue
	PropertyTyped  Check = "property-typed"  // values have the declared types
	CodeUnique     Check = "code-unique"     // keys are there, unique and not confusable
	GeometryValid  Check = "geometry-valid"  // finite, in range, closed, of some length, simple
	NameNFC        Check = "name-nfc"        // text is UTF-8 in normal form C
	StatusKnown    Check = "status-known"    // a stage of life, that fits the dates
	DatesInOrder   Check = "dates-in-order"  // what comes first has the earlier date
	Duplicate      Check = "duplicate"       // same shape and name twice in a layer
	InsideCity     Check = "inside-city"     // something of it lies inside the city outline
	LengthMeasured Check = "length-measured" // length_km_measured is the length of the shape
	RingLength     Check = "ring-length"     // sections sum to the official length
	RingJoined     Check = "ring-joined"     // consecutive sections share a vertex
	OnRing         Check = "on-ring"         // what names a ring lies on it
	NeedsVerifying Check = "needs-verifying" // marked doubtful by whoever entered it
)

// Checks lists all checks in the order of the report.
func Checks() []Check {
	return []Check{
		LayerDefined, PropertyTyped, CodeUnique, GeometryValid, NameNFC, StatusKnown, DatesInOrder,
		Duplicate, InsideCity, LengthMeasured, RingLength, RingJoined, OnRing, NeedsVerifying,
	}
}

// Row is one finding.
type Row struct {
	Check    Check        `json:"check"`
	Severity Severity     `json:"severity"`
	Layer    city.LayerID `json:"layer"`
	Feature  string       `json:"feature,omitempty"` // code or other key, or #id; empty for a whole layer
	Name     string       `json:"name,omitempty"`    // Vietnamese
	Message  string       `json:"message"`
}

// Count is how many findings a check made, those beyond MaxRows included.
type Count struct {
	Check    Check `json:"check"`
	Errors   int   `json:"errors"`
	Warnings int   `json:"warnings"`
	Infos    int   `json:"infos"`
}

// Summary counts what was looked at and what was found.
type Summary struct {
	Layers   int     `json:"layers"`
	Features int     `json:"features"`
	Errors   int     `json:"errors"`
	Warnings int     `json:"warnings"`
	Infos    int     `json:"infos"`
	Checks   []Count `json:"checks"` // every check, in the order of Checks
}

// Report is the outcome of Run: rows ordered by check, then as the store
// orders layers and features.
type Report struct {
	Rows    []Row   `json:"rows"`
	Summary Summary `json:"summary"`
}

// OK reports whether there are no errors; warnings do not count.
func (r *Report) OK() bool { return r.Summary.Errors == 0 }

// WriteTable writes the rows as an aligned table and a last line with the
// counts.
func (r *Report) WriteTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if len(r.Rows) > 0 {
		fmt.Fprintln(t, "SEVERITY\tCHECK\tLAYER\tFEATURE\tNAME\tMESSAGE")
	}
	for _, row := range r.Rows {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", row.Severity, row.Check, row.Layer, city.OneLine(dash(row.Feature)), city.OneLine(dash(row.Name)), city.OneLine(row.Message))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	s := r.Summary
	_, err := fmt.Fprintf(w, "%d layers, %d features: %d errors, %d warnings, %d notes\n", s.Layers, s.Features, s.Errors, s.Warnings, s.Infos)
	return err
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// recorder collects rows, at most maxRows for each check and layer, and counts
// all of them.
type recorder struct {
	maxRows int
	rows    []Row
	kept    map[checkedLayer]int
	counts  map[Check]*Count
}

type checkedLayer struct {
	check Check
	layer city.LayerID
}

func newRecorder(maxRows int) *recorder {
	r := &recorder{maxRows: maxRows, kept: map[checkedLayer]int{}, counts: map[Check]*Count{}}
	for _, c := range Checks() {
		r.counts[c] = &Count{Check: c}
	}
	return r
}

func (r *recorder) add(row Row) {
	switch c := r.counts[row.Check]; row.Severity {
	case Error:
		c.Errors++
	case Warning:
		c.Warnings++
	default:
		c.Infos++
	}
	key := checkedLayer{row.Check, row.Layer}
	r.kept[key]++
	if r.maxRows < 0 || r.kept[key] <= r.maxRows {
		r.rows = append(r.rows, row)
	}
}

// report orders the rows and says how many were left out, and where.
func (r *recorder) report(layers, features int) Report {
	order := map[Check]int{}
	out := Report{Summary: Summary{Layers: layers, Features: features}}
	for i, c := range Checks() {
		order[c] = i
		n := *r.counts[c]
		out.Summary.Checks = append(out.Summary.Checks, n)
		out.Summary.Errors += n.Errors
		out.Summary.Warnings += n.Warnings
		out.Summary.Infos += n.Infos
	}
	rows := make([]Row, 0, len(r.rows))
	seen := map[checkedLayer]int{}
	for _, row := range r.rows {
		rows = append(rows, row)
		key := checkedLayer{row.Check, row.Layer}
		seen[key]++
		if more := r.kept[key] - r.maxRows; r.maxRows > 0 && more > 0 && seen[key] == r.maxRows {
			rows = append(rows, Row{Check: row.Check, Severity: Info, Layer: row.Layer, Message: fmt.Sprintf("… and %d more", more)})
		}
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return order[a.Check] - order[b.Check] })
	out.Rows = rows
	return out
}
