package problem

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
)

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
		SetChallenge(h, wrapped)
		if got := h.Get("WWW-Authenticate"); got != c.challenge {
			t.Errorf("%v: challenge %s", c.err, got)
		}
		if got := strings.Trim(h.Get("Retry-After")+" | "+h.Get("RateLimit-Policy")+" | "+h.Get("RateLimit"), " |"); got != strings.Trim(c.headers, " |") {
			t.Errorf("%v: %s", c.err, got)
		}
		p := ofAccess(wrapped)
		if c.status == 0 {
			if p != nil {
				t.Errorf("%v: %v", c.err, p)
			}
			continue
		}
		if p == nil || p.Status != c.status || p.Type != urn+c.kind || !errors.Is(p, c.err) {
			t.Errorf("%v: %v", c.err, p)
			continue
		}
		if body := string(p.Encode()); strings.Contains(body, secret) {
			t.Errorf("%v: the client is told %s", c.err, body)
		}
		// fail sees the error or the problem that it became.
		again := http.Header{}
		SetChallenge(again, p)
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
		"editor of all":          {MayWrite(&access.Principal{Role: city.Editor}, roads), 0, ""},
		"editor of another":      {MayWrite(&editor, roads), 403, "ops (editor) may not write the layer roads."},
		"viewer":                 {MayWrite(&access.Principal{Name: "ops", Role: city.Viewer}, roads), 403, "ops (viewer) may not write; that takes an editor."},
		"anonymous":              {MayWrite(&access.Principal{Anonymous: true}, roads), 401, ""},
		"admin's layer":          {MayAdmin(&access.Principal{Role: city.Admin}), 0, ""},
		"editor's layer":         {MayAdmin(&editor), 403, "ops (editor) may not make, change or remove layers; that takes an admin."},
		"anonymous one's":        {MayAdmin(&access.Principal{Anonymous: true}), 401, ""},
		"the zero one's feature": {MayWrite(&access.Principal{}, roads), 401, ""},
	} {
		if (c.err == nil) != (c.status == 0) {
			t.Errorf("%s: %v", name, c.err)
		}
		if c.err == nil {
			continue
		}
		h := http.Header{}
		SetChallenge(h, c.err)
		var p *Problem
		if !errors.As(c.err, &p) {
			p = ofAccess(c.err)
		}
		if p.Status != c.status || c.says != "" && p.Detail != c.says || h.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %v, %v", name, p, h)
		}
	}
}
