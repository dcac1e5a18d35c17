package httpapi

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
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
