package tiles_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
)

// table is a Table that interns what tests put in. Values are kept encoded, one
// behind the other, so that writing one is a copy.
type table struct {
	keys     []string
	values   []any
	encoded  []byte
	ends     []uint32
	keyIDs   map[string]uint32
	valueIDs map[any]uint32
}

func newTable() *table {
	return &table{keyIDs: map[string]uint32{}, valueIDs: map[any]uint32{}}
}

func (t *table) tag(key string, value any) tiles.Tag {
	k, ok := t.keyIDs[key]
	if !ok {
		k = uint32(len(t.keys))
		t.keyIDs[key] = k
		t.keys = append(t.keys, key)
	}
	switch value.(type) {
	case []any, map[string]any:
		text, _ := json.Marshal(value)
		value = string(text)
	}
	v, ok := t.valueIDs[value]
	if !ok {
		v = uint32(len(t.values))
		t.valueIDs[value] = v
		t.values = append(t.values, value)
		t.encoded = appendValue(t.encoded, value)
		t.ends = append(t.ends, uint32(len(t.encoded)))
	}
	return tiles.Tag{Key: k, Value: v}
}

func (t *table) NumKeys() int        { return len(t.keys) }
func (t *table) NumValues() int      { return len(t.values) }
func (t *table) Key(i uint32) string { return t.keys[i] }

func (t *table) AppendValue(dst []byte, i uint32) []byte {
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return append(dst, t.encoded[from:t.ends[i]]...)
}

func appendValue(dst []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return tiles.AppendString(dst, v)
	case bool:
		return tiles.AppendBool(dst, v)
	case uint64:
		return tiles.AppendUint(dst, v)
	case int:
		return tiles.AppendInt(dst, int64(v))
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return tiles.AppendInt(dst, int64(v))
		}
		return tiles.AppendFloat(dst, v)
	}
	panic("unknown value in a test table")
}

var _ tiles.Table = (*table)(nil)

// encodeOne makes a tile of one feature and decodes it strictly. The tile is
// nil when it is empty.
func encodeOne(t testing.TB, at tiles.Tile, g orb.Geometry, opt tiles.LayerOptions) *mvttest.Layer {
	t.Helper()
	var p tiles.Preparer
	prepared, err := p.Prepare(g)
	if err != nil {
		t.Fatalf("Prepare(%v): %v", g, err)
	}
	var e tiles.Encoder
	return encodePrepared(t, &e, at, prepared, opt)
}

func encodePrepared(t testing.TB, e *tiles.Encoder, at tiles.Tile, g tiles.Geometry, opt tiles.LayerOptions) *mvttest.Layer {
	t.Helper()
	e.Begin(at)
	e.BeginLayer("layer", newTable(), opt)
	added := e.Add(7, g, nil)
	e.EndLayer()
	if added != (len(e.Bytes()) > 0) {
		t.Fatalf("Add returned %v and the tile has %d bytes", added, len(e.Bytes()))
	}
	if !added {
		return nil
	}
	tile, err := mvttest.Decode(e.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	layer := tile.Layer("layer")
	for i := range layer.Features {
		checkFeature(t, &layer.Features[i])
	}
	return layer
}

// checkFeature checks what every feature of ours must hold beyond the
// specification: coordinates within the buffer, an id, sound rings.
func checkFeature(t testing.TB, f *mvttest.Feature) {
	t.Helper()
	if !f.HasID {
		t.Fatal("feature without id")
	}
	within := func(positions []mvttest.XY) {
		for _, p := range positions {
			const low, high = -tiles.Buffer, tiles.Extent + tiles.Buffer
			if p.X < low || p.X > high || p.Y < low || p.Y > high {
				t.Fatalf("feature %d: %v is outside the buffer", f.ID, p)
			}
		}
	}
	within(f.Points)
	for _, line := range f.Lines {
		within(line)
	}
	for _, polygon := range f.Polygons {
		for _, ring := range polygon {
			within(ring)
		}
	}
	if err := f.Check(); err != nil {
		t.Fatalf("feature %d: %v", f.ID, err)
	}
}
