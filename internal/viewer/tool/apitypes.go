package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/openapi"
)

// answers are the schemas of what the web map reads from the server and sends to
// it; the types are of these and of what they refer to.
func answers() []string {
	return []string{
		"Collections", "Feature", "Nearby", "FeatureCollection", "History", "SearchResults", "StyleMetadata",
		"LayerList", "Whoami", "ChangesetRequest", "RevertRequest", "Commit", "Changeset", "VersionEvent", "VersionMark", "Problem",
	}
}

const apiTypesHead = `// What the server answers and takes, from the schemas of its OpenAPI document (/api).
// Written by tool/apitypes.go: change internal/openapi/schemas.json, then make viewer.

import type { Geometry } from 'geojson';
`

// writeAPITypes writes the types of the API below root.
func writeAPITypes(root string) error {
	text, err := apiTypes()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, "src", "api", "types.ts"), []byte(text), 0o644)
}

// apiTypes returns the module with the types of the API of a server without layers,
// whose features are those of any layer.
func apiTypes() (string, error) {
	document, err := openapi.Document(&openapi.API{})
	if err != nil {
		return "", err
	}
	components, _ := document["components"].(openapi.Object)
	schemas, _ := components["schemas"].(openapi.Object)
	p := typePrinter{known: map[string]bool{"Geometry": true}} // RFC 7946 has its types, which MapLibre takes
	var out strings.Builder
	out.WriteString(apiTypesHead)
	for _, name := range answers() {
		p.refer(name)
	}
	for len(p.wanted) > 0 {
		name := p.wanted[0]
		p.wanted = p.wanted[1:]
		schema, ok := schemas[name].(openapi.Object)
		if !ok {
			return "", fmt.Errorf("there is no schema %s", name)
		}
		text, err := p.declaration(name, schema)
		if err != nil {
			return "", fmt.Errorf("schema %s: %w", name, err)
		}
		out.WriteString("\n" + text)
	}
	return out.String(), nil
}

// typePrinter writes schemas as TypeScript, and collects those that they refer to.
type typePrinter struct {
	known  map[string]bool
	wanted []string
}

func (p *typePrinter) refer(name string) {
	if !p.known[name] {
		p.known[name] = true
		p.wanted = append(p.wanted, name)
	}
}

// longLine is the length up to which an interface is written in one line.
const longLine = 120

// declaration is the type of a named schema, an interface where it is an object.
func (p *typePrinter) declaration(name string, schema openapi.Object) (string, error) {
	head := comment(schema, "")
	if schema["type"] == "object" && schema["properties"] != nil {
		members, err := p.members(schema)
		if err != nil {
			return "", err
		}
		if line := fmt.Sprintf("export interface %s %s\n", name, inline(members)); len(line) <= longLine && !strings.Contains(strings.Join(members, ""), "/**") {
			return head + line, nil
		}
		return fmt.Sprintf("%sexport interface %s {\n%s}\n", head, name, strings.Join(members, "")), nil
	}
	text, err := p.typeOf(schema)
	return fmt.Sprintf("%sexport type %s = %s;\n", head, name, text), err
}

// comment is the description of a schema, "" without one.
func comment(schema openapi.Object, indent string) string {
	if about, ok := schema["description"].(string); ok {
		return fmt.Sprintf("%s/** %s */\n", indent, strings.ReplaceAll(about, "*/", "* /"))
	}
	return ""
}

// typeOf is the type of the values that a schema admits. A word of JSON Schema that
// tells of types and is not known here is an error, rather than a type that is
// wider than what the server promises.
func (p *typePrinter) typeOf(schema openapi.Object) (string, error) {
	for _, word := range []string{"not", "if", "prefixItems", "patternProperties", "$defs", "unevaluatedProperties"} {
		if schema[word] != nil {
			return "", fmt.Errorf("%s has no type", word)
		}
	}
	if ref, ok := schema["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/components/schemas/")
		p.refer(name)
		return name, nil
	}
	if v, ok := schema["const"]; ok {
		return literal(v), nil
	}
	if all, ok := schema["enum"].([]any); ok {
		names := make([]string, len(all))
		for i := range all {
			names[i] = literal(all[i])
		}
		return strings.Join(names, " | "), nil
	}
	for _, word := range []string{"oneOf", "anyOf"} {
		if choices, ok := schema[word].([]any); ok {
			return p.union(choices)
		}
	}
	if parts, ok := schema["allOf"].([]any); ok {
		return p.intersection(parts)
	}
	switch t := schema["type"].(type) {
	case string:
		return p.plain(t, schema)
	case []any:
		return p.typesOf(t, schema)
	case nil:
		return "unknown", nil
	}
	return "", fmt.Errorf("a type that is %v", schema["type"])
}

func literal(v any) string {
	if s, ok := v.(string); ok {
		return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
	}
	return fmt.Sprint(v)
}

// union is one of some schemas.
func (p *typePrinter) union(choices []any) (string, error) {
	types := make([]string, len(choices))
	for i := range choices {
		schema, _ := choices[i].(openapi.Object)
		var err error
		if types[i], err = p.typeOf(schema); err != nil {
			return "", err
		}
	}
	return strings.Join(types, " | "), nil
}

// typesOf is one of some types, of which the other words of the schema tell more.
func (p *typePrinter) typesOf(names []any, schema openapi.Object) (string, error) {
	types := make([]string, len(names))
	for i := range names {
		name, _ := names[i].(string)
		var err error
		if types[i], err = p.plain(name, schema); err != nil {
			return "", err
		}
	}
	return strings.Join(types, " | "), nil
}

// intersection is a schema and the names of what is not optional in it.
func (p *typePrinter) intersection(parts []any) (string, error) {
	if len(parts) == 2 {
		base, _ := parts[0].(openapi.Object)
		rest, _ := parts[1].(openapi.Object)
		if base["$ref"] != nil && rest["required"] != nil && len(rest) == 1 {
			name, err := p.typeOf(base)
			needed, _ := p.union(constants(rest["required"]))
			return fmt.Sprintf("%s & Required<Pick<%[1]s, %s>>", name, needed), err
		}
	}
	return "", errors.New("allOf is more than a reference and what is required of it")
}

func constants(list any) []any {
	names, _ := list.([]any)
	all := make([]any, len(names))
	for i := range names {
		all[i] = openapi.Object{"const": names[i]}
	}
	return all
}
