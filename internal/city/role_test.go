package city

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
)

func TestRolesAreOrdered(t *testing.T) {
	order := append([]Role{""}, Roles()...)
	for i, r := range order {
		for j, least := range order {
			if got, want := r.AtLeast(least), i >= j; got != want {
				t.Errorf("%q at least %q: %t, want %t", r, least, got, want)
			}
		}
		if r.AtLeast("owner") || Role("owner").AtLeast(Viewer) {
			t.Error("a role that does not exist counts")
		}
	}
}

func TestParseRole(t *testing.T) {
	for _, r := range Roles() {
		if got, err := ParseRole(string(r)); err != nil || got != r {
			t.Error(got, err)
		}
	}
	for _, bad := range []string{"", "Admin", "admin ", "root"} {
		if got, err := ParseRole(bad); !errors.Is(err, ErrBadRole) {
			t.Errorf("%q: %q, %v", bad, got, err)
		}
	}
}

func TestVisibleAt(t *testing.T) {
	everyone := append([]Role{""}, Roles()...)
	for _, c := range []struct {
		visible []Role
		sees    []Role
	}{
		{nil, everyone},
		{[]Role{}, everyone},
		{[]Role{Viewer}, Roles()},
		{[]Role{Editor}, []Role{Editor, Admin}},
		{[]Role{Admin}, []Role{Admin}},
		{[]Role{Admin, Viewer}, Roles()}, // the lowest decides
		{[]Role{"auditor"}, nil},         // of a newer program: closed, not open
		{[]Role{""}, nil},
		{[]Role{"auditor", Editor}, []Role{Editor, Admin}},
	} {
		l := Layer{VisibleTo: c.visible}
		for _, r := range append(everyone, "owner") {
			if got, want := l.VisibleAt(r), slices.Contains(c.sees, r) || len(c.visible) == 0; got != want {
				t.Errorf("visible to %q: %q sees it: %t, want %t", c.visible, r, got, want)
			}
		}
	}
}

// TestVisibilityIsStored holds the form in which both stores keep a layer.
func TestVisibilityIsStored(t *testing.T) {
	l := Layer{ID: "pipes", Geometry: GeometryAny, VisibleTo: []Role{Editor}}
	text, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var back Layer
	if err := json.Unmarshal(text, &back); err != nil || !slices.Equal(back.VisibleTo, l.VisibleTo) {
		t.Errorf("%s reads back as %q (%v)", text, back.VisibleTo, err)
	}
}
