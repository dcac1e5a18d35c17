package city

import "testing"

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"roads": "roads", "Đường phố 2024": "duong_pho_2024", "ĐƯỜNG": "duong", "2024": "2024", "": "", "道路": "", "x_": "x",
		"  Điểm – dừng ": "diem_dung", "a--b": "a_b", "a__b": "a_b", "_x_": "x", "Thủ Thiêm": "thu_thiem", "gpkg_x": "gpkg_x", "Ø 5": "5",
	} {
		if got := Slug(name); got != want {
			t.Errorf("Slug(%q) = %q, want %q", name, got, want)
		}
	}
}
