package contracttest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/openapi"
)

// Answer is one of a server.
type Answer struct {
	Status int // 0: none was written
	Header http.Header
	Body   []byte
}

// plain returns the body without its coding.
func (a *Answer) plain() ([]byte, error) {
	switch coding := a.Header.Get("Content-Encoding"); coding {
	case "":
		return a.Body, nil
	case "gzip":
		r, err := gzip.NewReader(bytes.NewReader(a.Body))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(r)
	case "zstd":
		r, err := zstd.NewReader(bytes.NewReader(a.Body))
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return io.ReadAll(r)
	default:
		return nil, fmt.Errorf("unknown coding %q", coding)
	}
}

// plainHeaders mean what they mean anywhere.
func plainHeaders() []string {
	return []string{
		"Content-Type", "Content-Length", "Date", "Connection", "X-Accel-Buffering", "X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy", "Allow",
		"Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Access-Control-Allow-Credentials",
	}
}

// Hold returns how the answer to a request breaks the contract, or nil. pattern is the
// path of the operation, "" where no path of the document fits.
func (d *Document) Hold(method, pattern string, a *Answer) error {
	switch {
	case a.Status == 0 || a.Status/100 == 2 && method == http.MethodOptions:
		return nil // the client has gone, or asks what it may
	case pattern == "" || method == http.MethodOptions:
		if a.Status/100 != 4 {
			return fmt.Errorf("status %d of what is not declared", a.Status)
		}
		return d.holdBody(method, PointerTo("components", "schemas", "Problem"), a)
	}
	operation := method
	if method == http.MethodHead {
		operation = http.MethodGet
	}
	at := PointerTo("paths", strings.ReplaceAll(pattern, "/*", "/{rest}"), strings.ToLower(operation), "responses", strconv.Itoa(a.Status))
	response, at := d.At(at)
	if response == nil {
		return fmt.Errorf("status %d is not declared at %s", a.Status, at)
	}
	if err := holdHeaders(response, a.Header); err != nil {
		return err
	}
	return d.holdContent(method, response, at, a)
}

func holdHeaders(response openapi.Object, header http.Header) error {
	declared, _ := response["headers"].(openapi.Object)
	var errs []error
	for name := range header {
		known := slices.Contains(plainHeaders(), name)
		for d := range declared {
			known = known || http.CanonicalHeaderKey(d) == http.CanonicalHeaderKey(name)
		}
		if !known {
			errs = append(errs, fmt.Errorf("the header %s is not declared", name))
		}
	}
	return errors.Join(errs...)
}

func (d *Document) holdContent(method string, response openapi.Object, at string, a *Answer) error {
	content, _ := response["content"].(openapi.Object)
	given := a.Header.Get("Content-Type")
	if a.Status == http.StatusNotModified || a.Status == http.StatusNoContent || given == "" && len(a.Body) == 0 {
		return nil
	}
	base, _, err := mime.ParseMediaType(given)
	if err != nil {
		return fmt.Errorf("Content-Type %q: %w", given, err)
	}
	declared := ""
	for _, name := range []string{given, base, "*/*"} {
		if _, ok := content[name]; ok {
			declared = name
			break
		}
	}
	if declared == "" {
		return fmt.Errorf("the media type %q is not declared for %d", given, a.Status)
	}
	switch base {
	case "text/event-stream":
		return d.holdEvents(at, string(a.Body))
	case "application/geo+json-lines", "application/geo+json-seq":
		return d.holdRecords(method, base, a)
	}
	if !strings.HasSuffix(base, "json") {
		return nil
	}
	return d.holdBody(method, at+PointerTo("content", declared, "schema"), a)
}

// holdBody validates JSON, and features of a layer against the schema of that. Tests
// ask for the same again and again, and to validate takes longer than to answer: the
// bytes that were found right against a schema are not validated against it again.
func (d *Document) holdBody(method, pointer string, a *Answer) error {
	if method == http.MethodHead {
		if len(a.Body) > 0 {
			return errors.New("HEAD is answered with a body")
		}
		return nil
	}
	key := d.keyOf(pointer, a)
	if _, right := d.right.Load(key); right {
		return nil
	}
	plain, err := a.plain()
	if err != nil {
		return err
	}
	if err := d.holdJSON(pointer, a.Header.Get("Content-Type"), plain); err != nil {
		return err
	}
	d.right.Store(key, true)
	return nil
}

// keyOf hashes all that holdBody looks at.
func (d *Document) keyOf(pointer string, a *Answer) uint64 {
	var h maphash.Hash
	h.SetSeed(d.seed)
	for _, text := range []string{pointer, a.Header.Get("Content-Type"), a.Header.Get("Content-Encoding")} {
		maphash.WriteComparable(&h, text)
	}
	maphash.WriteComparable(&h, d.LayersChange)
	h.Write(a.Body)
	return h.Sum64()
}

func (d *Document) holdJSON(pointer, mediaType string, plain []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(plain))
	if err != nil {
		return err
	}
	schema, err := d.Schema(pointer)
	if err != nil {
		return err
	}
	if err := schema.Validate(value); err != nil {
		return fmt.Errorf("schema: %#v", err)
	}
	if d.LayersChange || mediaType != "application/geo+json" {
		return nil
	}
	return d.holdFeatures(value)
}

// holdFeatures validates the features of an answer that are of a layer of now.
func (d *Document) holdFeatures(value any) error {
	object, _ := value.(openapi.Object)
	features, isCollection := object["features"].([]any)
	if !isCollection {
		features = []any{value}
	}
	for _, f := range features {
		feature, _ := f.(openapi.Object)
		layer := layerOf(object, feature)
		pointer := PointerTo("components", "schemas", openapi.FeatureSchema(city.LayerID(layer)))
		if found, _ := d.At(pointer); found == nil {
			continue
		}
		schema, err := d.Schema(pointer)
		if err != nil {
			return err
		}
		if err := schema.Validate(f); err != nil {
			return fmt.Errorf("schema of %s: %#v", layer, err)
		}
	}
	return nil
}

// layerOf tells of which layer a feature is: what it says itself, or otherwise what
// the answer links to.
func layerOf(answer, feature openapi.Object) string {
	if layer, ok := feature["layer"].(string); ok {
		return layer
	}
	links, _ := answer["links"].([]any)
	for _, l := range links {
		if link, _ := l.(openapi.Object); link["rel"] == "collection" {
			href, _ := link["href"].(string)
			_, layer, _ := strings.Cut(href, "/collections/")
			layer, _, _ = strings.Cut(layer, "?")
			return layer
		}
	}
	return ""
}

// holdEvents holds the data of the events of a stream against the schemas that the
// response at a pointer has for their names.
func (d *Document) holdEvents(at, stream string) error {
	for text := range strings.SplitSeq(stream, "\n\n") {
		name, data := "", ""
		for line := range strings.SplitSeq(text, "\n") {
			if rest, ok := strings.CutPrefix(line, "event: "); ok {
				name = rest
			}
			if rest, ok := strings.CutPrefix(line, "data: "); ok {
				data = rest
			}
		}
		if name == "" {
			continue // a comment, or where to go on
		}
		schema, err := d.Schema(at + PointerTo("x-events", name))
		if err != nil {
			return fmt.Errorf("the event %s is not declared: %w", name, err)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(data))
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil {
			return fmt.Errorf("event %s: %#v\n%s", name, err, data)
		}
	}
	return nil
}

// holdRecords holds the features of a newline-delimited answer, or of a text sequence
// (RFC 8142: a record separator before each, a line feed behind it), against the
// schema of features.
func (d *Document) holdRecords(method, mediaType string, a *Answer) error {
	if method == http.MethodHead {
		return nil
	}
	plain, err := a.plain()
	if err != nil {
		return err
	}
	schema, err := d.Schema(PointerTo("components", "schemas", "Feature"))
	if err != nil {
		return err
	}
	for len(plain) > 0 {
		record, rest, ended := bytes.Cut(plain, []byte("\n"))
		if mediaType == "application/geo+json-seq" {
			feature, separated := bytes.CutPrefix(record, []byte("\x1e"))
			record, ended = feature, ended && separated
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(record))
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil || !ended {
			return fmt.Errorf("a record (ended: %v): %#v\n%.300s", ended, err, record)
		}
		plain = rest
	}
	return nil
}
