package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/openapi"
)

// TestAPITypesAreFresh writes the types of the API and compares with what is
// committed.
func TestAPITypesAreFresh(t *testing.T) {
	want, err := apiTypes()
	if err != nil {
		t.Fatal(err)
	}
	if got := string(read(t, filepath.Join("..", "src", "api", "types.ts"))); got != want {
		t.Error("src/api/types.ts is older than the schemas of the API; run make viewer")
	}
}

// TestTypeOf looks at each kind of schema.
func TestTypeOf(t *testing.T) {
	list := func(names ...string) []any {
		all := make([]any, len(names))
		for i := range names {
			all[i] = names[i]
		}
		return all
	}
	text, ref := openapi.Object{"type": "string"}, openapi.Object{"$ref": "#/components/schemas/Link"}
	for _, c := range []struct {
		want   string
		schema openapi.Object
	}{
		{"string", text},
		{"number", openapi.Object{"type": "integer", "minimum": 1.0}},
		{"unknown", openapi.Object{}},
		{"Link", ref},
		{"'it\\'s'", openapi.Object{"const": "it's"}},
		{"8", openapi.Object{"const": 8.0}},
		{"'a' | 'b'", openapi.Object{"enum": list("a", "b")}},
		{"number | null", openapi.Object{"type": list("number", "null")}},
		{"Link | null", openapi.Object{"oneOf": []any{ref, openapi.Object{"type": "null"}}}},
		{"Link", openapi.Object{"anyOf": []any{ref}}},
		{"Link & Required<Pick<Link, 'a' | 'b'>>", openapi.Object{"allOf": []any{ref, openapi.Object{"required": list("a", "b")}}}},
		{"readonly Link[]", openapi.Object{"type": "array", "items": ref}},
		{"readonly ('a' | 'b')[]", openapi.Object{"type": "array", "items": openapi.Object{"enum": list("a", "b")}}},
		{"readonly (readonly string[])[]", openapi.Object{"type": "array", "items": openapi.Object{"type": "array", "items": text}}},
		{"readonly [string, string, string?]", openapi.Object{"type": "array", "items": text, "minItems": 2.0, "maxItems": 3.0}},
		{"readonly string[]", openapi.Object{"type": "array", "items": text, "minItems": 1.0, "maxItems": 10000.0}},
		{"Readonly<Record<string, Link>>", openapi.Object{"type": "object", "additionalProperties": ref}},
		{"Readonly<Record<string, unknown>>", openapi.Object{"type": "object", "additionalProperties": true}},
		{"{ readonly 'a-b'?: string; readonly c: Link }", openapi.Object{"type": "object", "required": list("c"), "properties": openapi.Object{"c": ref, "a-b": openapi.Object{"type": "string", "description": "A word."}}}},
	} {
		p := typePrinter{known: map[string]bool{}}
		got, err := p.typeOf(c.schema)
		if err != nil || got != c.want {
			t.Errorf("%v is %q, %v; want %q", c.schema, got, err, c.want)
		}
		if strings.Contains(c.want, "Link") != (len(p.wanted) == 1) {
			t.Errorf("%v refers to %q", c.schema, p.wanted)
		}
	}
	for _, schema := range []openapi.Object{
		{"not": text}, {"type": "decimal"}, {"type": 4}, {"allOf": []any{ref, ref}}, {"type": "array", "items": openapi.Object{"if": text}},
		{"type": "object", "patternProperties": openapi.Object{}}, {"type": "object", "properties": openapi.Object{"a": openapi.Object{"type": "x"}}},
	} {
		p := typePrinter{known: map[string]bool{}}
		if got, err := p.typeOf(schema); err == nil {
			t.Errorf("%v is %q, but ought to be refused", schema, got)
		}
	}
}

// TestDeclarations looks at a schema with a name.
func TestDeclarations(t *testing.T) {
	p := typePrinter{known: map[string]bool{}}
	got, err := p.declaration("Thing", openapi.Object{
		"type": "object", "description": "A thing.", "required": []any{"id"}, "additionalProperties": true,
		"properties": openapi.Object{"id": openapi.Object{"type": "integer"}, "name": openapi.Object{"type": "string", "description": "As people say."}},
	})
	const want = "/** A thing. */\nexport interface Thing {\n  readonly id: number;\n  /** As people say. */\n  readonly name?: string;\n  readonly [other: string]: unknown;\n}\n"
	if err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
	if got, err = p.declaration("Word", openapi.Object{"type": "string"}); err != nil || got != "export type Word = string;\n" {
		t.Errorf("%v\n%s", err, got)
	}
	got, err = p.declaration("Mark", openapi.Object{"type": "object", "properties": openapi.Object{"at": openapi.Object{"type": "string"}}})
	if err != nil || got != "export interface Mark { readonly at?: string }\n" {
		t.Errorf("%v\n%s", err, got)
	}
}
