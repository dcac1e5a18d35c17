package geopackage

import (
	"os"
	"runtime"
	"syscall"
	"testing"
)

// asNobody calls fn without the rights of root over files, which may write
// everything. On Linux they belong to a thread, which ends with its goroutine.
func asNobody(t *testing.T, fn func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		fn()
		return
	}
	const nobody = 65534
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if err := syscall.Setfsuid(nobody); err != nil {
			t.Error(err)
			return
		}
		fn()
	}()
	<-done
}
