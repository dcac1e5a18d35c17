package smalldisk

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// mount mounts a file system in memory on dir. Unmount lets go of it even while
// somebody still has files open there.
func mount(dir string, bytes int64) (unmount func() error, err error) {
	err = syscall.Mount("tmpfs", dir, "tmpfs", 0, "mode=700,size="+fmt.Sprint(bytes))
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		return nil, fmt.Errorf("%w: %w", errNoMount, err)
	}
	return func() error { return syscall.Unmount(dir, syscall.MNT_DETACH) }, err
}

func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) }

// insideName is set for a test program that runs in its own namespaces.
const insideName = "SMALLDISK_INSIDE"

// Allowed says whether the test may go on: false when it has been run in namespaces
// instead, by another process, whose failure is the test's. That process is the same
// user, and when that is root, it may also become those users.
func Allowed(t *testing.T, users ...User) bool {
	t.Helper()
	unmount, err := mount(t.TempDir(), 4096)
	if err == nil {
		err = unmount()
	}
	if err == nil {
		return true
	}
	if !errors.Is(err, errNoMount) {
		t.Fatal(err)
	}
	if os.Getenv(insideName) != "" {
		realdata.Missing(t, "the right to mount, in a namespace of our own too: %v", err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+regexp.QuoteMeta(t.Name())+"$", "-test.v", "-test.count=1")
	cmd.Env = append(os.Environ(), insideName+"=1")
	cmd.SysProcAttr = namespaces(users)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		realdata.Missing(t, "%v, and a namespace of our own: %v", errNoMount, err)
	}
	err = cmd.Wait()
	switch {
	case strings.Contains(out.String(), "--- SKIP: "+t.Name()):
		t.Skipf("in namespaces of its own:\n%s", out.String())
	case err != nil || !strings.Contains(out.String(), "--- PASS: "+t.Name()):
		t.Errorf("in namespaces of its own: %v\n%s", err, out.String())
	}
	return false
}

// capSysAdmin is CAP_SYS_ADMIN of capabilities(7), the right to mount.
const capSysAdmin = 21

// namespaces starts a process under the user who it would have otherwise, with the
// right to mount in what it alone sees.
func namespaces(users []User) *syscall.SysProcAttr {
	same := func(id int) syscall.SysProcIDMap { return syscall.SysProcIDMap{ContainerID: id, HostID: id, Size: 1} }
	attr := &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{same(os.Geteuid())},
		GidMappings: []syscall.SysProcIDMap{same(os.Getegid())},
	}
	if os.Geteuid() != 0 {
		attr.AmbientCaps = []uintptr{capSysAdmin} // what root keeps by itself
		return attr
	}
	attr.GidMappingsEnableSetgroups = true
	for _, u := range users {
		attr.UidMappings = append(attr.UidMappings, same(u.UID))
		attr.GidMappings = append(attr.GidMappings, same(u.GID))
	}
	return attr
}
