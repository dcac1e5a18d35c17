package tiles

import (
	"encoding/binary"
	"math"
)

// Table is a dictionary of attribute names and values that the features of a
// layer refer to by index, such as the interned properties of a whole layer.
// The Encoder copies into each tile only what the tile's features use.
//
// For tiles without repeated entries, names and values must be distinct.
type Table interface {
	NumKeys() int
	NumValues() int
	// Key returns the i-th name.
	Key(i uint32) string
	// AppendValue appends the body of the MVT Value message of the i-th value
	// to dst and returns it: exactly one call of AppendString, AppendInt,
	// AppendUint, AppendFloat or AppendBool.
	AppendValue(dst []byte, i uint32) []byte
}

// Tag is one attribute of a feature, as indexes into a Table.
type Tag struct{ Key, Value uint32 }

// Protobuf tags of the Value message (field<<3 | wire type).
const (
	valueString = 1<<3 | 2
	valueDouble = 3<<3 | 1
	valueInt    = 4 << 3
	valueUint   = 5 << 3
	valueSint   = 6 << 3
	valueBool   = 7 << 3
)

// AppendString appends a text value. MVT text is UTF-8; it is not checked here.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, valueString)
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

// AppendInt appends an integer: as uint when it is not negative, else as sint,
// which are the shortest forms.
func AppendInt(dst []byte, i int64) []byte {
	if i >= 0 {
		return AppendUint(dst, uint64(i))
	}
	dst = append(dst, valueSint)
	return binary.AppendVarint(dst, i)
}

// AppendUint appends an integer that is not negative.
func AppendUint(dst []byte, u uint64) []byte {
	dst = append(dst, valueUint)
	return binary.AppendUvarint(dst, u)
}

// AppendFloat appends a number as IEEE 754 double. NaN and infinities can be
// written but few readers expect them.
func AppendFloat(dst []byte, f float64) []byte {
	dst = append(dst, valueDouble)
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f))
}

// AppendBool appends a truth value.
func AppendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, valueBool, 1)
	}
	return append(dst, valueBool, 0)
}
