//go:build !linux

package geopackage

import (
	"os"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// asNobody calls fn, unless this is root, which may write everything.
func asNobody(t *testing.T, fn func()) {
	t.Helper()
	if os.Geteuid() == 0 {
		realdata.Missing(t, "a user other than root")
	}
	fn()
}
