//go:build !linux

package smalldisk

import (
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

func mount(string, int64) (unmount func() error, err error) { return nil, errNoMount }

func isFull(error) bool { return false }

// Allowed skips the test: file systems of a fixed size are of Linux.
func Allowed(t *testing.T, _ ...User) bool {
	t.Helper()
	realdata.Missing(t, "%v", errNoMount)
	return false
}
