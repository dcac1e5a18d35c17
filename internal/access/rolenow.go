package access

import (
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// RoleNow returns the role of somebody who is not asking now: what a Principal of
// the name would have. An API key has that of its record, and is not known when
// there is none any more or the keys have not been read. Whom the issuer names
// cannot be asked about: as long as there is an issuer, they keep the role that
// they had when they last asked.
func (a *Authenticator) RoleNow(name string, last city.Role) (role city.Role, known bool) {
	if strings.HasPrefix(name, issuerPrefix) {
		return last, a.issuer != nil
	}
	keys := a.keys.current.Load()
	if keys == nil {
		return "", false
	}
	role, known = keys.roles[name]
	return role, known
}
