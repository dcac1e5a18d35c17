package pmtiles

import (
	"encoding/binary"
	"math"

	"github.com/paulmach/orb"
)

// headerSize is the length of the header in bytes.
const headerSize = 127

// Info is what an archive tells about its tiles.
type Info struct {
	MinZoom, MaxZoom uint8
	Bounds           orb.Bound // lon/lat, degrees
	Center           orb.Point // lon/lat, degrees: where a map opens
	CenterZoom       uint8
	// Metadata is a JSON object; that of vector tiles has vector_layers, as
	// TileJSON 3.0 writes them, and may have name, description, attribution,
	// type (overlay or baselayer) and version.
	Metadata []byte
}

// header is the fixed part, chapter "Header Design" of the specification.
type header struct {
	info                         Info
	root, metadata, leaves, data section
	addressed, entries, contents uint64
}

type section struct{ offset, length uint64 }

func (s section) end() uint64 { return s.offset + s.length }

// What the header calls gzip and vector tiles.
const (
	compressionGzip = 2
	typeMVT         = 1
)

func (h *header) append(dst []byte) []byte {
	dst = append(dst, "PMTiles\x03"...)
	for _, s := range [...]section{h.root, h.metadata, h.leaves, h.data} {
		dst = binary.LittleEndian.AppendUint64(dst, s.offset)
		dst = binary.LittleEndian.AppendUint64(dst, s.length)
	}
	for _, n := range [...]uint64{h.addressed, h.entries, h.contents} {
		dst = binary.LittleEndian.AppendUint64(dst, n)
	}
	clustered := byte(1)
	dst = append(dst, clustered, compressionGzip, compressionGzip, typeMVT, h.info.MinZoom, h.info.MaxZoom)
	for _, p := range [...]orb.Point{h.info.Bounds.Min, h.info.Bounds.Max} {
		dst = appendPosition(dst, p)
	}
	return appendPosition(append(dst, h.info.CenterZoom), h.info.Center)
}

// appendPosition appends longitude and latitude as whole numbers of 10^-7 degrees.
func appendPosition(dst []byte, p orb.Point) []byte {
	for _, degrees := range p {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(int32(math.Round(degrees*1e7))))
	}
	return dst
}
