package geojson

import (
	"math"
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
	if d == 3 {
		return appendMillimetres(dst, v)
	}
	return d.appendFixed(dst, v)
}

// appendMillimetres is appendFixed for 3 decimals, in which metres are written:
// up to 4,294,967.295, which has every easting and northing in Việt Nam, in
// 32-bit arithmetic and a third of the time of strconv.
func appendMillimetres(dst []byte, v float64) []byte {
	rounded := math.RoundToEven(v * 1e3)
	if !(math.Abs(rounded) <= math.MaxUint32) {
		return Decimals(3).appendFixed(dst, v)
	}
	if rounded < 0 {
		dst = append(dst, '-')
		rounded = -rounded
	}
	n := uint32(rounded)
	whole, fraction := n/1_000, n%1_000
	a, b, c, d := whole/1_000_000, whole/10_000%100*2, whole/100%100*2, whole%100*2
	e := fraction / 10 * 2
	text := [...]byte{
		byte('0' + a), pairs[b], pairs[b+1], pairs[c], pairs[c+1], pairs[d], pairs[d+1], '.',
		pairs[e], pairs[e+1], byte('0' + fraction%10),
	}
	return appendTrimmed(dst, text[:], 6)
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
// on the ground), in a third of the time of strconv: two decimals of at most 15
// digits never share a float64, so that if the rounded one reads back as v it
// is the shortest. Half of the time of a proximity answer's text goes here.
func AppendNumber(dst []byte, v float64) []byte {
	const scale, most = 1e7, math.MaxUint32
	rounded := math.RoundToEven(v * scale)
	if !(math.Abs(rounded) <= most) || rounded/scale != v {
		return city.Number(v).AppendJSON(dst)
	}
	if rounded < 0 {
		dst = append(dst, '-')
		rounded = -rounded
	}
	n := uint32(rounded) // up to 429.4967295, in 32-bit arithmetic
	whole, fraction := n/scale, n%scale
	a, b, c := fraction/100_000*2, fraction/1_000%100*2, fraction/10%100*2
	text := [...]byte{
		byte('0' + whole/100), pairs[whole%100*2], pairs[whole%100*2+1], '.',
		pairs[a], pairs[a+1], pairs[b], pairs[b+1], pairs[c], pairs[c+1], byte('0' + fraction%10),
	}
	return appendTrimmed(dst, text[:], 2)
}

// appendTrimmed appends a number of fixed width without the zeros before its
// leading digits, of which at most so many may be missing, and without those at its
// end, nor the point when nothing comes after it.
func appendTrimmed(dst, text []byte, leading int) []byte {
	first, last := 0, len(text)
	for first < leading && text[first] == '0' {
		first++
	}
	for text[last-1] == '0' {
		last--
	}
	if text[last-1] == '.' {
		last--
	}
	return append(dst, text[first:last]...)
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
