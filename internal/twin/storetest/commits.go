package storetest

import (
	"context"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

func commitTests() map[string]func(*bench) {
	return map[string]func(*bench){
		"a version is a transaction that changed something": versionGrows,
		"a failed write leaves no trace":                    failedWrite,
		"a panic in a write leaves no trace":                panickedWrite,
		"everything is there after reopening":               reopened,
		"a cancelled context leaves no trace":               cancelledWrite,
		"a cancelled context stops reading":                 cancelledRead,
		"a closed store answers with errors":                closed,
	}
}

func versionGrows(b *bench) {
	v0 := b.version()
	v1 := b.create(stops())
	_, v2 := b.putVersion("stops", stop(0, "A", 1), stop(0, "B", 2))
	_, v3 := b.putVersion("stops", stop(0, "A", 1), stop(0, "B", 2))
	_, v4 := b.putVersion("stops", stop(0, "A", 9))
	v5 := b.write(func(twin.Writer) error { return nil })
	if v1 != v0+1 || v2 != v1+1 || v3 != v2 || v4 != v3+1 || v5 != v4 {
		b.Errorf("versions %d %d %d %d %d %d", v0, v1, v2, v3, v4, v5)
	}
	b.wantVersion(v5)
}

func failedWrite(b *bench) {
	b.create(stops())
	b.put("stops", stop(0, "A", 1))
	version := b.version()
	_, err := b.store.Write(b.ctx, "fails", func(w twin.Writer) error {
		other := stops()
		other.ID = "terminals"
		grown := stops()
		grown.Properties = append(grown.Properties, city.Property{Name: "late", Type: city.KindInteger})
		for _, layer := range []city.Layer{other, grown} {
			if err := w.PutLayer(b.ctx, layer); err != nil {
				return err
			}
		}
		for _, f := range []city.Feature{stop(0, "A", 2), stop(0, "B", 3)} {
			if err := w.Put(b.ctx, "stops", &f); err != nil {
				return err
			}
		}
		if _, err := w.Tally(b.ctx); err != nil {
			return err
		}
		return errStop
	})
	wantError(b, err, errStop)
	b.wantUntouched(version)
}

// wantUntouched checks that the store holds stops with the feature A alone.
func (b *bench) wantUntouched(version city.Version) {
	b.Helper()
	b.wantVersion(version)
	b.wantLayers(stops())
	b.wantFeatures("stops", stop(1, "A", 1))
	// And that it still works.
	_, after := b.putVersion("stops", stop(0, "Z", 5))
	if after != version+1 {
		b.Errorf("version %d after %d", after, version)
	}
}

func panickedWrite(b *bench) {
	b.create(stops())
	b.put("stops", stop(0, "A", 1))
	version := b.version()
	func() {
		defer func() {
			if recover() == nil {
				b.Error("the panic was swallowed")
			}
		}()
		_, _ = b.store.Write(b.ctx, "panics", func(w twin.Writer) error {
			f := stop(0, "A", 2)
			if err := w.Put(b.ctx, "stops", &f); err != nil {
				return err
			}
			panic("on purpose")
		})
	}()
	b.wantUntouched(version)
}

func reopened(b *bench) {
	b.create(stops())
	_, version := b.putVersion("stops", stop(0, "A", 1), stop(0, "B", 2))
	for range 2 {
		b.store = b.reopen(b.T, b.store)
		b.wantVersion(version)
		b.wantLayers(stops())
		b.wantFeatures("stops", stop(1, "A", 1), stop(2, "B", 2))
	}
	_, after := b.putVersion("stops", stop(0, "C", 3))
	if after != version+1 {
		b.Errorf("version %d after %d", after, version)
	}
}

func cancelledWrite(b *bench) {
	b.create(stops())
	b.put("stops", stop(0, "A", 1))
	version := b.version()
	ctx, cancel := context.WithCancel(b.ctx)
	_, err := b.store.Write(ctx, "cancelled", func(w twin.Writer) error {
		f := stop(0, "A", 2)
		if err := w.Put(ctx, "stops", &f); err != nil {
			return err
		}
		cancel()
		return nil // the store itself must not commit now
	})
	wantError(b, err, context.Canceled)
	_, err = b.store.Write(ctx, "cancelled", func(twin.Writer) error { b.Error("called under a cancelled context"); return nil })
	wantError(b, err, context.Canceled)
	b.wantUntouched(version)
}

func cancelledRead(b *bench) {
	b.create(stops())
	var many []city.Feature
	for i := range 1500 {
		many = append(many, stop(0, string(rune('A'+i%26))+string(rune(0x1000+i)), i))
	}
	b.put("stops", many...)
	ctx, cancel := context.WithCancel(b.ctx)
	calls := 0
	err := b.store.Read(ctx, func(r twin.Reader) error {
		return r.Features(ctx, "stops", func(*city.Feature) error {
			calls++
			cancel()
			return nil
		})
	})
	wantError(b, err, context.Canceled)
	if calls > 1000 {
		b.Errorf("%d features after the context was cancelled", calls)
	}
	err = b.store.Read(ctx, func(twin.Reader) error { b.Error("called under a cancelled context"); return nil })
	wantError(b, err, context.Canceled)
	if got := len(b.features("stops")); got != 1500 {
		b.Errorf("%d features afterwards", got)
	}
}

func closed(b *bench) {
	b.create(stops())
	// Reopening closes the store at hand.
	old := b.store
	b.store = b.reopen(b.T, b.store)
	if err := old.Read(b.ctx, func(twin.Reader) error { return nil }); err == nil {
		b.Error("a closed store was read")
	}
	if _, err := old.Write(b.ctx, "closed", func(twin.Writer) error { return nil }); err == nil {
		b.Error("a closed store was written")
	}
	if err := b.store.Close(); err != nil {
		b.Errorf("close: %v", err)
	}
	if testing.Verbose() {
		b.Logf("closing twice: %v", b.store.Close())
	}
}
