package spec

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/watch/webhook"
)

const maxURLBytes = 2_000

func (r *Reader) webhook(raw json.RawMessage, policy *webhook.Policy) *webhook.Webhook {
	members, ok := r.object("/webhook", withoutSecrets(raw), "url", "secret")
	if !ok {
		return nil
	}
	w := &webhook.Webhook{}
	if raw, ok := members["url"]; !ok {
		r.mistake(Mistake{Pointer: "/webhook/url", Expected: "an https:// URL", Detail: "is missing"})
	} else if w.URL, ok = r.text("/webhook/url", raw); ok {
		if len(w.URL) > maxURLBytes {
			r.mistake(Mistake{Pointer: "/webhook/url", Limit: maxURLBytes, Expected: fmt.Sprintf("at most %d bytes", maxURLBytes), Detail: fmt.Sprintf("has %d bytes", len(w.URL))})
		} else if policy != nil {
			if _, err := policy.Check(w.URL); err != nil {
				r.mistake(Mistake{Pointer: "/webhook/url", Value: clip(w.URL), Expected: "a receiver that the operator of this server lists", Detail: strings.TrimSuffix(err.Error(), ": "+webhook.ErrPolicy.Error())})
			}
		}
	}
	var given struct {
		Secret *string `json:"secret"`
	}
	const form = "whsec_ and 24 to 64 random bytes in base64, or none: then one is made"
	if json.Unmarshal(raw, &given) != nil {
		r.mistake(Mistake{Pointer: "/webhook/secret", Expected: form, Detail: "is not a string"})
	} else if given.Secret != nil {
		var err error
		if w.Secret, err = webhook.ParseSecret(*given.Secret); err != nil {
			r.mistake(Mistake{Pointer: "/webhook/secret", Expected: form, Detail: "is not a secret of Standard Webhooks"})
		}
	}
	return w
}

// withoutSecrets returns an object without its member secret, so that no mistake
// repeats it. What is no object is not shown at all.
func withoutSecrets(raw json.RawMessage) json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil || members == nil {
		return json.RawMessage(`"…"`)
	}
	delete(members, "secret")
	shown, err := json.Marshal(members)
	if err != nil {
		return json.RawMessage(`{}`)
	}
	return shown
}
