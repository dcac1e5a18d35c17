package shapefile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
	"github.com/hanoitwin/hanoitwin/internal/ingest/textenc"
)

// Errors that end the reading of a file.
var (
	ErrNotShapefile = errors.New("not a shapefile")
	ErrTruncated    = errors.New("the file ends in the middle")
)

// Reasons of problems.
const (
	ReasonShape    = "damaged or unsupported shape"
	ReasonValue    = "attribute is not what its column promises"
	ReasonStars    = "asterisks instead of a number read as null"
	ReasonEncoding = "text encoding differs from what the file says"
	ReasonNoTable  = "there is no .dbf file: the features have no properties"
	ReasonDeleted  = "row is marked as deleted"
	ReasonRows     = "geometry and attribute files differ in length"
)

// maxShape bounds the bytes of one shape.
const maxShape = 512 << 20

// Source reads one shapefile. It is not safe for concurrent use.
type Source struct {
	shp     feed.File
	dbf     string // "" when there is none
	crs     string
	decoder textenc.Decoder
	note    string
	layer   *city.Layer
}

var _ feed.Source = (*Source)(nil)

// Recognise reports whether head is the start of a .shp file.
func Recognise(head []byte) bool {
	return len(head) >= 36 && binary.BigEndian.Uint32(head) == 9994 && binary.LittleEndian.Uint32(head[28:]) == 1000
}

// Open reads the small files beside the .shp and looks once through the .dbf
// for its encoding.
func Open(file feed.File) (*Source, error) {
	head, err := file.Head(100)
	if err != nil {
		return nil, err
	}
	if !Recognise(head) {
		return nil, fmt.Errorf("read %s: %w", file.Path, ErrNotShapefile)
	}
	beside, err := siblings(file.Path)
	if err != nil {
		return nil, err
	}
	s := &Source{shp: file, dbf: beside[".dbf"], layer: &city.Layer{}}
	if s.crs, err = readSmall(beside[".prj"]); err != nil {
		return nil, err
	}
	stated, err := readSmall(beside[".cpg"])
	if err != nil {
		return nil, err
	}
	if s.dbf == "" {
		return s, nil
	}
	if err := s.survey(stated); err != nil {
		return nil, fmt.Errorf("read %s: %w", s.dbf, err)
	}
	return s, nil
}

// siblings finds the files with the same name and another extension, in
// whatever case the extensions are written.
func siblings(path string) (map[string]string, error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	stem := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	out := map[string]string{}
	for _, e := range entries {
		extension := filepath.Ext(e.Name())
		if strings.TrimSuffix(e.Name(), extension) == stem {
			out[strings.ToLower(extension)] = filepath.Join(filepath.Dir(path), e.Name())
		}
	}
	return out, nil
}

// readSmall reads a file of a few lines; "" when path is empty.
func readSmall(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // read only
	b, err := io.ReadAll(io.LimitReader(f, 64<<10))
	return strings.TrimSpace(string(bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF")))), err
}

// survey reads all text of the table to learn its encoding, and the columns.
func (s *Source) survey(stated string) error {
	file, err := feed.File{Path: s.dbf}.Open()
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // read only
	t, err := openTable(file)
	if err != nil {
		return err
	}
	var evidence textenc.Evidence
	for _, c := range t.columns {
		evidence.Observe(c.name, len(c.name) >= 10)
	}
	for {
		deleted, err := t.next()
		if errors.Is(err, io.EOF) || errors.Is(err, ErrTable) {
			break // Read reports it
		}
		if err != nil {
			return err
		}
		for _, c := range t.columns {
			if c.kind == 'C' && !deleted {
				evidence.Observe(t.text(c), c.width == len(t.text(c)))
			}
		}
	}
	s.decoder, s.note, err = textenc.Decide(stated, t.ldid, evidence)
	if err != nil {
		return err
	}
	for _, c := range t.columns {
		name, _ := s.decoder.Decode(c.name)
		s.layer.Properties = append(s.layer.Properties, city.Property{Name: name, Type: c.valueKind()})
	}
	return nil
}

// Schemas returns the one layer, its columns typed as the .dbf declares.
func (s *Source) Schemas() []feed.Schema {
	return []feed.Schema{{CRS: s.crs, Declared: s.layer}}
}

// Close does nothing: the files are open only while they are read.
func (s *Source) Close() error { return nil }

// Read visits every shape with its row.
func (s *Source) Read(ctx context.Context, v feed.Visitor) (err error) {
	if s.dbf == "" {
		if err := v.Problem(feed.Problem{Reason: ReasonNoTable, Action: feed.Noted}); err != nil {
			return err
		}
	}
	if s.note != "" {
		if err := v.Problem(feed.Problem{Reason: ReasonEncoding, Detail: s.note, Action: feed.Noted}); err != nil {
			return err
		}
	}
	shp, err := s.shp.Open()
	if err != nil {
		return err
	}
	defer shp.Close() //nolint:errcheck // read only
	t := &task{v: v, decoder: s.decoder, layer: s.layer, shp: shp}
	if s.dbf != "" {
		dbf, err := feed.File{Path: s.dbf}.Open()
		if err != nil {
			return err
		}
		defer dbf.Close() //nolint:errcheck // read only
		if t.table, err = openTable(dbf); err != nil {
			return fmt.Errorf("read %s: %w", s.dbf, err)
		}
	}
	return t.run(ctx)
}

// task is one reading of a shapefile.
type task struct {
	v       feed.Visitor
	decoder textenc.Decoder
	layer   *city.Layer
	shp     io.Reader
	table   *table // nil without a .dbf or after its end
	content bytes.Buffer
	rec     feed.Record
}

func (t *task) run(ctx context.Context) error {
	offset := int64(100)
	if _, err := io.CopyN(io.Discard, t.shp, offset); err != nil {
		return fmt.Errorf("header: %w", errors.Join(ErrTruncated, err))
	}
	for index := int64(1); ; index++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		size, err := t.next()
		if errors.Is(err, io.EOF) {
			return t.leftover(index - 1)
		}
		if err != nil {
			return fmt.Errorf("shape %d at byte %d: %w", index, offset, err)
		}
		t.rec.Reset()
		t.rec.At = feed.Position{Index: index, Offset: offset}
		if err := t.one(); err != nil {
			return err
		}
		offset += 8 + size
	}
}

// next reads the bytes of the next shape into t.content.
func (t *task) next() (int64, error) {
	var header [8]byte
	n, err := io.ReadFull(t.shp, header[:])
	if err != nil {
		if n == 0 && errors.Is(err, io.EOF) {
			return 0, io.EOF
		}
		return 0, ErrTruncated
	}
	size := 2 * int64(int32(binary.BigEndian.Uint32(header[4:])))
	if size < 0 || size > maxShape {
		return 0, fmt.Errorf("%d bytes of content: %w", size, ErrShape)
	}
	t.content.Reset()
	// CopyN grows the buffer by what really arrives, not by what is promised.
	if _, err := io.CopyN(&t.content, t.shp, size); err != nil {
		return 0, ErrTruncated
	}
	return size, nil
}

// one visits the shape in t.content with its row.
func (t *task) one() error {
	deleted, err := t.fields()
	if err != nil {
		return err
	}
	if deleted {
		return t.v.Problem(feed.Problem{At: t.rec.At, Reason: ReasonDeleted, Action: feed.Noted})
	}
	t.rec.Geometry, t.rec.Flat, err = decode(t.content.Bytes())
	if err != nil {
		return t.v.Problem(feed.Problem{At: t.rec.At, Reason: ReasonShape, Detail: err.Error(), Action: feed.Skipped})
	}
	return t.v.Record(&t.rec)
}

// fields reads the row of the shape into the record.
func (t *task) fields() (deleted bool, err error) {
	if t.table == nil {
		return false, nil
	}
	deleted, err = t.table.next()
	if err != nil {
		t.table = nil
		return false, t.v.Problem(feed.Problem{
			At: t.rec.At, Reason: ReasonRows, Action: feed.Kept,
			Detail: fmt.Sprintf("no row from here on: %v", err),
		})
	}
	if deleted {
		return true, nil
	}
	for i, c := range t.table.columns {
		value, err := t.table.value(c, t.decoder)
		if err != nil {
			problem := feed.Problem{At: t.rec.At, Reason: ReasonValue, Action: feed.Dropped}
			if errors.Is(err, errStars) {
				problem.Reason, problem.Action = ReasonStars, feed.Noted
			}
			problem.Detail = fmt.Sprintf("column %q: %v", t.layer.Properties[i].Name, err)
			if err := t.v.Problem(problem); err != nil {
				return false, err
			}
		}
		t.rec.Add(t.layer.Properties[i].Name, value)
	}
	return false, nil
}

// leftover reports rows after the last shape.
func (t *task) leftover(shapes int64) error {
	if t.table == nil || t.table.rows == shapes {
		return nil
	}
	return t.v.Problem(feed.Problem{
		Reason: ReasonRows, Action: feed.Kept,
		Detail: fmt.Sprintf("%d shapes and %d rows", shapes, t.table.rows),
	})
}
