package openapi

import "net/http"

// headers are the response headers that tell something of this API. Those of HTTP
// that mean what they mean anywhere, and those of CORS, need no description.
func headers() Object {
	text := func(about string) Object { return Object{"description": about, "schema": Object{"type": "string"}} }
	number := func(about string) Object {
		return Object{"description": about, "schema": Object{"type": "integer", "minimum": 0}}
	}
	return Object{
		"Twin-Version":        number("Phiên bản của câu trả lời · The version that the answer is of."),
		"Twin-Stale":          number("Số giây kể từ khi mất kho dữ liệu · For how many seconds the store has been away; absent while it is there."),
		"X-Request-Id":        text("Mã yêu cầu · Names the request, here and in the log."),
		"ETag":                text("Thẻ thực thể mạnh · A strong entity tag; for If-None-Match, and for If-Match in a change."),
		"Cache-Control":       text("Bộ nhớ đệm · What caches may do with it (RFC 9111)."),
		"Vary":                text("Which request headers the answer depends on."),
		"Content-Language":    text("Ngôn ngữ · The language of titles and descriptions; follows Accept-Language: vi, or en. Problems are English."),
		"Content-Encoding":    text("gzip, zstd, or absent."),
		"Content-Crs":         text("Hệ tọa độ · The coordinate reference system of the answer (OGC API Features, part 2)."),
		"Content-Disposition": text("Tên tệp · The name of the file (RFC 6266)."),
		"Link":                text("Liên kết · Links to other forms of the answer (RFC 8288)."),
		"Location":            text("Địa chỉ mới · Where that which was made is."),
		"Retry-After":         number("Số giây nên đợi · After how many seconds to try again."),
		"RateLimit":           text("Hạn mức · What is left of the quota."),
		"RateLimit-Policy":    text("Hạn mức · The quota."),
		"WWW-Authenticate":    text("How to say who one is (RFC 6750)."),
		"Accept-Patch":        text("The media types that PATCH takes (RFC 5789)."),
		"Accept-Put":          text("The media types that PUT takes."),
		"Accept-Ranges":       text("none: parts of a file cannot be had."),
		"Accept-Post":         text("The media types that the method takes."),
		"Accept-Encoding":     text("The codings of bodies that are taken (RFC 7694)."),
	}
}

// always are the headers of every answer.
func always() []string {
	return []string{"Twin-Version", "Twin-Stale", "X-Request-Id", "Cache-Control", "Vary", "Content-Language"}
}

// headerReferences refers to the headers of every answer and to some others.
func headerReferences(others []string) Object {
	all := Object{}
	for _, name := range append(always(), others...) {
		all[name] = Object{"$ref": "#/components/headers/" + name}
	}
	return all
}

// problemHeaders are those that a status brings with it.
func problemHeaders(status int) []string {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return []string{"WWW-Authenticate"}
	case http.StatusBadRequest: // credentials that are ambiguous, a body without a media type
		return []string{"WWW-Authenticate", "Accept-Patch", "Accept-Post", "Accept-Put"}
	case http.StatusTooManyRequests:
		return []string{"Retry-After", "RateLimit", "RateLimit-Policy"}
	case http.StatusServiceUnavailable:
		return []string{"Retry-After"}
	case http.StatusUnsupportedMediaType:
		return []string{"Accept-Patch", "Accept-Post", "Accept-Put", "Accept-Encoding"}
	}
	return nil
}
