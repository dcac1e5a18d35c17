package encode

import (
	"context"
	"fmt"
	"io"

	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// encoder makes text of features one after the other.
type encoder interface {
	begin(dst []byte) []byte
	// feature appends a feature; first tells whether it is the first.
	feature(dst []byte, f *snapshot.Feature, tags []tiles.Tag, first bool) ([]byte, error)
	end(dst []byte) []byte
}

const (
	// pieceBytes is how much is gathered before it is written: large enough that
	// a write costs nothing, small enough that the first bytes come at once.
	pieceBytes = 64 << 10
	// checkEvery is how many features are made between two looks at ctx.
	checkEvery = 256
)

// stream returns a write function that runs an encoder over the features.
func stream(start func(*Selection) encoder) func(context.Context, io.Writer, *Selection) error {
	return func(ctx context.Context, w io.Writer, s *Selection) error {
		e := start(s)
		buf := e.begin(make([]byte, 0, pieceBytes+pieceBytes/4))
		n := 0
		err := eachUntil(ctx, s, func(f *snapshot.Feature) (err error) {
			if buf, err = e.feature(buf, f, s.tags(f), n == 0); err != nil {
				return fmt.Errorf("feature %d: %w", f.ID(), err)
			}
			n++
			if len(buf) < pieceBytes {
				return nil
			}
			_, err = w.Write(buf)
			buf = buf[:0]
			return err
		})
		if err != nil {
			return err
		}
		_, err = w.Write(e.end(buf))
		return err
	}
}

// eachUntil calls do for each feature until it fails or ctx ends.
func eachUntil(ctx context.Context, s *Selection, do func(*snapshot.Feature) error) error {
	n := 0
	for f := range s.each() {
		if n++; n%checkEvery == 1 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if err := do(f); err != nil {
			return err
		}
	}
	return nil
}
