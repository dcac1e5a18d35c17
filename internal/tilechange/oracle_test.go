package tilechange_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/rounds"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/tilechange"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// seeds is how many random cities each place gets, with the race detector a quarter. All of 400 have been tried.
var seeds = flag.Int("seeds", 8, "random cities a place")

// boundOf returns the bounds of all that any of the states has.
func boundOf(states ...*snapshot.Snapshot) (b orb.Bound) {
	some := false
	for _, s := range states {
		for _, l := range s.Layers() {
			if own, ok := l.Bound(); ok && some {
				b = b.Union(own)
			} else if ok {
				b, some = own, true
			}
		}
	}
	return b
}

// bruteForce encodes all tiles up to a zoom before and after and returns those
// whose bytes differ, row by row.
func bruteForce(was, is *snapshot.Snapshot, maxZoom uint8, within *orb.Bound) []tiles.Tile {
	before, after := drawingOf(was), drawingOf(is)
	bound := boundOf(was, is)
	var e tiles.Encoder
	var changed []tiles.Tile
	for z := range maxZoom + 1 {
		window := tiles.Touched(bound, z)
		if within != nil {
			window = tiles.Cover(*within, z)
		}
		for t := range window.All() {
			if !bytes.Equal(before.tile(&e, t), after.tile(&e, t)) {
				changed = append(changed, t)
			}
		}
	}
	return changed
}

// found is Find without limit, as one list.
func found(t *testing.T, d *tilechange.Differ, edits []snapshot.Edit, maxZoom uint8, within *orb.Bound) []tiles.Tile {
	t.Helper()
	levels, err := d.Find(context.Background(), edits, nil, tilechange.Query{MaxZoom: maxZoom, Bound: within, MaxTiles: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	var all []tiles.Tile
	for _, l := range levels {
		if len(l.Ranges) > 0 {
			t.Errorf("zoom %d is told as ranges %v", l.Z, l.Ranges)
		}
		all = append(all, l.Tiles...)
	}
	return all
}

// TestFindIsExact compares with the brute force on random cities and edits.
func TestFindIsExact(t *testing.T) {
	const steps = 12
	idle := 0
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			total, quiet := 0, 0
			var d tilechange.Differ
			for _, seed := range rounds.Numbers(t, *seeds) {
				r := rand.New(rand.NewPCG(seed, 14))
				s := randomCity(t, r, p)
				for step := range steps {
					next, edits, _ := s.Take(snapshot.Step{Version: s.Version() + 1, Changes: someChanges(r, s, p)})
					want := bruteForce(s, next, p.maxZoom, nil)
					got := found(t, &d, edits, p.maxZoom, nil)
					if !slices.Equal(got, want) {
						t.Fatalf("seed %d, step %d: %s", seed, step, explain(edits, got, want))
					}
					if total += len(want); len(want) == 0 {
						quiet++
					}
					checkDiffers(t, &d, r, edits, p, want)
					s = next
				}
			}
			t.Logf("%d tiles changed, %d steps changed none", total, quiet)
			if idle += quiet; total == 0 {
				t.Error("no tile changed: too little to compare")
			}
		})
	}
	if idle == 0 {
		t.Error("every step changed a tile: too little to compare")
	}
}

// checkDiffers asks for single tiles, changed ones and others.
func checkDiffers(t *testing.T, d *tilechange.Differ, r *rand.Rand, edits []snapshot.Edit, p place, want []tiles.Tile) {
	t.Helper()
	some := slices.Clone(want)
	r.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
	some = some[:min(len(some), 20)]
	for range 40 {
		some = append(some, tiles.At(p.somewhere(r), uint8(r.IntN(int(p.maxZoom)+1))))
	}
	for _, at := range some {
		got := slices.ContainsFunc(edits, func(ed snapshot.Edit) bool { return d.Differs(&ed, at) })
		if slices.Contains(want, at) != got {
			t.Fatalf("%s differs: %v, want %v", at, got, !got)
		}
	}
}

func explain(edits []snapshot.Edit, got, want []tiles.Tile) string {
	text := ""
	for _, at := range got {
		if !slices.Contains(want, at) {
			text += fmt.Sprintf("%s is told and has not changed\n", at)
		}
	}
	for _, at := range want {
		if !slices.Contains(got, at) {
			text += fmt.Sprintf("%s has changed and is not told\n", at)
		}
	}
	for _, ed := range edits {
		text += fmt.Sprintf("edit of %s %d\n", ed.Layer(), ed.ID())
		for _, f := range []*snapshot.Feature{ed.Before, ed.After} {
			if f != nil {
				text += fmt.Sprintf("  place %d, tags %v, %v\n", f.Place(), f.TileTags(), f.Geometry())
			}
		}
	}
	if len(text) > 6000 {
		text = text[:6000] + "…"
	}
	return text
}
