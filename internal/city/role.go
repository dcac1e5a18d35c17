package city

import (
	"errors"
	"fmt"
	"slices"
)

// ErrBadRole means a word that names no role.
var ErrBadRole = errors.New("not a role (viewer, editor, admin)")

// Role is what a known client may do: a viewer reads, an editor also writes
// features, an admin also makes, changes and removes layers. The set is closed
// and ordered; each role may all that the lower ones may. The zero Role is that
// of a client who has none: it is below all others.
type Role string

// The roles, from the lowest.
const (
	Viewer Role = "viewer"
	Editor Role = "editor"
	Admin  Role = "admin"
)

// Roles lists all roles from the lowest to the highest.
func Roles() []Role { return []Role{Viewer, Editor, Admin} }

// ParseRole checks s. The error wraps ErrBadRole.
func ParseRole(s string) (Role, error) {
	if Role(s).rank() == 0 {
		return "", fmt.Errorf("role %q: %w", s, ErrBadRole)
	}
	return Role(s), nil
}

// AtLeast reports whether r may all that least may. What is no role may as
// little as no role, and nobody reaches it as a least.
func (r Role) AtLeast(least Role) bool {
	if least == "" {
		return true
	}
	return least.rank() > 0 && r.rank() >= least.rank()
}

// rank is the position of r, 1 for the lowest; 0 when r is no role.
func (r Role) rank() int { return slices.Index(Roles(), r) + 1 }

// VisibleAt reports whether a client of role r may know that the layer exists.
// Of the roles in VisibleTo the lowest decides; a role that this program does
// not know opens nothing.
func (l *Layer) VisibleAt(r Role) bool {
	return len(l.VisibleTo) == 0 || slices.ContainsFunc(l.VisibleTo, func(least Role) bool {
		return least != "" && r.AtLeast(least)
	})
}

// validateVisibility demands known roles, each once.
func (l *Layer) validateVisibility() error {
	for i, r := range l.VisibleTo {
		if _, err := ParseRole(string(r)); err != nil {
			return fmt.Errorf("layer %s: visible_to: %w: %w", l.ID, err, ErrBadLayer)
		}
		if slices.Contains(l.VisibleTo[:i], r) {
			return fmt.Errorf("layer %s: visible_to names %s twice: %w", l.ID, r, ErrBadLayer)
		}
	}
	return nil
}
