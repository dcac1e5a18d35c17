// Package tilelist reads the fixed list of tiles of Hà Nội that speed is measured on,
// for tests.
package tilelist

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Read returns the tiles in the order of the file. Where the real data are absent the
// test is skipped, as package realdata does it.
func Read(tb testing.TB) []tiles.Tile {
	tb.Helper()
	content, err := os.ReadFile(filepath.Join(realdata.Shared(tb), "bench", "tiles.json"))
	if err != nil {
		tb.Fatal(err)
	}
	var raw [][3]uint32 // z, x, y
	if err := json.Unmarshal(content, &raw); err != nil || len(raw) == 0 {
		tb.Fatalf("%d tiles: %v", len(raw), err)
	}
	list := make([]tiles.Tile, len(raw))
	for i, r := range raw {
		list[i] = tiles.Tile{Z: uint8(r[0]), X: r[1], Y: r[2]}
	}
	return list
}
