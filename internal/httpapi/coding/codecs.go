package coding

import (
	"fmt"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Codecs compresses. It keeps compressors for reuse and is safe for concurrent
// use.
type Codecs struct {
	zstd *zstd.Encoder
	gzip sync.Pool // of *gzipper

	gzipStreams, zstdStreams sync.Pool // of *gzip.Writer, *zstd.Encoder
	deflaters                sync.Pool // of *deflater
}

type gzipper struct {
	writer *gzip.Writer
	out    appender
}

// appender is a writer into a slice that its owner takes over.
type appender struct{ buf []byte }

func (a *appender) Write(p []byte) (int, error) {
	a.buf = append(a.buf, p...)
	return len(p), nil
}

// zstdWindow bounds the memory of one zstd compressor. Larger windows do not
// make tiles smaller: a tile rarely exceeds 500 kB.
const zstdWindow = 1 << 20

// NewCodecs returns Codecs of which at most workers compress with zstd at a
// time; others wait their turn.
func NewCodecs(workers int) (*Codecs, error) {
	encoder, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderConcurrency(max(workers, 1)),
		zstd.WithWindowSize(zstdWindow),
		zstd.WithEncoderCRC(false)) // TCP and TLS check already
	if err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	c := &Codecs{zstd: encoder}
	c.gzip.New = func() any {
		g := &gzipper{}
		// The level is valid: there is no error.
		g.writer, _ = gzip.NewWriterLevel(&g.out, gzip.BestSpeed)
		return g
	}
	return c, nil
}

// Append appends body in the coding to dst. The result depends on nothing but
// body and coding.
func (c *Codecs) Append(dst, body []byte, coding Coding) []byte {
	switch coding {
	case Gzip:
		return c.appendGzip(dst, body)
	case Zstd:
		return c.zstd.EncodeAll(body, dst)
	default:
		return append(dst, body...)
	}
}

func (c *Codecs) appendGzip(dst, body []byte) []byte {
	g := c.gzip.Get().(*gzipper)
	g.out.buf = dst
	g.writer.Reset(&g.out)
	// An appender never fails, so neither do these.
	_, _ = g.writer.Write(body)
	_ = g.writer.Close()
	dst, g.out.buf = g.out.buf, nil
	c.gzip.Put(g)
	return dst
}
