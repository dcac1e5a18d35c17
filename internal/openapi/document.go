package openapi

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Object is a part of a document, as encoding/json writes it: members stand in the
// order of their names.
type Object = map[string]any

// Document returns the OpenAPI 3.1 document of an API. The error is that of a
// mistake in this package's own schemas.
func Document(api *API) (Object, error) {
	schemas, err := schemas(api)
	if err != nil {
		return nil, err
	}
	paths := Object{}
	for i := range api.Operations {
		op := &api.Operations[i]
		path := documentPath(op.Path)
		item, ok := paths[path].(Object)
		if !ok {
			item = Object{}
			if parameters := pathParameters(path, api); len(parameters) > 0 {
				item["parameters"] = parameters
			}
			paths[path] = item
		}
		item[strings.ToLower(op.Method)] = describe(op, api)
	}
	document := Object{
		"openapi": "3.1.0",
		"info": Object{
			"title": api.Title, "description": api.Description, "version": api.Version,
			"license": Object{"name": api.Licence, "url": api.LicenceURL},
		},
		"servers": []any{Object{"url": serverURL(api.Server)}},
		"tags":    tags(api),
		"paths":   paths,
		"components": Object{
			"schemas": schemas, "responses": problems(api), "headers": headers(), "securitySchemes": securitySchemes(),
		},
	}
	if api.Webhook != "" {
		document["webhooks"] = webhooks(api.Webhook)
	}
	return document, nil
}

// webhooks describes the POST that a watch makes (Standard Webhooks).
func webhooks(schema string) Object {
	header := func(name, about string) Object {
		return Object{"name": name, "in": "header", "required": true, "description": about, "schema": Object{"type": "string"}}
	}
	return Object{"watch": Object{"post": Object{
		"operationId": "receiveWatch", "tags": []any{"Events"},
		"summary": "What a version means to a watch, as the server tells it to the webhook",
		"parameters": []any{
			header("webhook-id", "The same whenever this is told."), header("webhook-timestamp", "When it is sent, in seconds since 1970."),
			header("webhook-signature", "v1, and the base64 of HMAC-SHA256 over id.timestamp.body."),
		},
		"requestBody": requestBody(&Body{Types: []string{"application/json"}, Schema: schema, Required: true}),
		"responses": Object{
			"2XX": Object{"description": "It is taken, and not told again."}, "410": Object{"description": "Nothing more is wanted."},
			"default": Object{"description": "It is told again, later."},
		},
	}}}
}

func serverURL(base string) string {
	if base == "" {
		return "/"
	}
	return base
}

// documentPath is a path as OpenAPI writes it: a rest of any length has a name, and
// is one parameter there.
func documentPath(path string) string { return strings.ReplaceAll(path, "/*", "/{rest}") }

// describe makes the Operation Object.
func describe(op *Operation, api *API) Object {
	o := Object{
		"operationId": op.ID,
		"summary":     Bilingual(op.ID, op.Summary),
		"tags":        []any{op.Tag},
		"responses":   responses(op),
	}
	var parameters []any
	for i := range op.Query {
		parameters = append(parameters, parameter(&op.Query[i], "query", api))
	}
	if op.Properties {
		parameters = append(parameters, propertiesParameter(api.Layers))
	}
	for i := range op.Headers {
		parameters = append(parameters, parameter(&op.Headers[i], "header", api))
	}
	if len(parameters) > 0 {
		o["parameters"] = parameters
	}
	if len(op.AnyOf) > 0 { // which OpenAPI cannot say otherwise
		o["x-any-of"] = anyOf(op.AnyOf)
	}
	if op.Body != nil {
		o["requestBody"] = requestBody(op.Body)
	}
	switch op.Access {
	case Open:
		o["security"] = []any{}
	case Optional:
		o["security"] = []any{Object{}, Object{"apiKey": []any{}}, Object{"bearer": []any{}}}
	case Required:
		o["security"] = []any{Object{"apiKey": []any{}}, Object{"bearer": []any{}}}
	}
	return o
}

// Vietnamese is what an operation does, "" where that is not known.
func Vietnamese(id string) string { return operationInVietnamese(id) }

// Bilingual is what an operation does, in Vietnamese where that is known and in
// English.
func Bilingual(id, summary string) string { return bilingual(operationInVietnamese(id), summary) }

// bilingual puts Vietnamese first and English beside it.
func bilingual(vi, en string) string {
	switch {
	case vi == "" || vi == en:
		return en
	case en == "":
		return vi
	}
	return vi + " · " + en
}

func requestBody(b *Body) Object {
	content := Object{}
	for _, mediaType := range b.Types {
		media := Object{"schema": schemaOf(b.Schema)}
		if b.Example != nil {
			media["example"] = b.Example
		}
		content[mediaType] = media
	}
	return Object{"required": b.Required, "content": content}
}

func responses(op *Operation) Object {
	all := Object{}
	for i := range op.Answers {
		all[strconv.Itoa(op.Answers[i].Status)] = response(&op.Answers[i])
	}
	for _, status := range op.Problems {
		all[strconv.Itoa(status)] = Object{"$ref": "#/components/responses/" + problemName(status)}
	}
	return all
}

func response(a *Answer) Object {
	about := a.About
	if about == "" {
		about = statusInVietnamese(a.Status)
	}
	r := Object{"description": about, "headers": headerReferences(a.Headers)}
	content := Object{}
	for _, c := range a.Content {
		schema := contentSchema(c)
		if other, ok := content[c.Type].(Object); ok { // two forms of one media type, which f tells apart
			schema = Object{"anyOf": []any{other["schema"], schema}}
		}
		content[c.Type] = Object{"schema": schema}
	}
	if len(content) > 0 {
		r["content"] = content
	}
	if len(a.Events) > 0 {
		r["x-events"] = events(a.Events)
	}
	return r
}

// events are the schemas of the data of events.
func events(all map[string][]string) Object {
	out := Object{}
	for name, schemas := range all {
		var choices []any
		for _, schema := range schemas {
			choices = append(choices, schemaOf(schema))
		}
		out[name] = Object{"anyOf": choices}
	}
	return out
}

func contentSchema(c Content) Object {
	switch {
	case c.Schema != "":
		return schemaOf(c.Schema)
	case c.Text:
		return Object{"type": "string"}
	default:
		return Object{"type": "string", "contentEncoding": "binary", "contentMediaType": c.Type}
	}
}

// tags lists those that operations have, in the order in which they come.
func tags(api *API) []any {
	var seen []string
	var all []any
	for i := range api.Operations {
		tag := api.Operations[i].Tag
		if slices.Contains(seen, tag) {
			continue
		}
		seen = append(seen, tag)
		all = append(all, Object{"name": tag, "description": tagInVietnamese(tag)})
	}
	return all
}

func securitySchemes() Object {
	return Object{
		"apiKey": Object{
			"type": "apiKey", "in": "header", "name": "X-API-Key",
			"description": "Khóa API · An API key, as hanoitwin key create prints it.",
		},
		"bearer": Object{
			"type": "http", "scheme": "bearer",
			"description": "Khóa API hoặc mã truy cập OpenID Connect · An API key, or an access token of the OpenID Connect issuer that the operator trusts.",
		},
	}
}

// problems are the responses of all statuses that are problems somewhere.
func problems(api *API) Object {
	all := Object{}
	for i := range api.Operations {
		for _, status := range api.Operations[i].Problems {
			all[problemName(status)] = Object{
				"description": bilingual(statusInVietnamese(status), http.StatusText(status)),
				"headers":     headerReferences(problemHeaders(status)),
				"content":     Object{"application/problem+json": Object{"schema": schemaOf("Problem")}},
			}
		}
	}
	return all
}

func problemName(status int) string { return "Problem" + strconv.Itoa(status) }
