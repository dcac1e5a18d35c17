package geopackage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/gdaltest"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
)

// formerFile makes a file as the first format had it, with the layer kinds at
// version 1: a present one without all that came later.
func formerFile(t *testing.T, then ...string) string {
	t.Helper()
	path := kindsFile(t)
	statements := []string{
		"DROP TABLE twin_was_1", "DROP TABLE twin_layers_was", "DROP TABLE twin_documents",
		"ALTER TABLE twin_state DROP COLUMN format", "ALTER TABLE twin_state DROP COLUMN since", "ALTER TABLE twin_versions DROP COLUMN author",
		"UPDATE twin_versions SET committed = '2026-02-03T04:05:06.789Z'",
	}
	var drops []string
	for _, event := range []string{"insert", "replace", "update", "move", "delete"} {
		drops = append(drops, "DROP TRIGGER twin_was_1_"+event)
	}
	for _, event := range []string{"insert", "update", "delete"} {
		statements = append(statements, fmt.Sprintf("CREATE TRIGGER twin_edit_%s_kinds AFTER %s ON kinds WHEN (SELECT edited FROM twin_state) = 0 BEGIN UPDATE twin_state SET edited = 1; END", event, event))
	}
	foreign(t, path, append(append(drops, statements...), then...)...)
	return path
}

func TestFormerFileIsBroughtUpToDate(t *testing.T) {
	for name, test := range map[string]struct {
		edits []string // by others, before it is opened
		grows city.Version
	}{
		"as it was left": {},
		"edited":         {[]string{"UPDATE kinds SET lanes = 70 WHERE fid = 1"}, 1},
		"a column more":  {[]string{"ALTER TABLE kinds ADD COLUMN note TEXT"}, 1},
		"the table renamed": {[]string{"ALTER TABLE kinds RENAME TO sorts", "UPDATE gpkg_contents SET table_name = 'sorts', identifier = 'sorts' WHERE table_name = 'kinds'",
			"UPDATE gpkg_geometry_columns SET table_name = 'sorts'", "UPDATE gpkg_extensions SET table_name = 'sorts' WHERE table_name = 'kinds'"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			path := formerFile(t, test.edits...)
			s := mustOpen(t, path)
			v := version(t, s)
			if v != 1+test.grows {
				t.Errorf("version %d", v)
			}
			layer := s.cached().Layers[0].ID
			// What was before is told to be unknown.
			err := s.Read(t.Context(), func(r Reader) error {
				_, errChanges := r.Changes(t.Context(), v-1, 10)
				_, errLayers := r.LayersAt(t.Context(), v-1)
				errUndo := r.Undo(t.Context(), v-1, func(*city.Change) error { return nil })
				errRevisions := r.Revisions(t.Context(), v, "", 0, func(*city.Revision) error { return nil })
				for _, err := range []error{errChanges, errLayers, errUndo, errRevisions} {
					if !errors.Is(err, city.ErrHistoryGone) {
						t.Errorf("error %v", err)
					}
				}
				sets, err := r.ChangeSets(t.Context(), 0, 10)
				if len(sets) != int(v) || sets[0].Message != "test" || sets[0].At.Format("2006-01-02T15:04:05.000") != "2026-02-03T04:05:06.789" {
					t.Errorf("change sets %+v", sets)
				}
				if at, err := r.VersionAt(t.Context(), sets[0].At); at != 1 || err != nil {
					t.Errorf("version at its time: %d %v", at, err)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
			// From now on everything is.
			before, _ := worldOf(t, s)
			foreign(t, path, fmt.Sprintf("UPDATE %q SET lanes = 71 WHERE fid = 1", tableOf(s, layer)))
			checkRecord(t, s, before, v)
			wantHistory(t, s, layer, v)
			mustClose(t, s)
			again := mustOpen(t, path)
			if now := version(t, again); now != v+1 {
				t.Errorf("version %d after %d on the second opening", now, v+1)
			}
			if out := gdaltest.Run(t, "ogrinfo", "-so", "-al", path); strings.Count(out, "Layer name:") != 2 { // and twin_state
				t.Errorf("GDAL lists\n%s", out)
			}
		})
	}
}

func tableOf(s *Store, layer city.LayerID) string { return s.cached().Tables[layer].Name }

// wantHistory wants that feature 1, older than the record, was changed at v+1.
func wantHistory(t *testing.T, s *Store, layer city.LayerID, v city.Version) {
	t.Helper()
	err := s.Read(t.Context(), func(r Reader) error {
		states, err := r.History(t.Context(), layer, 1, 0, 10)
		first := city.Version(0)
		if layer != "kinds" {
			first = v // the layer was found when the record began
		}
		if len(states) != 2 || states[0].Version != first || states[1].Version != v+1 || describe(states[1].Feature) != "K0:71@[105.8 21.0]" {
			t.Errorf("history %+v", states)
		}
		states, err2 := r.History(t.Context(), layer, 1, v, 10)
		if len(states) != 1 || states[0].Version != v+1 || states[0].Author != authorOther {
			t.Errorf("history after %d: %+v", v, states)
		}
		return errors.Join(err, err2)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestFormerFileReadOnly(t *testing.T) {
	path := formerFile(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	v := version(t, s)
	if n := countFeatures(t, s, "kinds"); n != 4 || v != 1 {
		t.Errorf("%d features at version %d", n, v)
	}
	if documents, err := s.Documents(t.Context(), "key"); err != nil || len(documents) > 0 {
		t.Errorf("documents: %v %v", documents, err)
	}
	err = s.Read(t.Context(), func(r Reader) error {
		sets, err := r.Changes(t.Context(), v, 10)
		_, gone := r.Changes(t.Context(), v-1, 10)
		layers, errLayers := r.LayersAt(t.Context(), v)
		states, errHistory := r.History(t.Context(), "kinds", 1, 0, 10)
		headers, errHeaders := r.ChangeSets(t.Context(), 0, 10)
		if len(sets) != 0 || !errors.Is(gone, city.ErrHistoryGone) || len(layers) != 1 || len(states) != 1 || states[0].Version != 0 || len(headers) != 1 {
			t.Errorf("%v %v %v %v %v", sets, gone, layers, states, headers)
		}
		return errors.Join(err, errLayers, errHistory, errHeaders)
	})
	if err != nil {
		t.Error(err)
	}
	mustClose(t, s)
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file changed: %v", err)
	}
}

// TestMigrationIsWholeOrNothing fails it in the middle.
func TestMigrationIsWholeOrNothing(t *testing.T) {
	path := formerFile(t, "CREATE TABLE twin_documents (x)") // in the way
	if _, err := Open(t.Context(), path, Options{}); err == nil || !strings.Contains(err.Error(), "format 1") {
		t.Fatalf("open: %v", err)
	}
	foreign(t, path, "PRAGMA journal_mode = DELETE", "DROP TABLE twin_documents")
	s := mustOpen(t, path)
	if v := version(t, s); v != 1 {
		t.Errorf("version %d", v)
	}

}

func TestNewerFileIsRefusedAndNotTouched(t *testing.T) {
	path := kindsFile(t)
	foreign(t, path, fmt.Sprintf("UPDATE twin_state SET format = %d", schema.Format+1), "CREATE TABLE twin_future (x)")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, opts := range []Options{{}, {Create: true}, {ReadOnly: true}} {
		_, err := Open(t.Context(), path, opts)
		if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "format 3, this program knows 2") {
			t.Errorf("%+v: %v", opts, err)
		}
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file changed: %v", err)
	}
	wantSingleFile(t, path)
}

// TestFileBecomesNewer lets a newer program migrate the file while it is open.
func TestFileBecomesNewer(t *testing.T) {
	s := mustOpen(t, kindsFile(t))
	foreign(t, s.path, "UPDATE twin_state SET format = 99")
	_, err := s.Write(t.Context(), "", func(w Writer) error { return w.Delete(t.Context(), "kinds", 1) })
	if !errors.Is(err, ErrNewer) {
		t.Errorf("write: %v", err)
	}
}

// TestReadOnlySeesEditsOfOthers reads a file that nobody may give a version.
func TestReadOnlySeesEditsOfOthers(t *testing.T) {
	path := kindsFile(t)
	s, err := Open(t.Context(), path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	before, v := worldOf(t, s)
	if err := s.Await(t.Context(), v-1); err != nil {
		t.Error(err)
	}
	foreign(t, path, "UPDATE kinds SET lanes = 70 WHERE fid = 1", "INSERT INTO kinds (code) VALUES ('N')", "DELETE FROM kinds WHERE fid = 3")
	if err := s.Await(t.Context(), v); err != nil {
		t.Error(err)
	}
	checkRecord(t, s, before, v)
	sets := changesAfter(t, s, v)
	if len(sets) != 1 || sets[0].Version != v+1 || sets[0].Author != authorOther || sets[0].At.IsZero() {
		t.Errorf("change sets %+v", sets)
	}
}

// TestTriggersOfAnotherVersion changes the text of a trigger, as another version
// of this program may have it: it is replaced, and that is no edit.
func TestTriggersOfAnotherVersion(t *testing.T) {
	path := kindsFile(t)
	foreign(t, path, "DROP TRIGGER twin_was_1_delete", "CREATE TRIGGER twin_was_1_delete BEFORE DELETE ON kinds BEGIN SELECT 1; END")
	s := mustOpen(t, path)
	before, v := worldOf(t, s)
	if v != 1 {
		t.Errorf("version %d", v)
	}
	foreign(t, path, "DELETE FROM kinds WHERE fid = 1")
	checkRecord(t, s, before, v)
}

// TestRecordHasNoNamesake keeps properties away from the record's own columns.
func TestRecordHasNoNamesake(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.gpkg")
	s := mustOpen(t, path)
	layer := kinds()
	putAll(t, s, layer, kindsFeatures(t))
	for _, name := range []string{"twin_seq", "TWIN_VERSION", "twin_was", "twin_id", "Twin_Geom"} {
		grown := kinds()
		grown.Properties = append(grown.Properties, city.Property{Name: name, Type: city.KindString})
		made := grown
		made.ID = "others"
		for _, l := range []city.Layer{grown, made} {
			if _, err := s.Write(t.Context(), "", func(w Writer) error { return w.PutLayer(t.Context(), l) }); !errors.Is(err, city.ErrBadLayer) {
				t.Errorf("%s in %s: %v", name, l.ID, err)
			}
		}
	}
	// Those of others are not served.
	foreign(t, path, "ALTER TABLE kinds ADD COLUMN twin_was INTEGER", "UPDATE kinds SET twin_was = 7, lanes = 3")
	before, v := worldOf(t, s)
	foreign(t, path, "UPDATE kinds SET twin_was = 8, lanes = 4")
	checkRecord(t, s, before, v)
}
