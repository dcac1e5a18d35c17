package contracttest

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/hanoitwin/hanoitwin/internal/openapi"
)

// HoldRequest tells how a request that was carried out has a body which the document
// does not allow: what is accepted is what is described.
func (d *Document) HoldRequest(r *http.Request, pattern string, status int, body []byte) error {
	if status/100 != 2 || len(body) == 0 || pattern == "" || r.Method == http.MethodGet {
		return nil
	}
	at := PointerTo("paths", pattern, strings.ToLower(r.Method), "requestBody", "content")
	content, at := d.At(at)
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
	schema, err := d.Schema(at + PointerTo(mediaType, "schema"))
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		return fmt.Errorf("a body was accepted that the document does not allow: %#v\n%.500s", err, body)
	}
	return nil
}
