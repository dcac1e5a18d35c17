package cql2

import (
	"os"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
)

// TestDocumentedFilters compiles every example of docs/filters.md.
func TestDocumentedFilters(t *testing.T) {
	text, err := os.ReadFile("../../docs/filters.md")
	if err != nil {
		t.Fatal(err)
	}
	def := city.Layer{ID: "roads", Geometry: city.GeometryLineString, Properties: []city.Property{
		{Name: "highway", Type: city.KindString}, {Name: "lanes", Type: city.KindInteger}, {Name: "width", Type: city.KindNumber},
		{Name: city.PropStatus, Type: city.KindString}, {Name: city.PropName, Type: city.KindString}, {Name: city.PropCompletion, Type: city.KindDate},
		{Name: "mặt đường", Type: city.KindString}, {Name: "oneway", Type: city.KindBoolean}, {Name: city.PropAccuracy, Type: city.KindNumber},
		{Name: city.PropValidFrom, Type: city.KindDate}, {Name: city.PropValidTo, Type: city.KindDate}, {Name: "routes", Type: city.KindJSON},
	}}
	check := func(e expr.Expr, err error) string {
		t.Helper()
		if err == nil {
			_, err = Compile(e, &def, Options{})
		}
		if err != nil {
			t.Fatal(err)
		}
		return string(expr.AppendJSON(nil, e))
	}
	blocks := strings.Split(string(text), "```")
	var first string
	n := 0
	for _, block := range blocks {
		if examples, ok := strings.CutPrefix(block, "cql2\n"); ok {
			for _, example := range strings.Split(strings.TrimSpace(examples), "\n") {
				json := check(expr.ParseText(example, expr.Limits{}))
				if n++; n == 1 {
					first = json
				}
			}
		}
		if example, ok := strings.CutPrefix(block, "json\n"); ok {
			if got := check(expr.ParseJSON([]byte(example), expr.Limits{})); got != first {
				t.Errorf("the JSON %s is not the first example %s", got, first)
			}
		}
	}
	if n < 10 {
		t.Errorf("%d examples", n)
	}
}
