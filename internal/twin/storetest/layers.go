package storetest

import (
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

func layerTests() map[string]func(*bench) {
	return map[string]func(*bench){
		"a new store has no layers":                     newStoreIsEmpty,
		"layers are kept whole and listed by id":        layersAreKept,
		"the same layer again changes nothing":          sameLayerAgain,
		"titles and rules are replaced":                 titlesAreReplaced,
		"properties are appended and old rows are null": propertiesAreAppended,
		"the order of properties is kept":               propertyOrderIsKept,
		"a property is never dropped or retyped":        noDropOrRetype,
		"an invalid layer is refused":                   invalidLayer,
		"an unknown layer is not found":                 unknownLayer,
	}
}

func newStoreIsEmpty(b *bench) {
	b.wantLayers()
	if v := b.version(); v < 0 {
		b.Errorf("version %d of a new store", v)
	}
}

func layersAreKept(b *bench) {
	before := b.version()
	full := city.Layer{
		ID: "ring_roads", Title: "Đường vành đai", TitleEN: "Ring roads",
		Description: "Bảy vành đai", DescriptionEN: "Seven rings",
		Geometry: city.GeometryMultiLineString, Key: "code", Attribution: "© OpenStreetMap contributors",
		Properties: []city.Property{
			{Name: "code", Type: city.KindString, Title: "Mã", TitleEN: "Code"},
			{Name: "lanes", Type: city.KindInteger},
			{Name: "length_km", Type: city.KindNumber, Unit: "km"},
			{Name: "toll", Type: city.KindBoolean},
			{Name: "valid_from", Type: city.KindDate},
			{Name: "seen", Type: city.KindInstant},
			{Name: "tags", Type: city.KindJSON},
		},
		Tiles: city.TileRules{
			MinZoom: 6, Simplify: 1.5, MinSize: 2, Attributes: []string{"code"},
			Classes: []city.ZoomClass{{Property: "code", Values: []string{"VD3", "VD4"}, MinZoom: 5}},
		},
		VisibleTo: []city.Role{city.Editor, city.Admin},
	}
	bare := city.Layer{ID: "areas", Title: "Vùng", TitleEN: "Areas", Geometry: city.GeometryAny}
	version := b.write(func(w twin.Writer) error {
		if err := w.PutLayer(b.ctx, full); err != nil {
			return err
		}
		if err := w.PutLayer(b.ctx, bare); err != nil {
			return err
		}
		if got := w.Layers(); len(got) != 2 || got[0].ID != "areas" || got[1].ID != "ring_roads" {
			b.Errorf("layers inside the transaction: %v", got)
		}
		return nil
	})
	if version != before+1 {
		b.Errorf("version %d after %d", version, before)
	}
	b.wantLayers(bare, full)
	b.store = b.reopen(b.T, b.store)
	b.wantLayers(bare, full)
	b.wantVersion(version)
}

func sameLayerAgain(b *bench) {
	version := b.create(stops())
	if again := b.create(stops()); again != version {
		b.Errorf("version %d after %d", again, version)
	}
	b.wantVersion(version)
	b.wantLayers(stops())
}

func titlesAreReplaced(b *bench) {
	version := b.create(stops())
	b.put("stops", stop(0, "A", 1))
	changed := stops()
	changed.Title, changed.Attribution = "Bến", "Sở Giao thông vận tải"
	changed.Properties[1].Title = "Tên bến"
	changed.Tiles.MinZoom = 12
	changed.VisibleTo = []city.Role{city.Viewer}
	if got := b.create(changed); got != version+2 {
		b.Errorf("version %d, want %d", got, version+2)
	}
	b.wantLayers(changed)
	b.wantFeatures("stops", stop(1, "A", 1))
}

func propertiesAreAppended(b *bench) {
	b.create(stops())
	b.put("stops", stop(0, "A", 1))
	grown := stops()
	grown.Properties = append(grown.Properties,
		city.Property{Name: "shelter", Type: city.KindBoolean}, city.Property{Name: "addr:street", Type: city.KindString})
	second := stop(0, "B", 2)
	second.Values = append(second.Values, city.Boolean(true), city.String("phố Huế"))
	b.write(func(w twin.Writer) error {
		if err := w.PutLayer(b.ctx, grown); err != nil {
			return err
		}
		return w.Put(b.ctx, "stops", &second)
	})
	b.wantLayers(grown)
	first := stop(1, "A", 1)
	first.Values = append(first.Values, city.Null, city.Null)
	second.ID = 2
	b.wantFeatures("stops", first, second)
	b.store = b.reopen(b.T, b.store)
	b.wantFeatures("stops", first, second)
}

func propertyOrderIsKept(b *bench) {
	b.create(stops())
	turned := stops()
	turned.Properties = append([]city.Property{{Name: "new", Type: city.KindInteger}}, turned.Properties...)
	slices.Reverse(turned.Properties)
	b.create(turned)
	want := stops()
	want.Properties = append(want.Properties, city.Property{Name: "new", Type: city.KindInteger})
	b.wantLayers(want)
}

func noDropOrRetype(b *bench) {
	version := b.create(stops())
	dropped, retyped := stops(), stops()
	dropped.Properties = dropped.Properties[:2]
	retyped.Properties[2].Type = city.KindString
	for name, layer := range map[string]city.Layer{"dropped": dropped, "retyped": retyped} {
		_, err := b.store.Write(b.ctx, name, func(w twin.Writer) error { return w.PutLayer(b.ctx, layer) })
		if err == nil {
			b.Errorf("a %s property was accepted", name)
		}
	}
	b.wantLayers(stops())
	b.wantVersion(version)
}

func invalidLayer(b *bench) {
	twice := stops()
	twice.Properties = append(twice.Properties, city.Property{Name: "Name", Type: city.KindString})
	keyless := stops()
	keyless.Key = "nowhere"
	for _, layer := range []city.Layer{{ID: "Roads; DROP", Geometry: city.GeometryPoint}, {ID: "roads", Geometry: "Blob"}, twice, keyless} {
		_, err := b.store.Write(b.ctx, "invalid", func(w twin.Writer) error { return w.PutLayer(b.ctx, layer) })
		if err == nil {
			b.Errorf("layer %+v was accepted", layer)
		}
	}
	b.wantLayers()
}

func unknownLayer(b *bench) {
	f := stop(0, "A", 1)
	_, err := b.store.Write(b.ctx, "unknown", func(w twin.Writer) error {
		if err := w.Put(b.ctx, "nowhere", &f); err != nil {
			return err
		}
		_, err := w.Tally(b.ctx)
		return err
	})
	wantError(b, err, city.ErrNotFound)
	err = b.store.Read(b.ctx, func(r twin.Reader) error {
		return r.Features(b.ctx, "nowhere", func(*city.Feature) error { return nil })
	})
	wantError(b, err, city.ErrNotFound)
}
