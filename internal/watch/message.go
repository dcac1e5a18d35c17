package watch

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Message is what one version means to one watch. It is immutable.
type Message struct {
	// ID is the same whenever this is told: the watch, the version, and for a
	// reset of what was lost, "reset".
	ID      string
	Watch   string
	Version city.Version
	// Since is the version that the events are told from: one less, unless
	// several versions were read at once.
	Since city.Version
	At    time.Time // when the store committed it; zero when it does not say
	// Reset says that events up to Version are not told, and why: the reader
	// should look at the state anew. There are no Events then.
	Reset  string
	Events []Event
}

// Reasons of a reset.
const (
	resetLost = "events were lost: the reader was too slow, or they are too long ago"
	resetMany = "too many features changed at once"
)

// maxEvents is how many events one message holds. A version that does more to a
// watch is told as a reset.
const maxEvents = 1_000

func messageID(watch string, v city.Version) string { return fmt.Sprintf("%s.%d", watch, int64(v)) }

// lost returns the reset up to a version.
func lost(watch string, v city.Version) *Message {
	return &Message{ID: messageID(watch, v) + ".reset", Watch: watch, Version: v, Reset: resetLost}
}

// weight estimates the bytes that keeping m costs.
func (m *Message) weight() int {
	n := 200
	for i := range m.Events {
		n += 80 + len(m.Events[i].Code)
	}
	return n
}

// messageDocument is a Message in JSON, in the shape that Standard Webhooks
// recommends.
type messageDocument struct {
	Type      string     `json:"type"` // watch.events or watch.reset
	Timestamp *time.Time `json:"timestamp,omitempty"`
	Data      dataOfJSON `json:"data"`
}

type dataOfJSON struct {
	ID      string          `json:"id"`
	Watch   string          `json:"watch"`
	Version city.Version    `json:"version"`
	Since   *city.Version   `json:"since,omitempty"`
	Reason  string          `json:"reason,omitempty"`
	Events  []eventDocument `json:"events,omitempty"`
}

type eventDocument struct {
	Event    Kind         `json:"event"`
	Layer    city.LayerID `json:"layer"`
	ID       int64        `json:"id"`
	Code     string       `json:"code,omitempty"`
	Distance *float64     `json:"distance_m,omitempty"`
}

// Type returns watch.events or watch.reset.
func (m *Message) Type() string {
	if m.Reset != "" {
		return "watch.reset"
	}
	return "watch.events"
}

// MarshalJSON writes m as webhooks carry it. Distances are rounded to 1 mm.
func (m *Message) MarshalJSON() ([]byte, error) {
	d := messageDocument{Type: m.Type(), Data: dataOfJSON{ID: m.ID, Watch: m.Watch, Version: m.Version, Reason: m.Reset}}
	if !m.At.IsZero() {
		at := m.At.UTC()
		d.Timestamp = &at
	}
	if m.Reset == "" {
		d.Data.Since = &m.Since
	}
	for i := range m.Events {
		e := &m.Events[i]
		doc := eventDocument{Event: e.Kind, Layer: e.Layer, ID: e.ID, Code: e.Code}
		if e.DistanceMetres >= 0 {
			rounded := math.Round(e.DistanceMetres*1e3) / 1e3
			doc.Distance = &rounded
		}
		d.Data.Events = append(d.Data.Events, doc)
	}
	return json.Marshal(d)
}
