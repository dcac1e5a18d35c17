package living

import (
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// served is a twin with the HTTP interface before it.
type served struct {
	*twin.Twin
	server *httpapi.Server
}

// get asks the server without a network. It does not fail the test: it may be
// called by any goroutine.
func (c *served) get(target string) (int, []byte) {
	w := httptest.NewRecorder()
	c.server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	body, _ := io.ReadAll(w.Result().Body) // reads from memory
	return w.Code, body
}
