package codec

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/wkb"
)

// Errors of geometries that callers branch on.
var (
	// ErrBlob means that bytes are no GeoPackage geometry.
	ErrBlob = errors.New("malformed GeoPackage geometry")
	// ErrEmpty means that a geometry is null or has no coordinate at all, so
	// that nothing can be drawn of it or be near to it.
	ErrEmpty = errors.New("empty geometry")
)

// A GeoPackage geometry (12-128r17, clause 2.1.3) is a header and a WKB body:
//
//	'G' 'P' version flags   srs_id    envelope              WKB
//	├───┼───┼──────┼─────┼──────────┼─────────────────────┼──────…
//	0   1   2      3     4          8   0, 32, 48 or 64 B
//
//	flags: 0 0 extended empty E E E order    E: which envelope
const (
	blobHeaderLen = 8
	flagLittle    = 1
	flagEmpty     = 1 << 4
	flagExtended  = 1 << 5
)

// blobHeader is the head of a geometry blob.
type blobHeader struct {
	srid     int32
	empty    bool
	extended bool
	bounded  bool
	bound    orb.Bound // valid when bounded
	body     int       // where the WKB begins
}

// parseBlobHeader reads the head without touching the body.
func parseBlobHeader(blob []byte) (blobHeader, error) {
	if len(blob) < blobHeaderLen || blob[0] != 'G' || blob[1] != 'P' {
		return blobHeader{}, fmt.Errorf("no GP header in %d bytes: %w", len(blob), ErrBlob)
	}
	flags := blob[3]
	indicator := int(flags >> 1 & 7)
	if indicator > 4 {
		return blobHeader{}, fmt.Errorf("envelope indicator %d: %w", indicator, ErrBlob)
	}
	body := blobHeaderLen + [...]int{0, 32, 48, 48, 64}[indicator]
	if len(blob) < body {
		return blobHeader{}, fmt.Errorf("%d bytes end inside the envelope: %w", len(blob), ErrBlob)
	}
	h := blobHeader{empty: flags&flagEmpty != 0, extended: flags&flagExtended != 0, body: body}
	u32, u64 := binary.BigEndian.Uint32, binary.BigEndian.Uint64
	if flags&flagLittle != 0 {
		u32, u64 = binary.LittleEndian.Uint32, binary.LittleEndian.Uint64
	}
	h.srid = int32(u32(blob[4:]))
	if indicator != 0 {
		at := func(i int) float64 { return math.Float64frombits(u64(blob[blobHeaderLen+8*i:])) }
		h.bound = orb.Bound{Min: orb.Point{at(0), at(2)}, Max: orb.Point{at(1), at(3)}}
		// An empty geometry may have an envelope of NaN.
		h.bounded = h.bound.Min[0] <= h.bound.Max[0] && h.bound.Min[1] <= h.bound.Max[1]
	}
	return h, nil
}

// DecodeGeometry decodes a geometry blob. The error wraps ErrBlob, ErrEmpty,
// wkb.ErrMalformed or wkb.ErrUnsupported.
func DecodeGeometry(d *wkb.Decoder, blob []byte) (orb.Geometry, error) {
	h, err := parseBlobHeader(blob)
	if err != nil {
		return nil, err
	}
	if h.extended {
		return nil, fmt.Errorf("geometry of an extension: %w", wkb.ErrUnsupported)
	}
	g, _, err := d.Decode(blob[h.body:])
	switch {
	case errors.Is(err, wkb.ErrEmpty), err == nil && wkb.IsEmpty(g):
		return nil, ErrEmpty
	case err != nil:
		return nil, err
	default:
		return g, nil
	}
}

// AppendGeometry appends g as a little-endian blob: with an xy envelope, except for
// a point, whose coordinates say the same. It returns the bounds of g too. The
// error wraps ErrEmpty, wkb.ErrMalformed for coordinates that are not finite,
// or wkb.ErrUnsupported; dst is then returned as it was.
func AppendGeometry(dst []byte, g orb.Geometry, srid int32) ([]byte, orb.Bound, error) {
	bound, err := boundOf(g)
	if err != nil {
		return dst, bound, err
	}
	start := len(dst)
	_, isPoint := g.(orb.Point)
	flags := byte(flagLittle)
	if !isPoint {
		flags |= 1 << 1
	}
	dst = append(dst, 'G', 'P', 0, flags)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(srid))
	if !isPoint {
		for _, f := range [...]float64{bound.Min[0], bound.Max[0], bound.Min[1], bound.Max[1]} {
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(f))
		}
	}
	dst, err = wkb.Append(dst, g)
	if err != nil {
		return dst[:start], bound, err
	}
	return dst, bound, nil
}

// boundsBuilder collects the bounds of points. Orb's own Bound of a collection
// goes wrong when its first member is empty.
type boundsBuilder struct {
	bound  orb.Bound
	any    bool
	infect bool // a coordinate is NaN or infinite
}

func (b *boundsBuilder) add(points []orb.Point) {
	for _, p := range points {
		if p[0]-p[0] != 0 || p[1]-p[1] != 0 {
			b.infect = true
			return
		}
		if !b.any {
			b.bound, b.any = orb.Bound{Min: p, Max: p}, true
			continue
		}
		b.bound.Min[0], b.bound.Max[0] = min(b.bound.Min[0], p[0]), max(b.bound.Max[0], p[0])
		b.bound.Min[1], b.bound.Max[1] = min(b.bound.Min[1], p[1]), max(b.bound.Max[1], p[1])
	}
}

func (b *boundsBuilder) geometry(g orb.Geometry) {
	switch g := g.(type) {
	case orb.Point:
		b.add([]orb.Point{g})
	case orb.MultiPoint:
		b.add(g)
	case orb.LineString:
		b.add(g)
	case orb.Ring:
		b.add(g)
	case orb.Bound:
		b.add([]orb.Point{g.Min, g.Max})
	case orb.MultiLineString:
		for _, line := range g {
			b.add(line)
		}
	case orb.Polygon:
		for _, ring := range g {
			b.add(ring)
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			b.geometry(polygon)
		}
	case orb.Collection:
		for _, member := range g {
			b.geometry(member)
		}
	}
}

// boundOf returns the bounds of g; the error says why it has none.
func boundOf(g orb.Geometry) (orb.Bound, error) {
	var b boundsBuilder
	b.geometry(g)
	switch {
	case b.infect:
		return b.bound, fmt.Errorf("coordinate is not finite: %w", wkb.ErrMalformed)
	case !b.any:
		return b.bound, ErrEmpty
	default:
		return b.bound, nil
	}
}

// BlobBound returns the bounds of a blob, from its envelope where it has one.
// Decoding with a nil decoder would allocate slabs, so one is made only when
// there is no envelope.
func BlobBound(blob []byte) (orb.Bound, error) {
	h, err := parseBlobHeader(blob)
	if err != nil || h.bounded {
		return h.bound, err
	}
	if h.empty {
		return h.bound, ErrEmpty
	}
	if p, ok := pointBody(blob[h.body:]); ok {
		return orb.Bound{Min: p, Max: p}, nil
	}
	var d wkb.Decoder
	g, err := DecodeGeometry(&d, blob)
	if err != nil {
		return h.bound, err
	}
	return boundOf(g)
}

// pointBody reads the common case, a flat little-endian point.
func pointBody(body []byte) (p orb.Point, ok bool) {
	if len(body) != 21 || body[0] != 1 || binary.LittleEndian.Uint32(body[1:]) != 1 {
		return p, false
	}
	p[0] = math.Float64frombits(binary.LittleEndian.Uint64(body[5:]))
	p[1] = math.Float64frombits(binary.LittleEndian.Uint64(body[13:]))
	return p, p[0]-p[0] == 0 && p[1]-p[1] == 0
}
