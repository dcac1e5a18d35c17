package mvttest

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Protobuf wire types.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// reader reads the fields of one protobuf message.
type reader struct {
	rest []byte
}

// field is one field of a message; number holds varints and fixed values.
type field struct {
	id     uint64
	wire   uint64
	number uint64
	bytes  []byte
}

func (r *reader) more() bool { return len(r.rest) > 0 }

func (r *reader) uvarint() (uint64, error) {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		return 0, fmt.Errorf("varint is cut off or longer than 64 bits")
	}
	r.rest = r.rest[n:]
	return v, nil
}

func (r *reader) take(n uint64) ([]byte, error) {
	if n > uint64(len(r.rest)) {
		return nil, fmt.Errorf("field of %d bytes in the last %d bytes", n, len(r.rest))
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b, nil
}

func (r *reader) next() (field, error) {
	tag, err := r.uvarint()
	if err != nil {
		return field{}, err
	}
	f := field{id: tag >> 3, wire: tag & 7}
	if f.id == 0 || f.id > 1<<29-1 {
		return f, fmt.Errorf("field number %d", f.id)
	}
	switch f.wire {
	case wireVarint:
		f.number, err = r.uvarint()
	case wireFixed64:
		if f.bytes, err = r.take(8); err == nil {
			f.number = binary.LittleEndian.Uint64(f.bytes)
		}
	case wireFixed32:
		if f.bytes, err = r.take(4); err == nil {
			f.number = uint64(binary.LittleEndian.Uint32(f.bytes))
		}
	case wireBytes:
		var n uint64
		if n, err = r.uvarint(); err == nil {
			f.bytes, err = r.take(n)
		}
	default:
		err = fmt.Errorf("wire type %d", f.wire)
	}
	if err != nil {
		return f, fmt.Errorf("field %d: %w", f.id, err)
	}
	return f, nil
}

// want checks the wire type of a known field.
func (f field) want(wire uint64) error {
	if f.wire != wire {
		return fmt.Errorf("field %d: wire type %d, want %d", f.id, f.wire, wire)
	}
	return nil
}

// uint32s reads a packed repeated uint32.
func uint32s(b []byte) ([]uint32, error) {
	r := reader{b}
	var out []uint32
	for r.more() {
		v, err := r.uvarint()
		if err != nil {
			return nil, err
		}
		if v > math.MaxUint32 {
			return nil, fmt.Errorf("%d is no uint32", v)
		}
		out = append(out, uint32(v))
	}
	return out, nil
}
