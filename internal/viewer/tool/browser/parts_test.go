package browser

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"testing"
)

// TestEditParts edits an area of two parts, one with a hole: a vertex of the hole
// is moved, one of the second part added, another removed, a hole is drawn and
// another taken out. It reaches the store exactly.
func TestEditParts(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, s *server) {
		admin := s.key(t, "quan-tri", "--role", "admin")
		type ring = [][2]float64
		shell := ring{{105.850, 21.027}, {105.856, 21.027}, {105.856, 21.031}, {105.850, 21.031}, {105.850, 21.027}}
		inner := ring{{105.851, 21.028}, {105.851, 21.029}, {105.852, 21.029}, {105.851, 21.028}}
		second := ring{{105.858, 21.027}, {105.862, 21.027}, {105.862, 21.031}, {105.860, 21.032}, {105.858, 21.031}, {105.858, 21.027}}
		area, err := json.Marshal([][]ring{{shell, inner}, {second}})
		if err != nil {
			t.Fatal(err)
		}
		s.write(t, admin, http.MethodPut, "/layers/parks", `{"title": "Công viên", "title_en": "Parks", "geometry": "MultiPolygon", "key": "code",
			"properties": [{"name": "code", "type": "string"}, {"name": "name", "type": "string"}]}`)
		s.write(t, admin, http.MethodPost, "/collections/parks/items", `{"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": `+string(area)+`}, "properties": {"code": "CV-1", "name": "Công viên hai phần"}}`)
		p := open(t, s, desktop, "#map=15.4/21.0295/105.8535")
		p.beginEdit(admin)
		p.pressMap(105.8553, 21.0303)
		p.until("document.querySelector('#edit[data-screen=feature] h2')?.innerText === 'Công viên hai phần'")
		p.until("document.querySelector('#edit .edit-size').innerText.endsWith('12 đỉnh · 2 phần, 1 lỗ')")
		p.idle()
		p.shot("parts")
		p.readable("the form of an area of two parts")

		choose := func(at [2]float64, which string) {
			t.Helper()
			p.pressMap(at[0], at[1])
			p.until("document.querySelector('#edit .edit-size').innerText.endsWith('" + which + "')")
		}
		choose(inner[1], "phần 1/2, lỗ 1") // a vertex of the hole, to a place that is typed
		p.fill("edit-position", "21.0294, 105.8512")
		inner[1] = [2]float64{105.8512, 21.0294}
		choose(second[3], "phần 2/2") // a vertex of the second part is taken out
		p.press("#edit-drop-vertex")
		p.until("document.querySelector('#edit .edit-size').innerText.includes('11 đỉnh')")
		second = append(second[:3:3], second[4:]...)
		choose(second[2], "phần 2/2") // and one put in after another
		p.press("#edit-insert")
		p.until("document.querySelector('#edit .edit-size').innerText.includes('12 đỉnh')")
		p.fill("edit-position", "21.0315, 105.8595")
		second = append(append(second[:3:3], [2]float64{105.8595, 21.0315}), second[3:]...)

		p.press("#edit-add-hole") // outside of the area first: it says so
		p.until("document.querySelector('#edit[data-screen=draw]')")
		outside := ring{{105.8565, 21.028}, {105.8573, 21.028}, {105.8573, 21.029}}
		for _, at := range outside {
			p.pressMap(at[0], at[1])
		}
		p.press("#edit-finish")
		p.until("document.querySelector('#edit [role=alert]')?.innerText.startsWith('Lỗ phải nằm trọn trong vùng')")
		p.shot("parts-outside")
		for range outside {
			p.press("#edit-drop")
		}
		hole := ring{{105.8590, 21.0280}, {105.8605, 21.0295}, {105.8605, 21.0280}} // clockwise, as holes are stored
		for i, at := range hole {
			p.pressMap(at[0], at[1])
			p.until(fmt.Sprintf("document.querySelector('#edit .measured').innerText.includes('Đỉnh\\n%d')", i+1))
		}
		p.shot("parts-hole")
		p.press("#edit-finish")
		p.until("document.querySelector('#edit .edit-size')?.innerText.endsWith('15 đỉnh · 2 phần, 2 lỗ')")
		p.press("#edit-add-part") // a third part, which is thought better of
		p.until("document.querySelector('#edit[data-screen=draw] h2')?.innerText === 'Thêm phần'")
		for _, at := range outside {
			p.pressMap(at[0], at[1])
		}
		p.press("#edit-finish")
		p.until("document.querySelector('#edit .edit-size')?.innerText.includes('18 đỉnh · 3 phần')")
		choose(outside[0], "phần 3/3")
		p.press("#edit-remove-piece")
		p.until("document.querySelector('#edit .edit-size')?.innerText.endsWith('15 đỉnh · 2 phần, 2 lỗ')")

		p.press("#edit-done")
		p.press("#edit-review")
		p.fill("edit-message", "Sửa công viên")
		p.press("#edit-save")
		p.until("document.querySelector('#edit .edit-saved-text')?.innerText === 'Đã lưu thành phiên bản 4'")
		now := s.item(t, "parks", "CV-1")
		var got [][]ring
		if err := json.Unmarshal(now.Geometry.Coordinates, &got); err != nil || now.Geometry.Type != "MultiPolygon" || len(got) != 2 || len(got[1]) != 2 {
			t.Fatalf("it is a %s %s: %v", now.Geometry.Type, now.Geometry.Coordinates, err)
		}
		drawn := got[1][1]
		if want := [][]ring{{shell, inner}, {second, drawn}}; !reflect.DeepEqual(got, want) {
			t.Errorf("it is\n%v\nwant\n%v", got, want)
		}
		if len(drawn) != 4 || drawn[0] != drawn[3] {
			t.Fatalf("the hole is %v", drawn)
		}
		for i, at := range hole {
			if far(drawn[i], at) > 5 {
				t.Errorf("the vertex %d of the hole is at %v, not %v", i, drawn[i], at)
			}
		}
		p.quiet()
	})
}
