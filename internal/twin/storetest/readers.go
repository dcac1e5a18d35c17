package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

func readerTests() map[string]func(*bench) {
	return map[string]func(*bench){
		"a read sees one state while others write": readDuringWrite,
		"a write is not seen before it commits":    writeIsIsolated,
		"readers beside a writer see whole states": readersBesideWriter,
		"writers take turns":                       writersTakeTurns,
	}
}

func readDuringWrite(b *bench) {
	b.create(stops())
	_, version := b.putVersion("stops", stop(0, "A", 1))
	b.read(func(r twin.Reader) error {
		_, after := b.putVersion("stops", stop(0, "A", 2), stop(0, "B", 3))
		if after != version+1 {
			b.Errorf("version %d after %d", after, version)
		}
		grown := stops()
		grown.ID = "terminals"
		b.create(grown)
		if r.Version() != version || len(r.Layers()) != 1 {
			b.Errorf("the read moved: version %d, %d layers", r.Version(), len(r.Layers()))
		}
		features, err := collect(b.ctx, r, "stops")
		if err != nil {
			return err
		}
		if len(features) != 1 {
			b.Fatalf("%d features, want the one of version %d", len(features), version)
		}
		want := stop(1, "A", 1)
		b.wantFeature(&features[0], &want)
		return nil
	})
	b.wantFeatures("stops", stop(1, "A", 2), stop(2, "B", 3))
	b.wantVersion(version + 2)
}

func writeIsIsolated(b *bench) {
	b.create(stops())
	_, version := b.putVersion("stops", stop(0, "A", 1))
	b.write(func(w twin.Writer) error {
		f := stop(0, "A", 2)
		if err := w.Put(b.ctx, "stops", &f); err != nil {
			return err
		}
		if _, err := w.Tally(b.ctx); err != nil {
			return err
		}
		b.wantVersion(version)
		b.wantFeatures("stops", stop(1, "A", 1))
		return nil
	})
	b.wantVersion(version + 1)
	b.wantFeatures("stops", stop(1, "A", 2))
}

// readersBesideWriter writes the same number into two layers at each version;
// a reader that ever sees two numbers has seen two versions.
func readersBesideWriter(b *bench) {
	other := stops()
	other.ID = "terminals"
	b.create(stops())
	b.create(other)
	const features, rounds, readers = 20, 12, 3
	round := func(n int) city.Version {
		return b.write(func(w twin.Writer) error {
			for i := range features {
				f := stop(0, fmt.Sprint("S", i), n)
				for _, layer := range []city.LayerID{"stops", "terminals"} {
					if err := w.Put(b.ctx, layer, &f); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	base := round(0)
	var done atomic.Bool
	var readersDone sync.WaitGroup
	for range readers {
		readersDone.Go(func() {
			last := base
			for !done.Load() {
				version, err := b.wholeState(base)
				if err != nil || version < last {
					b.Errorf("reader: version %d after %d: %v", version, last, err)
					return
				}
				last = version
			}
		})
	}
	for n := 1; n <= rounds; n++ {
		if v := round(n); v != base+city.Version(n) {
			b.Errorf("round %d: version %d, want %d", n, v, base+city.Version(n))
		}
	}
	done.Store(true)
	readersDone.Wait()
}

// wholeState checks that all features carry the number of the state's version.
func (b *bench) wholeState(base city.Version) (version city.Version, err error) {
	err = b.store.Read(b.ctx, func(r twin.Reader) error {
		version = r.Version()
		want := city.Number(float64(version-base) / 3)
		for _, layer := range []city.LayerID{"stops", "terminals"} {
			count := 0
			err := r.Features(b.ctx, layer, func(f *city.Feature) error {
				count++
				if f.Value(2) != want {
					return fmt.Errorf("version %d: layer %s holds %s, want %s", version, layer, f.Value(2), want)
				}
				return nil
			})
			if err != nil {
				return err
			}
			if count != 20 {
				return errors.New("not all features are there")
			}
		}
		return nil
	})
	return version, err
}

func writersTakeTurns(b *bench) {
	first := b.create(stops())
	const writers, each = 4, 10
	var mu sync.Mutex
	seen := map[city.Version]bool{}
	var all sync.WaitGroup
	for writer := range writers {
		all.Go(func() {
			for n := range each {
				f := stop(0, fmt.Sprint(writer, "/", n), n)
				version, err := b.store.Write(b.ctx, "turn", func(w twin.Writer) error { return w.Put(b.ctx, "stops", &f) })
				if err != nil {
					b.Errorf("writer %d: %v", writer, err)
					return
				}
				mu.Lock()
				if seen[version] {
					b.Errorf("version %d was given twice", version)
				}
				seen[version] = true
				mu.Unlock()
			}
		})
	}
	all.Wait()
	b.wantVersion(first + writers*each)
	if got := len(b.features("stops")); got != writers*each {
		b.Errorf("%d features, want %d", got, writers*each)
	}
}
