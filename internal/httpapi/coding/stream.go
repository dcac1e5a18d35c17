package coding

import (
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Stream compresses what is written to it. It serves one goroutine, which calls
// End once.
type Stream struct {
	codecs *Codecs
	coding Coding
	out    io.Writer
	gzip   *gzip.Writer
	zstd   *zstd.Encoder
}

// Stream returns what writes to w in a coding, with a compressor for reuse. A
// stream of zstd takes about 4 MB while it lives, one of gzip 1 MB.
func (c *Codecs) Stream(w io.Writer, coding Coding) *Stream {
	s := &Stream{codecs: c, coding: coding, out: w}
	switch coding {
	case Gzip:
		s.gzip, _ = c.gzipStreams.Get().(*gzip.Writer)
		if s.gzip == nil {
			s.gzip, _ = gzip.NewWriterLevel(w, gzip.BestSpeed) // the level is valid
		}
		s.gzip.Reset(w)
		s.out = s.gzip
	case Zstd:
		s.zstd, _ = c.zstdStreams.Get().(*zstd.Encoder)
		if s.zstd == nil {
			s.zstd, _ = zstd.NewWriter(nil, // the options are valid: NewCodecs has tried them
				zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
				zstd.WithWindowSize(zstdWindow), zstd.WithEncoderCRC(false))
		}
		s.zstd.Reset(w)
		s.out = s.zstd
	}
	return s
}

// Write compresses p. Not all of it need have left yet.
func (s *Stream) Write(p []byte) (int, error) { return s.out.Write(p) }

// End writes what is still inside, when all went well, and gives the compressor
// back. Without the end no reader takes the stream for a whole one.
func (s *Stream) End(whole bool) (err error) {
	switch {
	case s.gzip != nil:
		if whole {
			err = s.gzip.Close()
		}
		s.gzip.Reset(io.Discard)
		s.codecs.gzipStreams.Put(s.gzip)
	case s.zstd != nil:
		if whole {
			err = s.zstd.Close()
		}
		s.zstd.Reset(nil)
		s.codecs.zstdStreams.Put(s.zstd)
	}
	return err
}
