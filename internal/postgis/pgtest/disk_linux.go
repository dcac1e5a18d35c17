package pgtest

import (
	"errors"
	"fmt"
	"syscall"
)

// mountSmall mounts a file system in memory on dir. Unmount lets go of it even while
// the server still has files open there.
func mountSmall(dir string, bytes int64) (unmount func() error, err error) {
	err = syscall.Mount("tmpfs", dir, "tmpfs", 0, "mode=700,size="+fmt.Sprint(bytes))
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		return nil, fmt.Errorf("%w: %w", errNoMount, err)
	}
	return func() error { return syscall.Unmount(dir, syscall.MNT_DETACH) }, err
}

func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) }
