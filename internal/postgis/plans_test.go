package postgis

import (
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
)

// posts is a layer with one feature.
func posts(t *testing.T, dsn string) *Store {
	t.Helper()
	// One connection more than a write and a read hold: statements are of one.
	s, err := Open(t.Context(), dsn, Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	_, err = s.Write(t.Context(), "", func(w Writer) error {
		return w.PutLayer(t.Context(), city.Layer{
			ID: "posts", Title: "Cột", TitleEN: "Posts", Geometry: city.GeometryPoint,
			Properties: []city.Property{{Name: "name", Type: city.KindString}},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rename gives the feature another name and reads what that changed.
func rename(t *testing.T, s *Store, name string) error {
	t.Helper()
	v, err := s.Write(t.Context(), "", func(w Writer) error {
		w.Sign("lan")
		_, _ = w.Get(t.Context(), "posts", 1) // the first time it is not there
		_, err := w.Save(t.Context(), "posts", &city.Feature{ID: 1, Geometry: orb.Point{105.85, 21.03}, Values: []city.Value{city.String(name)}})
		return err
	})
	if err != nil {
		return err
	}
	if lines := namesAfter(t, s, v-1); len(lines) != 1 || !strings.HasSuffix(lines[0], ">"+name) {
		t.Fatalf("%s: %q", name, lines)
	}
	return nil
}

// TestPlans keeps statements prepared over more uses than a plan has, and over a
// change of the table by an administrator, which they do not outlive.
func TestPlans(t *testing.T) {
	db := pgtest.Open(t)
	s := posts(t, db.DSN())
	for i := range 300 {
		if err := rename(t, s, fmt.Sprint("n", i)); err != nil {
			t.Fatal(err)
		}
	}
	prepared := func() (n int) {
		t.Helper()
		if err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'twin%'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := prepared(); n < 5 || n > 12 {
		t.Errorf("%d statements are prepared, want those of a change and of reading it", n)
	}
	db.Exec(`ALTER TABLE twin.posts ALTER geom TYPE geometry(Geometry, 4326)`)
	var err error
	for attempt := range 3 {
		if err = rename(t, s, fmt.Sprint("altered", attempt)); err == nil {
			break
		}
	}
	if err != nil {
		t.Errorf("after the table was altered: %v", err)
	}
}

// TestTriggersAreRenewed opens a store whose layer has lost a function of its
// triggers, as one has that an older program made.
func TestTriggersAreRenewed(t *testing.T) {
	db := pgtest.Open(t)
	s := posts(t, db.DSN())
	if err := rename(t, s, "a"); err != nil {
		t.Fatal(err)
	}
	db.Exec(`DROP FUNCTION twin.twin_keep_1_update() CASCADE`)
	again, err := Open(t.Context(), db.DSN(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	db.Exec(`UPDATE twin.posts SET name = 'b'`)
	if lines := namesAfter(t, again, 1); strings.Join(lines, "; ") != "2 posts/1 ->a; 3 posts/1 a>b" {
		t.Errorf("%q", lines)
	}
	if _, err := again.Write(t.Context(), "", func(w Writer) error { return w.DropLayer(t.Context(), "posts") }); err != nil {
		t.Fatal(err)
	}
	if left := db.QueryRows(`SELECT proname FROM pg_proc WHERE proname LIKE 'twin_keep_1%'`); len(left) > 0 {
		t.Errorf("functions %v are left of a layer that was removed", left)
	}
}
