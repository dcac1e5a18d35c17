package access

import (
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// TestWhoMayWhat is the whole table of roles and layers.
func TestWhoMayWhat(t *testing.T) {
	layers := []city.Layer{
		{ID: "roads"},
		{ID: "pipes", VisibleTo: []city.Role{city.Viewer}},
		{ID: "cables", VisibleTo: []city.Role{city.Editor}},
		{ID: "vaults", VisibleTo: []city.Role{city.Admin}},
	}
	for _, c := range []struct {
		who            string
		p              Principal
		read, write    string // initials of layers
		writes, admins bool
	}{
		{"the zero Principal", Principal{}, "r", "", false, false},
		{"anonymous", Principal{Anonymous: true}, "r", "", false, false},
		{"a role that does not exist", Principal{Role: "owner"}, "r", "", false, false},
		{"viewer", Principal{Role: city.Viewer}, "rp", "", false, false},
		{"editor", Principal{Role: city.Editor}, "rpc", "rpc", true, false},
		{"editor of pipes", Principal{Role: city.Editor, Layers: []city.LayerID{"pipes"}}, "rpc", "p", true, false},
		{"editor of what is hidden", Principal{Role: city.Editor, Layers: []city.LayerID{"vaults", "roads"}}, "rpc", "r", true, false},
		{"admin", Principal{Role: city.Admin}, "rpcv", "rpcv", true, true},
	} {
		read, write := "", ""
		for i := range layers {
			if c.p.MayRead(&layers[i]) {
				read += string(layers[i].ID[:1])
			}
			if c.p.MayWrite(&layers[i]) {
				write += string(layers[i].ID[:1])
			}
		}
		if read != c.read || write != c.write || c.p.MayWriteSomething() != c.writes || c.p.MayAdmin() != c.admins {
			t.Errorf("%s reads %q, writes %q (something: %t), administers: %t; want %q, %q, %t, %t",
				c.who, read, write, c.p.MayWriteSomething(), c.p.MayAdmin(), c.read, c.write, c.writes, c.admins)
		}
	}
}
