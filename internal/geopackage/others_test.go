package geopackage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/gdaltest"
	"github.com/hanoitwin/hanoitwin/internal/twin/twintest"
)

// world is everything in a store, to be compared with what the record tells.
type world map[city.LayerID]map[int64]*city.Feature

// apply makes a change of a feature of a layer that is there.
func (w world) apply(c *city.Change) error {
	if c.Feature == nil {
		delete(w[c.Layer], c.ID)
	} else {
		w[c.Layer][c.ID] = c.Feature
	}
	return nil
}

func worldOf(t *testing.T, s *Store) (w world, v city.Version) {
	t.Helper()
	w = world{}
	v = twintest.Walk(t, s, func(l *city.Layer) { w[l.ID] = map[int64]*city.Feature{} },
		func(l *city.Layer, f *city.Feature) { w[l.ID][f.ID] = f.Clone() })
	return w, v
}

// describe writes a feature in short: code, number of lanes and place.
func describe(f *city.Feature) string {
	if f == nil {
		return "-"
	}
	lanes, place := city.Null, "nowhere"
	if i := slices.IndexFunc(f.Values, func(v city.Value) bool { return v.Kind() == city.KindInteger }); i >= 0 {
		lanes = f.Values[i]
	}
	if f.Geometry != nil {
		place = fmt.Sprintf("%.1f", f.Geometry.Bound().Min)
	}
	return fmt.Sprintf("%s:%s@%s", f.Value(0), lanes, place)
}

func diffWorlds(before, after world) (lines []string) {
	for _, layer := range slices.Sorted(maps.Keys(before)) {
		ids := maps.Clone(before[layer])
		maps.Copy(ids, after[layer])
		for _, id := range slices.Sorted(maps.Keys(ids)) {
			if b, a := describe(before[layer][id]), describe(after[layer][id]); b != a {
				lines = append(lines, fmt.Sprintf("%s/%d %s > %s", layer, id, b, a))
			}
		}
	}
	return lines
}

func tellRevisions(revisions []city.Revision) (lines []string) {
	for i := range revisions {
		r := &revisions[i]
		lines = append(lines, fmt.Sprintf("%s/%d %s > %s", r.Layer, r.ID, describe(r.Before), describe(r.After)))
	}
	return lines
}

func changesAfter(t *testing.T, s *Store, after city.Version) (sets []city.ChangeSet) {
	t.Helper()
	err := s.Read(t.Context(), func(r Reader) (err error) {
		sets, err = r.Changes(t.Context(), after, 10_000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sets
}

// checkRecord compares what the record tells of the way from one state to the
// present one with the two states.
func checkRecord(t *testing.T, s *Store, before world, since city.Version) {
	t.Helper()
	after, v := worldOf(t, s)
	want := diffWorlds(before, after)
	var steps, told []string
	for _, set := range changesAfter(t, s, since) {
		steps = append(steps, tellRevisions(set.Revisions)...)
	}
	undone := world{}
	for layer, features := range after {
		undone[layer] = maps.Clone(features)
	}
	err := s.Read(t.Context(), func(r Reader) error {
		if v == since+1 {
			err := r.Revisions(t.Context(), v, "", 0, func(each *city.Revision) error {
				told = append(told, tellRevisions([]city.Revision{*each})...)
				return nil
			})
			if err != nil {
				return err
			}
		}
		return r.Undo(t.Context(), since, undone.apply)
	})
	if err != nil {
		t.Fatal(err)
	}
	if v == since+1 && (!slices.Equal(steps, want) || !slices.Equal(told, want)) {
		t.Errorf("the change set tells\n %q\nrevisions tell\n %q\nwant\n %q", steps, told, want)
	}
	if back := diffWorlds(before, undone); len(back) > 0 {
		t.Errorf("undo does not lead back: %q", back)
	}
}

const point = "x'47500001e6100000" + "0101000000" + "0000000000005a40" + "0000000000003540'" // 104 21

// TestSQLOfOthersIsRecorded edits the open store by plain SQL of another
// connection, in all the ways by which a row can come, go and change.
func TestSQLOfOthersIsRecorded(t *testing.T) {
	for name, test := range map[string]struct {
		sql  []string
		none bool // and nothing comes of it
	}{
		"update":                    {sql: []string{"UPDATE kinds SET lanes = 8 WHERE fid = 2"}},
		"update of the geometry":    {sql: []string{"UPDATE kinds SET geom = " + point + " WHERE fid < 3"}},
		"update of all":             {sql: []string{"UPDATE kinds SET lanes = lanes + 1"}},
		"update twice":              {sql: []string{"UPDATE kinds SET lanes = 8", "UPDATE kinds SET lanes = 9 WHERE fid = 1"}},
		"update and back":           {sql: []string{"UPDATE kinds SET lanes = lanes + 1", "UPDATE kinds SET lanes = lanes - 1"}, none: true},
		"update to the same":        {sql: []string{"UPDATE kinds SET lanes = lanes, geom = geom"}, none: true},
		"insert":                    {sql: []string{"INSERT INTO kinds (code, geom) VALUES ('N', " + point + "), ('M', NULL)"}},
		"insert and delete":         {sql: []string{"INSERT INTO kinds (fid, code) VALUES (9, 'N')", "DELETE FROM kinds WHERE fid = 9"}, none: true},
		"delete":                    {sql: []string{"DELETE FROM kinds WHERE fid IN (1, 4)"}},
		"delete all":                {sql: []string{"DELETE FROM kinds"}},
		"delete and insert again":   {sql: []string{"DELETE FROM kinds WHERE fid = 4", "INSERT INTO kinds (fid, code, lanes) VALUES (4, 'N', 1)"}},
		"replace by id":             {sql: []string{"INSERT OR REPLACE INTO kinds (fid, code, lanes) VALUES (2, 'N', 1)"}},
		"replace by key":            {sql: []string{"INSERT OR REPLACE INTO kinds (code, lanes) VALUES ('K1', 1)"}},
		"replace by both":           {sql: []string{"REPLACE INTO kinds (fid, code, lanes) VALUES (2, 'K3', 1)"}},
		"upsert":                    {sql: []string{"INSERT INTO kinds (code, lanes) VALUES ('K1', 44), ('N', 1) ON CONFLICT (code) DO UPDATE SET lanes = excluded.lanes"}},
		"insert or ignore":          {sql: []string{"INSERT OR IGNORE INTO kinds (code, lanes) VALUES ('K1', 44)"}, none: true},
		"another id":                {sql: []string{"UPDATE kinds SET fid = 77 WHERE fid = 2"}},
		"another id, that of a row": {sql: []string{"UPDATE OR REPLACE kinds SET fid = 3 WHERE fid = 2"}},
		"another key, that of one":  {sql: []string{"UPDATE OR REPLACE kinds SET code = 'K3' WHERE fid = 2"}},
		"ids shifted":               {sql: []string{"UPDATE kinds SET fid = fid + 100", "UPDATE kinds SET fid = fid - 99"}},
		"keys swapped":              {sql: []string{"UPDATE kinds SET code = NULL WHERE fid = 1", "UPDATE kinds SET code = 'K0' WHERE fid = 2", "UPDATE kinds SET code = 'K1' WHERE fid = 1"}},
		"rolled back":               {sql: []string{"BEGIN; UPDATE kinds SET lanes = 8; DELETE FROM kinds WHERE fid = 1; ROLLBACK"}, none: true},
		"a savepoint rolled back":   {sql: []string{"BEGIN; SAVEPOINT a; UPDATE kinds SET lanes = 8; ROLLBACK TO a; UPDATE kinds SET lanes = 9 WHERE fid = 1; COMMIT"}},
		"recursive triggers":        {sql: []string{"PRAGMA recursive_triggers = 1; REPLACE INTO kinds (fid, code, lanes) VALUES (2, 'K3', 1)"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := mustOpen(t, kindsFile(t))
			before, v := worldOf(t, s)
			foreign(t, s.path, test.sql...)
			_, now := worldOf(t, s)
			if want := v + 1; test.none && now != v || !test.none && now != want {
				t.Errorf("version %d after %d", now, v)
			}
			checkRecord(t, s, before, v)
			// The same once more, together with an edit of ours.
			before, v = worldOf(t, s)
			foreign(t, s.path, "UPDATE kinds SET lanes = coalesce(lanes, 0) + 1000 WHERE fid = (SELECT min(fid) FROM kinds)")
			saveKind(t, s, 500)
			checkRecord(t, s, before, v)
		})
	}
}

// saveKind saves a new feature of the layer kinds.
func saveKind(t *testing.T, s *Store, n int) city.Version {
	t.Helper()
	v, err := s.Write(t.Context(), fmt.Sprint("số ", n), func(w Writer) error {
		_, err := w.Save(t.Context(), "kinds", &city.Feature{Geometry: orb.Point{106, 21}, Values: []city.Value{city.String(fmt.Sprint("S", n)), city.Null, city.Integer(int64(n))}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWhoEditedIsTold(t *testing.T) {
	s := mustOpen(t, kindsFile(t))
	v := version(t, s)
	start := time.Now().Add(-time.Millisecond)
	foreign(t, s.path, "UPDATE kinds SET lanes = 8 WHERE fid = 2")
	saveKind(t, s, 1)
	sets := changesAfter(t, s, v)
	if len(sets) != 2 || sets[0].Author != authorOther || sets[0].Message != messageAbsorbed || sets[1].Author != authorOurs || sets[1].Message != "số 1" {
		t.Fatalf("change sets %+v", sets)
	}
	if !sets[0].At.After(start) || !sets[1].At.After(sets[0].At) || sets[1].At.After(time.Now()) {
		t.Errorf("times %s and %s, begun at %s", sets[0].At, sets[1].At, start)
	}
}

// TestSchemaOfOthers lets another program change the schema while the store is
// open: what can be known of the time before is told, and no more.
func TestSchemaOfOthers(t *testing.T) {
	for name, test := range map[string]struct {
		edit func(t *testing.T, path string)
		gone bool // the state before cannot be made again
		want []string
	}{
		"a column more": {edit: func(t *testing.T, path string) {
			foreign(t, path, "ALTER TABLE kinds ADD COLUMN note TEXT", "UPDATE kinds SET note = 'x', lanes = 7 WHERE fid = 1", "INSERT INTO kinds (code, note) VALUES ('N', 'y')")
		}},
		"a column less": {edit: func(t *testing.T, path string) {
			foreign(t, path, "UPDATE kinds SET lanes = 5 WHERE fid = 2", "ALTER TABLE kinds DROP COLUMN \"addr:street\"", "UPDATE kinds SET lanes = 7 WHERE fid = 1", "DELETE FROM kinds WHERE fid = 3")
		}},
		"the table renamed": {edit: func(t *testing.T, path string) {
			foreign(t, path, "UPDATE kinds SET lanes = 5 WHERE fid = 2")
			gdaltest.Run(t, "ogrinfo", "-q", path, "-sql", "ALTER TABLE kinds RENAME TO sorts")
			gdaltest.Run(t, "ogrinfo", "-q", path, "-sql", "UPDATE sorts SET lanes = 9 WHERE code = 'K0'")
			gdaltest.Run(t, "ogrinfo", "-q", path, "-sql", "DELETE FROM sorts WHERE code = 'K3'")
		}},
		"the table dropped": {gone: true, edit: func(t *testing.T, path string) {
			gdaltest.Run(t, "ogrinfo", "-q", path, "-sql", "DROP TABLE kinds")
		}},
		"the table replaced": {gone: true, edit: func(t *testing.T, path string) {
			sample := filepath.Join(t.TempDir(), "new.geojson")
			const collection = `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[105.85,21.02]},"properties":{"code":"NEW"}}]}`
			if err := os.WriteFile(sample, []byte(collection), 0o600); err != nil {
				t.Fatal(err)
			}
			gdaltest.Run(t, "ogr2ogr", "-update", "-overwrite", path, sample, "-nln", "kinds")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := mustOpen(t, kindsFile(t))
			saveKind(t, s, 1)
			before, v := worldOf(t, s)
			layers := state(t, s)
			test.edit(t, s.path)
			if now := version(t, s); now != v+1 {
				t.Fatalf("version %d after %d", now, v)
			}
			saveable(t, s)
			undone, err := rewind(t, s, v)
			if test.gone {
				if !errors.Is(err, city.ErrHistoryGone) {
					t.Errorf("undo: %v", err)
				}
			} else if err != nil {
				t.Error(err)
			} else if d := diffWorlds(before, undone); len(d) > 0 {
				t.Errorf("undo does not lead back: %q", d)
			}
			sets := changesAfter(t, s, v)
			if len(sets[0].Definitions) == 0 || sets[0].Definitions[0].ID != "kinds" || sets[0].Definitions[0].Before == nil {
				t.Errorf("change set %+v", sets[0])
			}
			err = s.Read(t.Context(), func(r Reader) error {
				at, err := r.LayersAt(t.Context(), v)
				if len(at) != 1 || at[0].ID != "kinds" || at[0].Key != "code" {
					t.Errorf("layers at %d: %+v", v, at)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
			// What happened before that is told as before.
			err = s.Read(t.Context(), func(r Reader) error {
				return r.Revisions(t.Context(), v, "", 0, func(each *city.Revision) error {
					if test.gone || each.Before == nil && each.After != nil {
						return nil
					}
					return fmt.Errorf("revision %+v; the state was %s", each, layers)
				})
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// saveable checks that every layer can be edited after what others did to it.
func saveable(t *testing.T, s *Store) {
	t.Helper()
	_, err := s.Write(t.Context(), "", func(w Writer) error {
		for _, layer := range w.Layers() {
			id, err := w.Save(t.Context(), layer.ID, &city.Feature{Geometry: orb.Point{1, 2}})
			if err != nil {
				return err
			}
			if err := w.Delete(t.Context(), layer.ID, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("edit afterwards: %v", err)
	}
}

// rewind makes the state of a version from the present one.
func rewind(t *testing.T, s *Store, v city.Version) (world, error) {
	t.Helper()
	w, _ := worldOf(t, s)
	err := s.Read(t.Context(), func(r Reader) error {
		layers, err := r.LayersAt(t.Context(), v)
		if err != nil {
			return err
		}
		maps.DeleteFunc(w, func(id city.LayerID, _ map[int64]*city.Feature) bool {
			return !slices.ContainsFunc(layers, func(l city.Layer) bool { return l.ID == id })
		})
		for _, l := range layers {
			if w[l.ID] == nil {
				w[l.ID] = map[int64]*city.Feature{}
			}
		}
		return r.Undo(t.Context(), v, w.apply)
	})
	return w, err
}

func TestAwaitSeesOthers(t *testing.T) {
	path := kindsFile(t)
	a, b := mustOpen(t, path), mustOpen(t, path)
	v := version(t, a)
	edits := []func(){
		func() { foreign(t, path, "UPDATE kinds SET lanes = 8 WHERE fid = 2") },
		func() { gdaltest.Run(t, "ogrinfo", "-q", path, "-sql", "UPDATE kinds SET lanes = 9 WHERE fid = 2") },
		func() { saveKind(t, b, 1) },
		func() { saveKind(t, a, 2) },
		func() { gdaltest.Run(t, "ogrinfo", "-q", path, "-sql", "ALTER TABLE kinds ADD COLUMN note TEXT") },
	}
	for i, edit := range edits {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		done := make(chan error, 1)
		go func() {
			for { // it may return early
				err := a.Await(ctx, v)
				if err != nil || version(t, a) > v {
					done <- err
					return
				}
			}
		}()
		edit()
		if err := <-done; err != nil {
			t.Fatalf("edit %d: %v", i, err)
		}
		cancel()
		now := version(t, a)
		if now != v+1 {
			t.Fatalf("edit %d: version %d after %d", i, now, v)
		}
		v = now
	}
}

func TestAwaitEndsWithTheStore(t *testing.T) {
	s := mustOpen(t, kindsFile(t))
	v := version(t, s)
	done := make(chan error, 1)
	go func() { done <- s.Await(t.Context(), v) }()
	mustClose(t, s)
	if err := <-done; !errors.Is(err, ErrClosed) {
		t.Errorf("await: %v", err)
	}
}

// TestReplacedFile moves the file away under the store: what it would write
// there would be lost.
func TestReplacedFile(t *testing.T) {
	path := kindsFile(t)
	s := mustOpen(t, path)
	v := version(t, s)
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	if err := s.Await(t.Context(), v); !errors.Is(err, ErrReplaced) || !errors.Is(err, city.ErrUnavailable) {
		t.Errorf("await: %v", err)
	}
	_, err := s.Write(t.Context(), "", func(w Writer) error { return w.Delete(t.Context(), "kinds", 1) })
	if !errors.Is(err, ErrReplaced) || !errors.Is(err, city.ErrUnavailable) {
		t.Errorf("write: %v", err)
	}
	if err := s.PutDocument(t.Context(), "key", "a", []byte("x")); !errors.Is(err, ErrReplaced) {
		t.Errorf("document: %v", err)
	}
	if n := countFeatures(t, s, "kinds"); n != 4 {
		t.Errorf("%d features to read", n)
	}
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	if now := saveKind(t, s, 1); now != v+1 {
		t.Errorf("version %d after the file is back, %d before", now, v)
	}
}

func TestDocumentsAreBounded(t *testing.T) {
	s := mustOpen(t, kindsFile(t))
	for _, test := range []struct {
		kind, name string
		body       []byte
	}{{"key", "a", make([]byte, 64<<10+1)}, {strings.Repeat("k", 201), "a", nil}, {"key", strings.Repeat("a", 201), []byte("x")}} {
		if err := s.PutDocument(t.Context(), test.kind, test.name, test.body); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%.10s %.10s %d bytes: %v", test.kind, test.name, len(test.body), err)
		}
	}
}
