package csvfile

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
	"github.com/hanoitwin/hanoitwin/internal/ingest/textenc"
)

// Errors that end the reading of a file.
var (
	ErrNoColumns = errors.New("no position columns (lon and lat, kinh_do and vi_do, x and y, easting and northing, or wkt)")
	ErrEmpty     = errors.New("the file is empty")
	ErrRow       = errors.New("a row is too long")
)

// Reasons of problems.
const (
	ReasonRow      = "not a readable CSV row"
	ReasonPosition = "coordinate is not a number"
	ReasonWKT      = "not readable WKT"
	ReasonEncoding = "text encoding differs from UTF-8"
	ReasonText     = "text has bytes without meaning in its encoding"
)

const headSize = 64 << 10

// Source reads one CSV file. It is not safe for concurrent use.
type Source struct {
	file      feed.File
	delimiter rune
	utf16     bool
	header    []string
	columns   columns
	decoder   textenc.Decoder
	note      string
}

var _ feed.Source = (*Source)(nil)

// Open finds the delimiter, the columns and the encoding. It reads the whole
// file once, because the first letter that is not ASCII may be the last.
func Open(file feed.File) (*Source, error) {
	head, err := file.Head(headSize)
	if err != nil {
		return nil, err
	}
	s := &Source{file: file, decoder: textenc.UTF8()}
	s.utf16 = bytes.HasPrefix(head, []byte("\xFF\xFE")) || bytes.HasPrefix(head, []byte("\xFE\xFF"))
	if s.utf16 {
		s.note = "the file is UTF-16"
		if head, _, err = transform.Bytes(utf16Decoder(), head[:len(head)&^1]); err != nil {
			return nil, fmt.Errorf("read %s: %w", file.Path, err)
		}
	} else if err := s.survey(); err != nil {
		return nil, err
	}
	s.delimiter = sniff(head)
	r, _, closer, err := s.open()
	if err != nil {
		return nil, err
	}
	defer closer.Close() //nolint:errcheck // read only
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read %s: %w", file.Path, ErrEmpty)
	}
	if err != nil {
		return nil, fmt.Errorf("read the header of %s: %w", file.Path, err)
	}
	for i, name := range header {
		text, _ := s.decoder.Decode([]byte(strings.TrimSpace(name)))
		if text == "" {
			text = "column_" + strconv.Itoa(i+1)
		}
		s.header = append(s.header, text)
	}
	if s.columns = find(s.header); !s.columns.found() {
		return nil, fmt.Errorf("header of %s is %q: %w", file.Path, s.header, ErrNoColumns)
	}
	return s, nil
}

func utf16Decoder() transform.Transformer {
	return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
}

// survey decides on the encoding.
func (s *Source) survey() error {
	r, err := feed.File{Path: s.file.Path}.Open()
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // read only
	var evidence textenc.Evidence
	lines := bufio.NewReaderSize(r, headSize)
	for {
		// A line longer than the buffer comes in pieces, cut anywhere.
		line, err := lines.ReadSlice('\n')
		evidence.Observe(line, errors.Is(err, bufio.ErrBufferFull))
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return fmt.Errorf("read %s: %w", s.file.Path, err)
		}
	}
	s.decoder, s.note, err = textenc.Decide("", 0, evidence)
	return err
}

// sniff picks the delimiter that divides the first line most.
func sniff(head []byte) rune {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	best, most := ',', 0
	for _, d := range []rune{',', ';', '\t', '|'} {
		n, quoted := 0, false
		for _, c := range string(line) {
			switch {
			case c == '"':
				quoted = !quoted
			case c == d && !quoted:
				n++
			}
		}
		if n > most {
			best, most = d, n
		}
	}
	return best
}

// maxRow bounds the bytes of one row: a quote that never closes would otherwise
// take the rest of the file for one cell.
const maxRow = 32 << 20

// rowLimit fails when more than maxRow bytes are read without a reset.
type rowLimit struct {
	r    io.Reader
	left int
}

func (l *rowLimit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, fmt.Errorf("more than %d bytes (an open quote?): %w", maxRow, ErrRow)
	}
	n, err := l.r.Read(p)
	l.left -= n
	return n, err
}

// open starts a reading of the file.
func (s *Source) open() (*csv.Reader, *rowLimit, io.Closer, error) {
	file, err := s.file.Open()
	if err != nil {
		return nil, nil, nil, err
	}
	var text io.Reader = file
	if s.utf16 {
		text = transform.NewReader(file, utf16Decoder())
	}
	buffered := bufio.NewReaderSize(text, headSize)
	if mark, err := buffered.Peek(3); err == nil && string(mark) == "\xEF\xBB\xBF" {
		_, _ = buffered.Discard(3)
	}
	limit := &rowLimit{r: buffered, left: maxRow}
	r := csv.NewReader(limit)
	r.Comma = s.delimiter
	r.ReuseRecord = true
	r.TrimLeadingSpace = s.delimiter != '\t'
	return r, limit, file, nil
}

// Schemas returns one layer of untyped text.
func (s *Source) Schemas() []feed.Schema {
	schema := feed.Schema{Text: true}
	if s.columns.geographic {
		schema.CRS = "EPSG:4326"
	}
	return []feed.Schema{schema}
}

// Close does nothing: the file is open only while it is read.
func (s *Source) Close() error { return nil }

// Read visits every row after the header.
func (s *Source) Read(ctx context.Context, v feed.Visitor) error {
	if s.note != "" {
		if err := v.Problem(feed.Problem{Reason: ReasonEncoding, Detail: s.note, Action: feed.Noted}); err != nil {
			return err
		}
	}
	r, limit, closer, err := s.open()
	if err != nil {
		return err
	}
	defer closer.Close() //nolint:errcheck // read only
	if _, err := r.Read(); err != nil {
		return fmt.Errorf("header: %w", err)
	}
	t := &task{s: s, v: v}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		limit.left = maxRow
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		t.at.Index++
		if err := t.row(r, row, err); err != nil {
			return err
		}
	}
}

// task is one reading of a file.
type task struct {
	s   *Source
	v   feed.Visitor
	at  feed.Position
	rec feed.Record
}

func (t *task) row(r *csv.Reader, row []string, err error) error {
	var syntax *csv.ParseError
	if errors.As(err, &syntax) {
		t.at.Line = int64(syntax.StartLine)
		return t.problem(ReasonRow, syntax.Error(), feed.Skipped)
	}
	if err != nil {
		return err
	}
	line, _ := r.FieldPos(0)
	t.at.Line = int64(line)
	t.rec.Reset()
	t.rec.At = t.at
	var reason string
	if t.rec.Geometry, t.rec.Flat, reason, err = t.s.geometry(row); err != nil {
		return t.problem(reason, err.Error(), feed.Skipped)
	}
	for i, cell := range row {
		if t.s.columns.geometry(i) {
			continue
		}
		value, err := t.value(i, cell)
		if err != nil {
			return err
		}
		t.rec.Add(t.s.header[i], value)
	}
	return t.v.Record(&t.rec)
}

// value decodes the text of a column; blanks alone are no value. The error is the
// visitor's.
func (t *task) value(column int, cell string) (city.Value, error) {
	if cell = strings.TrimSpace(cell); cell == "" {
		return city.Null, nil
	}
	text, ok := t.s.decoder.Decode([]byte(cell))
	if ok {
		return city.String(text), nil
	}
	return city.String(text), t.problem(ReasonText, fmt.Sprintf("column %q: %q", t.s.header[column], text), feed.Kept)
}

func (t *task) problem(reason, detail string, action feed.Action) error {
	return t.v.Problem(feed.Problem{At: t.at, Reason: reason, Detail: detail, Action: action})
}

// geometry reads the position of a row; nil when its cells are empty.
func (s *Source) geometry(row []string) (g orb.Geometry, flat bool, reason string, err error) {
	if c := s.columns.wkt; c >= 0 {
		text := strings.TrimSpace(row[c])
		if text == "" {
			return nil, false, "", nil
		}
		g, flat, err := ParseWKT(text)
		return g, flat, ReasonWKT, err
	}
	x, y := strings.TrimSpace(row[s.columns.x]), strings.TrimSpace(row[s.columns.y])
	if x == "" && y == "" {
		return nil, false, "", nil
	}
	var p orb.Point
	for i, text := range []string{x, y} {
		if p[i], err = s.number(text); err != nil {
			return nil, false, ReasonPosition, fmt.Errorf("%s: %w", s.header[[]int{s.columns.x, s.columns.y}[i]], err)
		}
	}
	return p, false, "", nil
}

// number reads a coordinate. Where commas do not divide the columns, one may
// stand for the decimal point, as Vietnamese spreadsheets write it.
func (s *Source) number(text string) (float64, error) {
	if s.delimiter != ',' && strings.Count(text, ",") == 1 && !strings.Contains(text, ".") {
		text = strings.Replace(text, ",", ".", 1)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%q: %w", text, strconv.ErrSyntax)
	}
	return f, nil
}

// ErrWKT means that a text is no well-known text of a geometry.
var ErrWKT = errors.New("not well-known text of a geometry")

// ParseWKT reads OGC well-known text, with or without an SRID prefix, which is
// ignored. Flat is true when it has heights or measures, which are left out.
// Nothing is checked beyond the syntax.
func ParseWKT(text string) (g orb.Geometry, flat bool, err error) {
	if i := strings.IndexByte(text, ';'); i >= 0 && strings.HasPrefix(strings.ToUpper(text), "SRID=") {
		text = text[i+1:]
	}
	// Each parenthesis costs stack; a real geometry nests 4 deep.
	if depth := strings.Count(text, "("); depth > 0 && deepest(text) > 16 {
		return nil, false, fmt.Errorf("nested deeper than 16: %w", ErrWKT)
	}
	parsed, err := geom.UnmarshalWKT(text, geom.NoValidate{})
	if err != nil {
		return nil, false, fmt.Errorf("%.80q: %w: %w", text, ErrWKT, err)
	}
	return fromGeom(parsed), parsed.CoordinatesType() != geom.DimXY, nil
}

func deepest(text string) int {
	depth, most := 0, 0
	for _, c := range text {
		switch c {
		case '(':
			depth++
			most = max(most, depth)
		case ')':
			depth--
		}
	}
	return most
}

func fromGeom(g geom.Geometry) orb.Geometry {
	switch g.Type() {
	case geom.TypePoint:
		xy, ok := g.MustAsPoint().XY()
		if !ok {
			return orb.MultiPoint{}
		}
		return orb.Point{xy.X, xy.Y}
	case geom.TypeMultiPoint:
		return orb.MultiPoint(sequence(g.MustAsMultiPoint().Coordinates()))
	case geom.TypeLineString:
		return orb.LineString(sequence(g.MustAsLineString().Coordinates()))
	case geom.TypeMultiLineString:
		out := orb.MultiLineString{}
		for _, s := range g.MustAsMultiLineString().Coordinates() {
			out = append(out, sequence(s))
		}
		return out
	case geom.TypePolygon:
		return rings(g.MustAsPolygon().Coordinates())
	case geom.TypeMultiPolygon:
		out := orb.MultiPolygon{}
		for _, s := range g.MustAsMultiPolygon().Coordinates() {
			out = append(out, rings(s))
		}
		return out
	default:
		out := orb.Collection{}
		collection := g.MustAsGeometryCollection()
		for i := range collection.NumGeometries() {
			out = append(out, fromGeom(collection.GeometryN(i)))
		}
		return out
	}
}

func rings(sequences []geom.Sequence) orb.Polygon {
	out := make(orb.Polygon, 0, len(sequences))
	for _, s := range sequences {
		out = append(out, sequence(s))
	}
	return out
}

func sequence(s geom.Sequence) []orb.Point {
	out := make([]orb.Point, 0, s.Length())
	for i := range s.Length() {
		xy := s.GetXY(i)
		out = append(out, orb.Point{xy.X, xy.Y})
	}
	return slices.Clip(out)
}
