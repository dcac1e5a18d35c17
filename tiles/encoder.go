package tiles

import (
	"encoding/binary"
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/tiles/internal/polygon"
)

// LayerOptions are the drawing rules of one layer in one tile. The zero value
// draws everything as exactly as the tile's grid allows.
type LayerOptions struct {
	// Simplify is the distance in tile units (1/4096 of the tile's side) by
	// which lines and outlines may differ from the prepared ones. 0 keeps all
	// vertices; NaN and negative values count as 0.
	Simplify float64
	// MinSize leaves out lines and polygons whose whole, unclipped bounds are
	// smaller than this many tile units both in width and in height.
	MinSize float64
}

// Encoder writes Mapbox Vector Tiles 2.1. Use it as
//
//	e.Begin(tile)
//	e.BeginLayer("roads", table, tiles.LayerOptions{})
//	e.Add(id, geometry, tags) // or AddPoint, any number of times
//	e.EndLayer()
//	body := e.Bytes() // before the next Begin
//
// The zero Encoder is ready. One that is reused allocates nothing once its
// buffers have grown; keep it in a pool. Its scratch includes eight bytes for
// each key and value of the largest Table it has seen. It is not safe for
// concurrent use.
type Encoder struct {
	frame   frame
	tile    Tile
	points  meridian // of tile, for AddPoint
	out     []byte
	table   Table
	minRank uint8
	minSize float64

	layer    int         // where the open layer's message starts in out
	bare     int         // and where its features do
	geometry []byte      // commands of the feature under way
	cursor   polygon.Vec // and its cursor
	keys     dictionary
	values   dictionary

	trace    trace
	clipped  [2][]polygon.Vec // ping and pong of polygon clipping
	part     []polygon.Vec
	rings    polygon.RingList
	repaired polygon.RingList
	joined   polygon.RingList
	checker  polygon.Checker
	arrange  polygon.Arrangement
	dropped  int
}

// MVT field tags (field<<3 | wire type).
const (
	tileLayer       = 3<<3 | 2
	layerName       = 1<<3 | 2
	layerFeature    = 2<<3 | 2
	layerKey        = 3<<3 | 2
	layerValue      = 4<<3 | 2
	layerExtent     = 5 << 3
	layerVersion    = 15 << 3
	featureID       = 1 << 3
	featureTags     = 2<<3 | 2
	featureType     = 3 << 3
	featureGeometry = 4<<3 | 2
)

// Begin starts a tile and forgets the last one, its Bytes included. The tile
// must be Valid; others give a tile that no client asks for, but no panic.
func (e *Encoder) Begin(t Tile) {
	e.frame, e.tile = frameOf(t), t
	e.points.begin()
	e.out = e.out[:0]
	e.table = nil
	e.dropped = 0
}

// BeginLayer starts a layer. Names must be distinct within a tile. The table
// is used until EndLayer.
func (e *Encoder) BeginLayer(name string, table Table, opt LayerOptions) {
	e.table = table
	e.minRank = e.frame.minRank(opt.Simplify)
	e.minSize = opt.MinSize
	e.out = append(e.out, tileLayer)
	e.out = append(e.out, "000"[:layerRoom]...)
	e.layer = len(e.out)
	e.out = append(e.out, layerVersion, 2, layerName)
	e.out = binary.AppendUvarint(e.out, uint64(len(name)))
	e.out = append(e.out, name...)
	e.bare = len(e.out)
	e.keys.reset(table.NumKeys())
	e.values.reset(table.NumValues())
}

// Add writes a feature to the open layer and reports whether any of it shows in
// the tile. Lines and polygons that vanish on the tile's grid are not written,
// as in PostGIS's ST_AsMVTGeom. An MVT feature has one type, so a geometry that
// mixes points, lines and polygons becomes up to three features with the same
// id and tags.
//
// Tags must lie within the table (Add panics otherwise, as slices do); when a
// key is repeated, its first value counts.
func (e *Encoder) Add(id uint64, g Geometry, tags []Tag) bool {
	if g.head == nil {
		return false
	}
	words := g.words()
	if r, _ := unpackHead(words[0]); r != roleMulti {
		p, _ := readPath(words)
		return e.addSimple(id, p, tags)
	}
	return e.addMulti(id, words, tags)
}

// AddPoint writes a point given in WGS 84 lon/lat degrees and reports whether
// it lies in the tile or its buffer. It is the same as preparing it and calling
// Add, without the preparation.
func (e *Encoder) AddPoint(id uint64, lonLat orb.Point, tags []Tag) bool {
	if !onMap(lonLat) { // NaN is not on the map either
		return false
	}
	x := worldX(lonLat[0])
	if outcode(e.frame.snap(x, 0).X, 0) != 0 {
		return false // before any work for the tile's latitudes: of most tiles a point is beside
	}
	if !e.points.ready {
		e.points.prepare(e.tile)
	}
	at := e.frame.snap(x, e.points.y(lonLat[1]))
	if outcode(at.X, at.Y) != 0 {
		return false
	}
	e.startGeometry(2)
	e.command(cmdMoveTo, 1)
	e.to(at)
	e.writeFeature(id, typePoint, tags)
	return true
}

// Dropped returns how many polygons of the tile could not be made valid and
// were left out: scribbles with more than 100,000 crossings, as far as is known.
func (e *Encoder) Dropped() int { return e.dropped }

// EndLayer finishes the layer. A layer without features leaves no bytes.
// Without an open layer it does nothing.
func (e *Encoder) EndLayer() {
	table := e.table
	if table == nil {
		return
	}
	e.table = nil // do not keep a whole layer alive from a pool
	if len(e.out) == e.bare {
		e.out = e.out[:e.layer-layerRoom-1]
		return
	}
	for _, k := range e.keys.used {
		key := table.Key(k)
		e.out = append(e.out, layerKey)
		e.out = binary.AppendUvarint(e.out, uint64(len(key)))
		e.out = append(e.out, key...)
	}
	out := e.out
	for _, v := range e.values.used {
		out = append(out, layerValue, 0)
		start := len(out)
		out = table.AppendValue(out, v)
		if length := len(out) - start; length < 0x80 {
			out[start-1] = byte(length)
		} else {
			out = setLength(out, start, 1)
		}
	}
	e.out = out
	e.out = append(e.out, layerExtent)
	e.out = binary.AppendUvarint(e.out, Extent)
	e.out = setLength(e.out, e.layer, layerRoom)
}

// layerRoom is the room kept for a layer's length before it is known: three
// bytes hold 16 KiB to 2 MiB, the layers that are worth not moving.
const layerRoom = 3

// Bytes returns the tile, empty when no layer had features. It is valid until
// the next Begin; the caller may read it, copy it, not write to it.
func (e *Encoder) Bytes() []byte { return e.out }

// dictionary numbers the entries of a Table in the order of first use.
//
// slot[i] holds the local number of entry i when it is stamped with the current
// epoch; a new layer is a new epoch, so nothing needs clearing.
type dictionary struct {
	epoch uint32
	slots []slot
	used  []uint32
}

type slot struct{ epoch, local uint32 }

func (d *dictionary) reset(n int) {
	if n > len(d.slots) {
		d.slots = slices.Grow(d.slots[:0], n)
		d.slots = d.slots[:cap(d.slots)]
	}
	d.epoch++
	if d.epoch == 0 { // after 2^32 layers old stamps would look new
		clear(d.slots)
		d.epoch = 1
	}
	d.used = d.used[:0]
}

func (d *dictionary) local(i uint32) uint32 {
	s := &d.slots[i]
	if s.epoch != d.epoch {
		*s = slot{d.epoch, uint32(len(d.used))}
		d.used = append(d.used, i)
	}
	return s.local
}
