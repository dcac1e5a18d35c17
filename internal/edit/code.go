package edit

import (
	"fmt"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// codes is what the steps do to the codes of a layer.
type codes struct {
	// given tells which features of the state lose the code that they have.
	given map[int64]bool
	// owners tells who gets a code: an id, 0 for a feature that the steps make.
	owners map[string]int64
}

// claim is a step that gives a feature a code that it has not yet.
type claim struct {
	layer *snapshot.Layer
	at    string // points to the code
	code  string
	id    int64 // of the feature, 0 for a new one
}

// code notes which code a step gives up and which it claims.
func (p *plan) code(l *snapshot.Layer, s *Step, c *Change) {
	i := l.Definition().PropertyIndex(city.PropCode)
	if i < 0 {
		return
	}
	was, is := "", ""
	if c.Was != nil {
		was = c.Was.Value(i).Text()
	}
	if c.Is != nil {
		is = c.Is.Value(i).Text()
	}
	if was == is {
		return
	}
	if was != "" {
		p.codesOf(l.ID()).given[c.ID] = true
	}
	if is != "" {
		p.claims = append(p.claims, claim{l, pointer(s.BodyAt+"/properties", city.PropCode), is, c.ID})
	}
}

func (p *plan) codesOf(id city.LayerID) *codes {
	if p.codes[id] == nil {
		p.codes[id] = &codes{given: map[int64]bool{}, owners: map[string]int64{}}
	}
	return p.codes[id]
}

// taken notes the claims to codes that another feature has after all steps.
func (p *plan) taken() {
	for _, c := range p.claims {
		of := p.codesOf(c.layer.ID())
		owner, twice := of.owners[c.code]
		if !twice {
			of.owners[c.code] = c.id
			f := c.layer.ByCode(c.code)
			if f == nil || f.ID() == c.id || of.given[f.ID()] {
				continue
			}
			owner = f.ID()
		}
		who := "a feature that this change set makes"
		if owner > 0 {
			who = fmt.Sprintf("feature %d", owner)
		}
		p.mistakes.add(Mistake{
			Kind: Taken, Pointer: c.at, Value: c.code,
			Expected: "a code that no other feature of the layer has", Detail: "belongs to " + who,
		})
	}
}
