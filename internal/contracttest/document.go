package contracttest

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"net/http"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/hanoitwin/hanoitwin/internal/openapi"
)

// Document is an OpenAPI document of ours, with its schemas compiled when they are
// needed. They are closed: what the published ones leave open for the future, such as
// members that nobody has described, is a mistake here. It may be used by any number
// of goroutines.
type Document struct {
	// Object is the document. It must not be changed.
	Object openapi.Object
	// LayersChange says that layers may have been defined anew since the document was
	// read, so that features are held against what all layers have in common.
	LayersChange bool

	mu       sync.Mutex
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema

	seed  maphash.Seed
	right sync.Map // what keyOf said of bodies that do not break the contract
}

// New reads a document.
func New(text []byte) (*Document, error) {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	document, _ := value.(openapi.Object)
	components, _ := document["components"].(openapi.Object)
	schemas, ok := components["schemas"].(openapi.Object)
	if !ok {
		return nil, fmt.Errorf("no schemas in %.200s", text)
	}
	for _, schema := range schemas {
		closeObjects(schema)
	}
	d := &Document{Object: document, compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}, seed: maphash.MakeSeed()}
	d.compiler.AssertFormat()
	return d, d.compiler.AddResource("api.json", value)
}

// closeObjects lets objects have no members but those that are described.
func closeObjects(part any) {
	switch part := part.(type) {
	case []any:
		for _, member := range part {
			closeObjects(member)
		}
	case openapi.Object:
		for _, member := range part {
			closeObjects(member)
		}
		if _, open := part["additionalProperties"]; !open && part["type"] == "object" && part["properties"] != nil {
			part["additionalProperties"] = false
		}
	}
}

// At returns the object at a JSON Pointer, references followed.
func (d *Document) At(pointer string) (openapi.Object, string) {
	var here any = d.Object
	for name := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		object, _ := here.(openapi.Object)
		here = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)]
	}
	object, _ := here.(openapi.Object)
	if ref, ok := object["$ref"].(string); ok {
		return d.At(strings.TrimPrefix(ref, "#"))
	}
	return object, pointer
}

// Schema compiles the schema at a JSON Pointer.
func (d *Document) Schema(pointer string) (*jsonschema.Schema, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.compiled[pointer]; s != nil {
		return s, nil
	}
	s, err := d.compiler.Compile("api.json#" + strings.ReplaceAll(pointer, "%", "%25"))
	d.compiled[pointer] = s
	return s, err
}

// PointerTo writes a JSON Pointer.
func PointerTo(names ...string) string {
	text := ""
	for _, name := range names {
		text += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	}
	return text
}

// Pattern returns the path of the operation that a request is for, "" for none: of
// several paths the one with the most letters of its own.
func (d *Document) Pattern(method, path string) (pattern string) {
	paths, _ := d.Object["paths"].(openapi.Object)
	most := -1
	for template := range paths {
		if letters, ok := fits(template, path); ok && letters > most {
			pattern, most = template, letters
		}
	}
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if item, _ := paths[pattern].(openapi.Object); item[strings.ToLower(method)] == nil {
		return ""
	}
	return pattern
}

// fits tells whether a path, escaped, is one of a template, and how many letters the
// template has outside of its parameters.
func fits(template, path string) (letters int, ok bool) {
	names, parts := strings.Split(template, "/"), strings.Split(path, "/")
	for i, name := range names {
		switch {
		case name == "{rest}" && i < len(parts):
			return letters, true
		case i >= len(parts):
			return 0, false
		}
		before, parameter, _ := strings.Cut(name, "{")
		_, after, _ := strings.Cut(parameter, "}")
		if parameter == "" && name != parts[i] || parameter != "" && (len(parts[i]) <= len(before)+len(after) || !strings.HasPrefix(parts[i], before) || !strings.HasSuffix(parts[i], after)) {
			return 0, false
		}
		letters += len(before) + len(after)
	}
	return letters, len(names) == len(parts)
}
