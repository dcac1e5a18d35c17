package pmtiles

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/tiles"
)

func TestID(t *testing.T) {
	for _, c := range []struct {
		z    uint8
		x, y uint32
		want uint64
	}{
		{0, 0, 0, 0},
		{1, 0, 0, 1}, {1, 0, 1, 2}, {1, 1, 1, 3}, {1, 1, 0, 4},
		{2, 0, 0, 5}, {2, 1, 0, 6}, {2, 1, 1, 7}, {2, 0, 1, 8},
		{12, 3423, 1763, 19078479}, // the example of the specification
		{22, 0, 0, 5864062014805},
	} {
		if got := ID(tiles.Tile{Z: c.z, X: c.x, Y: c.y}); got != c.want {
			t.Errorf("%d/%d/%d: %d, want %d", c.z, c.x, c.y, got, c.want)
		}
	}
	// A curve: each tile of a zoom once, and each beside the one before it.
	const z = 6
	at := map[uint64]tiles.Tile{}
	for x := range uint32(1 << z) {
		for y := range uint32(1 << z) {
			at[ID(tiles.Tile{Z: z, X: x, Y: y})] = tiles.Tile{Z: z, X: x, Y: y}
		}
	}
	first := ID(tiles.Tile{Z: z})
	for id := first + 1; id < first+1<<(2*z); id++ {
		a, b := at[id-1], at[id]
		if step := max(a.X, b.X) - min(a.X, b.X) + max(a.Y, b.Y) - min(a.Y, b.Y); step != 1 {
			t.Fatalf("from %v to %v is no step", a, b)
		}
	}
}

func TestTiles(t *testing.T) {
	box := orb.Bound{Min: orb.Point{105.7, 20.9}, Max: orb.Point{106, 21.2}}
	holds := func(at tiles.Tile) bool { return at.Bound().Intersects(box) }
	got := slices.Collect(Tiles(3, 12, holds))
	var want []tiles.Tile
	for z := uint8(3); z <= 12; z++ {
		want = slices.AppendSeq(want, tiles.Cover(box, z).All())
	}
	if !slices.IsSortedFunc(got, byID) {
		t.Error("not in order of ID")
	}
	slices.SortFunc(want, byID)
	if !slices.Equal(got, want) {
		t.Errorf("%d tiles, want %d", len(got), len(want))
	}
	for range Tiles(3, 12, holds) {
		break // and does not go on
	}
}

func byID(a, b tiles.Tile) int { return int(int64(ID(a)) - int64(ID(b))) }

// TestArchive reads an archive back that needs leaves, has runs, repeated contents
// and gaps.
func TestArchive(t *testing.T) {
	const z = 8
	seed := uint64(20261128)
	random := rand.New(rand.NewPCG(seed, seed))
	dir := t.TempDir()
	w, err := NewWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := map[uint64][]byte{}
	contents := map[string]bool{}
	var last []byte
	for at := range Tiles(z, z, func(tiles.Tile) bool { return true }) {
		body := randomBody(random, last)
		if err := w.Add(at, body); err != nil {
			t.Fatal(err)
		}
		if len(body) > 0 {
			want[ID(at)] = body
			contents[string(body)] = true
			last = body
		}
	}
	if err := w.Add(tiles.Tile{Z: z}, []byte("late")); !errors.Is(err, ErrOrder) {
		t.Errorf("a tile out of order: %v", err)
	}
	var out bytes.Buffer
	if err := w.Finish(&out, Info{MinZoom: z, MaxZoom: z, Center: orb.Point{-180, 21.5}, Metadata: []byte(`{"name":"Hà Nội"}`)}); err != nil {
		t.Fatal(err)
	}
	if n, different := w.Len(); n != len(want) || different != len(contents) {
		t.Errorf("%d tiles, %d different, want %d, %d", n, different, len(want), len(contents))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	file := out.Bytes()
	part := func(at int) []byte {
		from, n := binary.LittleEndian.Uint64(file[at:]), binary.LittleEndian.Uint64(file[at+8:])
		return file[from : from+n]
	}
	root, leaves, data := part(8), part(40), part(56)
	if len(root)+headerSize > 16<<10 || len(leaves) == 0 {
		t.Fatalf("a root of %d bytes and leaves of %d", len(root), len(leaves))
	}
	if got := string(unpack(t, part(24))); got != `{"name":"Hà Nội"}` {
		t.Errorf("metadata %s", got)
	}
	if west := int32(binary.LittleEndian.Uint32(file[119:])); west != -1_800_000_000 {
		t.Errorf("centre at longitude %d", west)
	}
	got := readLeaves(t, root, leaves, data)
	if len(got) != len(want) {
		t.Errorf("%d tiles, want %d", len(got), len(want))
	}
	for id, body := range want {
		if !bytes.Equal(got[id], body) {
			t.Fatalf("tile %d differs (seed %d)", id, seed)
		}
	}
}

// randomBody is the contents of a tile: none, what the last tile has, so that it is a
// run, what many have, or its own.
func randomBody(random *rand.Rand, last []byte) []byte {
	switch random.IntN(8) {
	case 0:
		return nil
	case 1:
		return last
	case 2:
		return []byte("the same in many places")
	}
	body := make([]byte, 1+random.IntN(200))
	for i := range body {
		body[i] = byte(random.Uint32())
	}
	return body
}

// readLeaves returns the tiles by their ids, all of which are in leaves.
func readLeaves(t *testing.T, root, leaves, data []byte) map[uint64][]byte {
	t.Helper()
	all := map[uint64][]byte{}
	for _, leaf := range readDirectory(t, root) {
		if leaf.run != 0 {
			t.Fatalf("tile %d in the root", leaf.id)
		}
		entries := readDirectory(t, leaves[leaf.offset:leaf.offset+uint64(leaf.length)])
		if entries[0].id != leaf.id {
			t.Errorf("a leaf begins with %d, its pointer says %d", entries[0].id, leaf.id)
		}
		for _, e := range entries {
			for i := range uint64(e.run) {
				all[e.id+i] = data[e.offset : e.offset+uint64(e.length)]
			}
		}
	}
	return all
}

func TestEmptyArchive(t *testing.T) {
	w, err := NewWriter(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Finish(io.Discard, Info{}); !errors.Is(err, ErrEmpty) {
		t.Errorf("%v", err)
	}
}

func unpack(t *testing.T, b []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// readDirectory reads by the specification's words what appendDirectory wrote.
func readDirectory(t *testing.T, b []byte) []entry {
	t.Helper()
	r := bytes.NewReader(unpack(t, b))
	next := func() uint64 {
		v, err := binary.ReadUvarint(r)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	all := make([]entry, next())
	last := uint64(0)
	for i := range all {
		last += next()
		all[i].id = last
	}
	for i := range all {
		all[i].run = uint32(next())
	}
	for i := range all {
		all[i].length = uint32(next())
	}
	for i := range all {
		if v := next(); v > 0 {
			all[i].offset = v - 1
		} else {
			all[i].offset = all[i-1].offset + uint64(all[i-1].length)
		}
	}
	if r.Len() > 0 {
		t.Fatalf("%d bytes too many", r.Len())
	}
	return all
}
