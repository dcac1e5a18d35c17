package access

import (
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// issuerPrefix begins the names of whom an issuer knows; no API key has it.
const issuerPrefix = "oidc:"

// Principal is who asks, and what they may do. The zero Principal may read what
// everyone may, and nothing else.
type Principal struct {
	// Name is the API key's, or "oidc:" and the user's; empty when anonymous.
	// History records it as the author.
	Name string
	Role city.Role // none when anonymous
	// Layers are the only ones that an editor may write; empty means all.
	Layers    []city.LayerID
	Anonymous bool // asked without credentials
}

// MayRead reports whether p may know of the layer. A layer that p may not read
// is absent for p everywhere: the answer is that of a name that does not exist.
func (p *Principal) MayRead(layer *city.Layer) bool { return layer.VisibleAt(p.Role) }

// MayWrite reports whether p may create, change and delete features of the
// layer. Nobody writes what they may not read: ask MayRead first, so as not to
// tell that the layer exists.
func (p *Principal) MayWrite(layer *city.Layer) bool {
	return p.MayRead(layer) && p.Role.AtLeast(city.Editor) &&
		(len(p.Layers) == 0 || slices.Contains(p.Layers, layer.ID))
}

// MayWriteSomething reports whether there can be a layer that p may write.
func (p *Principal) MayWriteSomething() bool { return p.Role.AtLeast(city.Editor) }

// MayAdmin reports whether p may make, change and remove layers.
func (p *Principal) MayAdmin() bool { return p.Role.AtLeast(city.Admin) }
