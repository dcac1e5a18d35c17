package watch

import (
	"encoding/json"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/watch/spec"
)

// statusDocument is a Status in JSON: what the client sent, and what has become
// of it.
type statusDocument struct {
	ID      string       `json:"id"`
	Owner   string       `json:"owner"`
	Created time.Time    `json:"created"`
	Since   city.Version `json:"since"`
	spec.Document
	Webhook *deliveryDocument `json:"webhook,omitempty"` // instead of the Spec's
}

type deliveryDocument struct {
	spec.WebhookDocument
	State    State        `json:"state"`
	Told     city.Version `json:"told"`
	Failed   *time.Time   `json:"failed_since,omitempty"`
	Attempts int          `json:"attempts,omitempty"`
	Problem  string       `json:"problem,omitempty"`
}

// MarshalJSON writes s for its owner, without the secret.
func (s Status) MarshalJSON() ([]byte, error) { return json.Marshal(s.document(false)) }

// WithSecret writes s with the secret of its webhook: for the answer to who made
// it, and nobody else.
func (s Status) WithSecret() ([]byte, error) { return json.Marshal(s.document(true)) }

func (s Status) document(withSecret bool) statusDocument {
	d := statusDocument{ID: s.ID, Owner: s.Owner.Name, Created: s.Created, Since: s.Since, Document: s.Spec.Document(withSecret)}
	if w := d.Document.Webhook; w != nil {
		d.Webhook = &deliveryDocument{WebhookDocument: *w, State: s.Delivery.State, Told: s.Delivery.Told, Attempts: s.Delivery.Attempts, Problem: s.Delivery.Problem}
		if !s.Delivery.Since.IsZero() {
			at := s.Delivery.Since.UTC().Truncate(time.Second)
			d.Webhook.Failed = &at
		}
	}
	return d
}
