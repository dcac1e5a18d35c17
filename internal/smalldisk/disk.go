package smalldisk

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Disk is a small file system.
type Disk struct {
	tb  testing.TB
	dir string
}

// User is a user, and its group, as numbers.
type User struct{ UID, GID int }

// errNoMount means that this process may not mount file systems, or that there are
// none of a fixed size here.
var errNoMount = errors.New("a small file system cannot be mounted")

// New mounts a file system of that many bytes on an empty directory until the test
// ends; the test must be Allowed to. What lies in the directory belongs to who runs
// the test, and nobody else may read it.
func New(tb testing.TB, dir string, bytes int64) *Disk {
	tb.Helper()
	unmount, err := mount(dir, bytes)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := unmount(); err != nil {
			tb.Errorf("unmount %s: %v", dir, err)
		}
	})
	return &Disk{tb, dir}
}

// Dir is where the file system is mounted.
func (d *Disk) Dir() string { return d.dir }

// filler is the file that takes the room.
const filler = "filler"

// Fill takes all room that is left.
func (d *Disk) Fill() {
	d.tb.Helper()
	f, err := os.OpenFile(filepath.Join(d.dir, filler), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		d.tb.Fatal(err)
	}
	for size := 1 << 20; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
	if !isFull(err) {
		d.tb.Fatalf("fill %s: %v", d.dir, err)
	}
	if err := f.Close(); err != nil {
		d.tb.Fatal(err)
	}
}

// Empty gives back what Fill took.
func (d *Disk) Empty() {
	d.tb.Helper()
	if err := os.Remove(filepath.Join(d.dir, filler)); err != nil {
		d.tb.Fatal(err)
	}
}
