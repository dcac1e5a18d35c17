package twin

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// silentStore is a store at version 0 that stops answering.
type silentStore struct {
	Store
	silent bool
}

func (s *silentStore) Read(ctx context.Context, read func(Reader) error) error {
	if s.silent {
		<-ctx.Done()
		return ctx.Err()
	}
	return read(nothingYet{})
}

// nothingYet reads a store before its first version.
type nothingYet struct{ Reader }

func (nothingYet) Version() city.Version { return 0 }
func (nothingYet) Layers() []city.Layer  { return nil }

// TestSilentStore asks a store that has stopped answering for the past: whoever
// asks must not keep the right to build from those who follow the store.
func TestSilentStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &silentStore{}
		tw, err := Open(t.Context(), store, slog.New(slog.DiscardHandler), Options{})
		if err != nil {
			t.Fatal(err)
		}
		store.silent = true
		began := time.Now()
		if _, err := tw.AsOf(t.Context(), began); !errors.Is(err, city.ErrUnavailable) {
			t.Errorf("a store that does not answer: %v", err)
		}
		if took := time.Since(began); took != patience {
			t.Errorf("it was waited for for %s, want %s", took, patience)
		}
		if _, stale := tw.Stale(); !stale {
			t.Error("nobody knows that the store is away")
		}
	})
}
