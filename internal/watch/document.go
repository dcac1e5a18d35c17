package watch

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/watch/spec"
)

// stored is a Watch as the store keeps it; its id is the document's name.
type stored struct {
	Owner   Owner           `json:"owner"`
	Created time.Time       `json:"created"`
	Since   city.Version    `json:"since"`
	Spec    json.RawMessage `json:"watch"`
}

func (w *Watch) encode() ([]byte, error) {
	wanted, err := json.Marshal(w.Document(true))
	if err != nil {
		return nil, err
	}
	return json.Marshal(stored{w.Owner, w.Created, w.Since, wanted})
}

func decode(id string, body []byte) (*Watch, error) {
	var s stored
	if err := json.Unmarshal(body, &s); err != nil {
		return nil, fmt.Errorf("watch %s: %w", id, err)
	}
	// What was within the limits once stays.
	wanted, r := spec.Parse(s.Spec, spec.Limits{RadiusMetres: spec.MaxRadiusMetres, FollowMetres: spec.MaxRadiusMetres, Vertices: 1 << 20}, nil)
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("watch %s: %w", id, err)
	}
	return &Watch{Spec: wanted, ID: id, Owner: s.Owner, Created: s.Created, Since: s.Since}, nil
}
