package feed

import (
	"bufio"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
)

// readAhead is the size of the reads from disk: large enough that the call
// costs nothing beside the parsing.
const readAhead = 256 << 10

// File opens one path again and again, decompresses it by its content (gzip,
// bzip2) and counts the bytes taken from disk.
type File struct {
	Path string
	// Count is called with the number of bytes read from disk since the last
	// call; nil when nobody wants to know.
	Count func(n int64)
}

// Open starts to read the file. The caller closes it.
func (f File) Open() (io.ReadCloser, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return nil, err
	}
	reader, err := decompress(bufio.NewReaderSize(&counter{r: file, count: f.Count}, readAhead))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", f.Path, err), file.Close())
	}
	return &opened{Reader: reader, file: file}, nil
}

// Head returns up to n bytes from the start of the decompressed file.
func (f File) Head(n int) ([]byte, error) {
	r, err := File{Path: f.Path}.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // read only
	head := make([]byte, n)
	got, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("read %s: %w", f.Path, err)
	}
	return head[:got], nil
}

// Size is the number of bytes on disk, 0 when unknown.
func (f File) Size() int64 {
	info, err := os.Stat(f.Path)
	if err != nil {
		return 0
	}
	return info.Size()
}

func decompress(r *bufio.Reader) (io.Reader, error) {
	magic, err := r.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case len(magic) >= 2 && magic[0] == 0x1f && magic[1] == 0x8b:
		return gzip.NewReader(r)
	case string(magic) == "BZh":
		return bzip2.NewReader(r), nil
	default:
		return r, nil
	}
}

type opened struct {
	io.Reader
	file *os.File
}

func (o *opened) Close() error { return o.file.Close() }

type counter struct {
	r     io.Reader
	count func(int64)
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.count != nil && n > 0 {
		c.count(int64(n))
	}
	return n, err
}
