package wkb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Errors that callers branch on.
var (
	// ErrEmpty means POINT EMPTY, which orb cannot say. Inside a MultiPoint an
	// empty member is left out; inside a collection it is read as an empty
	// MultiPoint. Other empty geometries are orb values of length 0.
	ErrEmpty = errors.New("empty point")
	// ErrUnsupported means a geometry type that orb does not have, such as
	// CircularString or TIN.
	ErrUnsupported = errors.New("unsupported geometry type")
	// ErrMalformed means that the bytes are no WKB or EWKB geometry.
	ErrMalformed = errors.New("malformed WKB")
)

// Geometry type codes of WKB.
const (
	typePoint              = 1
	typeLineString         = 2
	typePolygon            = 3
	typeMultiPoint         = 4
	typeMultiLineString    = 5
	typeMultiPolygon       = 6
	typeGeometryCollection = 7
	lastISOType            = 17 // Triangle

	flagZ    = 0x8000_0000
	flagM    = 0x4000_0000
	flagSRID = 0x2000_0000
)

const (
	// maxDepth bounds the nesting of collections, so that hostile bytes cannot
	// exhaust the stack.
	maxDepth = 16
	// pointSlab and headerSlab are the lengths of the slabs that small
	// geometries share: 64 kB of coordinates, 6 kB of slice headers. A run as
	// long as a quarter of a slab gets its own allocation, so that at most a
	// quarter of a slab is ever wasted.
	pointSlab  = 4096
	headerSlab = 256
)

// Decoder decodes WKB and EWKB. The zero value is ready. It is not safe for
// concurrent use.
//
// Geometries never share coordinates and may be kept and appended to, but small
// ones lie in common slabs: keeping one keeps up to 64 kB alive.
type Decoder struct {
	// Alone gives each geometry memory of its own, which costs an allocation a
	// ring: for geometries that are kept one by one.
	Alone bool

	points []orb.Point
	lines  []orb.LineString
	rings  []orb.Ring

	data []byte
	pos  int
}

// Decode decodes one geometry and returns it with its SRID, which is 0 where
// the bytes name none. Nothing of data is kept. The error wraps ErrEmpty,
// ErrUnsupported or ErrMalformed; bytes after the geometry are malformed.
func (d *Decoder) Decode(data []byte) (orb.Geometry, int32, error) {
	d.data, d.pos = data, 0
	defer func() { d.data = nil }()
	g, srid, err := d.geometry(0)
	if err != nil {
		return nil, srid, err
	}
	if d.pos != len(data) {
		return nil, 0, fmt.Errorf("%d bytes after the geometry: %w", len(data)-d.pos, ErrMalformed)
	}
	return g, srid, nil
}

// header is what precedes the body of every geometry.
type header struct {
	big  bool
	kind uint32
	dims int // coordinates a point, 2 to 4
	srid int32
}

func (d *Decoder) header() (header, error) {
	if len(d.data)-d.pos < 5 {
		return header{}, d.short("header")
	}
	h := header{dims: 2}
	switch d.data[d.pos] {
	case 0:
		h.big = true
	case 1:
	default:
		return header{}, fmt.Errorf("byte order %d at byte %d: %w", d.data[d.pos], d.pos, ErrMalformed)
	}
	code := d.u32(h.big, d.pos+1)
	d.pos += 5
	if code&flagZ != 0 {
		h.dims++
	}
	if code&flagM != 0 {
		h.dims++
	}
	h.kind = code &^ (flagZ | flagM | flagSRID)
	switch iso := h.kind / 1000; {
	case iso == 0:
	case iso <= 3 && h.dims == 2:
		h.dims += [...]int{0, 1, 1, 2}[iso]
		h.kind %= 1000
	default:
		return header{}, fmt.Errorf("type %#x at byte %d: %w", code, d.pos-4, ErrMalformed)
	}
	if h.kind == 0 || h.kind > lastISOType {
		return header{}, fmt.Errorf("type %d at byte %d: %w", h.kind, d.pos-4, ErrMalformed)
	}
	if code&flagSRID != 0 {
		if len(d.data)-d.pos < 4 {
			return header{}, d.short("SRID")
		}
		h.srid = int32(d.u32(h.big, d.pos))
		d.pos += 4
	}
	return h, nil
}

func (d *Decoder) geometry(depth int) (orb.Geometry, int32, error) {
	h, err := d.header()
	if err != nil {
		return nil, 0, err
	}
	var g orb.Geometry
	switch h.kind {
	case typePoint:
		var p orb.Point
		var empty bool
		p, empty, err = d.point(h)
		switch g = p; {
		case empty && depth == 0 && d.pos == len(d.data):
			return nil, h.srid, ErrEmpty
		case empty:
			g = orb.MultiPoint{}
		}
	case typeLineString:
		var ps []orb.Point
		ps, err = d.run(h)
		g = orb.LineString(ps)
	case typePolygon:
		g, err = d.polygon(h)
	case typeMultiPoint:
		g, err = d.multiPoint(h)
	case typeMultiLineString:
		g, err = d.multiLineString(h)
	case typeMultiPolygon:
		g, err = d.multiPolygon(h)
	case typeGeometryCollection:
		g, err = d.collection(h, depth)
	default:
		err = fmt.Errorf("geometry type %d: %w", h.kind, ErrUnsupported)
	}
	if err != nil {
		return nil, 0, err
	}
	return g, h.srid, nil
}

// point reads the body of a Point; NaN in both axes is how WKB says empty.
func (d *Decoder) point(h header) (orb.Point, bool, error) {
	if len(d.data)-d.pos < 8*h.dims {
		return orb.Point{}, false, d.short("point")
	}
	p := orb.Point{d.f64(h.big, d.pos), d.f64(h.big, d.pos+8)}
	d.pos += 8 * h.dims
	if math.IsNaN(p[0]) && math.IsNaN(p[1]) {
		return p, true, nil
	}
	return p, false, finite(p)
}

// run reads a count and that many points.
func (d *Decoder) run(h header) ([]orb.Point, error) {
	n, err := d.count(h, 8*h.dims)
	if err != nil {
		return nil, err
	}
	ps := carve(&d.points, n, d.slab(pointSlab))
	data, stride := d.data[d.pos:d.pos+n*8*h.dims], 8*h.dims
	d.pos += len(data)
	if h.big {
		for i := range ps {
			b := data[i*stride:]
			ps[i] = orb.Point{
				math.Float64frombits(binary.BigEndian.Uint64(b)),
				math.Float64frombits(binary.BigEndian.Uint64(b[8:])),
			}
		}
	} else {
		for i := range ps {
			b := data[i*stride:]
			ps[i] = orb.Point{
				math.Float64frombits(binary.LittleEndian.Uint64(b)),
				math.Float64frombits(binary.LittleEndian.Uint64(b[8:])),
			}
		}
	}
	for _, p := range ps {
		if err := finite(p); err != nil {
			return nil, err
		}
	}
	return ps, nil
}

func (d *Decoder) polygon(h header) (orb.Polygon, error) {
	n, err := d.count(h, 4)
	if err != nil {
		return nil, err
	}
	rings := carve(&d.rings, n, d.slab(headerSlab))
	for i := range rings {
		ps, err := d.run(h)
		if err != nil {
			return nil, err
		}
		rings[i] = ps
	}
	return rings, nil
}

func (d *Decoder) multiPoint(h header) (orb.MultiPoint, error) {
	n, err := d.count(h, 5+8*h.dims)
	if err != nil {
		return nil, err
	}
	ps := carve(&d.points, n, d.slab(pointSlab))[:0]
	for range n {
		member, err := d.member(typePoint)
		if err != nil {
			return nil, err
		}
		p, empty, err := d.point(member)
		if err != nil {
			return nil, err
		}
		if !empty { // an empty member has no place to be
			ps = append(ps, p)
		}
	}
	return ps, nil
}

func (d *Decoder) multiLineString(h header) (orb.MultiLineString, error) {
	n, err := d.count(h, 9)
	if err != nil {
		return nil, err
	}
	lines := carve(&d.lines, n, d.slab(headerSlab))
	for i := range lines {
		member, err := d.member(typeLineString)
		if err != nil {
			return nil, err
		}
		ps, err := d.run(member)
		if err != nil {
			return nil, err
		}
		lines[i] = ps
	}
	return lines, nil
}

func (d *Decoder) multiPolygon(h header) (orb.MultiPolygon, error) {
	n, err := d.count(h, 9)
	if err != nil {
		return nil, err
	}
	polygons := make(orb.MultiPolygon, n)
	for i := range polygons {
		member, err := d.member(typePolygon)
		if err != nil {
			return nil, err
		}
		if polygons[i], err = d.polygon(member); err != nil {
			return nil, err
		}
	}
	return polygons, nil
}

func (d *Decoder) collection(h header, depth int) (orb.Collection, error) {
	if depth >= maxDepth {
		return nil, fmt.Errorf("collections nested deeper than %d: %w", maxDepth, ErrMalformed)
	}
	n, err := d.count(h, 9)
	if err != nil {
		return nil, err
	}
	members := make(orb.Collection, n)
	for i := range members {
		if members[i], _, err = d.geometry(depth + 1); err != nil {
			return nil, err
		}
	}
	return members, nil
}

// member reads the header of a member of a multi type.
func (d *Decoder) member(kind uint32) (header, error) {
	h, err := d.header()
	if err != nil {
		return h, err
	}
	if h.kind != kind {
		return h, fmt.Errorf("member of type %d where %d belongs: %w", h.kind, kind, ErrMalformed)
	}
	return h, nil
}

// count reads a number of elements of at least size bytes each and checks that
// the bytes hold so many, before anything of that length is allocated.
func (d *Decoder) count(h header, size int) (int, error) {
	if len(d.data)-d.pos < 4 {
		return 0, d.short("count")
	}
	n := d.u32(h.big, d.pos)
	d.pos += 4
	if int64(n)*int64(size) > int64(len(d.data)-d.pos) {
		return 0, fmt.Errorf("count %d at byte %d exceeds the data: %w", n, d.pos-4, ErrMalformed)
	}
	return int(n), nil
}

func (d *Decoder) u32(big bool, at int) uint32 {
	if big {
		return binary.BigEndian.Uint32(d.data[at:])
	}
	return binary.LittleEndian.Uint32(d.data[at:])
}

func (d *Decoder) f64(big bool, at int) float64 {
	if big {
		return math.Float64frombits(binary.BigEndian.Uint64(d.data[at:]))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(d.data[at:]))
}

func (d *Decoder) short(what string) error {
	return fmt.Errorf("%s at byte %d cut short: %w", what, d.pos, ErrMalformed)
}

// finite refuses NaN and infinities: one of them in an R-tree makes every
// search wrong.
func finite(p orb.Point) error {
	if p[0]-p[0] != 0 || p[1]-p[1] != 0 {
		return fmt.Errorf("coordinate %v %v: %w", p[0], p[1], ErrMalformed)
	}
	return nil
}

// slab returns the length of a new slab, 0 for none.
func (d *Decoder) slab(size int) int {
	if d.Alone {
		return 0
	}
	return size
}

// carve cuts n elements off the slab, which it replaces when too little is left.
// The capacity ends with the piece, so that an append by its owner cannot reach
// the next piece.
func carve[T any](slab *[]T, n, size int) []T {
	if n > size/4 {
		return make([]T, n)
	}
	if len(*slab) < n {
		*slab = make([]T, size)
	}
	piece := (*slab)[:n:n]
	*slab = (*slab)[n:]
	return piece
}
