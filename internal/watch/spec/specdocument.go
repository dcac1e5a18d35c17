package spec

import (
	"encoding/json"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geojson"
)

// Document is a Spec in JSON.
type Document struct {
	Title   string           `json:"title,omitempty"`
	Place   *placeDocument   `json:"place,omitempty"`
	Layers  []city.LayerID   `json:"layers,omitempty"`
	Filter  *Filter          `json:"filter,omitempty"`
	Webhook *WebhookDocument `json:"webhook,omitempty"`
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

// WebhookDocument is a Webhook in JSON; Secret is empty unless it is to be
// stored.
type WebhookDocument struct {
	URL    string `json:"url"`
	Secret string `json:"secret,omitempty"`
}

// Document returns s in JSON; its secret only when that is to be stored.
func (s *Spec) Document(withSecret bool) Document {
	d := Document{Title: s.Title, Layers: s.Layers, Filter: s.Filter}
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
		d.Webhook = &WebhookDocument{URL: w.URL}
		if withSecret {
			d.Webhook.Secret = w.Secret.Reveal()
		}
	}
	return d
}

// MarshalJSON writes s as clients send it, without the secret.
func (s *Spec) MarshalJSON() ([]byte, error) { return json.Marshal(s.Document(false)) }
