// Package gdaltest runs the programs of GDAL, which tests ask what they make of
// our files.
package gdaltest

import (
	"cmp"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// Need skips the test where a program of GDAL is missing; in CI the test fails.
func Need(tb testing.TB, program string) {
	tb.Helper()
	if _, err := exec.LookPath(program); err != nil {
		realdata.Missing(tb, "GDAL (Debian: apt-get install gdal-bin): %v", err)
	}
}

// Run runs a program of GDAL and returns what it writes. The test fails when the
// program fails or complains.
func Run(tb testing.TB, program string, args ...string) string {
	tb.Helper()
	Need(tb, program)
	out, err := Ask(tb, program, args...)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

var errComplains = errors.New("it complains")

// Ask is Run for goroutines, which must not end a test: it returns the error.
func Ask(tb testing.TB, program string, args ...string) (string, error) {
	var out, talk strings.Builder
	cmd := exec.CommandContext(tb.Context(), program, args...)
	cmd.Stdout, cmd.Stderr = &out, &talk
	err := cmd.Run()
	if err != nil || strings.Contains(talk.String(), "Warning") || strings.Contains(talk.String(), "ERROR") {
		return "", fmt.Errorf("%v: %w\n%s%s", cmd.Args, cmp.Or(err, errComplains), out.String(), talk.String())
	}
	return out.String(), nil
}
