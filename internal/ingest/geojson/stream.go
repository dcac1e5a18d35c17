package geojson

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// MaxFeature is the largest feature that is read, in bytes: far above any real
// one (all of Vietnam's coast is some 10 MB), and a bound on memory for files
// that are not GeoJSON at all.
const MaxFeature = 256 << 20

// Errors that end the reading of a file.
var (
	ErrEmpty     = errors.New("the file is empty")
	ErrTruncated = errors.New("the file ends in the middle")
	ErrSyntax    = errors.New("not valid JSON")
	ErrTooLarge  = errors.New("a single feature is larger than 256 MiB")
	ErrNotUTF8   = errors.New("the file is UTF-16; GeoJSON must be UTF-8")
)

// stream is a buffered reader that knows its place and can cut out one JSON
// value without parsing it.
type stream struct {
	r      io.Reader
	buf    []byte
	pos    int // next byte in buf
	end    int // end of valid bytes in buf
	offset int64
	line   int64
	err    error
}

func newStream(r io.Reader) *stream {
	return &stream{r: r, buf: make([]byte, 256<<10), line: 1}
}

// fill makes at least one byte available; false at the end or on error.
func (s *stream) fill() bool {
	for s.pos >= s.end {
		if s.err != nil {
			return false
		}
		var n int
		n, s.err = s.r.Read(s.buf)
		s.pos, s.end = 0, n
	}
	return true
}

// failure returns the read error, or ErrTruncated when the file just ended.
func (s *stream) failure() error {
	if s.err != nil && !errors.Is(s.err, io.EOF) {
		return s.err
	}
	return fmt.Errorf("byte %d: %w", s.offset, ErrTruncated)
}

func (s *stream) peek() (byte, bool) {
	if !s.fill() {
		return 0, false
	}
	return s.buf[s.pos], true
}

func (s *stream) skip() {
	if s.buf[s.pos] == '\n' {
		s.line++
	}
	s.pos++
	s.offset++
}

// space skips white space, record separators and byte order marks.
func (s *stream) space() (byte, bool) {
	for {
		c, ok := s.peek()
		if !ok {
			return 0, false
		}
		switch c {
		case ' ', '\t', '\r', '\n', recordSeparator, 0xEF, 0xBB, 0xBF:
			s.skip()
		default:
			return c, true
		}
	}
}

// expect skips white space and then the byte c.
func (s *stream) expect(c byte) error {
	got, ok := s.space()
	if !ok {
		return s.failure()
	}
	if got != c {
		return fmt.Errorf("byte %d, line %d: %q where %q belongs: %w", s.offset, s.line, got, c, ErrSyntax)
	}
	s.skip()
	return nil
}

// take appends n bytes of the buffer to dst and moves on.
func (s *stream) take(dst []byte, n int) ([]byte, error) {
	piece := s.buf[s.pos : s.pos+n]
	s.line += int64(bytes.Count(piece, []byte{'\n'}))
	s.offset += int64(n)
	s.pos += n
	if len(dst)+n > MaxFeature {
		return dst, fmt.Errorf("byte %d: %w", s.offset, ErrTooLarge)
	}
	return append(dst, piece...), nil
}

// value appends the raw bytes of the next JSON value to dst. It checks only
// that brackets and quotes close.
func (s *stream) value(dst []byte) ([]byte, error) {
	first, ok := s.space()
	if !ok {
		return dst, s.failure()
	}
	if first != '{' && first != '[' && first != '"' {
		return s.scalar(dst)
	}
	var f framer
	for s.fill() {
		n, done := f.feed(s.buf[s.pos:s.end])
		var err error
		if dst, err = s.take(dst, n); err != nil || done {
			return dst, err
		}
	}
	return dst, s.failure()
}

// scalar appends a number or a literal.
func (s *stream) scalar(dst []byte) ([]byte, error) {
	start := len(dst)
	for {
		c, ok := s.peek()
		if !ok || c == ',' || c == ']' || c == '}' || c == ':' || c <= ' ' {
			break
		}
		var err error
		if dst, err = s.take(dst, 1); err != nil {
			return dst, err
		}
	}
	if len(dst) == start {
		return dst, fmt.Errorf("byte %d, line %d: a value is missing: %w", s.offset, s.line, ErrSyntax)
	}
	return dst, nil
}

// until appends bytes up to the delimiter, which it skips, or to the end.
func (s *stream) until(dst []byte, delimiter byte) ([]byte, error) {
	for s.fill() {
		n := bytes.IndexByte(s.buf[s.pos:s.end], delimiter)
		found := n >= 0
		if !found {
			n = s.end - s.pos
		}
		var err error
		if dst, err = s.take(dst, n); err != nil {
			return dst, err
		}
		if found {
			s.skip()
			return dst, nil
		}
	}
	if !errors.Is(s.err, io.EOF) {
		return dst, s.err
	}
	return dst, nil
}

// framer finds the end of a JSON value that starts with a bracket or a quote.
type framer struct {
	depth    int
	inString bool
	escaped  bool
}

// feed looks at the next bytes: how many belong to the value, and whether it
// ends there.
func (f *framer) feed(b []byte) (n int, done bool) {
	for i := 0; i < len(b); i++ {
		if f.inString {
			switch {
			case f.escaped:
				f.escaped = false
			case b[i] == '\\':
				f.escaped = true
			case b[i] == '"':
				f.inString = false
				if f.depth == 0 {
					return i + 1, true
				}
			}
			continue
		}
		switch b[i] {
		case '"':
			f.inString = true
		case '{', '[':
			f.depth++
		case '}', ']':
			f.depth--
			if f.depth <= 0 {
				return i + 1, true
			}
		}
	}
	return len(b), false
}
