package feed

import (
	"context"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Position says where in a file something stands. Parts that the format does
// not have are zero.
type Position struct {
	Index  int64  // of the feature or record, from 1
	Line   int64  // from 1
	Offset int64  // bytes from the start of the (decompressed) file; -1 unknown
	ID     string // the file's own name for it, such as way/599647458
}

// String writes the known parts: "way/7", "feature 3, line 3, byte 512".
func (p Position) String() string {
	parts := make([]string, 0, 4)
	if p.ID != "" {
		parts = append(parts, p.ID)
	}
	if p.Index > 0 {
		parts = append(parts, "feature "+strconv.FormatInt(p.Index, 10))
	}
	if p.Line > 0 {
		parts = append(parts, "line "+strconv.FormatInt(p.Line, 10))
	}
	if p.Offset > 0 {
		parts = append(parts, "byte "+strconv.FormatInt(p.Offset, 10))
	}
	if len(parts) == 0 {
		return "file"
	}
	return strings.Join(parts, ", ")
}

// Field is one property of a record. A null value says that the file has the
// property and that it is empty here.
type Field struct {
	Name  string
	Value city.Value
}

// Record is one feature as it stands in a file. The reader reuses the Record
// and its Fields slice after the visitor returns; Geometry and text may be kept.
type Record struct {
	Layer    string // name of the file's layer, "" when it has only one without a name
	At       Position
	Key      string       // the file's own identifier as text, "" when it has none
	ID       int64        // the same when it is a positive integer, otherwise 0
	Geometry orb.Geometry // x, y in the CRS of the file; nil for a null geometry
	Fields   []Field
	Flat     bool // the file has a third or fourth coordinate here, left out
}

// Reset empties r for the next record and keeps its memory.
func (r *Record) Reset() { *r = Record{Fields: r.Fields[:0]} }

// Add appends a field.
func (r *Record) Add(name string, v city.Value) {
	r.Fields = append(r.Fields, Field{Name: name, Value: v})
}

// Action says what became of the thing that a Problem is about.
type Action string

// The actions, from the worst to the mildest. All but Noted are faults, which
// a strict import refuses.
const (
	Skipped  Action = "skipped"  // the feature was left out
	Dropped  Action = "dropped"  // a part or a value was left out, the feature stays
	Repaired Action = "repaired" // the geometry was changed to be valid
	Kept     Action = "kept"     // questionable, but stored as it is
	Noted    Action = "noted"    // worth knowing, nothing is lost or wrong
)

// Problem is something that the person who imports should know.
type Problem struct {
	Layer  string
	At     Position
	Reason string // one of a small fixed set, so that problems can be counted
	Detail string // what exactly, with the values
	Action Action
}

// Visitor receives what a reader finds, in file order. An error from it stops
// the reader, which returns that error.
type Visitor interface {
	Record(*Record) error
	Problem(Problem) error
}

// Schema describes one layer of a file.
type Schema struct {
	Name string
	// Identifier is how the format calls Record.Key, which is no property: id in
	// GeoJSON and OSM, the primary key of a table. Empty when there is no such thing.
	Identifier string
	// CRS is what the file says about its coordinates: WKT, an EPSG code or a
	// URN; "" when it says nothing. Readers may know it only after a Read.
	CRS string
	// Text means that values are untyped text (CSV): the importer looks for
	// the type that all of them fit.
	Text bool
	// Declared is the schema by which the file or a profile types its values;
	// nil when it must be found by reading. Its ID need not be a valid one,
	// and its Geometry may be empty when the file does not say.
	Declared *city.Layer
	// Complete means that Declared holds for every record, that each record
	// has a unique Key, and that geometry types are those of Declared: the
	// importer then needs no first pass.
	Complete bool
}

// Source is a file that can be read from the start any number of times.
type Source interface {
	// Schemas lists the layers known so far; after one Read, all of them.
	Schemas() []Schema
	Read(ctx context.Context, v Visitor) error
	Close() error
}
