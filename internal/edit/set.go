package edit

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/geojson"
)

// MaxMessage is the longest reason for a change, in bytes.
const MaxMessage = 2_000

// Limits bound what one change set may ask for. Zero fields mean their defaults.
type Limits struct {
	// Edits is the most edits of a change set. All are one transaction. Default
	// 10,000.
	Edits int
	// PolygonPositions is the most positions of a feature with polygons. Default
	// 20,000: whether rings cross takes up to 0.6 s to tell for these, when every
	// edge is as long as the polygon is wide (BenchmarkLargestPolygon), and 50 s for
	// 100,000, but 0.3 s for 100,000 along a shore. The outline of the city in the
	// seed has 569, a detailed ward some thousands.
	PolygonPositions int
}

// WithDefaults returns l with each zero field replaced.
func (l Limits) WithDefaults() Limits {
	l.Edits = cmp.Or(l.Edits, 10_000)
	l.PolygonPositions = cmp.Or(l.PolygonPositions, 20_000)
	return l
}

// Op is what a step does with a feature. The set is closed.
type Op string

// The operations.
const (
	Create Op = "create"
	Update Op = "update" // replace it whole
	Patch  Op = "patch"  // JSON Merge Patch
	Delete Op = "delete"
)

// Step is one edit as a client asks for it.
type Step struct {
	Op    Op
	Layer city.LayerID
	// Feature names an existing one by id or, failing that, by code, as paths do.
	Feature string
	// IfMatch lists the entity tags one of which the feature must have; empty:
	// whatever it is.
	IfMatch string
	// Body is the JSON of the feature or of the patch.
	Body []byte
	// At and BodyAt point to the step and to Body in what the client sent.
	At, BodyAt string

	broken bool // ReadSet has noted what is wrong with it
}

// Set is a change set as a client sends it.
type Set struct {
	Message string
	Steps   []Step
}

// ReadSet reads the body of a change set:
//
//	{"message": "…", "edits": [
//	  {"op": "create", "layer": "stops", "feature": {…}},
//	  {"op": "patch", "layer": "stops", "id": 7, "if_match": "\"3f…\"", "feature": {…}}]}
//
// The error is *Mistakes: everything that is wrong with it as far as that can be
// told without the features, which Plan reads. The set then has what could be read,
// for Planner.Mistakes; it is nil when nothing could.
func ReadSet(body []byte, limits Limits) (*Set, error) {
	var mistakes Mistakes
	r := &draft{limits: limits.WithDefaults(), mistakes: &mistakes}
	set := &Set{}
	members, ok := r.members("", body)
	if !ok {
		return nil, mistakes.err()
	}
	edits := false
	for _, m := range members {
		switch m.Name {
		case "message":
			set.Message = r.message(m.Value)
		case "edits":
			edits = true
			set.Steps = r.steps(m.Value)
		default:
			r.bad(pointer("", m.Name), "", "one of message, edits", "is not known here")
		}
	}
	if !edits {
		r.bad("/edits", "", r.someEdits(), "is missing")
	}
	return set, mistakes.err()
}

// ReadMessage reads a body that has nothing but a message, or nothing at all.
func ReadMessage(body []byte) (string, error) {
	if first(body) == 0 {
		return "", nil
	}
	var mistakes Mistakes
	r := &draft{mistakes: &mistakes}
	message := ""
	members, _ := r.members("", body)
	for _, m := range members {
		if m.Name != "message" {
			r.bad(pointer("", m.Name), "", "message", "is not known here")
			continue
		}
		message = r.message(m.Value)
	}
	return message, mistakes.err()
}

// Message checks the reason that is given for a change.
func Message(text string) (string, error) {
	if len(text) > MaxMessage {
		return "", fmt.Errorf("has %d bytes; the limit is %d", len(text), MaxMessage)
	}
	return Normal(text)
}

func (d *draft) message(value []byte) string {
	text, ok := d.text("/message", value)
	if !ok {
		return ""
	}
	text, err := Message(text)
	if err != nil {
		d.mistakes.add(Mistake{Pointer: "/message", Value: text, Expected: fmt.Sprintf("text of at most %d bytes", MaxMessage), Detail: err.Error()})
	}
	return text
}

// text reads a member that must be text.
func (d *draft) text(at string, value []byte) (string, bool) {
	if first(value) != '"' {
		d.bad(at, string(value[:min(len(value), 200)]), "text", "is "+kindOf(value)+", not text")
		return "", false
	}
	text, err := geojson.Text(value)
	if err != nil {
		d.bad(at, "", "text", err.Error())
	}
	return text, err == nil
}

func (d *draft) someEdits() string { return fmt.Sprintf("an array of 1 to %d edits", d.limits.Edits) }

func (d *draft) steps(value []byte) []Step {
	expected, most := d.someEdits(), d.limits.Edits
	edits, err := geojson.Elements(value, most)
	switch {
	case errors.Is(err, geojson.ErrTooMany):
		d.mistakes.add(Mistake{Pointer: "/edits", Expected: expected, Limit: most, Detail: fmt.Sprintf("has more than %d edits", most)})
		return nil
	case err != nil:
		d.bad("/edits", "", expected, "is "+kindOf(value)+", not an array")
		return nil
	case len(edits) == 0:
		d.bad("/edits", "", expected, "is empty")
	}
	steps := make([]Step, 0, len(edits))
	for i, e := range edits {
		noted := d.mistakes.count()
		s := d.step("/edits/"+strconv.Itoa(i), e)
		s.broken = d.mistakes.count() > noted
		steps = append(steps, s)
	}
	return steps
}

func (d *draft) step(at string, text []byte) Step {
	s := Step{At: at, BodyAt: at + "/feature"}
	members, ok := d.members(at, text)
	if !ok {
		return s
	}
	told := map[string]bool{}
	for _, m := range members {
		told[m.Name] = true
		where := pointer(at, m.Name)
		switch m.Name {
		case "op":
			op, _ := d.text(where, m.Value)
			s.Op = Op(op)
		case "layer":
			layer, _ := d.text(where, m.Value)
			s.Layer = city.LayerID(layer)
		case "id":
			s.Feature = d.name(where, m.Value)
		case "if_match":
			s.IfMatch, _ = d.text(where, m.Value)
		case "feature":
			s.Body = m.Value
		default:
			d.bad(where, "", "one of op, layer, id, if_match, feature", "is not known here")
		}
	}
	d.fits(&s, told)
	return s
}

// name reads what names a feature: an id as a number, or an id or code as text.
func (d *draft) name(at string, value []byte) string {
	if isNumber(first(value)) {
		if _, err := strconv.ParseInt(string(value), 10, 64); err != nil {
			d.bad(at, string(value), "an id or a code", "is no id")
		}
		return string(value)
	}
	text, ok := d.text(at, value)
	if ok && text == "" {
		d.bad(at, "", "an id or a code", "is empty")
	}
	return text
}

// fits notes members that the operation needs and has not, or has and cannot use.
func (d *draft) fits(s *Step, told map[string]bool) {
	need := func(name, expected string) {
		if !told[name] {
			d.bad(pointer(s.At, name), "", expected, "is missing")
		}
	}
	refuse := func(name string) {
		if told[name] {
			d.bad(pointer(s.At, name), "", "nothing", fmt.Sprintf("does not belong to %q", s.Op))
		}
	}
	need("op", "one of create, update, patch, delete")
	need("layer", "the name of a layer")
	switch s.Op {
	case Create:
		refuse("id")
		refuse("if_match")
		need("feature", "a GeoJSON Feature")
	case Update, Patch:
		need("id", "the id or code of a feature")
		need("feature", "a GeoJSON Feature, or a merge patch")
	case Delete:
		need("id", "the id or code of a feature")
		refuse("feature")
	default:
		if told["op"] {
			d.bad(pointer(s.At, "op"), string(s.Op), "one of create, update, patch, delete", "is no operation")
		}
	}
}

// AsMistakes returns err as *Mistakes when it is that.
func AsMistakes(err error) (*Mistakes, bool) {
	var m *Mistakes
	ok := errors.As(err, &m)
	return m, ok
}
