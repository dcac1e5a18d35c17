// Package goldentest compares what a program makes with a file that holds what it
// should, so that every change of it is a diff.
package goldentest

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

// update belongs to the test program: go test -run TestX -update.
var update = flag.Bool("update", false, "write the golden files anew")

// Compare fails the test when got is not what lies in the file of that name in
// testdata. With the flag -update it writes got there first: whoever does that
// reads the diff.
func Compare(tb testing.TB, name string, got []byte) {
	tb.Helper()
	if want := Want(tb, name, got); !bytes.Equal(got, want) {
		tb.Errorf("%s has changed; -update writes it anew, if it should. It was\n%s\nand is\n%s", filepath.Join("testdata", name), want, got)
	}
}

// Want returns what lies in the file, for tests that compare in their own way. With
// the flag -update that is got, which it writes there.
func Want(tb testing.TB, name string, got []byte) []byte {
	tb.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	return want
}
