package webpage

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// apiView is the description of an interface, as its template shows it.
type apiView struct {
	*Source
	Lead   string
	Groups []apiGroup
}

type apiGroup struct {
	Name, About string
	Operations  []apiOperation
}

type apiOperation struct {
	ID, Method, Path, Summary string
	Parameters                []apiParameter
	Body                      []string // media types
	BodyExample               string
	Answers                   []apiAnswer
	Problems                  string // their statuses
	Key                       bool   // asks who one is
	Try                       string // an address that works; empty: none
}

type apiParameter struct {
	Name, In, Type, About, Example string
	Required                       bool
}

type apiAnswer struct{ Status, About, Types string }

// apiDocument is as much of an OpenAPI document as the page shows.
type apiDocument struct {
	Info  struct{ Title, Description string }
	Tags  []struct{ Name, Description string }
	Paths map[string]map[string]json.RawMessage
}

type declaredOperation struct {
	OperationID string
	Summary     string
	Tags        []string
	Parameters  []declaredParameter
	Security    []map[string]any
	AnyOf       []string `json:"x-any-of"`
	RequestBody struct {
		Content map[string]struct{ Example json.RawMessage }
	}
	Responses map[string]struct {
		Ref         string `json:"$ref"`
		Description string
		Content     map[string]any
	}
}

type declaredParameter struct {
	Name, In, Description string
	Required              bool
	Example               json.RawMessage
	Schema                struct {
		Type             any
		Minimum, Maximum *float64
		Enum             []any
		Pattern          string
	}
}

// RenderAPI makes the page of an OpenAPI document.
func (r *Renderer) RenderAPI(s *Source) ([]byte, error) {
	var d apiDocument
	if err := json.Unmarshal(s.Document, &d); err != nil {
		return nil, fmt.Errorf("webpage: OpenAPI document: %w", err)
	}
	byTag := map[string][]apiOperation{}
	for _, path := range sortedKeys(d.Paths) {
		if err := d.gather(byTag, path, s.Base, s.Say); err != nil {
			return nil, err
		}
	}
	v := &apiView{Source: s, Lead: d.Info.Description}
	for _, tag := range d.Tags {
		v.Groups = append(v.Groups, apiGroup{Name: tag.Name, About: tag.Description, Operations: byTag[tag.Name]})
	}
	return r.execute("api.html", v)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// gather adds the operations of a path to those of their tags.
func (d *apiDocument) gather(byTag map[string][]apiOperation, path, base string, say func(vi, en string) string) error {
	var inPath []declaredParameter
	if raw, ok := d.Paths[path]["parameters"]; ok {
		if err := json.Unmarshal(raw, &inPath); err != nil {
			return fmt.Errorf("webpage: parameters of %s: %w", path, err)
		}
	}
	for _, method := range []string{"get", "post", "put", "patch", "delete"} {
		raw, ok := d.Paths[path][method]
		if !ok {
			continue
		}
		var o declaredOperation
		if err := json.Unmarshal(raw, &o); err != nil {
			return fmt.Errorf("webpage: %s %s: %w", method, path, err)
		}
		o.Parameters = append(slices.Clone(inPath), o.Parameters...)
		shown := describe(&o, method, path, base, say)
		for _, tag := range o.Tags {
			byTag[tag] = append(byTag[tag], shown)
		}
	}
	return nil
}

func describe(o *declaredOperation, method, path, base string, say func(vi, en string) string) apiOperation {
	summary := o.Summary
	if vi, en, both := strings.Cut(summary, " · "); both {
		summary = say(vi, en)
	}
	shown := apiOperation{ID: o.OperationID, Method: strings.ToUpper(method), Path: path, Summary: summary, Key: len(o.Security) > 0 && len(o.Security[0]) > 0}
	for i := range o.Parameters {
		p := &o.Parameters[i]
		shown.Parameters = append(shown.Parameters, apiParameter{p.Name, p.In, p.typeText(), p.Description, exampleText(p.Example), p.Required})
	}
	for _, mediaType := range sortedKeys(o.RequestBody.Content) {
		shown.Body = append(shown.Body, mediaType)
		if e := o.RequestBody.Content[mediaType].Example; len(e) > 0 {
			shown.BodyExample = string(e)
		}
	}
	for _, status := range sortedKeys(o.Responses) {
		r := o.Responses[status]
		if r.Ref != "" { // those that all operations share
			shown.Problems += " " + status
			continue
		}
		shown.Answers = append(shown.Answers, apiAnswer{status, r.Description, strings.Join(sortedKeys(r.Content), ", ")})
	}
	if method == "get" && !shown.Key {
		shown.Try = tryAddress(base, path, o)
	}
	return shown
}

// typeText is the type of a parameter with its bounds, for people.
func (p *declaredParameter) typeText() string {
	text := fmt.Sprint(p.Schema.Type)
	number := func(v *float64) string {
		if v == nil {
			return "…"
		}
		return strconv.FormatFloat(*v, 'f', -1, 64)
	}
	if p.Schema.Minimum != nil || p.Schema.Maximum != nil {
		text += " " + number(p.Schema.Minimum) + " – " + number(p.Schema.Maximum)
	}
	if len(p.Schema.Enum) > 0 {
		text += ": " + strings.Trim(fmt.Sprint(p.Schema.Enum), "[]")
	}
	if p.Schema.Pattern != "" {
		text += " " + p.Schema.Pattern
	}
	return text
}

// exampleText is an example as it stands in an address.
func exampleText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return strings.Join(list, ",")
	}
	return string(raw)
}

// tryAddress is the address of an operation with the examples of what it needs:
// what is in the path, and what is required. It is empty when one is missing.
func tryAddress(base, path string, o *declaredOperation) string {
	query := url.Values{}
	for i := range o.Parameters {
		p := &o.Parameters[i]
		example := exampleText(p.Example)
		switch {
		case p.In == "path" && example == "":
			return ""
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(example))
		case p.Required && example == "":
			return ""
		case p.Required:
			query.Set(p.Name, example)
		case len(o.AnyOf) > 0 && p.Name == o.AnyOf[0] && example != "":
			query.Set(p.Name, example)
		}
	}
	text := query.Encode()
	if text != "" {
		text = "?" + text
	}
	return base + path + text
}
