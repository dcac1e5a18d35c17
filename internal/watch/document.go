package watch

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geojson"
)

// Webhook is where the events of a watch are sent.
type Webhook struct {
	URL    string
	Secret Secret
}

const maxURLBytes = 2_000

func (r *reader) webhook(raw json.RawMessage, policy *Policy) *Webhook {
	members, ok := r.object("/webhook", withoutSecrets(raw), "url", "secret")
	if !ok {
		return nil
	}
	w := &Webhook{}
	if raw, ok := members["url"]; !ok {
		r.mistake(Mistake{Pointer: "/webhook/url", Expected: "an https:// URL", Detail: "is missing"})
	} else if w.URL, ok = r.text("/webhook/url", raw); ok {
		if len(w.URL) > maxURLBytes {
			r.mistake(Mistake{Pointer: "/webhook/url", Limit: maxURLBytes, Expected: fmt.Sprintf("at most %d bytes", maxURLBytes), Detail: fmt.Sprintf("has %d bytes", len(w.URL))})
		} else if policy != nil {
			if _, err := policy.url(w.URL); err != nil {
				r.mistake(Mistake{Pointer: "/webhook/url", Value: clip(w.URL), Expected: "a receiver that the operator of this server lists", Detail: strings.TrimSuffix(err.Error(), ": "+ErrPolicy.Error())})
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
		if w.Secret, err = parseSecret(*given.Secret); err != nil {
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

// specDocument is a Spec in JSON.
type specDocument struct {
	Title   string           `json:"title,omitempty"`
	Place   *placeDocument   `json:"place,omitempty"`
	Layers  []city.LayerID   `json:"layers,omitempty"`
	Filter  *Filter          `json:"filter,omitempty"`
	Webhook *webhookDocument `json:"webhook,omitempty"`
}

type placeDocument struct {
	Point        []float64        `json:"point,omitempty"`
	Feature      *featureDocument `json:"feature,omitempty"`
	Polygon      json.RawMessage  `json:"polygon,omitempty"`
	RadiusMetres float64          `json:"radius_m,omitempty"`
}

type featureDocument struct {
	Layer city.LayerID `json:"layer"`
	ID    int64        `json:"id"`
	Code  string       `json:"code,omitempty"`
}

type webhookDocument struct {
	URL    string `json:"url"`
	Secret string `json:"secret,omitempty"`
}

// document returns s in JSON; its secret only when that is to be stored.
func (s *Spec) document(withSecret bool) specDocument {
	d := specDocument{Title: s.Title, Layers: s.Layers, Filter: s.Filter}
	if p := s.Place; p != nil {
		d.Place = &placeDocument{RadiusMetres: p.RadiusMetres}
		switch {
		case p.Point != nil:
			d.Place.Point = p.Point[:]
		case p.Feature != nil:
			d.Place.Feature = &featureDocument{p.Feature.Layer, p.Feature.ID, p.Feature.Code}
		case len(p.Polygon) == 1:
			d.Place.Polygon = geojson.AppendGeometry(nil, p.Polygon[0])
		default:
			d.Place.Polygon = geojson.AppendGeometry(nil, p.Polygon)
		}
	}
	if w := s.Webhook; w != nil {
		d.Webhook = &webhookDocument{URL: w.URL}
		if withSecret {
			d.Webhook.Secret = w.Secret.Reveal()
		}
	}
	return d
}

// MarshalJSON writes s as clients send it, without the secret.
func (s *Spec) MarshalJSON() ([]byte, error) { return json.Marshal(s.document(false)) }

// stored is a Watch as the store keeps it; its id is the document's name.
type stored struct {
	Owner   Owner           `json:"owner"`
	Created time.Time       `json:"created"`
	Since   city.Version    `json:"since"`
	Spec    json.RawMessage `json:"watch"`
}

func (w *Watch) encode() ([]byte, error) {
	spec, err := json.Marshal(w.document(true))
	if err != nil {
		return nil, err
	}
	return json.Marshal(stored{w.Owner, w.Created, w.Since, spec})
}

func decode(id string, body []byte) (*Watch, error) {
	var s stored
	if err := json.Unmarshal(body, &s); err != nil {
		return nil, fmt.Errorf("watch %s: %w", id, err)
	}
	// What was within the limits once stays.
	spec, r := parse(s.Spec, Limits{RadiusMetres: maxRadiusMetres, FollowMetres: maxRadiusMetres, Vertices: 1 << 20}, nil)
	if err := r.err(); err != nil {
		return nil, fmt.Errorf("watch %s: %w", id, err)
	}
	return &Watch{Spec: spec, ID: id, Owner: s.Owner, Created: s.Created, Since: s.Since}, nil
}
