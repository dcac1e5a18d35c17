package catalogue

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Reading is how a column's value leaves the database: a cast to one of the few
// types whose binary format DecodeValue knows.
type Reading string

// The readings.
const (
	ReadText      Reading = "text"
	ReadInteger   Reading = "integer"
	ReadReal      Reading = "real" // float4
	ReadNumber    Reading = "number"
	ReadBoolean   Reading = "boolean"
	ReadDate      Reading = "date"
	ReadTimestamp Reading = "timestamp" // without zone: taken as UTC
	ReadInstant   Reading = "instant"
	ReadJSON      Reading = "json"
	ReadToJSON    Reading = "to_json" // arrays and composite types
)

// expression reads the quoted column.
func (r Reading) expression(quoted string) (string, error) {
	switch r {
	case ReadText:
		return quoted + "::text", nil
	case ReadInteger:
		return quoted + "::int8", nil
	case ReadReal:
		return quoted + "::float4", nil
	case ReadNumber:
		return quoted + "::float8", nil
	case ReadBoolean:
		return quoted + "::bool", nil
	case ReadDate:
		return quoted + "::date", nil
	case ReadTimestamp:
		return quoted + " AT TIME ZONE 'UTC'", nil
	case ReadInstant:
		return quoted + "::timestamptz", nil
	case ReadJSON:
		return quoted + "::json", nil
	case ReadToJSON:
		return "to_json(" + quoted + ")", nil
	default:
		return "", fmt.Errorf("column %s: unknown reading %q", quoted, r)
	}
}

// OwnType returns the type of the column that holds a property of kind k in a
// table of ours, and its reading. JSON is kept as text is, and not as jsonb,
// which would reorder it.
func OwnType(k city.Kind) (string, Reading) {
	switch k {
	case city.KindInteger:
		return "bigint", ReadInteger
	case city.KindNumber:
		return "double precision", ReadNumber
	case city.KindBoolean:
		return "boolean", ReadBoolean
	case city.KindDate:
		return "date", ReadDate
	case city.KindInstant:
		return "timestamp with time zone", ReadInstant
	case city.KindJSON:
		return "json", ReadJSON
	default:
		return "text", ReadText
	}
}

// PostgreSQL counts days and microseconds from 2000-01-01; city from 1970.
const (
	epochDays   = 10957
	epochMicros = epochDays * 86400 * 1e6
)

// DecodeValue decodes the binary format of one column. Infinite dates and
// instants become null.
func DecodeValue(k city.Kind, r Reading, raw []byte, text *interner) (city.Value, error) {
	if raw == nil {
		return city.Null, nil
	}
	switch {
	case k == city.KindString:
		return city.String(text.string(raw)), nil
	case k == city.KindJSON:
		if string(raw) == "null" {
			return city.Null, nil
		}
		return city.JSON(raw)
	case k == city.KindInteger && len(raw) == 8:
		return city.Integer(int64(binary.BigEndian.Uint64(raw))), nil
	case k == city.KindNumber && r == ReadReal && len(raw) == 4:
		return city.Number(widen(math.Float32frombits(binary.BigEndian.Uint32(raw)))), nil
	case k == city.KindNumber && len(raw) == 8:
		return city.Number(math.Float64frombits(binary.BigEndian.Uint64(raw))), nil
	case k == city.KindBoolean && len(raw) == 1:
		return city.Boolean(raw[0] != 0), nil
	case k == city.KindDate && len(raw) == 4:
		days := int32(binary.BigEndian.Uint32(raw))
		if days == math.MaxInt32 || days == math.MinInt32 {
			return city.Null, nil
		}
		return city.Date(time.Unix((int64(days)+epochDays)*86400, 0).UTC()), nil
	case k == city.KindInstant && len(raw) == 8:
		micros := int64(binary.BigEndian.Uint64(raw))
		if micros == math.MaxInt64 || micros == math.MinInt64 {
			return city.Null, nil
		}
		return city.Instant(time.UnixMicro(micros + epochMicros)), nil
	default:
		return city.Null, fmt.Errorf("%d bytes are no %s", len(raw), k)
	}
}

// widen gives the float64 that a reader of the float32's shortest decimal
// expects: 0.1 and not 0.10000000149.
func widen(f float32) float64 {
	wide, err := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'g', -1, 32), 64)
	if err != nil { // never: the text is of our making, infinities and NaN included
		return float64(f)
	}
	return wide
}

// AppendValue appends v as one field of binary COPY: its length, then the
// binary format of the column that OwnType names for kind k. v has been checked
// to fit.
func AppendValue(dst []byte, k city.Kind, v city.Value) []byte {
	if v.IsNull() {
		return binary.BigEndian.AppendUint32(dst, math.MaxUint32) // length -1
	}
	switch k {
	case city.KindInteger:
		return AppendInt64(dst, v.Int())
	case city.KindNumber:
		return AppendInt64(dst, int64(math.Float64bits(v.Float())))
	case city.KindBoolean:
		return append(binary.BigEndian.AppendUint32(dst, 1), byte(v.Int()))
	case city.KindDate:
		dst = binary.BigEndian.AppendUint32(dst, 4)
		return binary.BigEndian.AppendUint32(dst, uint32(int32(v.Time().Unix()/86400-epochDays)))
	case city.KindInstant:
		return AppendInt64(dst, v.Time().UnixMicro()-epochMicros)
	default:
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(v.Text())))
		return append(dst, v.Text()...)
	}
}

// AppendInt64 appends an int8 as one field of binary COPY.
func AppendInt64(dst []byte, i int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(dst, 8), uint64(i))
}
