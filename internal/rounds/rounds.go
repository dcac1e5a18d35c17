// Package rounds says how often a test that draws its cases at random repeats itself.
//
// The race detector makes a round five to ten times as dear and finds what it finds
// in the first: it sees every access, not only the unlucky order. What more rounds
// find are rare inputs. So with the detector there are fewer rounds in a run, and
// other inputs in each run; without it, as in `go test`, there are all of them.
package rounds

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"
)

// share is the part of the rounds that is left with the race detector. The hundred
// kills of each store are run without it, too (make test-program).
const share = 4

// Of returns n, or a quarter of it, at least 1, with the race detector.
func Of(n int) int {
	if race {
		return max(1, n/share)
	}
	return n
}

// Numbers returns which of n numbered rounds to run, in order: all of 0 to n-1, or with
// the race detector a quarter of them, at least one, drawn anew in each run.
func Numbers(tb testing.TB, n int) []uint64 {
	tb.Helper()
	all := make([]uint64, n)
	for i := range all {
		all[i] = uint64(i)
	}
	if !race {
		return all
	}
	r := rand.New(rand.NewPCG(Seed(tb), 0))
	r.Shuffle(n, func(i, j int) { all[i], all[j] = all[j], all[i] })
	drawn := all[:Of(n)]
	slices.Sort(drawn)
	return drawn
}

// Seed returns a seed of this run's own and logs it, so that what it has found can
// be found again: HANOITWIN_SEED sets it.
func Seed(tb testing.TB) uint64 {
	tb.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("HANOITWIN_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			tb.Fatalf("HANOITWIN_SEED: %v", err)
		}
	}
	tb.Logf("HANOITWIN_SEED=%d", seed)
	return seed
}
