package storetest

import (
	"errors"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

func editTests() map[string]func(*bench) {
	return map[string]func(*bench){
		"get sees what the transaction has done":        getSeesTheTransaction,
		"get is the caller's own":                       getIsACopy,
		"what is not there is not found":                editsOfNothing,
		"save makes, changes and leaves a feature":      saveFeature,
		"save finds by id, whatever the key says":       saveFindsByID,
		"a new feature never gets a deleted id":         deletedIDs,
		"a deleted feature comes back under its id":     deletedComesBack,
		"no id follows the highest":                     highestID,
		"a key or code of another is taken":             takenKeys,
		"a code is taken where it is not the key":       takenCodes,
		"keys are given up and swapped in order":        swappedKeys,
		"save refuses what the layer has no place for":  saveRefuses,
		"a refused save leaves the transaction whole":   refusedSaveGoesOn,
		"a delete in a failed write is undone":          failedDelete,
		"put, save and delete see each other":           editsAreInOrder,
		"a feature moves between layers in one version": movedFeature,
		"a dropped layer is gone":                       droppedLayer,
		"a layer can be dropped and made in one write":  replacedLayer,
		"a signature is kept":                           signature,
		"documents are kept by kind and name":           documents,
		"documents belong to no version":                documentsBelongToNoVersion,
	}
}

// saveOne saves one feature in a transaction of its own.
func (b *bench) saveOne(layer city.LayerID, f city.Feature) (id int64, v city.Version, err error) {
	b.Helper()
	v, err = b.store.Write(b.ctx, "save", func(w twin.Writer) (err error) {
		id, err = w.Save(b.ctx, layer, &f)
		return err
	})
	return id, v, err
}

func (b *bench) mustSave(layer city.LayerID, f city.Feature) (id int64, v city.Version) {
	b.Helper()
	id, v, err := b.saveOne(layer, f)
	if err != nil {
		b.Fatalf("save: %v", err)
	}
	return id, v
}

func (b *bench) deleteOne(layer city.LayerID, id int64) (city.Version, error) {
	b.Helper()
	return b.store.Write(b.ctx, "delete", func(w twin.Writer) error { return w.Delete(b.ctx, layer, id) })
}

// get reads one feature inside a write that changes nothing.
func (b *bench) get(layer city.LayerID, id int64) (f *city.Feature, err error) {
	b.Helper()
	before := b.version()
	if v := b.write(func(w twin.Writer) error { f, err = w.Get(b.ctx, layer, id); return nil }); v != before {
		b.Errorf("a get made version %d", v)
	}
	return f, err
}

func getSeesTheTransaction(b *bench) {
	b.create(stops())
	b.put("stops", stop(1, "A", 1))
	b.write(func(w twin.Writer) error {
		put, saved := stop(0, "A", 5), stop(7, "B", 2)
		errPut := w.Put(b.ctx, "stops", &put)
		_, errSave := w.Save(b.ctx, "stops", &saved)
		for _, want := range []city.Feature{stop(1, "A", 5), stop(7, "B", 2)} {
			got, err := w.Get(b.ctx, "stops", want.ID)
			if err != nil {
				return err
			}
			b.wantFeature(got, &want)
		}
		errDelete := w.Delete(b.ctx, "stops", 7)
		_, err := w.Get(b.ctx, "stops", 7)
		wantError(b, err, city.ErrNotFound)
		return errors.Join(errPut, errSave, errDelete)
	})
	b.wantFeatures("stops", stop(1, "A", 5))
	if f, err := b.get("stops", 1); err != nil {
		b.Error(err)
	} else {
		want := stop(1, "A", 5)
		b.wantFeature(f, &want)
	}
}

func getIsACopy(b *bench) {
	b.create(stops())
	b.put("stops", stop(1, "A", 1), stop(2, "B", 2))
	one, two := stop(1, "A", 1), stop(2, "B", 2)
	b.write(func(w twin.Writer) error {
		first, err := w.Get(b.ctx, "stops", 1)
		if err != nil {
			return err
		}
		second, err := w.Get(b.ctx, "stops", 2)
		if err != nil {
			return err
		}
		b.wantFeature(first, &one)
		b.wantFeature(second, &two)
		second.Values[1] = city.String("đổi")
		again, err := w.Get(b.ctx, "stops", 2)
		if err == nil {
			b.wantFeature(again, &two)
		}
		return err
	})
}

func editsOfNothing(b *bench) {
	b.create(stops())
	version := b.version()
	f := stop(1, "A", 1)
	for name, edit := range map[string]func(twin.Writer) error{
		"get":                   func(w twin.Writer) error { _, err := w.Get(b.ctx, "stops", 1); return err },
		"delete":                func(w twin.Writer) error { return w.Delete(b.ctx, "stops", 1) },
		"get of no layer":       func(w twin.Writer) error { _, err := w.Get(b.ctx, "nowhere", 1); return err },
		"save into no layer":    func(w twin.Writer) error { _, err := w.Save(b.ctx, "nowhere", &f); return err },
		"delete of no layer":    func(w twin.Writer) error { return w.Delete(b.ctx, "nowhere", 1) },
		"drop of no layer":      func(w twin.Writer) error { return w.DropLayer(b.ctx, "nowhere") },
		"get of id 0":           func(w twin.Writer) error { _, err := w.Get(b.ctx, "stops", 0); return err },
		"delete of a high id":   func(w twin.Writer) error { return w.Delete(b.ctx, "stops", math.MaxInt64) },
		"delete of a deleted":   deleteTwice(b),
		"get of a negative id":  func(w twin.Writer) error { _, err := w.Get(b.ctx, "stops", -1); return err },
		"delete of a dropped's": dropAndDelete(b),
	} {
		_, err := b.store.Write(b.ctx, "test", edit)
		if !errors.Is(err, city.ErrNotFound) {
			b.Errorf("%s: %v", name, err)
		}
	}
	b.wantVersion(version)
}

func deleteTwice(b *bench) func(twin.Writer) error {
	return func(w twin.Writer) error {
		f := stop(3, "C", 3)
		_, errSave := w.Save(b.ctx, "stops", &f)
		if err := errors.Join(errSave, w.Delete(b.ctx, "stops", 3)); err != nil {
			return err
		}
		return w.Delete(b.ctx, "stops", 3)
	}
}

func dropAndDelete(b *bench) func(twin.Writer) error {
	return func(w twin.Writer) error {
		if err := w.DropLayer(b.ctx, "stops"); err != nil {
			return err
		}
		return w.Delete(b.ctx, "stops", 1)
	}
}

func saveFeature(b *bench) {
	v0 := b.create(stops())
	id, v1 := b.mustSave("stops", stop(0, "A", 1))
	again, v2 := b.mustSave("stops", stop(id, "A", 1))
	_, v3 := b.mustSave("stops", stop(id, "A", 2))
	other, v4 := b.mustSave("stops", stop(40, "B", 3))
	next, v5 := b.mustSave("stops", stop(0, "C", 4))
	if id != 1 || again != 1 || other != 40 || next != 41 {
		b.Errorf("ids %d %d %d %d", id, again, other, next)
	}
	if got, want := []city.Version{v1, v2, v3, v4, v5}, []city.Version{v0 + 1, v0 + 1, v0 + 2, v0 + 3, v0 + 4}; !slices.Equal(got, want) {
		b.Errorf("versions %v, want %v", got, want)
	}
	// What is left out at the end is null; the geometry alone may differ too.
	short := stop(40, "B", 9)
	short.Values = short.Values[:1]
	b.mustSave("stops", short)
	b.wantFeatures("stops", stop(1, "A", 2), short, stop(41, "C", 4))
	b.store = b.reopen(b.T, b.store)
	b.wantFeatures("stops", stop(1, "A", 2), short, stop(41, "C", 4))
}

func saveFindsByID(b *bench) {
	b.create(stops())
	b.put("stops", stop(1, "A", 1), stop(2, "B", 2))
	b.mustSave("stops", stop(1, "C", 3)) // a new key for an old feature
	b.mustSave("stops", nullKey(2, 4))
	id, _ := b.mustSave("stops", stop(0, "A", 5)) // the old key for a new one
	if id != 3 {
		b.Errorf("id %d", id)
	}
	b.wantFeatures("stops", stop(1, "C", 3), nullKey(2, 4), stop(3, "A", 5))
}

func deletedIDs(b *bench) {
	b.create(stops())
	b.put("stops", stop(1, "A", 1), stop(2, "B", 2), stop(50, "C", 3))
	v := b.version()
	if after, err := b.deleteOne("stops", 50); err != nil || after != v+1 {
		b.Fatal(after, err)
	}
	id, _ := b.mustSave("stops", stop(0, "D", 4))
	b.put("stops", stop(0, "E", 5))
	if _, err := b.deleteOne("stops", 52); err != nil {
		b.Fatal(err)
	}
	b.store = b.reopen(b.T, b.store)
	later, _ := b.mustSave("stops", stop(0, "F", 6))
	if id != 51 || later != 53 {
		b.Errorf("ids %d and %d, want 51 and 53", id, later)
	}
	// In one transaction too.
	b.write(func(w twin.Writer) error {
		f, g := stop(0, "G", 7), stop(0, "H", 8)
		gone, err := w.Save(b.ctx, "stops", &f)
		if err != nil {
			return err
		}
		if err := w.Delete(b.ctx, "stops", gone); err != nil {
			return err
		}
		next, err := w.Save(b.ctx, "stops", &g)
		if next != gone+1 {
			b.Errorf("id %d after %d was deleted", next, gone)
		}
		return err
	})
	// All of them.
	for _, f := range b.features("stops") {
		if _, err := b.deleteOne("stops", f.ID); err != nil {
			b.Fatal(err)
		}
	}
	b.wantFeatures("stops")
	b.put("stops", stop(0, "A", 1))
	b.wantFeatures("stops", stop(56, "A", 1))
}

func deletedComesBack(b *bench) {
	b.create(stops())
	b.put("stops", stop(1, "A", 1), stop(2, "B", 2))
	if _, err := b.deleteOne("stops", 2); err != nil {
		b.Fatal(err)
	}
	if id, _ := b.mustSave("stops", stop(2, "B", 2)); id != 2 {
		b.Errorf("id %d", id)
	}
	b.wantFeatures("stops", stop(1, "A", 1), stop(2, "B", 2))
}

func highestID(b *bench) {
	b.create(stops())
	b.mustSave("stops", stop(math.MaxInt64, "Z", 1))
	if _, _, err := b.saveOne("stops", stop(0, "A", 2)); err == nil {
		b.Error("an id after the highest")
	}
	if _, err := b.deleteOne("stops", math.MaxInt64); err != nil {
		b.Fatal(err)
	}
	if id, _, err := b.saveOne("stops", stop(0, "A", 2)); err == nil {
		b.Errorf("the highest id was given once and is gone; then %d was given", id)
	}
	b.mustSave("stops", stop(5, "A", 2))
	b.wantFeatures("stops", stop(5, "A", 2))
}

func takenKeys(b *bench) {
	b.create(stops())
	b.put("stops", stop(1, "A", 1), stop(2, "B", 2))
	version := b.version()
	for _, f := range []city.Feature{stop(2, "A", 2), stop(0, "A", 3), stop(9, "B", 4)} {
		_, _, err := b.saveOne("stops", f)
		wantError(b, err, city.ErrTaken)
	}
	b.wantVersion(version)
	b.wantFeatures("stops", stop(1, "A", 1), stop(2, "B", 2))
	// Nobody has null, and all may.
	b.mustSave("stops", nullKey(0, 5))
	b.mustSave("stops", nullKey(0, 6))
}

func takenCodes(b *bench) {
	layer := stops()
	layer.Key = "external_key"
	layer.Properties = append(layer.Properties, city.Property{Name: "external_key", Type: city.KindString})
	b.create(layer)
	keyed := func(id int64, code, key string) city.Feature {
		f := stop(id, code, 1)
		f.Values = append(f.Values, city.String(key))
		return f
	}
	b.mustSave("stops", keyed(0, "A", "x"))
	b.mustSave("stops", keyed(0, "B", "y"))
	for _, f := range []city.Feature{keyed(0, "A", "z"), keyed(0, "C", "x"), keyed(2, "A", "y"), keyed(2, "B", "x")} {
		_, _, err := b.saveOne("stops", f)
		wantError(b, err, city.ErrTaken)
	}
	b.mustSave("stops", keyed(2, "C", "z"))
	b.mustSave("stops", keyed(0, "B", "y"))
	b.wantFeatures("stops", keyed(1, "A", "x"), keyed(2, "C", "z"), keyed(3, "B", "y"))
}

func swappedKeys(b *bench) {
	b.create(stops())
	b.put("stops", stop(1, "A", 1), stop(2, "B", 2))
	v := b.version()
	after := b.write(func(w twin.Writer) error {
		for _, f := range []city.Feature{nullKey(1, 1), stop(2, "A", 2), stop(1, "B", 1)} {
			if _, err := w.Save(b.ctx, "stops", &f); err != nil {
				return err
			}
		}
		if err := w.Delete(b.ctx, "stops", 1); err != nil {
			return err
		}
		f := stop(0, "B", 3)
		_, err := w.Save(b.ctx, "stops", &f)
		return err
	})
	if after != v+1 {
		b.Errorf("version %d after %d", after, v)
	}
	b.wantFeatures("stops", stop(2, "A", 2), stop(3, "B", 3))
}

func saveRefuses(b *bench) {
	b.create(stops())
	version := b.version()
	for name, spoil := range map[string]func(*city.Feature){
		"no geometry":    func(f *city.Feature) { f.Geometry = nil },
		"empty geometry": func(f *city.Feature) { f.Geometry = orb.MultiPoint{} },
		"another type":   func(f *city.Feature) { f.Geometry = orb.LineString{{1, 2}, {3, 4}} },
		"not finite":     func(f *city.Feature) { f.Geometry = orb.Point{math.NaN(), 1} },
		"another kind":   func(f *city.Feature) { f.Values[1] = city.Integer(3) },
		"too many":       func(f *city.Feature) { f.Values = append(f.Values, city.Null, city.Null) },
	} {
		f := stop(0, "A", 1)
		spoil(&f)
		if _, _, err := b.saveOne("stops", f); err == nil {
			b.Errorf("%s: saved", name)
		}
	}
	b.wantVersion(version)
	b.wantFeatures("stops")
}

func refusedSaveGoesOn(b *bench) {
	b.create(stops())
	b.put("stops", stop(1, "A", 1))
	b.write(func(w twin.Writer) error {
		taken, bad, good := stop(0, "A", 2), stop(0, "C", 3), stop(0, "B", 4)
		bad.Geometry = nil
		_, err := w.Save(b.ctx, "stops", &taken)
		wantError(b, err, city.ErrTaken)
		if _, err := w.Save(b.ctx, "stops", &bad); err == nil {
			b.Error("saved without geometry")
		}
		wantError(b, w.Delete(b.ctx, "stops", 77), city.ErrNotFound)
		_, err = w.Save(b.ctx, "stops", &good)
		return err
	})
	got := b.features("stops")
	if len(got) != 2 || got[1].Value(0) != city.String("B") {
		b.Errorf("features %v", got)
	}
}

func failedDelete(b *bench) {
	b.create(stops())
	b.put("stops", stop(1, "A", 1))
	version := b.version()
	_, err := b.store.Write(b.ctx, "fails", func(w twin.Writer) error {
		f := stop(2, "B", 2)
		_, errSave := w.Save(b.ctx, "stops", &f)
		return errors.Join(errSave, w.Delete(b.ctx, "stops", 1), errStop)
	})
	wantError(b, err, errStop)
	_, err = b.store.Write(b.ctx, "fails", func(w twin.Writer) error {
		return errors.Join(w.DropLayer(b.ctx, "stops"), errStop)
	})
	wantError(b, err, errStop)
	b.wantUntouched(version)
}

func editsAreInOrder(b *bench) {
	b.create(stops())
	b.write(func(w twin.Writer) error {
		for n, f := range []city.Feature{stop(0, "A", 1), stop(0, "B", 2), stop(0, "C", 3)} {
			if err := w.Put(b.ctx, "stops", &f); err != nil {
				return err
			}
			if n == 1 {
				if err := w.Delete(b.ctx, "stops", 1); err != nil {
					return err
				}
			}
		}
		changed := stop(2, "B", 9)
		if _, err := w.Save(b.ctx, "stops", &changed); err != nil {
			return err
		}
		again := stop(0, "B", 10)
		return w.Put(b.ctx, "stops", &again)
	})
	b.wantFeatures("stops", stop(2, "B", 10), stop(3, "C", 3))
}

func movedFeature(b *bench) {
	other := stops()
	other.ID = "terminals"
	b.create(stops())
	b.create(other)
	b.put("stops", stop(1, "A", 1))
	v := b.version()
	after := b.write(func(w twin.Writer) error {
		f, err := w.Get(b.ctx, "stops", 1)
		if err != nil {
			return err
		}
		if err := w.Delete(b.ctx, "stops", 1); err != nil {
			return err
		}
		f.ID = 0
		_, err = w.Save(b.ctx, "terminals", f)
		return err
	})
	if after != v+1 {
		b.Errorf("version %d after %d", after, v)
	}
	b.wantFeatures("stops")
	b.wantFeatures("terminals", stop(1, "A", 1))
}
