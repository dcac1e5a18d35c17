package geojson

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
)

const recordSeparator = 0x1E // RFC 8142

// headSize is how much of a file decides on its form.
const headSize = 64 << 10

// ReasonSyntax counts the features that could not be read.
const (
	ReasonSyntax   = "not a readable GeoJSON feature"
	ReasonEncoding = "not valid UTF-8"
)

// form is how features follow each other in a file.
type form uint8

const (
	formCollection form = iota // one object with a features array
	formLines                  // one feature a line
	formSequence               // RFC 8142, each after a record separator
	formStream                 // one after the other, each over several lines
)

// Source reads one GeoJSON file. It is not safe for concurrent use.
type Source struct {
	file feed.File
	form form
	crs  string
}

var _ feed.Source = (*Source)(nil)

// Recognise reports whether head, the first bytes of a file, looks like
// GeoJSON: an object, after white space, a byte order mark or a separator.
func Recognise(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF"))
	head = bytes.TrimLeft(head, " \t\r\n\x1e")
	return len(head) > 0 && head[0] == '{'
}

// Open looks at the start of the file and decides how to read it.
func Open(file feed.File) (*Source, error) {
	head, err := file.Head(headSize)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte("\xFF\xFE")) || bytes.HasPrefix(head, []byte("\xFE\xFF")) {
		return nil, fmt.Errorf("read %s: %w", file.Path, ErrNotUTF8)
	}
	if len(bytes.TrimSpace(head)) == 0 && len(head) < headSize && !ofLines(file.Path) {
		return nil, fmt.Errorf("read %s: %w", file.Path, ErrEmpty)
	}
	return &Source{file: file, form: detect(head)}, nil
}

// ofLines reports whether a file holds a feature a line by its name, so that
// without any it holds no features. Of others an empty one is a download that
// failed, rather than a layer without features.
func ofLines(path string) bool {
	name := strings.TrimSuffix(strings.ToLower(path), ".gz")
	return !strings.HasSuffix(name, ".geojson") && !strings.HasSuffix(name, ".json")
}

var errFound = errors.New("found")

// detect decides on the form by the first object.
func detect(head []byte) form {
	head = bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF"))
	trimmed := bytes.TrimLeft(head, " \t\r\n")
	if len(trimmed) > 0 && trimmed[0] == recordSeparator {
		return formSequence
	}
	c := &cursor{b: trimmed}
	collection, feature := false, false
	_ = c.members(func(name []byte) error {
		switch string(name) {
		case "features":
			collection = true
			return errFound
		case "geometry", "properties", "coordinates", "geometries":
			feature = true
			return errFound
		case "type":
			raw, err := c.raw()
			collection = string(raw) == `"FeatureCollection"`
			feature = !collection && err == nil
			if err == nil {
				err = errFound
			}
			return err
		default:
			_, err := c.raw()
			return err
		}
	})
	if collection && !feature {
		return formOfCollection(trimmed)
	}
	return formOfFeatures(trimmed)
}

// formOfCollection tells one collection from one collection a line.
func formOfCollection(head []byte) form {
	var f framer
	n, done := f.feed(head)
	rest := bytes.TrimLeft(head[n:], " \t\r")
	if done && len(rest) > 1 && rest[0] == '\n' && bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte("{")) {
		return formLines
	}
	return formCollection
}

// formOfFeatures tells one feature a line from features over several lines.
// What is not JSON is taken by lines, so that each bad line is reported.
func formOfFeatures(head []byte) form {
	newline := bytes.IndexByte(head, '\n')
	if newline < 0 {
		var f framer
		if n, done := f.feed(head); done && bytes.HasPrefix(bytes.TrimLeft(head[n:], " \t\r"), []byte("{")) {
			return formStream
		}
		return formLines
	}
	var f framer
	if _, done := f.feed(head[:newline]); done {
		return formLines
	}
	if next := bytes.TrimLeft(head[newline:], " \t\r\n"); len(next) > 0 && next[0] == '{' {
		return formLines // the first line is broken, the next one starts anew
	}
	return formStream
}

// Schemas returns one layer without a name. Its CRS is known after a Read.
func (s *Source) Schemas() []feed.Schema { return []feed.Schema{{Identifier: "id", CRS: s.crs}} }

// Close does nothing: the file is open only while it is read.
func (s *Source) Close() error { return nil }

// Read visits every feature.
func (s *Source) Read(ctx context.Context, v feed.Visitor) error {
	r, err := s.file.Open()
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // read only
	t := &task{
		ctx: ctx, v: v, s: newStream(r),
		p: parser{names: map[string]string{}, crs: s.crs},
	}
	switch s.form {
	case formCollection:
		err = t.collections()
	case formLines:
		err = t.delimited('\n')
	case formSequence:
		err = t.delimited(recordSeparator)
	default:
		err = t.concatenated()
	}
	s.crs = t.p.crs
	return err
}

// task is one reading of a file.
type task struct {
	ctx   context.Context //nolint:containedctx // lives as long as one call of Read
	v     feed.Visitor
	s     *stream
	p     parser
	index int64
	rec   feed.Record
	raw   []byte
}

// collections reads FeatureCollections until the end of the file.
func (t *task) collections() error {
	for {
		if _, ok := t.s.space(); !ok {
			return t.finish()
		}
		if err := t.collection(); err != nil {
			return err
		}
	}
}

func (t *task) finish() error {
	if err := t.s.failure(); !errors.Is(err, ErrTruncated) {
		return err
	}
	return nil
}

func (t *task) collection() error {
	if err := t.s.expect('{'); err != nil {
		return err
	}
	if c, ok := t.s.space(); ok && c == '}' {
		t.s.skip()
		return nil
	}
	for {
		name, err := t.s.value(nil)
		if err != nil {
			return err
		}
		if err := t.s.expect(':'); err != nil {
			return err
		}
		if err := t.member(string(name)); err != nil {
			return err
		}
		if more, err := t.more('}'); err != nil || !more {
			return err
		}
	}
}

// more skips a comma (true) or the closing bracket (false).
func (t *task) more(closing byte) (bool, error) {
	c, ok := t.s.space()
	switch {
	case !ok:
		return false, t.s.failure()
	case c == ',':
		t.s.skip()
		return true, nil
	default:
		return false, t.s.expect(closing)
	}
}

func (t *task) member(name string) error {
	if c, ok := t.s.space(); ok && c == '[' && name == `"features"` {
		return t.features()
	}
	raw, err := t.s.value(nil)
	if err != nil {
		return err
	}
	if name == `"crs"` {
		t.p.crs = crsName(raw)
	}
	return nil
}

func (t *task) features() error {
	if err := t.s.expect('['); err != nil {
		return err
	}
	if c, ok := t.s.space(); ok && c == ']' {
		t.s.skip()
		return nil
	}
	for {
		if err := t.next(); err != nil {
			return err
		}
		if more, err := t.more(']'); err != nil || !more {
			return err
		}
	}
}

// next cuts out the value at the stream's place and visits it.
func (t *task) next() error {
	t.s.space()
	at := feed.Position{Line: t.s.line, Offset: t.s.offset}
	var err error
	if t.raw, err = t.s.value(t.raw[:0]); err != nil {
		return err
	}
	return t.visit(t.raw, at)
}

func (t *task) concatenated() error {
	for {
		if _, ok := t.s.space(); !ok {
			return t.finish()
		}
		if err := t.next(); err != nil {
			return err
		}
	}
}

func (t *task) delimited(delimiter byte) error {
	for t.s.fill() {
		at := feed.Position{Line: t.s.line, Offset: t.s.offset}
		var err error
		if t.raw, err = t.s.until(t.raw[:0], delimiter); err != nil {
			return err
		}
		text := bytes.TrimSpace(bytes.TrimPrefix(t.raw, []byte("\xEF\xBB\xBF")))
		if len(text) == 0 {
			continue
		}
		if err := t.visit(text, at); err != nil {
			return err
		}
	}
	return t.finish()
}

// visit hands one feature, or each of a collection in one line, to the visitor.
func (t *task) visit(raw []byte, at feed.Position) error {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	m, err := t.p.split(raw)
	if err == nil && m.kind == "FeatureCollection" && m.features != nil {
		if m.crs != nil {
			t.p.crs = crsName(m.crs)
		}
		c := &cursor{b: m.features}
		return c.elements(func() error {
			inner, err := c.raw()
			if err != nil {
				return err
			}
			return t.visit(inner, at)
		})
	}
	t.index++
	at.Index = t.index
	t.rec.Reset()
	t.rec.At = at
	if err == nil {
		err = t.p.fromParts(raw, m, &t.rec)
	}
	if err != nil {
		reason := ReasonSyntax
		if errors.Is(err, ErrEncoding) {
			reason = ReasonEncoding
		}
		return t.v.Problem(feed.Problem{At: at, Reason: reason, Detail: err.Error(), Action: feed.Skipped})
	}
	return t.v.Record(&t.rec)
}
