package osm

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// Limits of the format (OSM wiki, PBF Format, "File format").
const (
	maxBlobHeader = 64 << 10
	maxBlob       = 32 << 20
)

// pbfReader reads the blocks of a PBF file.
//
//	┌ 4 bytes: n ┬ BlobHeader (n bytes) ┬ Blob (datasize) ┐ repeated
type pbfReader struct {
	r      io.Reader
	offset int64
	header bytes.Buffer
	blob   bytes.Buffer
	raw    bytes.Buffer
	zlib   io.ReadCloser
	zstd   *zstd.Decoder
}

// decodePBF calls h with the elements of a PBF file.
func decodePBF(ctx context.Context, r io.Reader, h handler) error {
	p := &pbfReader{r: r}
	defer p.close()
	block := &pbfBlock{h: h}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		at := p.offset
		kind, data, err := p.next()
		if errors.Is(err, io.EOF) && at > 0 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("block at byte %d: %w", at, err)
		}
		switch kind {
		case "OSMHeader":
			err = checkHeader(data)
		case "OSMData":
			err = block.decode(data)
		}
		var stop visitorError
		if errors.As(err, &stop) {
			return stop.error
		}
		if err != nil {
			return fmt.Errorf("block at byte %d: %w", at, err)
		}
	}
}

// visitorError carries an error of the handler past the wrapping of format
// errors.
type visitorError struct{ error }

func (p *pbfReader) close() {
	if p.zstd != nil {
		p.zstd.Close()
	}
}

// fill reads n bytes into b. Growing by what arrives, it never allocates what
// a damaged length merely promises.
func (p *pbfReader) fill(b *bytes.Buffer, n int64) error {
	b.Reset()
	got, err := io.CopyN(b, p.r, n)
	p.offset += got
	if errors.Is(err, io.EOF) && (got > 0 || n == 0) {
		return ErrTruncated
	}
	return err
}

// next reads one block: its type and its uncompressed bytes, valid until the
// next call. It is io.EOF at the end of the file.
func (p *pbfReader) next() (kind string, data []byte, err error) {
	if err := p.fill(&p.header, 4); err != nil {
		return "", nil, err
	}
	size := binary.BigEndian.Uint32(p.header.Bytes())
	if size > maxBlobHeader {
		return "", nil, fmt.Errorf("block header of %d bytes: %w", size, ErrFormat)
	}
	if err := p.fill(&p.header, int64(size)); err != nil {
		return "", nil, unexpected(err)
	}
	var dataSize uint64
	w := &wire{b: p.header.Bytes()}
	err = w.each(func(field, k int) bool {
		switch {
		case field == 1 && k == wireBytes:
			kind = string(w.bytes())
		case field == 3 && k == wireVarint:
			dataSize = w.varint()
		default:
			return false
		}
		return true
	})
	if err != nil {
		return "", nil, err
	}
	if dataSize > maxBlob {
		return "", nil, fmt.Errorf("block of %d bytes: %w", dataSize, ErrFormat)
	}
	if err := p.fill(&p.blob, int64(dataSize)); err != nil {
		return "", nil, unexpected(err)
	}
	if kind != "OSMHeader" && kind != "OSMData" {
		return kind, nil, nil // the format says to skip unknown blocks
	}
	data, err = p.inflate(p.blob.Bytes())
	return kind, data, err
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return ErrTruncated
	}
	return err
}

// inflate returns the bytes inside a Blob message.
func (p *pbfReader) inflate(blob []byte) ([]byte, error) {
	var data []byte
	method := 0
	w := &wire{b: blob}
	err := w.each(func(field, k int) bool {
		if k != wireBytes {
			return false
		}
		data, method = w.bytes(), field
		return true
	})
	if err != nil {
		return nil, err
	}
	switch method {
	case 1:
		return data, nil
	case 3:
		return p.unzlib(data)
	case 7:
		return p.unzstd(data)
	default:
		return nil, fmt.Errorf("compression method %d (known: none, zlib, zstd): %w", method, ErrFormat)
	}
}

func (p *pbfReader) unzlib(data []byte) ([]byte, error) {
	var err error
	if p.zlib == nil {
		p.zlib, err = zlib.NewReader(bytes.NewReader(data))
	} else {
		err = p.zlib.(zlib.Resetter).Reset(bytes.NewReader(data), nil)
	}
	if err != nil {
		p.zlib = nil
		return nil, fmt.Errorf("zlib: %w", errors.Join(ErrFormat, err))
	}
	return p.drain(p.zlib)
}

func (p *pbfReader) unzstd(data []byte) ([]byte, error) {
	var err error
	if p.zstd == nil {
		p.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(4*maxBlob))
		if err != nil {
			return nil, err
		}
	}
	if err := p.zstd.Reset(bytes.NewReader(data)); err != nil {
		return nil, fmt.Errorf("zstd: %w", errors.Join(ErrFormat, err))
	}
	return p.drain(p.zstd)
}

func (p *pbfReader) drain(r io.Reader) ([]byte, error) {
	p.raw.Reset()
	n, err := p.raw.ReadFrom(io.LimitReader(r, maxBlob+1))
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", errors.Join(ErrFormat, err))
	}
	if n > maxBlob {
		return nil, fmt.Errorf("block of more than %d bytes: %w", maxBlob, ErrFormat)
	}
	return p.raw.Bytes(), nil
}

// checkHeader refuses files that need what is not implemented.
func checkHeader(data []byte) error {
	var refused error
	w := &wire{b: data}
	err := w.each(func(field, k int) bool {
		if field != 4 || k != wireBytes {
			return false
		}
		switch feature := string(w.bytes()); feature {
		case "OsmSchema-V0.6", "DenseNodes":
		case "HistoricalInformation":
			refused = ErrHistory
		default:
			refused = fmt.Errorf("the file needs the feature %q: %w", feature, ErrFormat)
		}
		return true
	})
	if err != nil {
		return err
	}
	return refused
}
