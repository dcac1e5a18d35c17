package httpapi

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/hanoitwin/hanoitwin/internal/openapi"
)

// copyBody returns the body of a request, which can still be read.
func copyBody(r *http.Request) []byte {
	if r.Body == nil {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err}))
	return body
}

// failing is the end of a body, or how it broke.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

// holdRequest tells how a request that was carried out has a body which the document
// does not allow: what is accepted is what is described.
func (p *promise) holdRequest(r *http.Request, pattern string, status int, body []byte) error {
	if status/100 != 2 || len(body) == 0 || pattern == "" || r.Method == http.MethodGet {
		return nil
	}
	at := pointerTo("paths", pattern, strings.ToLower(r.Method), "requestBody", "content")
	content, at := p.at(at)
	if content == nil {
		return nil // a body that nobody reads
	}
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("a body of %q was accepted: %w", r.Header.Get("Content-Type"), err)
	}
	if _, ok := content[mediaType].(openapi.Object); !ok {
		return fmt.Errorf("a body of %s was accepted, which is not declared", mediaType)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("a body was accepted that is no JSON: %w", err)
	}
	schema, err := p.schema(at + pointerTo(mediaType, "schema"))
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		return fmt.Errorf("a body was accepted that the document does not allow: %#v\n%.500s", err, body)
	}
	return nil
}

// holdEvents holds the data of the events of a stream against the schemas that the
// response at a pointer has for their names.
func (p *promise) holdEvents(at, stream string) error {
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
		schema, err := p.schema(at + pointerTo("x-events", name))
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
func (p *promise) holdRecords(method, mediaType string, c *copied) error {
	if method == http.MethodHead {
		return nil
	}
	plain, err := decompressed(&http.Response{Header: c.header, Body: io.NopCloser(bytes.NewReader(c.body.Bytes()))})
	if err != nil {
		return err
	}
	schema, err := p.schema(pointerTo("components", "schemas", "Feature"))
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
