package changes

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/edit"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// message returns why the change is made: what the client says, or otherwise.
func (x request) message(otherwise string) (string, error) {
	text := x.Request.Header.Get(edge.HeaderMessage)
	if text == "" {
		return otherwise, nil
	}
	plain, err := url.PathUnescape(text)
	if err == nil && strings.ToValidUTF8(plain, "") != plain {
		err = errors.New("is not UTF-8")
	}
	if err == nil {
		plain, err = edit.Message(plain)
	}
	if err != nil {
		return "", problem.BadParameters([]problem.Mistake{{
			Parameter: edge.HeaderMessage, Value: problem.Clip(text), Expected: fmt.Sprintf("percent-encoded UTF-8 of at most %d bytes", edit.MaxMessage), Detail: err.Error(),
		}})
	}
	return plain, nil
}
