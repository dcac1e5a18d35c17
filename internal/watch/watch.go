package watch

import (
	"errors"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/watch/spec"
)

// Errors that callers branch on.
var (
	// ErrFull means that there are as many watches as there may be.
	ErrFull = errors.New("too many watches")
	// ErrConfig marks Options that a Manager cannot work with.
	ErrConfig = errors.New("invalid configuration of watches")
)

// Owner is who made a watch. What the owner may not see, the watch does not tell.
type Owner struct {
	Name string    `json:"name"`
	Role city.Role `json:"role,omitempty"` // when the watch was made
}

// Watch is a Spec that stands. It is immutable.
type Watch struct {
	spec.Spec
	ID      string // unguessable, letters and digits
	Owner   Owner
	Created time.Time
	// Since is the version after which the watch tells.
	Since city.Version
}
