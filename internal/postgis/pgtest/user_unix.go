//go:build unix

package pgtest

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
	"testing"
)

// serverUser is who runs the server when we are root, which PostgreSQL refuses:
// its own user where there is one, otherwise nobody. It is nil when we are not
// root.
func serverUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{superuser, "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
		if errUID == nil && errGID == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, fmt.Errorf("root cannot run PostgreSQL, and there is neither a user %s nor nobody", superuser)
}

func chownToServer(dir string) error {
	credential, err := serverUser()
	if err != nil || credential == nil {
		return err
	}
	return os.Chown(dir, int(credential.Uid), int(credential.Gid))
}

// asServerUser runs cmd as that user and in a process group of its own, so that
// an interrupt from the terminal reaches the tests and not the server.
func asServerUser(cmd *exec.Cmd) {
	credential, err := serverUser()
	if err != nil {
		credential = nil // chownToServer has reported it
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: credential}
}

// AsServerUser lets cmd run as the user who runs PostgreSQL, and gives that user a
// directory: other programs beside it refuse root too.
func AsServerUser(tb testing.TB, cmd *exec.Cmd, dir string) {
	tb.Helper()
	if err := chownToServer(dir); err != nil {
		tb.Fatal(err)
	}
	asServerUser(cmd)
}
