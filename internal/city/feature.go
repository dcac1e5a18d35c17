package city

import (
	"errors"
	"fmt"

	"github.com/paulmach/orb"
)

// Errors that callers branch on.
var (
	ErrUnknownKind = errors.New("unknown property type")
	ErrBadName     = errors.New("not a valid layer name (a lower-case letter, then letters, digits or _; 63 at most)")
	ErrBadLayer    = errors.New("invalid layer definition")
	ErrBadStatus   = errors.New("not a status (planned, under_construction, in_operation, retired)")
	ErrNotFound    = errors.New("not found")
)

// Feature is one thing of one layer in exchange form: what stores read and
// write and what imports produce.
//
// Values stand in the order of the layer's Properties and have its length; a
// shorter slice means that the rest is null. Geometry is WGS 84 lon/lat and
// never nil. An ID of 0 asks the store to choose one.
type Feature struct {
	ID       int64
	Geometry orb.Geometry
	Values   []Value
}

// Value returns the i-th value, null when i is out of range.
func (f *Feature) Value(i int) Value {
	if i < 0 || i >= len(f.Values) {
		return Null
	}
	return f.Values[i]
}

// Version numbers the states of the whole twin. It grows by one with each
// committed change set, over all layers.
type Version int64

// Change is one step from one version to the next: the new state of a feature,
// or its removal when Feature is nil.
type Change struct {
	Layer   LayerID
	ID      int64
	Feature *Feature
}

// Tally counts what a write did to one layer.
type Tally struct {
	Created   int64 `json:"created"`
	Updated   int64 `json:"updated"`
	Unchanged int64 `json:"unchanged"`
}

// Status is a feature's stage of life.
type Status string

// The stages, in the order of a life.
const (
	Planned           Status = "planned"
	UnderConstruction Status = "under_construction"
	InOperation       Status = "in_operation"
	Retired           Status = "retired"
)

// Statuses lists all stages in the order of a life.
func Statuses() []Status { return []Status{Planned, UnderConstruction, InOperation, Retired} }

// ParseStatus checks s. The error wraps ErrBadStatus.
func ParseStatus(s string) (Status, error) {
	for _, known := range Statuses() {
		if string(known) == s {
			return known, nil
		}
	}
	return "", fmt.Errorf("status %q: %w", s, ErrBadStatus)
}
