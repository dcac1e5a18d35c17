package openapi

import "net/http"

// operationInVietnamese is the summary of an operation, "" for one that has none in
// Vietnamese.
func operationInVietnamese(id string) string {
	return map[string]string{
		"getLandingPage":   "Trang chủ, hoặc bản đồ web",
		"getConformance":   "Các tiêu chuẩn được đáp ứng",
		"getAPI":           "Mô tả của giao diện này",
		"getCollections":   "Các lớp dữ liệu",
		"getCollection":    "Một lớp dữ liệu",
		"getQueryables":    "Những gì bộ lọc của một lớp hỏi được",
		"getSortables":     "Những gì một lớp sắp xếp được theo",
		"getSchema":        "Lược đồ của một lớp",
		"getItems":         "Các đối tượng của một lớp",
		"getItem":          "Một đối tượng, theo số hoặc mã",
		"getNearbyItem":    "Gần một đối tượng có gì, gần nhất trước",
		"getNearby":        "Gần một điểm có gì, gần nhất trước",
		"getHistory":       "Mọi trạng thái đã ghi của một đối tượng",
		"getDiff":          "Khác biệt giữa hai phiên bản hoặc hai ngày",
		"getEvents":        "Từng phiên bản ngay khi hình thành, cùng các ô đã thay đổi",
		"search":           "Tìm đối tượng theo tên hoặc mã",
		"getStyle":         "Kiểu hiển thị của bản đồ",
		"getTileJSON":      "TileJSON của một số lớp",
		"getTile":          "Ô véc-tơ của một số lớp",
		"getDiffTileJSON":  "TileJSON của những gì khác nhau",
		"getDiffTile":      "Ô véc-tơ của những gì khác nhau",
		"getViewerFile":    "Một tệp của bản đồ web",
		"getHealth":        "Máy chủ có đang chạy không",
		"getReadiness":     "Máy chủ đã sẵn sàng chưa",
		"getMetrics":       "Số liệu vận hành",
		"createItem":       "Thêm một đối tượng",
		"replaceItem":      "Thay một đối tượng",
		"updateItem":       "Sửa một phần của đối tượng",
		"deleteItem":       "Xóa một đối tượng",
		"getChangesets":    "Ai đã thay đổi gì, khi nào và vì sao",
		"createChangeset":  "Nhiều thay đổi trong một phiên bản, tất cả hoặc không gì cả",
		"getChangeset":     "Một lần thay đổi, từng đối tượng trước và sau",
		"revertChangeset":  "Hoàn tác một lần thay đổi",
		"getLayers":        "Định nghĩa của các lớp",
		"getLayer":         "Định nghĩa của một lớp",
		"putLayer":         "Tạo hoặc sửa một lớp",
		"deleteLayer":      "Xóa một lớp",
		"getWatches":       "Các theo dõi của bạn",
		"createWatch":      "Theo dõi một nơi, một đối tượng hoặc một điều kiện",
		"getWatch":         "Một theo dõi",
		"deleteWatch":      "Kết thúc một theo dõi",
		"getCatalogue":     "Danh mục dữ liệu (DCAT)",
		"getAPICatalogue":  "Danh mục giao diện của máy chủ",
		"getRobots":        "Quy tắc cho máy tìm kiếm",
		"getTileMatrixSet": "Một lưới ô",
	}[id]
}

// parameterInVietnamese is what a parameter means.
func parameterInVietnamese(name string) string {
	return map[string]string{
		"f":            "Định dạng của câu trả lời, ưu tiên hơn Accept.",
		"version":      "Phiên bản.",
		"as_of":        "Những gì được biết tại thời điểm này.",
		"datetime":     "Thành phố vào những ngày này.",
		"limit":        "Nhiều nhất bao nhiêu.",
		"offset":       "Bỏ qua bao nhiêu.",
		"after":        "Chỉ sau chỗ này.",
		"bbox":         "Chỉ những gì có điểm chung với khung này.",
		"bbox-crs":     "Hệ tọa độ của bbox.",
		"crs":          "Hệ tọa độ của câu trả lời.",
		"filter":       "Bộ lọc CQL2.",
		"filter-lang":  "Ngôn ngữ của bộ lọc.",
		"filter-crs":   "Hệ tọa độ trong bộ lọc.",
		"sortby":       "Thứ tự.",
		"properties":   "Chỉ những thuộc tính này.",
		"skipGeometry": "Không kèm hình học.",
		"layers":       "Tên các lớp, cách nhau bằng dấu phẩy.",
		"layer":        "Tên của lớp.",
		"feature":      "Số hoặc mã của đối tượng.",
		"radius":       "Bán kính, mét.",
		"k":            "Bao nhiêu đối tượng gần nhất.",
		"status":       "Chỉ những trạng thái này.",
		"lon":          "Kinh độ, độ.",
		"lat":          "Vĩ độ, độ.",
		"q":            "Một phần của tên hoặc mã, không cần dấu.",
		"near":         "Gần nơi này trước.",
		"lang":         "Ngôn ngữ của nhãn.",
		"from":         "So sánh từ đâu.",
		"to":           "So sánh với đâu.",
		"zooms":        "Các mức thu phóng.",
		"watch":        "Mã của theo dõi.",
		"z":            "Mức thu phóng.",
		"x":            "Cột, từ tây.",
		"y":            "Hàng, từ bắc.",
		"file":         "Tên tệp.",
		"rest":         "Tên tệp.",
		"If-Match":     "Thẻ ETag đã đọc.",
		"Twin-Message": "Lý do thay đổi.",
	}[name]
}

// statusInVietnamese is what a status means.
func statusInVietnamese(status int) string {
	return map[int]string{
		http.StatusOK:                          "Câu trả lời · The answer.",
		http.StatusCreated:                     "Đã tạo · Made.",
		http.StatusNoContent:                   "Không có nội dung · Nothing to tell.",
		http.StatusNotModified:                 "Không đổi · As If-None-Match has it.",
		http.StatusBadRequest:                  "Yêu cầu sai",
		http.StatusUnauthorized:                "Cần khóa",
		http.StatusForbidden:                   "Không được phép",
		http.StatusNotFound:                    "Không có",
		http.StatusNotAcceptable:               "Không có định dạng được chấp nhận",
		http.StatusRequestTimeout:              "Nội dung đến quá chậm",
		http.StatusConflict:                    "Xung đột",
		http.StatusGone:                        "Không còn giữ",
		http.StatusPreconditionFailed:          "Đã bị thay đổi trong lúc đó",
		http.StatusRequestEntityTooLarge:       "Nội dung quá lớn",
		http.StatusRequestURITooLong:           "Địa chỉ quá dài",
		http.StatusUnsupportedMediaType:        "Kiểu nội dung không được hỗ trợ",
		http.StatusPreconditionRequired:        "Thiếu If-Match",
		http.StatusTooManyRequests:             "Quá nhiều yêu cầu",
		http.StatusRequestHeaderFieldsTooLarge: "Tiêu đề quá lớn",
		http.StatusInternalServerError:         "Lỗi máy chủ",
		http.StatusServiceUnavailable:          "Tạm thời không phục vụ",
	}[status]
}

// tagInVietnamese describes a group of operations.
func tagInVietnamese(tag string) string {
	return map[string]string{
		"Capabilities": "Máy chủ có gì · What the server has.",
		"Data":         "Đối tượng địa lý · Features.",
		"Proximity":    "Gần đây có gì · What is near.",
		"Tiles":        "Ô véc-tơ · Vector tiles.",
		"Time":         "Lịch sử và khác biệt · History and differences.",
		"Events":       "Sự kiện và theo dõi · Events and watches.",
		"Writing":      "Ghi dữ liệu · Changes.",
		"Layers":       "Định nghĩa các lớp · The definitions of layers.",
		"Metadata":     "Siêu dữ liệu · Metadata.",
		"Operation":    "Vận hành · For operators.",
	}[tag]
}
