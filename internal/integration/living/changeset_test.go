package living

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/edit"
	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// TestCodesPassOn lets features of one change set swap what is unique of them, in
// every order: what counts is the state after it.
func TestCodesPassOn(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, where string) {
		d := openDesk(t, where, httpapi.Config{})
		d.want(t, http.StatusCreated, "admin", "PUT", "/layers/stops", `{"title":"Trạm","title_en":"Stops","geometry":"Point","key":"ref","properties":[{"name":"ref","type":"integer"},{"name":"code","type":"string"},{"name":"name","type":"string"}]}`, "Content-Type", plainJSON)
		stop := func(ref int, code, name string) string {
			return fmt.Sprintf(`{"type":"Feature","geometry":{"type":"Point","coordinates":[105.8,21]},"properties":{"ref":%d,"code":%q,"name":%q}}`, ref, code, name)
		}
		var edits []string
		for i, code := range []string{"A", "B", "C"} {
			edits = append(edits, `{"op":"create","layer":"stops","feature":`+stop(i+1, code, "trạm "+code)+`}`)
		}
		post := func(status int, edits ...string) string {
			t.Helper()
			return d.want(t, status, "editor", "POST", "/changesets", `{"edits":[`+strings.Join(edits, ",")+`]}`, "Content-Type", plainJSON).Body.String()
		}
		post(http.StatusCreated, edits...)
		patch := func(id, properties string) string {
			return `{"op":"patch","layer":"stops","id":` + id + `,"feature":{"properties":{` + properties + `}}}`
		}
		// are compares all stops: id, ref, code and name of each.
		are := func(what string, want ...string) {
			t.Helper()
			var list struct {
				Features []struct {
					ID         int64
					Properties struct {
						Ref        int
						Code, Name string
					}
				}
			}
			if err := json.Unmarshal(d.want(t, http.StatusOK, "nobody", "GET", "/collections/stops/items", "").Body.Bytes(), &list); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range list.Features {
				got = append(got, fmt.Sprint(f.ID, " ", f.Properties.Ref, " ", f.Properties.Code, " ", f.Properties.Name))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: stops %q, want %q", what, got, want)
			}
		}
		first := d.State().Version()
		post(http.StatusCreated, patch("1", `"code":"B","ref":2`), patch("2", `"code":"A","ref":1`))
		are("two swap", "1 2 B trạm A", "2 1 A trạm B", "3 3 C trạm C")
		if v := d.State().Version(); v != first+1 {
			t.Errorf("version %d after %d", v, first)
		}
		if told := d.want(t, http.StatusOK, "nobody", "GET", fmt.Sprintf("/changesets/%d", first+1), "").Body.String(); strings.Contains(told, `"code":null`) || strings.Contains(told, `"ref":null`) {
			t.Errorf("the record tells of the step between: %s", told)
		}
		post(http.StatusCreated, patch("1", `"code":"C"`), patch("3", `"code":"A"`), patch("2", `"code":"B"`))
		are("three in a ring", "1 2 C trạm A", "2 1 B trạm B", "3 3 A trạm C")
		post(http.StatusCreated, `{"op":"create","layer":"stops","feature":`+stop(3, "A", "mới")+`}`, `{"op":"delete","layer":"stops","id":3}`)
		are("made before it is free", "1 2 C trạm A", "2 1 B trạm B", "4 3 A mới")
		post(http.StatusConflict, patch("1", `"code":"B"`), patch("2", `"code":"A"`))
		post(http.StatusConflict, patch("1", `"ref":1`), patch("2", `"name":"giữ mã"`))
		are("refused as a whole", "1 2 C trạm A", "2 1 B trạm B", "4 3 A mới")
		d.want(t, http.StatusCreated, "editor", "POST", fmt.Sprintf("/changesets/%d/revert", first+3), "")
		are("the third taken back", "1 2 C trạm A", "2 1 B trạm B", "3 3 A trạm C")
		d.want(t, http.StatusCreated, "editor", "POST", fmt.Sprintf("/changesets/%d/revert", first+2), "")
		are("the second taken back", "1 2 B trạm A", "2 1 A trạm B", "3 3 C trạm C")
		d.want(t, http.StatusCreated, "editor", "POST", fmt.Sprintf("/changesets/%d/revert", first+1), "")
		are("the first taken back", "1 1 A trạm A", "2 2 B trạm B", "3 3 C trạm C")
	})
}

// TestRevertHasALimit which the operator sets, and which the answer names.
func TestRevertHasALimit(t *testing.T) {
	t.Parallel()
	d := openDesk(t, filepath.Join(t.TempDir(), "living.gpkg"), httpapi.Config{EditLimits: edit.Limits{Edits: 2}})
	d.withNodes(t)
	two := `{"op":"create","layer":"nodes","feature":` + nodeBody("B", "", 105.8) + `},{"op":"create","layer":"nodes","feature":` + nodeBody("C", "", 105.8) + `}`
	three := d.want(t, http.StatusBadRequest, "editor", "POST", "/changesets", `{"edits":[`+two+`,{"op":"delete","layer":"nodes","id":"A"}]}`, "Content-Type", plainJSON)
	if text := three.Body.String(); !strings.Contains(text, "has more than 2 edits") {
		t.Error(text)
	}
	for range 2 {
		d.want(t, http.StatusCreated, "editor", "POST", "/changesets", `{"edits":[`+two+`]}`, "Content-Type", plainJSON)
		d.want(t, http.StatusCreated, "editor", "POST", fmt.Sprintf("/changesets/%d/revert", d.State().Version()), "")
	}
	d.want(t, http.StatusCreated, "editor", "POST", "/changesets", `{"edits":[`+two+`]}`, "Content-Type", plainJSON)
	v, _, err := d.Commit(t.Context(), twin.Commit{Edits: []twin.Edit{{Layer: "nodes", ID: 1}, {Layer: "nodes", ID: 6}, {Layer: "nodes", ID: 7}}})
	if err != nil {
		t.Fatal(err)
	}
	large := d.want(t, http.StatusConflict, "editor", "POST", fmt.Sprintf("/changesets/%d/revert", v), "")
	if text := large.Body.String(); !strings.Contains(text, "more than 2 features") || !strings.Contains(text, "--max-edits") {
		t.Error(text)
	}
}
