package openapi

import "slices"

// Downgrade returns an OpenAPI 3.0.3 document that says the same as a 3.1 document
// of this package. What 3.0 cannot say is left out:
//
//	3.1                                3.0
//	type: [T, null]                    type: T, nullable: true
//	oneOf: [{$ref}, {type: null}]      nullable: true, allOf: [{$ref}]
//	const: v                           enum: [v]
//	examples: [a, …]                   example: a
//	contentEncoding, contentMediaType  format: binary
//	a schema of any value: {}          {}
//	webhooks, contains                 nothing
//
// It shares nothing with document.
func Downgrade(document Object) Object {
	older, _ := older(document, false).(Object)
	older["openapi"] = "3.0.3"
	delete(older, "webhooks")
	return older
}

// older copies a part of a document. Members of an object of names, such as
// properties, are no words of JSON Schema.
func older(part any, names bool) any {
	switch part := part.(type) {
	case []any:
		list := make([]any, len(part))
		for i := range part {
			list[i] = older(part[i], false)
		}
		return list
	case Object:
		out := make(Object, len(part))
		for name, value := range part {
			if !names && (name == "example" || name == "enum" || name == "const" || name == "required") {
				out[name] = value
				continue
			}
			out[name] = older(value, !names && name == "properties")
		}
		if !names {
			olderSchema(out)
		}
		return out
	default:
		return part
	}
}

// olderSchema changes a copy of a schema; other objects of a document have none of
// these words, or mean the same by them.
func olderSchema(s Object) {
	if types, ok := s["type"].([]any); ok {
		olderTypes(s, types)
	}
	delete(s, "contains")
	if v, ok := s["const"]; ok {
		delete(s, "const")
		s["enum"] = []any{v}
	}
	if all, ok := s["examples"].([]any); ok {
		delete(s, "examples")
		if len(all) > 0 {
			s["example"] = all[0]
		}
	}
	if _, ok := s["contentMediaType"]; ok {
		delete(s, "contentMediaType")
		delete(s, "contentEncoding")
		s["format"] = "binary"
	}
	if choices, ok := s["oneOf"].([]any); ok {
		olderChoices(s, choices)
	}
}

// olderTypes writes a list of types. One type and null is what 3.0 can say; of
// others any value remains.
func olderTypes(s Object, types []any) {
	rest := slices.DeleteFunc(slices.Clone(types), func(t any) bool { return t == "null" })
	delete(s, "type")
	if len(rest) < len(types) {
		s["nullable"] = true
	}
	if len(rest) == 1 {
		s["type"] = rest[0]
		return
	}
	delete(s, "nullable") // which needs a type
	choices := make([]any, 0, len(rest))
	for _, t := range rest {
		choices = append(choices, Object{"type": t})
	}
	s["anyOf"] = choices
}

// olderChoices takes null out of a choice.
func olderChoices(s Object, choices []any) {
	rest := slices.DeleteFunc(slices.Clone(choices), func(c any) bool {
		choice, _ := c.(Object)
		return choice["type"] == "null"
	})
	if len(rest) == len(choices) {
		return
	}
	if len(rest) > 1 {
		s["oneOf"], s["nullable"] = rest, true
		return
	}
	delete(s, "oneOf")
	only, _ := rest[0].(Object)
	if _, ok := only["$ref"]; ok {
		s["allOf"] = rest
	} else {
		for name, value := range only {
			s[name] = value
		}
	}
	s["nullable"] = true
}
