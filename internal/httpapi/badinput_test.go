package httpapi

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// badAsker asks a server that has every operation, as an admin.
type badAsker struct {
	*Server
	key string
}

// filledPath is the path of an operation with things that are there.
func filledPath(path string) string {
	return strings.NewReplacer(
		"{layer}", "stops", "{feature}", "T1", "{layers}", "stops", "{z}/{x}/{y}", "0/0/0",
		"{tileMatrixSet}", "WebMercatorQuad", "{tileMatrix}/{tileRow}/{tileCol}", "0/0/0", "{version}", "2", "{file}", "hanoi.json", "{watch}", "none", "*", "none.js",
	).Replace(path)
}

func (a *badAsker) ask(t *testing.T, op *edge.Operation, query string, headers ...string) (int, *problem.Problem) {
	t.Helper()
	target := filledPath(op.Path)
	if query != "" {
		target += "?" + query
	}
	r := httptest.NewRequest(op.Method, target, strings.NewReader(""))
	r.Header.Set("Authorization", "Bearer "+a.key)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	if w.Code < 400 {
		return w.Code, nil
	}
	var p problem.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s %s: %v in %s", op.Method, target, err, w.Body)
	}
	return w.Code, &p
}

// refused demands a 400 that names all of some parameters.
func (a *badAsker) refused(t *testing.T, op *edge.Operation, query string, names ...string) {
	t.Helper()
	status, p := a.ask(t, op, query)
	if status != http.StatusBadRequest {
		t.Errorf("%s %s?%s: %d, want 400", op.Method, op.Path, problem.Clip(query), status)
		return
	}
	for _, name := range names {
		if !slices.ContainsFunc(p.Errors, func(m problem.Mistake) bool { return m.Parameter == name && m.Detail != "" }) {
			t.Errorf("%s %s?%s says nothing about %s: %s", op.Method, op.Path, problem.Clip(query), name, p.Detail)
		}
	}
}

// needed is a query with what an operation cannot do without, but one parameter.
func needed(op *edge.Operation, but string) string {
	query := ""
	for _, p := range op.Query {
		if p.Required && p.Name != but {
			query += p.Name + "=" + strings.ReplaceAll(p.Example, " ", "+") + "&"
		}
	}
	if strings.HasSuffix(op.Path, "nearby") && but != "k" {
		query += "k=1&"
	}
	return query
}

// TestBadInput gives every parameter of every operation what it cannot be.
func TestBadInput(t *testing.T) {
	server, keys := rolesServer(t)
	a := &badAsker{server, keys[city.Admin]}
	if len(server.operations) < 35 {
		t.Fatalf("only %d operations", len(server.operations))
	}
	for _, op := range server.operations {
		parameters := append(slices.Clone(op.Query), op.Early...)
		if op.Properties {
			parameters = append(parameters, params.OfLayer(server.core.Views().Load("").Snapshot.Layer("stops").Definition())...)
		}
		if strings.HasPrefix(op.Path, "/viewer/") {
			continue // what is not there is a 404, whatever is asked
		}
		a.refused(t, op, needed(op, "")+"no-such-parameter=1", "no-such-parameter")
		for i := range parameters {
			a.badValues(t, op, &parameters[i])
		}
		if len(parameters) > 1 { // all mistakes at once
			names := []string{"no-such-parameter"}
			query := "no-such-parameter=1"
			for _, p := range parameters[:min(len(parameters), params.Max-1)] {
				query += "&" + p.Name + "="
				names = append(names, p.Name)
			}
			a.refused(t, op, query, names...)
		}
		if slices.ContainsFunc(op.Query, func(p params.Parameter) bool { return p.Name == "layers" }) {
			// Alone it is what it is in a path. Which layers /diff has depends on
			// parameters that must be right first.
			if status, p := a.ask(t, op, needed(op, "")+"layers=stops,nowhere"); status != http.StatusNotFound || !slices.Contains(p.Layers, "stops") {
				t.Errorf("%s %s, a layer that does not exist: %d %+v", op.Method, op.Path, status, p)
			}
			if op.Path != "/diff" {
				a.refused(t, op, needed(op, "")+"layers=stops,nowhere&no-such-parameter=1", "layers", "no-such-parameter")
			}
		}
		if len(op.Formats) > 0 {
			status, p := a.ask(t, op, needed(op, ""), "Accept", "image/x-none")
			if status != http.StatusNotAcceptable || len(p.Formats) == 0 {
				t.Errorf("%s %s, Accept: image/x-none: %d %+v", op.Method, op.Path, status, p)
			}
		}
	}
}

func (a *badAsker) badValues(t *testing.T, op *edge.Operation, p *params.Parameter) {
	t.Helper()
	rest, value := needed(op, p.Name), p.Example
	if value == "" {
		value = "1"
	}
	value = strings.NewReplacer(" ", "+", "%", "%25", "&", "%26").Replace(value)
	a.refused(t, op, rest+p.Name+"="+value+"&"+p.Name+"="+value, p.Name)
	a.refused(t, op, rest+p.Name+"=", p.Name)
	a.refused(t, op, rest+p.Name, p.Name)
	a.refused(t, op, rest+p.Name+"=%zz", p.Name)
	a.refused(t, op, rest+p.Name+"=%ff%fe", p.Name)
	if p.Required {
		a.refused(t, op, rest, p.Name)
	}
	if p.Kind == params.Integer || p.Kind == params.Number {
		for _, bad := range []string{"NaN", "Inf", "-Inf", "0x10", "1,5", "x"} {
			a.refused(t, op, rest+p.Name+"="+bad, p.Name)
		}
		a.refused(t, op, rest+p.Name+"=-"+strings.Repeat("9", 60), p.Name)
	}
	huge := rest + p.Name + "=" + strings.Repeat("9", 4000)
	if status, _ := a.ask(t, op, huge); status >= 500 {
		t.Errorf("%s %s, %s of 4,000 digits: %d", op.Method, op.Path, p.Name, status)
	} else if (p.Kind != params.Text || len(p.OneOf) > 0) && !p.Clamped && status != http.StatusBadRequest && status != http.StatusNotFound {
		t.Errorf("%s %s, %s of 4,000 digits: %d, want 400", op.Method, op.Path, p.Name, status)
	}
	if len(p.OneOf) > 0 || p.Kind == params.Boolean {
		a.refused(t, op, rest+p.Name+"=none-of-these", p.Name)
	}
}
