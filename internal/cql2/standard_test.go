package cql2

import (
	_ "embed"
	"errors"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
)

//go:embed testdata/examples.txt
var standardExamples string

// standardExample is one file of the standard's directory of examples.
type standardExample struct{ name, outcome, content string }

func (x standardExample) parse() (expr.Expr, error) {
	if strings.HasPrefix(x.content, "{") {
		return expr.ParseJSON([]byte(x.content), expr.Limits{})
	}
	return expr.ParseText(x.content, expr.Limits{})
}

func examplesOfStandard(t *testing.T) (all []standardExample) {
	t.Helper()
	for line := range strings.Lines(standardExamples) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.SplitN(strings.TrimSpace(line), " ", 3)
		if len(parts) != 3 {
			t.Fatalf("not an example: %q", line)
		}
		all = append(all, standardExample{parts[0], parts[1], parts[2]})
	}
	return all
}

// exampleLayer has the properties that the examples name. A layer has one geometry:
// where an example gives it another name, exampleGeometry is put in its place. What
// one example takes for a number and another for a text is what texts says.
func exampleLayer(texts ...string) *city.Layer {
	l := &city.Layer{ID: "examples", Geometry: city.GeometryAny, Title: "ví dụ"}
	for _, name := range texts {
		l.Properties = append(l.Properties, city.Property{Name: name, Type: city.KindString})
	}
	for kind, names := range map[city.Kind]string{
		city.KindString: "city name cityName road_class etat_vol landsat:scene_id eo:instrument beamMode swathDirection polarization " +
			"owner material geophys:SURVEY_NAME id",
		city.KindNumber:  "balance depth category vehicle_height bridge_clearance eo:cloud_cover landsat:wrs_row landsat:wrs_path floors taxes value foo bar x",
		city.KindBoolean: "swimming_pool",
		city.KindDate:    "built",
		city.KindInstant: "updated event_time touchdown liftOff starts_at ends_at updated_at",
		city.KindJSON:    "layer:ids values",
	} {
		for name := range strings.FieldsSeq(names) {
			if l.PropertyIndex(name) < 0 {
				l.Properties = append(l.Properties, city.Property{Name: name, Type: kind})
			}
		}
	}
	return l
}

// exampleGeometry gives the geometry the name that it has here.
func exampleGeometry(x standardExample) standardExample {
	for _, name := range []string{"road", "footprint", "location"} {
		x.content = strings.ReplaceAll(x.content, "("+name+",", "("+Geometry+",")
		x.content = strings.ReplaceAll(x.content, `"property":"`+name+`"`, `"property":"`+Geometry+`"`)
	}
	return x
}

// TestExamplesOfTheStandard parses every example expression of the standard, in both
// encodings; the two of one name are the same tree, and compile to the same or are
// refused for the same reason. An alternative spelling (alt01) is the same as well.
func TestExamplesOfTheStandard(t *testing.T) {
	outcomes := map[string]string{"compiles": "", "unknown-function": "function", "invalid-geometry": "polygon", "mixed-interval": "one end of the interval is a"}
	trees, files := map[string]string{}, map[string]int{}
	for _, x := range examplesOfStandard(t) {
		want, known := outcomes[x.outcome]
		if !known {
			t.Fatalf("%s: there is no outcome %q", x.name, x.outcome)
		}
		files[x.name]++
		tree, err := x.parse()
		if err != nil {
			t.Errorf("%s does not parse: %v\n%s", x.name, err, x.content)
			continue
		}
		name := strings.TrimSuffix(x.name, "-alt01")
		text := string(expr.AppendJSON(nil, tree))
		if other, there := trees[name]; there && other != text {
			t.Errorf("%s is one tree in one encoding and another in the other:\n%s\n%s", name, other, text)
		}
		trees[name] = text
		if err := compileExample(t, exampleGeometry(x)); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", x.name, err, x.outcome)
		}
	}
	// 21 of the clauses, 86 of which two come as a and b; in text 11 are spelt twice.
	both, alternatives := 0, 0
	for name, n := range files {
		switch {
		case strings.HasSuffix(name, "-alt01") && n == 1:
			alternatives++
		case n == 2:
			both++
		default:
			t.Errorf("%s is there %d times", name, n)
		}
	}
	if both != 21+88 || alternatives != 11 {
		t.Errorf("%d examples in both encodings and %d alternatives", both, alternatives)
	}
}

// compileExample compiles an example over the properties that it names.
func compileExample(t *testing.T, x standardExample) error {
	t.Helper()
	tree, err := x.parse()
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	switch strings.TrimSuffix(x.name, "-alt01") {
	case "example03": // 153, 154, 15X
		texts = []string{"landsat:wrs_path"}
	case "example40": // a, b, c
		texts = []string{"value"}
	}
	_, err = Compile(tree, exampleLayer(texts...), Options{})
	var mistake *expr.Error
	if err != nil && !errors.As(err, &mistake) {
		t.Errorf("%s: %v is not told by its place", x.name, err)
	}
	return err
}
