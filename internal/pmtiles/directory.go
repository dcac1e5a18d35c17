package pmtiles

import (
	"bytes"
	"encoding/binary"

	"github.com/klauspost/compress/gzip"
)

// entry says where the content of run tiles from id on lies, counted from the
// start of the tiles; with run 0, where the leaf that begins with id does, counted
// from the start of the leaves.
type entry struct {
	id, offset  uint64
	length, run uint32
}

// rootRoom is how many bytes the root directory may have, so that a reader gets it
// with the header in one look at 16 KiB.
const rootRoom = 16<<10 - headerSize

// directories returns the root directory and the leaves that it points into. All
// entries stand in the root when they fit; otherwise in the smallest leaves,
// from 4,096 entries on and doubled until it fits, that let the root fit.
func directories(entries []entry) (root, leaves []byte, err error) {
	if root, err = appendDirectory(nil, entries); err != nil || len(root) <= rootRoom {
		return root, nil, err
	}
	for size := 4096; ; size *= 2 {
		var pointers []entry
		leaves = leaves[:0]
		for start := 0; start < len(entries); start += size {
			part := entries[start:min(start+size, len(entries))]
			before := len(leaves)
			if leaves, err = appendDirectory(leaves, part); err != nil {
				return nil, nil, err
			}
			pointers = append(pointers, entry{id: part[0].id, offset: uint64(before), length: uint32(len(leaves) - before)})
		}
		if root, err = appendDirectory(nil, pointers); err != nil || len(root) <= rootRoom {
			return root, leaves, err
		}
	}
}

// appendDirectory appends a directory as files have it: column by column, IDs as
// differences, an offset as 0 where it follows on the entry before it and as one
// more than it is elsewhere, compressed.
func appendDirectory(dst []byte, entries []entry) ([]byte, error) {
	plain := binary.AppendUvarint(nil, uint64(len(entries)))
	last := uint64(0)
	for _, e := range entries {
		plain = binary.AppendUvarint(plain, e.id-last)
		last = e.id
	}
	for _, e := range entries {
		plain = binary.AppendUvarint(plain, uint64(e.run))
	}
	for _, e := range entries {
		plain = binary.AppendUvarint(plain, uint64(e.length))
	}
	for i, e := range entries {
		if i > 0 && e.offset == entries[i-1].offset+uint64(entries[i-1].length) {
			plain = append(plain, 0)
			continue
		}
		plain = binary.AppendUvarint(plain, e.offset+1)
	}
	return appendCompressed(dst, plain)
}

func appendCompressed(dst, plain []byte) ([]byte, error) {
	out := bytes.NewBuffer(dst)
	w := gzip.NewWriter(out)
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
