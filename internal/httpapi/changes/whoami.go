package changes

import (
	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// whoamiDocument tells a client who it is and what it may write.
type whoamiDocument struct {
	Name string    `json:"name,omitempty"` // as the history would name it; none when anonymous
	Role city.Role `json:"role,omitempty"` // none when anonymous
	// Writes are the layers whose features the client may create, change and
	// delete, in the order of /layers.
	Writes []city.LayerID `json:"writes"`
}

// whoami answers GET /whoami: an editor learns whether a key is good, and for
// what, before anything is written with it.
func (x request) whoami() error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	return x.SendJSON(whoamiOf(&x.Who, x.View.All.Layers))
}

// whoamiOf tells of who, of layers that they may see.
func whoamiOf(who *access.Principal, layers []*snapshot.Layer) whoamiDocument {
	document := whoamiDocument{Name: who.Name, Role: who.Role, Writes: []city.LayerID{}}
	for _, l := range layers {
		// A layer with a table is one of others, which the store only reads.
		if def := l.Definition(); def.Table == "" && who.MayWrite(def) {
			document.Writes = append(document.Writes, def.ID)
		}
	}
	return document
}
