package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// keyDocuments is a store of documents. The real ones are tested with the
// command that writes keys.
type keyDocuments map[string][]byte

func (d keyDocuments) Documents(context.Context, string) (map[string][]byte, error) { return d, nil }

func (d keyDocuments) PutDocument(_ context.Context, _, name string, body []byte) error {
	d[name] = body
	return nil
}

// guardOf returns a guard, and a token for each role.
func guardOf(t *testing.T, limits access.Limits, readKeys bool) (*access.Guard, map[city.Role]string) {
	t.Helper()
	store, tokens := keyDocuments{}, map[city.Role]string{}
	for _, r := range city.Roles() {
		_, secret, err := access.CreateKey(t.Context(), store, "the-"+string(r), r, nil, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		tokens[r] = secret.Reveal()
	}
	keys := access.NewKeyring(store)
	if err := keys.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	limiter, err := access.NewLimiter(limits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(limiter.Close)
	return access.NewGuard(access.NewAuthenticator(keys, nil), limiter, readKeys), tokens
}

// exchangeOf returns an exchange as handlers get it, of a request with headers.
func exchangeOf(t *testing.T, config Config, headers ...string) *edge.Exchange {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return newTested(t, config).core.Begin(httptest.NewRecorder(), r)
}

func TestIdentify(t *testing.T) {
	guard, tokens := guardOf(t, access.Limits{}, false)
	for _, c := range []struct {
		name    string
		guard   *access.Guard
		action  access.Action
		headers []string
		want    string
		err     error
	}{
		{"bearer", guard, access.Write, []string{"authorization", "Bearer " + tokens[city.Editor]}, "the-editor", nil},
		{"key", guard, access.Read, []string{"x-api-key", tokens[city.Admin]}, "the-admin", nil},
		{"nobody reads", guard, access.Read, nil, "", nil},
		{"nobody writes", guard, access.Write, nil, "", access.ErrNoCredentials},
		{"twice", guard, access.Read, []string{"X-API-Key", tokens[city.Admin], "X-API-Key", tokens[city.Viewer]}, "", access.ErrAmbiguous},
		{"no guard, read", nil, access.Read, []string{"X-API-Key", tokens[city.Admin]}, "", nil},
		{"no guard, write", nil, access.Write, []string{"X-API-Key", tokens[city.Admin]}, "", access.ErrNoCredentials},
	} {
		p, err := exchangeOf(t, Config{}, c.headers...).Identify(c.guard, c.action)
		if p.Name != c.want || !errors.Is(err, c.err) || err == nil && p.Anonymous != (c.want == "") {
			t.Errorf("%s: %+v, %v", c.name, p, err)
		}
	}
}

// TestRefusals: each error, its problem and its headers.
func TestRefusals(t *testing.T) {
	limit := &access.LimitError{Policy: "reads", Rate: access.Rate{PerSecond: 200, Burst: 400}, Wait: 1200 * time.Millisecond}
	secret := "ht_0123456789abcdef_" + strings.Repeat("7", 64)
	for _, c := range []struct {
		err       error
		status    int
		kind      string
		challenge string
		headers   string
	}{
		{access.ErrNoCredentials, 401, "credentials-needed", `Bearer realm="hanoitwin"`, ""},
		{access.ErrBadCredentials, 401, "bad-credentials", `Bearer realm="hanoitwin", error="invalid_token", error_description="The token is not valid"`, ""},
		{access.ErrExpired, 401, "token-expired", `Bearer realm="hanoitwin", error="invalid_token", error_description="The token has expired"`, ""},
		{access.ErrAmbiguous, 400, "ambiguous-credentials", `Bearer realm="hanoitwin", error="invalid_request", error_description="More than one credential"`, ""},
		{access.ErrNoRole, 403, "no-role", `Bearer realm="hanoitwin", error="insufficient_scope"`, ""},
		{access.ErrUnavailable, 503, "credentials-unavailable", "", ""},
		{limit, 429, "too-many-requests", "", `2 | "reads";q=400;w=2 | "reads";r=0;t=2`},
		{city.ErrNotFound, 0, "", "", ""},
		{city.ErrUnavailable, 0, "", "", ""},
	} {
		wrapped := fmt.Errorf("key %s: %w", secret, c.err)
		h := http.Header{}
		problem.SetChallenge(h, wrapped)
		if got := h.Get("WWW-Authenticate"); got != c.challenge {
			t.Errorf("%v: challenge %s", c.err, got)
		}
		if got := strings.Trim(h.Get("Retry-After")+" | "+h.Get("RateLimit-Policy")+" | "+h.Get("RateLimit"), " |"); got != strings.Trim(c.headers, " |") {
			t.Errorf("%v: %s", c.err, got)
		}
		p := problem.OfAccess(wrapped)
		if c.status == 0 {
			if p != nil {
				t.Errorf("%v: %v", c.err, p)
			}
			continue
		}
		if p == nil || p.Status != c.status || p.Type != problem.URN+c.kind || !errors.Is(p, c.err) {
			t.Errorf("%v: %v", c.err, p)
			continue
		}
		if body := string(p.Encode()); strings.Contains(body, secret) {
			t.Errorf("%v: the client is told %s", c.err, body)
		}
		// fail sees the error or the problem that it became.
		again := http.Header{}
		problem.SetChallenge(again, p)
		if fmt.Sprint(again) != fmt.Sprint(h) {
			t.Errorf("%v: headers %v of the error, %v of its problem", c.err, h, again)
		}
	}
}

func TestForbidden(t *testing.T) {
	roads := &city.Layer{ID: "roads"}
	editor := access.Principal{Name: "ops", Role: city.Editor, Layers: []city.LayerID{"bridges"}}
	for name, c := range map[string]struct {
		err    error
		status int // 0: allowed
		says   string
	}{
		"editor of all":          {problem.MayWrite(&access.Principal{Role: city.Editor}, roads), 0, ""},
		"editor of another":      {problem.MayWrite(&editor, roads), 403, "ops (editor) may not write the layer roads."},
		"viewer":                 {problem.MayWrite(&access.Principal{Name: "ops", Role: city.Viewer}, roads), 403, "ops (viewer) may not write; that takes an editor."},
		"anonymous":              {problem.MayWrite(&access.Principal{Anonymous: true}, roads), 401, ""},
		"admin's layer":          {problem.MayAdmin(&access.Principal{Role: city.Admin}), 0, ""},
		"editor's layer":         {problem.MayAdmin(&editor), 403, "ops (editor) may not make, change or remove layers; that takes an admin."},
		"anonymous one's":        {problem.MayAdmin(&access.Principal{Anonymous: true}), 401, ""},
		"the zero one's feature": {problem.MayWrite(&access.Principal{}, roads), 401, ""},
	} {
		if (c.err == nil) != (c.status == 0) {
			t.Errorf("%s: %v", name, c.err)
		}
		if c.err == nil {
			continue
		}
		h := http.Header{}
		problem.SetChallenge(h, c.err)
		var p *problem.Problem
		if !errors.As(c.err, &p) {
			p = problem.OfAccess(c.err)
		}
		if p.Status != c.status || c.says != "" && p.Detail != c.says || h.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %v, %v", name, p, h)
		}
	}
}

func TestKeepPrivate(t *testing.T) {
	for before, want := range map[string]string{
		"public, no-cache": "private, no-cache", "no-store": "no-store", "private, no-cache": "private, no-cache", "": "",
	} {
		h, shared := http.Header{}, []string{before}
		if before != "" {
			h["Cache-Control"] = shared
		}
		edge.KeepPrivate(h)
		if h.Get("Cache-Control") != want || shared[0] != before {
			t.Errorf("%q became %q, the shared value %q", before, h.Get("Cache-Control"), shared[0])
		}
	}
}
