package coding

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/klauspost/compress/flate"
)

// Part is a piece of content, compressed so that it can be put beside others into
// one gzip stream without being compressed again:
//
//	content   A ───────────┐ B ───────────┐ C ───────────┐
//	stream    header │ deflated A │ deflated B │ deflated C │ end │ CRC of A B C, length
//
// Each is a run of DEFLATE blocks that refers to nothing before it and ends on a
// byte, after an empty stored block (RFC 1951, section 3.2.4). What is lost is the
// likeness between the parts: a hundred bytes or so for each.
type Part struct {
	Deflated []byte
	Length   int    // of the content
	CRC      uint32 // of the content
}

// deflater compresses one part after the other.
type deflater struct {
	writer *flate.Writer
	out    appender
}

// Part compresses content. What it returns is not shared with anybody.
func (c *Codecs) Part(content []byte) Part {
	d, _ := c.deflaters.Get().(*deflater)
	if d == nil {
		d = &deflater{}
		d.writer, _ = flate.NewWriter(&d.out, flate.BestSpeed) // the level is valid
	}
	d.out.buf = d.out.buf[:0]
	d.writer.Reset(&d.out)
	// An appender never fails, so neither do these.
	_, _ = d.writer.Write(content)
	_ = d.writer.Flush()
	p := Part{Deflated: append(make([]byte, 0, len(d.out.buf)), d.out.buf...), Length: len(content), CRC: crc32.ChecksumIEEE(content)}
	c.deflaters.Put(d)
	return p
}

const (
	// gzipHeader is that of Append too: no name, no time, fastest, system unknown.
	gzipHeader = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"
	// lastBlock ends a DEFLATE stream: a final block of nothing.
	lastBlock = "\x03\x00"
)

// AppendParts appends the gzip stream of parts, one after the other, to dst.
func AppendParts(dst []byte, parts []Part) []byte {
	dst = append(dst, gzipHeader...)
	crc, length := uint32(0), 0
	for i := range parts {
		dst = append(dst, parts[i].Deflated...)
		crc = joinCRC(crc, parts[i].CRC, parts[i].Length)
		length += parts[i].Length
	}
	dst = append(dst, lastBlock...)
	dst = binary.LittleEndian.AppendUint32(dst, crc)
	return binary.LittleEndian.AppendUint32(dst, uint32(length)) // modulo 2^32, RFC 1952, section 2.3.1
}

// joinCRC returns the CRC of two contents, one after the other, of those of each
// and the length of the second. A CRC is a remainder modulo a polynomial P over the
// field of two elements, and bytes that follow shift it: it is multiplied by
// x^(8·length).
func joinCRC(first, second uint32, length int) uint32 {
	shift := one
	for square, bits := one>>1, 8*uint64(length); bits > 0; bits >>= 1 { // x, x^2, x^4 …
		if bits&1 == 1 {
			shift = times(shift, square)
		}
		square = times(square, square)
	}
	return times(first, shift) ^ second
}

// one is the polynomial 1: the coefficient of x^i is bit 31-i.
const one uint32 = 1 << 31

// times multiplies two polynomials modulo P.
func times(a, b uint32) uint32 {
	product := uint32(0)
	for bit := one; bit > 0; bit >>= 1 {
		if a&bit != 0 {
			product ^= b
		}
		over := b&1 != 0
		b >>= 1 // times x
		if over {
			b ^= crc32.IEEE
		}
	}
	return product
}
