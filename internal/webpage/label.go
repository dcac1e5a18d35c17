package webpage

import "strings"

// name gives all that is shown its label.
func (v *view) name() {
	words := words()
	v.nameMembers(v.Facts, words)
	for i := range v.Tables {
		t := &v.Tables[i]
		if t.Title != "" {
			t.Title = v.label(t.Title, words)
		}
		for c, name := range t.Columns {
			t.Columns[c] = v.label(name, words)
		}
		for r := range t.Rows {
			v.nameValues(t.Rows[r].Cells, words)
		}
	}
}

func (v *view) nameMembers(members []Member, words map[string]string) {
	for i := range members {
		m := &members[i]
		m.Label = v.label(m.Name, words)
		v.nameMembers(m.Value.Members, words)
		v.nameValues(m.Value.Items, words)
	}
}

func (v *view) nameValues(values []Value, words map[string]string) {
	for i := range values {
		v.nameMembers(values[i].Members, words)
		v.nameValues(values[i].Items, words)
	}
}

// label is what a member is called: as the layer calls the property, in the language of
// the page where this package knows it, or as it is.
func (s *Source) label(name string, words map[string]string) string {
	if text, ok := s.Labels[name]; ok && text != "" {
		return text
	}
	if text, ok := words[name]; ok {
		vi, en, _ := strings.Cut(text, " · ")
		return s.Say(vi, en)
	}
	return name
}

// words are the members of our documents, in Vietnamese and English.
func words() map[string]string {
	return map[string]string{
		"id": "Số · Id", "code": "Mã · Code", "name": "Tên · Name", "name_en": "Tên tiếng Anh · English name",
		"title": "Tên · Title", "title_en": "Tên tiếng Anh · English title",
		"description": "Mô tả · Description", "layer": "Lớp · Layer", "layers": "Các lớp · Layers",
		"geometry": "Hình học · Geometry", "geometryType": "Hình học · Geometry", "numberOfFeatures": "Số đối tượng · Features",
		"distance_m": "Khoảng cách (m) · Distance", "bearing_deg": "Hướng (°) · Bearing",
		"version": "Phiên bản · Version", "at": "Lúc · At", "author": "Người thay đổi · Author", "message": "Lý do · Message",
		"status": "Trạng thái · Status", "change": "Thay đổi · Change", "changed": "Đã đổi · Changed", "shift_m": "Dời (m) · Shift",
		"conformsTo": "Đáp ứng · Conforms to", "attribution": "Nguồn · Attribution", "extent": "Phạm vi · Extent",
		"crs": "Hệ tọa độ · CRS", "storageCrs": "Hệ tọa độ lưu trữ · Storage CRS", "properties": "Thuộc tính · Properties",
		"timeStamp": "Thời điểm · Time", "itemType": "Loại · Item type", "type": "Kiểu · Type", "unit": "Đơn vị · Unit",
		"changesets": "Các lần thay đổi · Change sets", "changes": "Các thay đổi · Changes", "states": "Các trạng thái · States",
		"feature": "Đối tượng · Feature", "before": "Trước · Before", "after": "Sau · After", "results": "Kết quả · Results",
		"numberReturned": "Số trả về · Returned", "numberMatched": "Tổng số · Matched", "totals": "Tổng · Totals",
		"added": "Thêm · Added", "removed": "Bỏ · Removed", "from": "Từ · From", "to": "Đến · To",
		"point": "Vị trí · Point", "bbox": "Khung · Box", "key": "Khóa · Key", "tiles": "Ô · Tiles",
		"tilesets": "Các bộ ô · Tilesets", "tileMatrixSets": "Các lưới ô · Tile matrix sets", "tileMatrices": "Các ma trận ô · Tile matrices",
		"tileMatrixSetURI": "Lưới ô · Tile matrix set", "tileMatrixSetLimits": "Giới hạn của bộ ô · Limits of the tileset", "boundingBox": "Khung (kinh độ, vĩ độ) · Bounds (longitude, latitude)",
		"centerPoint": "Tâm · Center", "dataType": "Loại dữ liệu · Data type", "mediaTypes": "Định dạng · Media types", "updated": "Cập nhật · Updated", "fields": "Trường · Fields",
		"tileMatrix": "Ma trận (thu phóng) · Matrix (zoom)", "minTileMatrix": "Thu phóng nhỏ nhất · Least zoom", "maxTileMatrix": "Thu phóng lớn nhất · Greatest zoom",
		"minTileRow": "Hàng đầu · First row", "maxTileRow": "Hàng cuối · Last row", "minTileCol": "Cột đầu · First column", "maxTileCol": "Cột cuối · Last column", "uri": "URI · URI",
		"minzoom": "Thu phóng nhỏ nhất · Least zoom", "maxzoom": "Thu phóng lớn nhất · Greatest zoom",
	}
}
