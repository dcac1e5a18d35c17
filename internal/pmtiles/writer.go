package pmtiles

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/hanoitwin/hanoitwin/tiles"
)

// What a Writer refuses.
var (
	ErrOrder = errors.New("tiles are not in order of ID")
	ErrEmpty = errors.New("no tiles")
	ErrLimit = errors.New("too many tiles for one archive")
)

// MaxTiles is how many tiles an archive may hold: 100 MB of directory in memory.
const MaxTiles = 4 << 20

// maxRemembered is of how many contents a Writer knows where they lie, to write
// them once; at 60 bytes each. Those of before are forgotten together.
const maxRemembered = 1 << 18

// Writer collects tiles in a temporary file, since the directories stand before
// them and are known last. It is not safe for concurrent use.
type Writer struct {
	file      *os.File
	out       *bufio.Writer
	entries   []entry
	seen      map[[sha256.Size]byte]int // a content's entry
	last      [sha256.Size]byte
	size      uint64 // of the tiles so far
	addressed uint64
	contents  uint64
}

// NewWriter begins an archive, whose tiles wait in a temporary file in dir.
// Close removes it.
func NewWriter(dir string) (*Writer, error) {
	file, err := os.CreateTemp(dir, ".pmtiles-*")
	if err != nil {
		return nil, fmt.Errorf("pmtiles: %w", err)
	}
	return &Writer{file: file, out: bufio.NewWriterSize(file, 256<<10), seen: map[[sha256.Size]byte]int{}}, nil
}

// Add appends a tile that is compressed by gzip. An empty one is left out: a
// reader answers for it as for one that was never there. IDs must rise.
func (w *Writer) Add(t tiles.Tile, body []byte) error {
	if len(body) == 0 {
		return nil
	}
	id, before := ID(t), len(w.entries)-1
	if before >= 0 && id < w.entries[before].id+uint64(w.entries[before].run) {
		return fmt.Errorf("pmtiles: tile %s: %w", t, ErrOrder)
	}
	if w.addressed++; w.addressed > MaxTiles {
		return fmt.Errorf("pmtiles: more than %d: %w", MaxTiles, ErrLimit)
	}
	sum := sha256.Sum256(body)
	if before >= 0 && sum == w.last && id == w.entries[before].id+uint64(w.entries[before].run) {
		w.entries[before].run++
		return nil
	}
	w.last = sum
	e := entry{id: id, offset: w.size, length: uint32(len(body)), run: 1}
	if i, known := w.seen[sum]; known {
		e.offset = w.entries[i].offset
		w.entries = append(w.entries, e)
		return nil
	}
	if len(w.seen) >= maxRemembered {
		clear(w.seen)
	}
	w.seen[sum] = len(w.entries)
	w.entries = append(w.entries, e)
	w.size += uint64(len(body))
	w.contents++
	_, err := w.out.Write(body)
	return err
}

// Len returns how many tiles were added, and how many different ones are kept.
func (w *Writer) Len() (tiles, contents int) { return int(w.addressed), int(w.contents) }

// Finish writes the archive. No tile may be added afterwards.
func (w *Writer) Finish(out io.Writer, info Info) error {
	if len(w.entries) == 0 {
		return fmt.Errorf("pmtiles: %w", ErrEmpty)
	}
	root, leaves, err := directories(w.entries)
	if err != nil {
		return err
	}
	metadata, err := appendCompressed(nil, info.Metadata)
	if err != nil {
		return err
	}
	h := header{info: info, addressed: w.addressed, entries: uint64(len(w.entries)), contents: w.contents}
	h.root = section{headerSize, uint64(len(root))}
	h.metadata = section{h.root.end(), uint64(len(metadata))}
	h.leaves = section{h.metadata.end(), uint64(len(leaves))}
	h.data = section{h.leaves.end(), w.size}
	for _, part := range [][]byte{h.append(nil), root, metadata, leaves} {
		if _, err := out.Write(part); err != nil {
			return err
		}
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	if _, err := w.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = io.Copy(out, w.file)
	return err
}

// Close removes the temporary file.
func (w *Writer) Close() error { return errors.Join(w.file.Close(), os.Remove(w.file.Name())) }
