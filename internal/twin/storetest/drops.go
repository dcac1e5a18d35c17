package storetest

import (
	"bytes"
	"errors"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

func droppedLayer(b *bench) {
	other := stops()
	other.ID = "terminals"
	b.create(stops())
	b.create(other)
	b.put("stops", stop(1, "A", 1))
	b.put("terminals", stop(1, "A", 1))
	v := b.version()
	after := b.write(func(w twin.Writer) error {
		f := stop(0, "B", 2)
		errPut := w.Put(b.ctx, "stops", &f) // still waiting
		errDrop := w.DropLayer(b.ctx, "stops")
		if got := w.Layers(); len(got) != 1 || got[0].ID != "terminals" {
			b.Errorf("layers inside the transaction: %v", got)
		}
		wantError(b, w.Put(b.ctx, "stops", &f), city.ErrNotFound)
		wantError(b, w.DropLayer(b.ctx, "stops"), city.ErrNotFound)
		return errors.Join(errPut, errDrop)
	})
	if after != v+1 {
		b.Errorf("version %d after %d", after, v)
	}
	for range 2 {
		b.wantLayers(other)
		b.wantFeatures("terminals", stop(1, "A", 1))
		b.store = b.reopen(b.T, b.store)
	}
	// Its name is free.
	layer := stops()
	layer.Key, layer.Properties, layer.Geometry = "", layer.Properties[1:2], city.GeometryLineString
	b.create(layer)
	line := city.Feature{ID: 1, Geometry: orb.LineString{{1, 2}, {3, 4}}, Values: []city.Value{city.String("đường")}}
	b.mustSave("stops", line)
	b.wantLayers(layer, other)
	b.wantFeatures("stops", line)
}

func replacedLayer(b *bench) {
	b.create(stops())
	b.put("stops", stop(1, "A", 1), stop(2, "B", 2))
	v := b.version()
	layer := stops()
	layer.Properties = append(layer.Properties, city.Property{Name: "shelter", Type: city.KindBoolean})
	after := b.write(func(w twin.Writer) error {
		f := stop(2, "B", 9)
		errDrop := w.DropLayer(b.ctx, "stops")
		errPut := w.PutLayer(b.ctx, layer)
		_, errSave := w.Save(b.ctx, "stops", &f)
		return errors.Join(errDrop, errPut, errSave)
	})
	// What is made and dropped in one write never was.
	unchanged := b.write(func(w twin.Writer) error {
		other := stops()
		other.ID = "terminals"
		return errors.Join(w.PutLayer(b.ctx, other), w.DropLayer(b.ctx, "terminals"))
	})
	if after != v+1 || unchanged > after+1 {
		b.Errorf("versions %d and %d after %d", after, unchanged, v)
	}
	b.wantLayers(layer)
	b.wantFeatures("stops", stop(2, "B", 9))
}

func signature(b *bench) {
	b.create(stops())
	var versions []city.Version
	for _, author := range []string{"Sở Giao thông", "", "b"} {
		v, err := b.store.Write(b.ctx, "sửa "+author, func(w twin.Writer) error {
			w.Sign("the one before")
			if author != "" {
				w.Sign(author)
			}
			f := stop(0, "A"+author, 1)
			_, err := w.Save(b.ctx, "stops", &f)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		versions = append(versions, v)
	}
	_, unsigned := b.mustSave("stops", stop(0, "Z", 2))
	b.read(func(r twin.Reader) error {
		sets, err := r.ChangeSets(b.ctx, versions[0]-1, 10)
		if err != nil || len(sets) != 4 {
			b.Errorf("%d change sets: %v", len(sets), err)
			return nil
		}
		for i, want := range []string{"Sở Giao thông", "the one before", "b"} {
			if sets[i].Version != versions[i] || sets[i].Author != want {
				b.Errorf("version %d by %q, want %d by %q", sets[i].Version, sets[i].Author, versions[i], want)
			}
		}
		if sets[0].Message != "sửa Sở Giao thông" || sets[3].Version != unsigned || sets[3].Author == "" || sets[3].Author == "b" {
			b.Errorf("change sets %+v", sets)
		}
		return nil
	})
}

func (b *bench) putDocument(kind, name string, body []byte) {
	b.Helper()
	if err := b.store.PutDocument(b.ctx, kind, name, body); err != nil {
		b.Fatalf("put document: %v", err)
	}
}

func (b *bench) wantDocuments(kind string, want map[string][]byte) {
	b.Helper()
	got, err := b.store.Documents(b.ctx, kind)
	if err != nil {
		b.Fatalf("documents: %v", err)
	}
	if len(got) != len(want) {
		b.Errorf("%d documents of kind %q, want %d", len(got), kind, len(want))
	}
	for name := range want {
		if body, ok := got[name]; !ok || !bytes.Equal(body, want[name]) {
			b.Errorf("document %q is %.80q, want %.80q", name, body, want[name])
		}
	}
}

func documents(b *bench) {
	b.wantDocuments("key", nil)
	large := bytes.Repeat([]byte{0, 1, 0xff, 'a'}, 16<<10)
	b.putDocument("key", "khóa 'một'", []byte(`{"role":"editor"}`))
	b.putDocument("key", "two", large)
	b.putDocument("watch", "two", []byte{0})
	b.putDocument("key", "empty", []byte{})
	b.putDocument("key", "khóa 'một'", []byte(`{"role":"viewer"}`))
	b.putDocument("key", "absent", nil)
	want := map[string][]byte{"khóa 'một'": []byte(`{"role":"viewer"}`), "two": large, "empty": {}}
	for range 2 {
		b.wantDocuments("key", want)
		b.wantDocuments("watch", map[string][]byte{"two": {0}})
		b.wantDocuments("ke_", nil)
		b.store = b.reopen(b.T, b.store)
	}
	b.putDocument("key", "two", nil)
	delete(want, "two")
	b.wantDocuments("key", want)
	b.wantDocuments("watch", map[string][]byte{"two": {0}})
}

func documentsBelongToNoVersion(b *bench) {
	v := b.create(stops())
	b.putDocument("key", "a", []byte("x"))
	b.wantVersion(v)
	b.putDocument("key", "a", nil)
	b.wantVersion(v)
	b.read(func(r twin.Reader) error {
		sets, err := r.Changes(b.ctx, v, 10)
		if len(sets) > 0 {
			b.Errorf("change sets %v", sets)
		}
		return err
	})
}
