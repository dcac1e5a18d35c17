package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/openapi"
)

// plain is the type of the values of one type of JSON.
func (p *typePrinter) plain(name string, schema openapi.Object) (string, error) {
	switch name {
	case "string", "boolean", "null", "number":
		return name, nil
	case "integer":
		return "number", nil
	case "array":
		return p.array(schema)
	case "object":
		return p.object(schema)
	}
	return "", fmt.Errorf("the type %q is not known", name)
}

// mostTuple is the length to which lists are written member by member.
const mostTuple = 4

// array is a list, and a tuple when it is short and its length is bounded.
func (p *typePrinter) array(schema openapi.Object) (string, error) {
	items, _ := schema["items"].(openapi.Object)
	item, err := p.typeOf(items)
	if err != nil {
		return "", err
	}
	least, _ := schema["minItems"].(float64)
	most, bounded := schema["maxItems"].(float64)
	if bounded && least > 0 && most <= mostTuple {
		optional := strings.ContainsAny(item, " ")
		var members []string
		for i := range int(most) {
			switch {
			case i < int(least):
				members = append(members, item)
			case optional:
				members = append(members, "("+item+")?")
			default:
				members = append(members, item+"?")
			}
		}
		return "readonly [" + strings.Join(members, ", ") + "]", nil
	}
	if strings.Contains(item, " ") && !strings.HasPrefix(item, "{") {
		item = "(" + item + ")"
	}
	return "readonly " + item + "[]", nil
}

// object is a map, or an object with the members that are described.
func (p *typePrinter) object(schema openapi.Object) (string, error) {
	if schema["properties"] != nil {
		members, err := p.members(schema)
		return inline(members), err
	}
	switch rest := schema["additionalProperties"].(type) {
	case openapi.Object:
		value, err := p.typeOf(rest)
		return "Readonly<Record<string, " + value + ">>", err
	case bool, nil:
		return "Readonly<Record<string, unknown>>", nil
	default:
		return "", fmt.Errorf("additionalProperties is %v", rest)
	}
}

// inline is an object in one line, without what is said of its members.
func inline(members []string) string {
	code := make([]string, len(members))
	for i := range members {
		lines := strings.Split(strings.TrimSpace(members[i]), "\n")
		code[i] = strings.TrimSuffix(strings.TrimSpace(lines[len(lines)-1]), ";")
	}
	return "{ " + strings.Join(code, "; ") + " }"
}

var plainName = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// members are the members of an object, a line each, and a comment before it where
// the schema has one.
func (p *typePrinter) members(schema openapi.Object) ([]string, error) {
	properties, _ := schema["properties"].(openapi.Object)
	required, _ := schema["required"].([]any)
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		member, _ := properties[name].(openapi.Object)
		text, err := p.typeOf(member)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		written := name
		if !plainName.MatchString(name) {
			written = literal(name)
		}
		if !slices.Contains(required, any(name)) {
			written += "?"
		}
		lines = append(lines, fmt.Sprintf("%s  readonly %s: %s;\n", comment(member, "  "), written, text))
	}
	if schema["additionalProperties"] == true {
		lines = append(lines, "  readonly [other: string]: unknown;\n")
	}
	return lines, nil
}
