package geojson

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// AppendNumber appends v rounded to d decimals, half to even, zeros at the end
// left out. NaN and infinities become null. Exact is the AppendNumber function.
//
// A number of at most 18 digits is written as the integer v·10^d, in half of the
// time that strconv takes for the same text. Beyond, strconv writes it.
func (d Decimals) AppendNumber(dst []byte, v float64) []byte {
	if d < 0 {
		return AppendNumber(dst, v)
	}
	if d == millimetres {
		dst = withRoom(dst)
		if n := putMetres(dst[len(dst):len(dst)+room], v); n > 0 {
			return dst[:len(dst)+n]
		}
	}
	return d.appendFixed(dst, v)
}

// millimetres are the decimals in which metres are written.
const millimetres Decimals = 3

// putMetres writes v in millimetres and returns the length, or 0 where v is not from
// 0 to 4,294,967.295, which has every easting and northing in Việt Nam.
func putMetres(text []byte, v float64) int {
	n, ok := millimetresOf(v)
	if !ok {
		return 0
	}
	point := putWhole(text, n/1_000)
	digits := three(n % 1_000)
	binary.LittleEndian.PutUint32(text[point:], (digits|0x30_30_30)<<8|'.')
	return point + behindPoint(uint64(digits))
}

// millimetresOf returns v, in metres, as their number; ok is false where it is not from 0
// to 4,294,967.295.
func millimetresOf(v float64) (n uint32, ok bool) {
	rounded := math.RoundToEven(v * 1e3)
	return uint32(int64(rounded)), rounded >= 0 && rounded <= math.MaxUint32
}

// appendFixed is AppendNumber for any d from 0.
func (d Decimals) appendFixed(dst []byte, v float64) []byte {
	const most = 1 << 53 // up to here float64 has every integer
	if int(d) >= len(powers) || !(math.Abs(v)*float64(powers[d]) < most) {
		return appendFixedSlowly(dst, d, v)
	}
	scale := powers[d]
	rounded := math.RoundToEven(v * float64(scale))
	if rounded < 0 {
		dst = append(dst, '-')
		rounded = -rounded
	}
	n := uint64(rounded)
	whole, fraction := n/scale, n%scale
	dst = appendWhole(dst, whole)
	if fraction == 0 {
		return dst
	}
	var text [len(powers)]byte
	last := int(d)
	for fraction%10 == 0 {
		fraction /= 10
		last--
	}
	for i := last - 1; i >= 0; i-- {
		text[i] = byte('0' + fraction%10)
		fraction /= 10
	}
	dst = append(dst, '.')
	return append(dst, text[:last]...)
}

// appendWhole appends n in decimal.
func appendWhole(dst []byte, n uint64) []byte {
	var text [20]byte
	first := len(text)
	for n >= 100 {
		pair := n % 100 * 2
		n /= 100
		first -= 2
		text[first], text[first+1] = pairs[pair], pairs[pair+1]
	}
	if n >= 10 {
		first -= 2
		text[first], text[first+1] = pairs[n*2], pairs[n*2+1]
	} else {
		first--
		text[first] = byte('0' + n)
	}
	return append(dst, text[first:]...)
}

// powers are those of ten that scale decimals.
var powers = [...]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12}

// appendFixedSlowly does by strconv what does not fit an integer.
func appendFixedSlowly(dst []byte, d Decimals, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(dst, "null"...)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, v, 'f', int(d), 64)
	if d > 0 {
		for dst[len(dst)-1] == '0' {
			dst = dst[:len(dst)-1]
		}
		if dst[len(dst)-1] == '.' {
			dst = dst[:len(dst)-1]
		}
	}
	if string(dst[start:]) == "-0" {
		dst = append(dst[:start], '0')
	}
	return dst
}

// AppendNumber appends the shortest decimal that reads back as v. NaN and
// infinities become null.
//
// It writes a number of at most 7 decimals, as OSM and most surveys keep (1 cm
// on the ground), in a sixth of the time of strconv.
func AppendNumber(dst []byte, v float64) []byte {
	dst = withRoom(dst)
	at := len(dst)
	text := dst[at : at+room]
	text[0] = '-'
	sign := 0
	if v < 0 {
		sign = 1
	}
	n, ok := tenMillionths(math.Abs(v))
	if !ok {
		return city.Number(v).AppendJSON(dst)
	}
	degrees := leadingOf(n, "")
	digits := eight((n - degrees.n) * 10)
	binary.LittleEndian.PutUint64(text[sign:], degrees.text)
	binary.LittleEndian.PutUint64(text[sign+degrees.length+1:], digits|zeros)
	return dst[:at+sign+degrees.length+behindPoint(digits)]
}

// scale is for 7 decimals.
const scale = 1e7

// tenMillionths returns v as their number; ok is false where v is not a number of at
// most 7 decimals from 0 to 429.4967295, which are those that 32 bits count.
//
// Two decimals of at most 15 digits never share a float64, so that if the one with 7
// decimals next to v reads back as v it is the shortest that does, but for zeros.
func tenMillionths(v float64) (n uint32, ok bool) {
	all := int64(v*scale + 0.5) // NaN and what is too large become negative
	return uint32(all), uint64(all) <= math.MaxUint32 && float64(all)/scale == v
}

// leading is what numbers that are written one after the other mostly begin with: their
// digits before the last seven, which are whole degrees of tenMillionths, or tens of
// kilometres of millimetres.
type leading struct {
	n      uint32 // with zeros for the last seven
	text   uint64 // what stands before it, its digits, and a point: the first in the lowest byte
	length int    // of the text, without the point
}

// leadingOf returns that of n, and before it a text of at most 4 bytes.
func leadingOf(n uint32, before string) leading {
	whole := n / scale
	digits := three(whole)
	skip := min(bits.TrailingZeros32(digits)/8, 2)
	l := leading{n: whole * scale, text: uint64(digits|0x2e_30_30_30) >> (8 * skip), length: 3 - skip}
	for i := len(before) - 1; i >= 0; i-- {
		l.text = l.text<<8 | uint64(before[i])
		l.length++
	}
	return l
}

// pairs are the numbers from 00 to 99.
const pairs = "00010203040506070809" +
	"10111213141516171819" +
	"20212223242526272829" +
	"30313233343536373839" +
	"40414243444546474849" +
	"50515253545556575859" +
	"60616263646566676869" +
	"70717273747576777879" +
	"80818283848586878889" +
	"90919293949596979899"
