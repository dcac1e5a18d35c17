package postgis_test

import (
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
)

// stops is the layer that most tests write.
func stops() city.Layer {
	return city.Layer{
		ID: "stops", Title: "Điểm dừng", TitleEN: "Stops", Geometry: city.GeometryPoint, Key: "code",
		Properties: []city.Property{{Name: "code", Type: city.KindString}, {Name: "name", Type: city.KindString}},
	}
}

func stop(id int64, code string) city.Feature {
	return city.Feature{
		ID: id, Geometry: orb.Point{105.85, 21.03}, Values: []city.Value{city.String(code), city.String("Bến xe Mỹ Đình")},
	}
}

// put writes features of stops in one transaction, with the layer.
func put(t testing.TB, s *postgis.Store, fs ...city.Feature) (tally city.Tally) {
	t.Helper()
	_, err := s.Write(t.Context(), "test", func(w postgis.Writer) error {
		if err := w.PutLayer(t.Context(), stops()); err != nil {
			return err
		}
		for i := range fs {
			if err := w.Put(t.Context(), "stops", &fs[i]); err != nil {
				return err
			}
		}
		counts, err := w.Tally(t.Context())
		tally = counts["stops"]
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

// features reads a layer.
func features(t testing.TB, s *postgis.Store, layer city.LayerID) (all []city.Feature) {
	t.Helper()
	err := s.Read(t.Context(), func(r postgis.Reader) error {
		return r.Features(t.Context(), layer, func(f *city.Feature) error {
			kept := *f
			kept.Values = append([]city.Value(nil), f.Values...)
			all = append(all, kept)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// version reads the version.
func version(t testing.TB, s *postgis.Store) (v city.Version) {
	t.Helper()
	if err := s.Read(t.Context(), func(r postgis.Reader) error { v = r.Version(); return nil }); err != nil {
		t.Fatal(err)
	}
	return v
}
