package shapefile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/textenc"
)

// ErrTable means that the .dbf file is damaged.
var ErrTable = errors.New("damaged .dbf file")

// errValue marks a cell that does not hold what its column promises.
var errValue = errors.New("not readable")

// errStars marks a number that is only asterisks, which means null.
var errStars = errors.New("asterisks instead of a number")

// column is one field of a table.
type column struct {
	name     []byte
	kind     byte // C, N, F, L, D …
	offset   int  // from the start of the row, after the deletion mark
	width    int
	decimals int
}

// valueKind is the type of the column's values.
func (c column) valueKind() city.Kind {
	switch c.kind {
	case 'N', 'F', 'I', 'O', 'B':
		// 18 digits are the most that surely fit in 64 bits.
		if c.kind == 'I' || (c.kind != 'O' && c.kind != 'B' && c.decimals == 0 && c.width <= 18) {
			return city.KindInteger
		}
		return city.KindNumber
	case 'L':
		return city.KindBoolean
	case 'D':
		return city.KindDate
	default:
		return city.KindString
	}
}

// table reads the rows of a .dbf file one after the other.
type table struct {
	r       io.Reader
	columns []column
	rows    int64 // as the header says
	ldid    byte
	row     []byte
}

// openTable reads the header.
func openTable(r io.Reader) (*table, error) {
	var header [32]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return nil, fmt.Errorf("header: %w", errors.Join(ErrTable, err))
	}
	size := int(binary.LittleEndian.Uint16(header[8:]))
	t := &table{
		r:    r,
		rows: int64(binary.LittleEndian.Uint32(header[4:])),
		ldid: header[29],
		row:  make([]byte, binary.LittleEndian.Uint16(header[10:])),
	}
	if size < 33 || len(t.row) < 1 {
		return nil, fmt.Errorf("header of %d bytes, rows of %d: %w", size, len(t.row), ErrTable)
	}
	rest := make([]byte, size-32)
	if _, err := io.ReadFull(r, rest); err != nil {
		return nil, fmt.Errorf("columns: %w", errors.Join(ErrTable, err))
	}
	offset := 1
	for ; len(rest) >= 32 && rest[0] != 0x0D; rest = rest[32:] {
		name, _, _ := bytes.Cut(rest[:11], []byte{0})
		c := column{name: bytes.TrimSpace(name), kind: rest[11], offset: offset, width: int(rest[16]), decimals: int(rest[17])}
		offset += c.width
		if offset > len(t.row) {
			return nil, fmt.Errorf("column %q ends at byte %d of rows of %d: %w", c.name, offset, len(t.row), ErrTable)
		}
		t.columns = append(t.columns, c)
	}
	return t, nil
}

// next reads a row. It is io.EOF after the last one, also when the header
// promises more.
func (t *table) next() (deleted bool, err error) {
	n, err := io.ReadFull(t.r, t.row)
	if err != nil {
		if n > 0 && t.row[0] != 0x1A {
			return false, fmt.Errorf("the last row has %d of %d bytes: %w", n, len(t.row), ErrTable)
		}
		return false, io.EOF
	}
	if t.row[0] == 0x1A {
		return false, io.EOF
	}
	return t.row[0] == '*', nil
}

// cell returns the bytes of a column in the current row.
func (t *table) cell(c column) []byte { return t.row[c.offset : c.offset+c.width] }

// text returns the cell without its padding: blanks at both ends for
// everything but text, which may begin with blanks.
func (t *table) text(c column) []byte {
	cell := bytes.TrimRight(t.cell(c), " \x00")
	if i := bytes.IndexByte(cell, 0); i >= 0 {
		cell = cell[:i]
	}
	return cell
}

// value reads a cell. An error says why it is not what the column promises;
// the value is then null, or the readable part of a text.
func (t *table) value(c column, d textenc.Decoder) (city.Value, error) {
	switch c.kind {
	case 'I', 'O', 'B':
		return binaryValue(c, t.cell(c))
	case 'C', 'M', 'G', 'P', 'V':
		return t.textValue(c, d)
	}
	cell := string(bytes.TrimSpace(t.text(c)))
	if cell == "" {
		return city.Null, nil
	}
	switch c.kind {
	case 'N', 'F':
		return numeric(cell)
	case 'L':
		return logical(cell)
	case 'D':
		if strings.Trim(cell, "0") == "" {
			return city.Null, nil
		}
		day, err := time.Parse("20060102", cell)
		if err != nil {
			return city.Null, fmt.Errorf("date %q: %w", cell, errValue)
		}
		return city.Date(day), nil
	default:
		return t.textValue(c, d)
	}
}

func (t *table) textValue(c column, d textenc.Decoder) (city.Value, error) {
	cell := t.text(c)
	if len(bytes.TrimSpace(cell)) == 0 {
		return city.Null, nil
	}
	text, ok := d.Decode(cell)
	if !ok {
		return city.String(text), fmt.Errorf("text %q is not all %s: %w", text, d.Name, errValue)
	}
	return city.String(text), nil
}

func numeric(cell string) (city.Value, error) {
	// Asterisks are a number too wide for its column, or how several programs
	// write null; readers agree on null.
	if strings.Trim(cell, "*") == "" {
		return city.Null, fmt.Errorf("%q: %w", cell, errStars)
	}
	if i, err := strconv.ParseInt(cell, 10, 64); err == nil {
		return city.Integer(i), nil
	}
	// Some programs write the decimal comma of their country.
	f, err := strconv.ParseFloat(strings.Replace(cell, ",", ".", 1), 64)
	if err != nil {
		return city.Null, fmt.Errorf("number %q: %w", cell, errValue)
	}
	return city.Number(f), nil
}

func logical(cell string) (city.Value, error) {
	switch cell {
	case "Y", "y", "T", "t", "1":
		return city.Boolean(true), nil
	case "N", "n", "F", "f", "0":
		return city.Boolean(false), nil
	case "?":
		return city.Null, nil
	default:
		return city.Null, fmt.Errorf("truth value %q: %w", cell, errValue)
	}
}

func binaryValue(c column, cell []byte) (city.Value, error) {
	switch {
	case c.kind == 'I' && len(cell) == 4:
		return city.Integer(int64(int32(binary.LittleEndian.Uint32(cell)))), nil
	case (c.kind == 'O' || c.kind == 'B') && len(cell) == 8:
		return city.Number(math.Float64frombits(binary.LittleEndian.Uint64(cell))), nil
	default:
		return city.Null, fmt.Errorf("column type %c of %d bytes: %w", c.kind, len(cell), errValue)
	}
}
