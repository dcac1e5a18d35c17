package edge

import (
	"encoding/json"
	"io"
	"math"
	"time"
)

// SendJSON sends a document that encoding/json writes: for answers that are
// asked for once in a session.
func (x *Exchange) SendJSON(document any) error {
	if err := x.Encode(document); err != nil {
		return err
	}
	return x.Send(x.Fixed.JSON)
}

// Encode makes a document the body.
func (x *Exchange) Encode(document any) error {
	x.Buf = x.Buf[:0]
	encoder := json.NewEncoder(bodyWriter{x})
	encoder.SetEscapeHTML(false)
	return encoder.Encode(document)
}

// BodyWriter returns what writes into the body under way.
func (x *Exchange) BodyWriter() io.Writer { return bodyWriter{x} }

type bodyWriter struct{ x *Exchange }

func (w bodyWriter) Write(p []byte) (int, error) {
	w.x.Buf = append(w.x.Buf, p...)
	return len(p), nil
}

// Round rounds to a number of decimals, given as a power of ten.
func Round(v, scale float64) float64 { return math.Round(v*scale) / scale }

// Moment writes a time as answers do, "" for the zero time.
func Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
