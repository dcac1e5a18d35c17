package changes

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/edit"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/ingest/geojson"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Limits of what layers may be made over HTTP.
const (
	maxLayers        = 1_000
	maxProperties    = 500
	maxDefinition    = 1 << 20 // bytes
	maxLayerWordings = 10_000  // bytes of a title, a description or an attribution
)

// definition reads the definition that a layer is to have; now is the layer, nil
// for a new one.
func (x request) definition(id city.LayerID, now *snapshot.Layer, body []byte) (*city.Layer, error) {
	if len(body) > maxDefinition {
		return nil, edge.BodyTooLarge(fmt.Sprintf("A definition may have %d bytes.", maxDefinition))
	}
	if now == nil && len(x.View.State.Snapshot.Layers()) >= maxLayers {
		return nil, problem.New(http.StatusConflict, "too-many-layers", "Too many layers", fmt.Sprintf("There are %d layers; the limit is %d.", maxLayers, maxLayers))
	}
	layer, wrong := decodeLayer(body)
	if layer == nil {
		return nil, badDefinitions(wrong)
	}
	if layer.ID == "" {
		layer.ID = id
	}
	if layer.Geometry == "" {
		layer.Geometry = city.GeometryAny
	}
	bad := func(pointer, detail string) {
		wrong = append(wrong, problem.Mistake{Pointer: &pointer, Detail: detail})
	}
	if layer.ID != id {
		bad("/id", "is not the name in the path")
	}
	if layer.Table != "" {
		bad("/table", "cannot be set here: tables of others are found in the database")
	}
	if len(layer.Properties) > maxProperties {
		bad("/properties", fmt.Sprintf("are %d; the limit is %d", len(layer.Properties), maxProperties))
	}
	for _, text := range []string{layer.Title, layer.TitleEN, layer.Description, layer.DescriptionEN, layer.Attribution} {
		if len(text) > maxLayerWordings {
			bad("", fmt.Sprintf("has a text of %d bytes; the limit is %d", len(text), maxLayerWordings))
		}
	}
	for _, err := range layer.Faults() {
		bad("", err.Error())
	}
	if now != nil {
		layer.Table = now.Definition().Table
		incompatible(now.Definition(), layer, bad)
	}
	if len(wrong) > 0 {
		return nil, badDefinitions(wrong)
	}
	return layer, nil
}

// incompatible tells of changes that a layer with features cannot take.
func incompatible(now, next *city.Layer, bad func(pointer, detail string)) {
	if next.Geometry != now.Geometry {
		bad("/geometry", fmt.Sprintf("is %s and cannot become %s", now.Geometry, next.Geometry))
	}
	for _, p := range now.Properties {
		switch i := next.PropertyIndex(p.Name); {
		case i < 0:
			bad("/properties", fmt.Sprintf("lack %q, which cannot be dropped", p.Name))
		case next.Properties[i].Type != p.Type:
			bad(fmt.Sprintf("/properties/%d/type", i), fmt.Sprintf("of %q is %s and cannot become %s", p.Name, p.Type, next.Properties[i].Type))
		}
	}
}

// decodeLayer reads one JSON object that has nothing but what a layer has, its
// texts in normal form C. The layer is nil where that cannot be read at all.
func decodeLayer(body []byte) (*city.Layer, []problem.Mistake) {
	if !json.Valid(body) {
		return nil, []problem.Mistake{definitionMistake("", "is not valid JSON")}
	}
	normal, err := edit.NormalJSON(body)
	if err != nil {
		return nil, []problem.Mistake{definitionMistake("", err.Error())}
	}
	var wrong []problem.Mistake
	definitionNames().hold(normal, "", func(pointer, detail string) { wrong = append(wrong, definitionMistake(pointer, detail)) })
	if bytes.TrimSpace(normal)[0] != '{' {
		return nil, []problem.Mistake{definitionMistake("", "is no JSON object")}
	}
	var layer city.Layer
	if err := json.Unmarshal(normal, &layer); err != nil {
		return nil, append(wrong, misread(err))
	}
	return &layer, wrong
}

// misread is what encoding/json has against a definition.
func misread(err error) problem.Mistake {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return definitionMistake("/"+strings.ReplaceAll(kind.Field, ".", "/"), "cannot be "+kind.Value)
	}
	return definitionMistake("", strings.TrimPrefix(err.Error(), "json: "))
}

// names are the members that an object may have, each with those of its value, and
// the first of them that it must have. Its value has none where it is no object, nor
// a list of such.
type names struct {
	members []member
	needed  int
}

type member struct {
	name string
	of   names
}

func members(of ...string) (all []member) {
	for _, name := range of {
		all = append(all, member{name: name})
	}
	return all
}

// definitionNames are those of the schema LayerInput, and table, about which there is
// more to say.
func definitionNames() names {
	property := names{members("name", "type", "title", "title_en", "unit"), 2}
	class := names{members("property", "values", "min_zoom"), 3}
	tiles := names{append(members("min_zoom", "simplify", "min_size", "attributes"), member{"classes", class}), 0}
	return names{append(members("id", "title", "title_en", "description", "description_en", "geometry", "key", "attribution", "table", "visible_to", "extent"),
		member{"properties", property}, member{"tiles", tiles}), 0}
}

// hold tells of members of valid JSON that are not known, by letter, of those that
// an object has twice, and of null: encoding/json takes all three. It tells of those
// that lack, too.
func (n names) hold(text []byte, at string, bad func(pointer, detail string)) {
	text = bytes.TrimSpace(text)
	switch text[0] {
	case 'n':
		bad(at, "is null; what is not to be said is left out")
	case '[':
		var elements []json.RawMessage
		_ = json.Unmarshal(text, &elements) // valid
		for i, e := range elements {
			n.hold(e, fmt.Sprintf("%s/%d", at, i), bad)
		}
	case '{':
		n.holdMembers(text, at, bad)
	}
}

func (n names) holdMembers(text []byte, at string, bad func(pointer, detail string)) {
	all, err := geojson.Members(text, maxDefinition)
	if err != nil {
		bad(at, err.Error())
	}
	seen := make([]bool, len(n.members))
	for _, m := range all {
		pointer := at + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(m.Name)
		i := slices.IndexFunc(n.members, func(known member) bool { return known.name == m.Name })
		switch {
		case i < 0:
			bad(pointer, "is nothing that is known here")
		case seen[i]:
			bad(pointer, "is there twice")
		default:
			seen[i] = true
			n.members[i].of.hold(m.Value, pointer, bad)
		}
	}
	for i := range n.needed {
		if !seen[i] {
			bad(at, fmt.Sprintf("lacks %q", n.members[i].name))
		}
	}
}

func badDefinition(pointer, detail string) *problem.Problem {
	return badDefinitions([]problem.Mistake{definitionMistake(pointer, detail)})
}

func definitionMistake(pointer, detail string) problem.Mistake {
	return problem.Mistake{Pointer: &pointer, Expected: "the definition of a layer, as GET /layers/{layer} answers it", Detail: problem.Clip(detail)}
}

func badDefinitions(wrong []problem.Mistake) *problem.Problem {
	details := make([]string, 0, len(wrong))
	for _, m := range wrong {
		details = append(details, strings.TrimSpace(*m.Pointer+" "+m.Detail))
	}
	p := problem.New(http.StatusBadRequest, "bad-body", "The definition is wrong", strings.Join(details, "; "))
	p.Errors = wrong
	return p
}
