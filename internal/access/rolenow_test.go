package access

import (
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// TestRoleNow asks for roles before the keys are read, while there is a key, when
// it has another role, and when it is gone.
func TestRoleNow(t *testing.T) {
	store := newMemory()
	keys := NewKeyring(store)
	auth := NewAuthenticator(keys, nil)
	want := func(name string, role city.Role, known bool) {
		t.Helper()
		if got, ok := auth.RoleNow(name, city.Admin); got != role || ok != known {
			t.Errorf("%s: %q, %v, want %q, %v", name, got, ok, role, known)
		}
	}
	refresh := func() {
		t.Helper()
		if err := keys.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	want("lan", "", false)
	for _, role := range []city.Role{city.Viewer, city.Editor} {
		if _, _, err := CreateKey(t.Context(), store, "lan", role, nil, time.Now()); err != nil {
			t.Fatal(err)
		}
		refresh()
		want("lan", role, true)
		if err := RevokeKey(t.Context(), store, "lan"); err != nil {
			t.Fatal(err)
		}
		refresh()
		want("lan", "", false)
	}
	want("oidc:lan", city.Admin, false)
	auth.issuer = &Issuer{}
	want("oidc:lan", city.Admin, true)
	want("ngọc", "", false)
}
