package storetest

import (
	"fmt"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

func keyTests() map[string]func(*bench) {
	return map[string]func(*bench){
		"a feature is found by its key":                        foundByKey,
		"a feature without a key value is found by id":         nullKeyByID,
		"a layer without a key finds by id":                    keylessByID,
		"a new feature keeps a free id":                        explicitID,
		"a taken id gives the next free one":                   takenID,
		"the last put of a key wins":                           lastPutWins,
		"the last put of an id wins":                           lastIDWins,
		"a key may be an integer":                              integerKey,
		"many puts: created, then unchanged, then one changed": manyPuts,
		"tally counts each layer":                              tallyByLayer,
	}
}

func foundByKey(b *bench) {
	b.create(stops())
	b.wantTally(b.put("stops", stop(0, "A", 1), stop(0, "B", 2)), city.Tally{Created: 2})
	// The id of the feature at hand does not matter when the key is known.
	b.wantTally(b.put("stops", stop(77, "B", 3), stop(0, "A", 1)), city.Tally{Updated: 1, Unchanged: 1})
	b.wantFeatures("stops", stop(1, "A", 1), stop(2, "B", 3))
}

func nullKey(id int64, n int) city.Feature {
	f := stop(id, "", n)
	f.Values[0] = city.Null
	return f
}

func nullKeyByID(b *bench) {
	b.create(stops())
	b.wantTally(b.put("stops", nullKey(0, 1), nullKey(0, 2), nullKey(9, 3)), city.Tally{Created: 3})
	b.wantTally(b.put("stops", nullKey(2, 5), nullKey(9, 3)), city.Tally{Updated: 1, Unchanged: 1})
	b.wantFeatures("stops", nullKey(1, 1), nullKey(2, 5), nullKey(9, 3))
}

func keylessByID(b *bench) {
	layer := stops()
	layer.Key = ""
	b.create(layer)
	b.wantTally(b.put("stops", stop(5, "A", 1), stop(0, "A", 2)), city.Tally{Created: 2})
	b.wantTally(b.put("stops", stop(5, "B", 1), stop(6, "A", 2)), city.Tally{Updated: 1, Unchanged: 1})
	b.wantFeatures("stops", stop(5, "B", 1), stop(6, "A", 2))
}

func explicitID(b *bench) {
	b.create(stops())
	b.put("stops", stop(41, "A", 1), stop(0, "B", 2), stop(7, "C", 3), stop(0, "D", 4))
	b.wantFeatures("stops", stop(7, "C", 3), stop(41, "A", 1), stop(42, "B", 2), stop(43, "D", 4))
	b.store = b.reopen(b.T, b.store)
	b.put("stops", stop(0, "E", 5), stop(1, "F", 6))
	b.wantFeatures("stops", stop(1, "F", 6), stop(7, "C", 3), stop(41, "A", 1), stop(42, "B", 2), stop(43, "D", 4), stop(44, "E", 5))
}

func takenID(b *bench) {
	b.create(stops())
	b.put("stops", stop(3, "A", 1))
	b.wantTally(b.put("stops", stop(3, "B", 2)), city.Tally{Created: 1})
	b.wantFeatures("stops", stop(3, "A", 1), stop(4, "B", 2))
	// The same inside one transaction.
	b.put("stops", stop(9, "C", 3), stop(9, "D", 4))
	b.wantFeatures("stops", stop(3, "A", 1), stop(4, "B", 2), stop(9, "C", 3), stop(10, "D", 4))
}

func lastPutWins(b *bench) {
	version := b.create(stops())
	tally, after := b.putVersion("stops", stop(0, "A", 1), stop(0, "B", 2), stop(0, "A", 3))
	if tally.Created != 2 {
		b.Errorf("created %d, want 2", tally.Created)
	}
	if after != version+1 {
		b.Errorf("version %d after %d", after, version)
	}
	b.wantFeatures("stops", stop(1, "A", 3), stop(2, "B", 2))
	b.put("stops", stop(0, "A", 4), stop(0, "B", 5), stop(0, "A", 6))
	b.wantFeatures("stops", stop(1, "A", 6), stop(2, "B", 5))
}

func lastIDWins(b *bench) {
	layer := stops()
	layer.Key = ""
	b.create(layer)
	b.put("stops", stop(4, "A", 1), stop(4, "B", 2), stop(4, "C", 3))
	b.wantFeatures("stops", stop(4, "C", 3))
}

func integerKey(b *bench) {
	layer := city.Layer{ID: "numbered", Geometry: city.GeometryPoint, Key: "number", Properties: []city.Property{{Name: "number", Type: city.KindInteger}}}
	b.create(layer)
	numbered := func(id, number int64, n int) city.Feature {
		f := stop(id, "", n)
		f.Values = []city.Value{city.Integer(number)}
		return f
	}
	b.put("numbered", numbered(0, 500, 1), numbered(0, -7, 2))
	b.wantTally(b.put("numbered", numbered(0, -7, 3), numbered(0, 500, 1)), city.Tally{Updated: 1, Unchanged: 1})
	b.wantFeatures("numbered", numbered(1, 500, 1), numbered(2, -7, 3))
}

func manyPuts(b *bench) {
	b.create(stops())
	const count = 1000
	features := make([]city.Feature, count)
	for i := range features {
		features[i] = stop(0, fmt.Sprintf("way/%d", 599647458+i), i)
	}
	b.wantTally(b.put("stops", features...), city.Tally{Created: count})
	before := b.version()
	b.wantTally(b.put("stops", features...), city.Tally{Unchanged: count})
	b.wantVersion(before)
	features[777].Values[1] = city.String("Bến xe Giáp Bát")
	b.wantTally(b.put("stops", features...), city.Tally{Unchanged: count - 1, Updated: 1})
	b.wantVersion(before + 1)
	for i := range features {
		features[i].ID = int64(i + 1)
	}
	b.wantFeatures("stops", features...)
}

func tallyByLayer(b *bench) {
	other := stops()
	other.ID = "terminals"
	b.create(stops())
	b.create(other)
	b.put("terminals", stop(0, "A", 1))
	b.write(func(w twin.Writer) error {
		for _, put := range []struct {
			layer city.LayerID
			f     city.Feature
		}{{"stops", stop(0, "A", 1)}, {"terminals", stop(0, "A", 1)}, {"stops", stop(0, "B", 2)}, {"terminals", stop(0, "C", 3)}} {
			if err := w.Put(b.ctx, put.layer, &put.f); err != nil {
				return err
			}
		}
		tally, err := w.Tally(b.ctx)
		if err != nil {
			return err
		}
		b.wantTally(tally["stops"], city.Tally{Created: 2})
		b.wantTally(tally["terminals"], city.Tally{Created: 1, Unchanged: 1})
		// A count so far, not a final one.
		last := stop(0, "D", 4)
		if err := w.Put(b.ctx, "stops", &last); err != nil {
			return err
		}
		tally, err = w.Tally(b.ctx)
		b.wantTally(tally["stops"], city.Tally{Created: 3})
		return err
	})
}
